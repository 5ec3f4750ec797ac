"""Jobs: each at its time, by one process, and none in the way of another."""

from collections.abc import Iterator

import pytest

from app.errors import Refusal, Trouble
from app.ledger.database import Database
from app.ledger.joblist import JOBS
from app.ledger.jobs import DAY_S, Job, Jobs, Stop
from app.ledger.leading import Leader
from app.ledger.service import LedgerService
from tests.fakes.clock import FakeClock
from tests.support.leaks import ExpectedLogs
from tests.support.postgres import app_role


class Watch:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def watch() -> Watch:
    return Watch()


def _noted(done: list[str], name: str, every_s: int, at_hour: int = -1) -> Job:
    def run(_service: LedgerService, _stop: Stop) -> int:
        done.append(name)
        return 1

    return Job(name, every_s, run, at_hour)


def test_each_job_runs_at_its_time(ledger: LedgerService, clock: FakeClock, watch: Watch) -> None:
    done: list[str] = []
    jobs = Jobs(ledger, [_noted(done, "often", 60), _noted(done, "seldom", 300)], clock, watch)

    for _ in range(10):
        watch.s += 60
        jobs.tick()

    assert done == (["often"] * 5 + ["seldom"]) * 2


@pytest.mark.parametrize(("takes_s", "next_after_s"), [(1, 60), (20, 200), (1_000, 1_300)])
def test_a_job_that_takes_long_rests_longer_and_is_not_forgotten(
    ledger: LedgerService, clock: FakeClock, watch: Watch, takes_s: int, next_after_s: int
) -> None:
    began: list[float] = []

    def run(_service: LedgerService, _stop: Stop) -> int:
        began.append(watch.s)
        watch.s += takes_s
        return 0

    jobs = Jobs(ledger, [Job("follow", 60, run)], clock, watch)
    while len(began) < 2:
        watch.s += 5
        jobs.tick()

    assert next_after_s <= began[1] - began[0] <= next_after_s + 5


def test_a_nightly_job_runs_at_its_hour(
    ledger: LedgerService, clock: FakeClock, watch: Watch
) -> None:
    done: list[str] = []
    jobs = Jobs(ledger, [_noted(done, "nightly", DAY_S, at_hour=2)], clock, watch)

    watch.s += 18 * 3600  # from half past seven to half past one
    jobs.tick()
    early = list(done)
    watch.s += 1800
    jobs.tick()

    assert (early, done) == ([], ["nightly"])


def test_a_job_that_fails_is_counted_and_stops_no_other(
    ledger: LedgerService, clock: FakeClock, watch: Watch, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("job broken failed")
    done: list[str] = []

    def fail(_service: LedgerService, _stop: Stop) -> int:
        raise Trouble("The disk is full. Free some space.")

    jobs = Jobs(ledger, [Job("broken", 60, fail), _noted(done, "whole", 60)], clock, watch)

    for _ in range(2):
        watch.s += 60
        jobs.tick()

    assert done == ["whole", "whole"]
    seen = jobs.seen["broken"]
    assert (seen.runs, seen.failures, seen.outcome) == (2, 2, "failed")


def test_a_job_is_told_when_its_time_is_over_or_the_server_ends(
    ledger: LedgerService, clock: FakeClock, watch: Watch
) -> None:
    asked: list[bool] = []

    def slow(_service: LedgerService, stop: Stop) -> int:
        asked.append(stop())
        watch.s += 11
        asked.append(stop())
        return 0

    jobs = Jobs(ledger, [Job("slow", 60, slow, max_s=10)], clock, watch)

    jobs.run("slow")
    jobs.end()
    watch.s += 60
    jobs.tick()
    jobs.run("slow")

    assert asked == [False, True, True, True]


def test_an_unknown_job_is_refused_with_the_names(
    ledger: LedgerService, clock: FakeClock, watch: Watch
) -> None:
    with pytest.raises(Refusal) as refusal:
        Jobs(ledger, JOBS, clock, watch).run("sweep_floor")

    assert refusal.value.code == "unknown_job"
    assert "sweep_exceptions" in refusal.value.say


@pytest.mark.parametrize("name", [job.name for job in JOBS])
def test_every_job_of_the_list_runs_on_a_small_warehouse(
    ledger: LedgerService, clock: FakeClock, name: str
) -> None:
    jobs = Jobs(ledger, JOBS, clock)
    jobs.run(name)

    assert jobs.run(name) == 0  # done, and nothing new


@pytest.fixture
def two_servers(fresh_database: str) -> Iterator[tuple[Database, Database]]:
    url = app_role(fresh_database)
    one, other = Database(url), Database(url)
    yield one, other
    one.close()
    other.close()


def test_one_of_two_servers_leads_and_the_other_takes_over(
    two_servers: tuple[Database, Database],
) -> None:
    one, other = map(Leader, two_servers)

    first = (one.is_mine(), other.is_mine(), one.is_mine())
    one.give_up()
    then = (other.is_mine(), one.is_mine())
    other.give_up()

    assert first == (True, False, True)
    assert then == (True, False)


def test_a_leader_whose_connection_is_cut_leads_no_more(
    two_servers: tuple[Database, Database], expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("nobody leads")
    one, other = map(Leader, two_servers)
    assert one.is_mine()
    with two_servers[1].writer.begin() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        )

    taken = other.is_mine() or other.is_mine()

    assert taken
    assert not one.is_mine()
    other.give_up()
    one.give_up()


def test_an_embedded_ledger_has_one_server_which_leads(ledger: LedgerService) -> None:
    assert Leader(ledger.database).is_mine()
