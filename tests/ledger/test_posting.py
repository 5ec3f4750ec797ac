"""One transaction a batch: all of it or nothing, whatever breaks and whenever."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import psycopg
import pytest

from app.conformance.floor import picture, stock
from app.conformance.probe import Probe, moved
from app.contract.codec import canonical
from app.contract.messages import MAX_LINES, MAX_QUANTITY, Line, ProgressRow
from app.domain.operation import StockKey
from app.ledger.database import Database
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, enrolled, stocked


class PowerCutError(Exception):
    """The process died here."""


class Lever:
    """Cuts the power at one named point."""

    def __init__(self) -> None:
        self.at = ""
        self.seen: list[str] = []

    def __call__(self, name: str) -> None:
        self.seen.append(name)
        if name == self.at:
            self.at = ""
            raise PowerCutError(name)


@pytest.fixture
def lever() -> Lever:
    return Lever()


@pytest.fixture
def station(database: Database, lever: Lever) -> Probe:
    return enrolled(stocked(LedgerService(database, point=lever)), "PACK-01")


def _record(station: Probe, count: int = 3) -> None:
    for _ in range(count):
        station.record(station.operation("move", moved(MUG.sku, 1, "A-04-2", "B-11-1")))


@pytest.mark.parametrize("point", ["before_write", "before_commit"])
def test_a_crash_before_the_commit_leaves_no_trace(
    point: str, station: Probe, lever: Lever
) -> None:
    station.pull()
    end = station.cursor
    _record(station)
    lever.at = point

    with pytest.raises(PowerCutError):
        station.post()

    station.pull()
    assert station.cursor == end
    assert [(r.outcome, r.known) for r in station.post()] == [("posted", False)] * 3
    assert stock(station)[StockKey("B-11-1", MUG.sku)] == 3


def test_a_crash_after_the_commit_is_a_lost_answer(station: Probe, lever: Lever) -> None:
    _record(station)
    lever.at = "after_commit"

    with pytest.raises(PowerCutError):
        station.post()

    assert [(r.outcome, r.known) for r in station.post()] == [("posted", True)] * 3
    assert stock(station)[StockKey("B-11-1", MUG.sku)] == 3


def test_the_points_come_in_order(station: Probe, lever: Lever) -> None:
    lever.seen.clear()
    _record(station, 1)

    station.post()

    assert lever.seen == ["before_write", "before_commit", "after_commit"]


def test_keys_of_a_transaction_that_failed_are_not_remembered(station: Probe, lever: Lever) -> None:
    station.record(station.operation("receive", moved(MUG.sku, 1, "supplier", "NEW-1")))
    lever.at = "before_commit"
    with pytest.raises(PowerCutError):
        station.post()
    # Another key takes the number the failed transaction had given away.
    station.sent.clear()
    station.record(station.operation("receive", moved(MUG.sku, 5, "supplier", "NEW-2"), name="r"))

    assert station.post()[0].outcome == "posted"
    balances = stock(station)
    assert balances[StockKey("NEW-2", MUG.sku)] == 5
    assert StockKey("NEW-1", MUG.sku) not in balances


def test_half_a_surrogate_is_held_in_process(station: Probe) -> None:
    operation = station.operation("event")
    raw = canonical(operation).replace(b'"role":"clerk"', b'"role":"\\ud83d"')
    station.record_bytes(operation.id, raw)

    result = station.post()[0]

    assert (result.outcome, result.code) == ("held", "unreadable")


def test_the_book_is_the_sum_of_its_postings(tmp_path: Path) -> None:
    service = stocked(LedgerService(Database.in_folder(tmp_path / "sum")))
    station = enrolled(service, "PACK-01")
    _record(station, 20)
    station.post()
    station.do(station.operation("reverse", original=station.sent[4].id))

    with service.database.reader.connect() as connection:
        wrong = connection.exec_driver_sql(
            "SELECT count(*) FROM balance b WHERE quantity <> "
            "(SELECT coalesce(sum(p.quantity), 0) FROM posting p WHERE p.stock = b.stock)"
        ).scalar_one()
        total = connection.exec_driver_sql("SELECT sum(quantity) FROM posting").scalar_one()
    service.close()

    assert (wrong, total) == (0, 0)


def test_a_database_server_that_was_restarted_is_found_again(fresh_database: str) -> None:
    service = stocked(LedgerService(Database(fresh_database)))
    station = enrolled(service, "PACK-01")
    _record(station)
    with psycopg.connect(fresh_database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    assert [result.outcome for result in station.post()] == ["posted"] * 3
    service.close()


def test_two_processes_on_one_database_share_its_feed(fresh_database: str) -> None:
    one = stocked(LedgerService(Database(fresh_database)))
    other = LedgerService(Database(fresh_database))
    stations = [enrolled(service, f"PACK-0{n}") for n, service in enumerate((one, other), 1)]
    stations[1].ledger = other.as_seen_by(stations[1].who.enrolment)

    def work(station: Probe) -> None:
        for _ in range(15):
            first = len(station.sent) + 1
            _record(station, 10)
            assert {result.outcome for result in station.post(first)} == {"posted"}

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work, station) for station in stations]:
            done.result(timeout=60)

    # Two ledgers in memory, one book: dense for both, and every move in it.
    assert stock(stations[0]) == stock(stations[1])
    assert stock(stations[0])[StockKey("B-11-1", MUG.sku)] == 300
    stations[0].pull()
    assert len(stations[0].rows) == stations[0].cursor
    one.close()
    other.close()


def test_an_unknown_order_packed_in_two_processes_at_once_counts_both(fresh_database: str) -> None:
    together = Barrier(2)

    def meet(name: str) -> None:
        if name == "before_write":
            together.wait(timeout=20)

    services = [LedgerService(Database(fresh_database)) for _ in range(2)]
    stocked(services[0])
    stations = []
    for n, service in enumerate(services):
        station = enrolled(services[0], f"PACK-0{n}")
        station.ledger = service.as_seen_by(station.who.enrolment)
        line = Line(item=MUG.sku, quantity=n + 1, order_line=1)
        station.record(station.operation("short", line, order="ORD-NOT-YET"))
        stations.append(station)
        service._poster._point = meet

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(station.post) for station in stations]:
            assert done.result(timeout=60)[0].outcome == "posted"

    told = [row for row in picture(stations[0]).rows if isinstance(row, ProgressRow)]
    assert [(row.order, row.short) for row in told] == [("ORD-NOT-YET", 3)]
    for service in services:
        service.close()


@pytest.mark.parametrize("place", ["parcel/P-1", "tote/T-1", "C-01-1"])
def test_a_key_whose_first_operation_was_held_is_counted_from_the_second_on(
    place: str, station: Probe
) -> None:
    most = moved(MUG.sku, MAX_QUANTITY, "supplier", "DOCK-1")
    station.do(station.operation("receive", *(most,) * MAX_LINES))
    too_much = moved(MUG.sku, MAX_QUANTITY, "DOCK-1", place)
    held = station.do(station.operation("move", *(too_much,) * MAX_LINES))
    for _ in range(2):
        station.do(station.operation("move", moved(MUG.sku, 2, "A-04-2", place)))

    assert held.outcome == "held"
    assert stock(station)[StockKey(place, MUG.sku)] == 4
