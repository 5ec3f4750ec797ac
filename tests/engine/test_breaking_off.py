"""PostgreSQL breaks off, blocks or races in the middle of a posting: posted once, never a 500."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg
import pytest

from app.conformance.floor import stock
from app.conformance.probe import Probe, moved
from app.contract.messages import NotNow, Posted, Result
from app.domain.operation import StockKey
from app.errors import Refusal
from app.ledger import engines, posting
from app.ledger.database import Database
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, enrolled, stocked
from tests.support.leaks import ExpectedLogs
from tools.local_postgres import LocalPostgres

POINTS = ("before_write", "before_commit", "after_commit")
B11 = StockKey("B-11-1", MUG.sku)
KILL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)

DEADLOCKED = "SELECT 1 FROM pg_stat_database WHERE datname = current_database() AND deadlocks > 0"


@dataclass
class Sabotage:
    """Does something at a named point, `times` times; counts how often the point was reached."""

    at: str = ""
    times: int = 0
    do: Callable[[], object] = print
    reached: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> None:
        self.reached.append(name)
        if name == self.at and self.times:
            self.times -= 1
            self.do()

    def arm(self, at: str, do: Callable[[], object], times: int = 1) -> None:
        """Next time(s) at this point, do this."""
        self.at, self.do, self.times = at, do, times
        self.reached.clear()


@dataclass
class Bench:
    """A station with three moves recorded, its ledger, and the hand of a database administrator."""

    url: str
    service: LedgerService
    station: Probe
    sabotage: Sabotage

    def sql(self, *statements: str) -> None:
        """As the administrator, each statement committed."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def kill(self) -> None:
        """End every connection of the ledger."""
        self.sql(KILL)

    def post(self) -> Posted | NotNow:
        return self.station.ledger.post(self.station.batch())

    def results(self) -> list[Result]:
        answer = self.post()
        assert isinstance(answer, Posted), answer
        return list(answer.results)

    def prove(self) -> None:
        """The three moves are in the book once, and the feed has no hole."""
        assert [result.outcome for result in self.results()] == ["posted"] * 3
        assert stock(self.station)[B11] == 3
        with psycopg.connect(self.url) as connection:
            told = connection.execute("SELECT count(*), max(seq) FROM feed").fetchone()
            head = connection.execute("SELECT seq FROM site_feed").fetchone()
        assert told is not None
        assert told[0] == told[1]
        assert head == (told[1],)


@pytest.fixture
def bench(fresh_database: str) -> Iterator[Bench]:
    sabotage = Sabotage()
    service = stocked(LedgerService(Database(fresh_database), point=sabotage))
    station = enrolled(service, "PACK-01")
    for _ in range(3):
        station.record(station.operation("move", moved(MUG.sku, 1, "A-04-2", "B-11-1")))
    yield Bench(fresh_database, service, station, sabotage)
    service.close()


@pytest.mark.parametrize("point", POINTS)
def test_a_connection_killed_in_a_posting_is_made_anew_and_posts_once(
    point: str, bench: Bench
) -> None:
    bench.sabotage.arm(point, bench.kill)

    assert {result.outcome for result in bench.results()} == {"posted"}

    bench.prove()


@pytest.mark.parametrize("point", ["before_write", "before_commit"])
def test_a_database_that_keeps_breaking_off_is_answered_retry_later(
    point: str, bench: Bench, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("broken off")
    bench.sabotage.arm(point, bench.kill, times=posting.MAX_TRIES)

    answer = bench.post()

    assert isinstance(answer, NotNow)
    assert answer.problem == "retry_later"
    assert "Nothing was" not in answer.sentence  # it cannot know
    bench.prove()


def test_a_commit_whose_answer_is_lost_is_found_again_by_its_ids(
    bench: Bench, postgres_server: LocalPostgres
) -> None:
    """The commit waits for a standby that never comes, is durable already, and loses its line."""
    bench.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()")
    try:
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(bench.results)
            _until(bench, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
            bench.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE wait_event = 'SyncRep' AND datname = current_database()"
            )
            bench.sql("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
            results = answer.result(timeout=30)
    finally:
        bench.sql("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")

    assert [(result.outcome, result.known) for result in results] == [("posted", True)] * 3
    bench.prove()


def test_a_deadlock_is_lost_by_us_and_posted_all_the_same(bench: Bench) -> None:
    """Somebody takes the feed, then the enrolment: against the order of `app.ledger.locks`."""
    with psycopg.connect(bench.url) as other, ThreadPoolExecutor(2) as pool:
        other.execute("SET deadlock_timeout = '30s'")  # so that it is not the one who gives way

        def cross() -> None:
            other.execute("SELECT seq FROM site_feed FOR UPDATE")
            crossing.append(pool.submit(other.execute, "SELECT n FROM enrolment FOR UPDATE"))
            _until(bench, "SELECT 1 FROM pg_locks WHERE NOT granted")

        crossing: list[Future[object]] = []
        bench.sabotage.arm("before_write", cross)
        answer = pool.submit(bench.results)
        _until(bench, DEADLOCKED)
        crossing[0].result(timeout=30)  # we have given way
        other.rollback()
        results = answer.result(timeout=30)

    assert {result.outcome for result in results} == {"posted"}
    bench.prove()


def test_a_serialisation_failure_is_tried_again(bench: Bench) -> None:
    name = psycopg.conninfo.conninfo_to_dict(bench.url)["dbname"]
    bench.sql(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")
    bench.kill()
    bench.sabotage.arm("before_write", lambda: bench.sql("UPDATE site_feed SET seq = seq"), times=2)

    assert {result.outcome for result in bench.results()} == {"posted"}

    assert bench.sabotage.reached.count("before_write") == 3
    bench.prove()


@pytest.mark.parametrize("limit", ["statement_timeout", "lock_timeout"])
def test_a_row_somebody_holds_on_to_is_answered_retry_later(
    limit: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = psycopg.conninfo.conninfo_to_dict(bench.url)["dbname"]
    if limit == "lock_timeout":
        monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 200)
    else:
        bench.sql(f"ALTER DATABASE {name} SET statement_timeout = '200ms'")
    service = LedgerService(Database(bench.url))
    ledger = service.as_seen_by(bench.station.who.enrolment)
    with psycopg.connect(bench.url) as holder:
        holder.execute("SELECT seq FROM site_feed FOR UPDATE")
        answer = ledger.post(bench.station.batch())
        holder.rollback()
    after = ledger.post(bench.station.batch())
    service.close()

    assert isinstance(answer, NotNow)
    assert answer.problem == "retry_later"
    assert isinstance(after, Posted)
    bench.prove()


def test_a_database_that_is_down_is_answered_retry_later_and_found_again(
    bench: Bench, postgres_server: LocalPostgres, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("broken off")
    with postgres_server.crashed():
        answer = bench.post()

    assert isinstance(answer, NotNow)
    assert answer.problem == "retry_later"
    bench.prove()


def test_a_station_the_database_has_never_heard_of_is_refused_not_a_fault(bench: Bench) -> None:
    """The database was replaced under the running process, by one from before the enrolment."""
    bench.sql("DELETE FROM enrolment WHERE station = 'PACK-01'")

    with pytest.raises(Refusal) as refused:
        bench.post()
    assert refused.value.code == "not_enrolled"
    with pytest.raises(Refusal) as refused:
        bench.station.pull()
    assert refused.value.code == "not_enrolled"


def test_numbers_learnt_before_a_database_was_put_in_its_place_are_forgotten(
    fresh_database: str, postgres_server: LocalPostgres
) -> None:
    """A fail-over, or a restore under a running server: stock keys have other numbers there."""
    name = psycopg.conninfo.conninfo_to_dict(fresh_database)["dbname"]
    service = stocked(LedgerService(Database(fresh_database)))
    station = enrolled(service, "PACK-01")
    service.database.close()
    backup = [f"CREATE DATABASE {name}_backup TEMPLATE {name}"]
    _as_administrator(postgres_server, *backup)
    station.do(station.operation("receive", moved(MUG.sku, 5, "supplier", "C-01-1")))
    _as_administrator(
        postgres_server,
        f"DROP DATABASE {name} WITH (FORCE)",
        f"ALTER DATABASE {name}_backup RENAME TO {name}",
    )
    elsewhere = LedgerService(Database(fresh_database))
    other = enrolled(elsewhere, "PACK-02")
    other.do(other.operation("receive", moved(MUG.sku, 7, "supplier", "D-02-2")))
    elsewhere.close()

    station.pull()
    assert {result.outcome for result in station.post()} == {"posted"}

    assert stock(station)[StockKey("C-01-1", MUG.sku)] == 5
    assert stock(station)[StockKey("D-02-2", MUG.sku)] == 7
    service.close()


def _as_administrator(server: LocalPostgres, *statements: str) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _until(bench: Bench, question: str, within_s: float = 20) -> None:
    """Wait until the database answers a row."""
    ends, pause = time.monotonic() + within_s, threading.Event()
    with psycopg.connect(bench.url, autocommit=True) as connection:
        while connection.execute(question.encode()).fetchone() is None:
            assert time.monotonic() < ends, question
            pause.wait(0.01)
