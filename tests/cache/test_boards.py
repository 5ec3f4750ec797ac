"""What is counted for a board, on a book with two orders in work, a clock and a few scans."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.dialects import sqlite

from app.cache import boards
from app.cache.moments import first_since
from app.cache.tables import operation, tally
from app.cache.work import CacheWork
from app.contract.messages import ClaimRow
from app.station.boards import OrderGroup, Places, Stand
from app.station.inbox import Intent
from tests.support.bench import TestBench, order_row

GONE, HELD, LATE = "ORD-1", "ORD-2", "ORD-3"
NOW = "2026-11-23T09:00:00"
LONG_AGO = "2020-01-01T00:00:00.000Z"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(
        tmp_path,
        orders=(
            order_row(),
            order_row(GONE, state="shipped"),
            order_row(HELD, state="held", ship_before=""),
            order_row(LATE, ship_before="2026-11-23T08:00:00"),
        ),
    )
    made.sign_in()
    yield made
    made.book.close()


def groups(bench: TestBench) -> dict[tuple[str, str, bool], tuple[int, int]]:
    with bench.store.begin() as work:
        found: tuple[OrderGroup, ...] = work.order_groups(NOW)
    return {(one.stand.value, one.hour, one.late): (one.orders, one.left) for one in found}


def test_orders_stand_where_they_are_and_are_due_when_they_must_leave(bench: TestBench) -> None:
    assert groups(bench) == {
        ("open", "2026-11-23T08", True): (1, 6),
        ("open", "2026-11-23T14", False): (1, 6),
        ("held", "", False): (1, 6),
        ("shipped", "", False): (1, 0),
    }


def test_what_is_packed_here_counts_before_the_ledger_knows(bench: TestBench) -> None:
    bench.scan("ORD-48213")
    bench.scan("2900000000018")

    assert groups(bench)["in_work", "2026-11-23T14", False] == (1, 5)
    with bench.store.begin() as work:
        (hour,) = work.done_hours(LONG_AGO)
        assert (hour.units, hour.orders) == (1, 0)

    bench.do(Intent.UNDO)

    with bench.store.begin() as work:
        assert sum(one.units for one in work.done_hours(LONG_AGO)) == 0


def test_a_claim_of_another_station_is_work_there(bench: TestBench) -> None:
    bench.feed(ClaimRow(LATE, "claimed", "enr-9", "PACK-09", "2026-11-23T15:00:00Z"))

    assert groups(bench)["in_work", "2026-11-23T08", True] == (1, 6)
    with bench.store.begin() as work:
        assert work.held_by() == {"PACK-09": 1}
        first, second, third = work.open_orders(10)
        assert [first.order, second.order, third.order] == [LATE, "ORD-48213", HELD]
        assert (first.station, third.stand) == ("PACK-09", Stand.HELD)
        assert work.open_orders(10, (second.ship_before, second.order)) == (third,)
        assert work.open_orders(10, (third.ship_before, third.order)) == ()
        assert work.open_orders(10, until="2026-11-23T12") == (first,)
        assert (work.open_order(LATE), work.open_order(GONE)) == (first, None)


def test_wrong_scans_are_counted_among_those_that_meant_something(bench: TestBench) -> None:
    bench.scan("ORD-48213")
    bench.scan("2900000000056")
    bench.scan("CMD:ACK")
    bench.scan("2900000000018")

    with bench.store.begin() as work:
        hours = work.scan_hours(LONG_AGO)
        (wrong,) = work.wrong_scans(LONG_AGO, 10)
        assert work.wrong_scans(LONG_AGO, 10, wrong.scan) == ()
        assert work.scan_hours("2099") == ()
    assert sum(one.wrong for one in hours) == 1
    assert wrong.shown == "2900000000056"


def test_places_are_filled_or_empty(bench: TestBench) -> None:
    with bench.store.begin() as work:
        assert work.storage() == Places(5, 4)
        assert work.empty_places(10) == ("BENCH-3",)
        assert work.empty_places(10, "BENCH-3") == ()


def test_returned_units_are_told_by_what_was_decided(bench: TestBench) -> None:
    told = {"kind": "return", "document": "RMA-7", "line": 1}
    with bench.store.begin() as work:
        rows = [
            {**told, "measure": "good", "quantity": 2},
            {**told, "measure": "hold", "quantity": 1},
        ]
        work.connection.execute(insert(tally), rows)
        assert work.dispositions() == {"good": 2, "hold": 1, "damaged": 0, "scrapped": 0}


def test_what_waits_is_told_page_by_page(bench: TestBench) -> None:
    bench.scan("ORD-48213")
    bench.scan("2900000000018")

    with bench.store.begin() as work:
        every = work.outbox(100)
        assert work.outbox(1, every[0].n) == every[1:2]
    assert [one.kind for one in every] == bench.kinds()
    assert every[-1].kind == "pack"


def test_a_day_begins_where_its_first_record_is(bench: TestBench) -> None:
    bench.scan("ORD-48213")
    bench.scan("2900000000018")
    with bench.book.reader.connect() as connection:
        ask = connection.exec_driver_sql
        rows = ask("SELECT n, recorded_at FROM operation ORDER BY n").all()
        for n, at in rows:
            first = first_since(connection, operation.c.n, operation.c.recorded_at, at)
            assert first == min(one for one, when in rows if when >= at) <= n
        none = first_since(connection, operation.c.n, operation.c.recorded_at, "2099")
    assert none == rows[-1][0] + 1


# What is asked of a table, and the index or key that answers it.
PLANS: dict[str, tuple[Any, dict[str, Any], tuple[str, ...]]] = {
    "orders by cut-off": (boards._GROUPS, {"now": NOW}, ("ix_order_document_due",)),
    "work done": (boards._DONE, {"first": 1, "since": NOW}, ("ix_operation_kind",)),
    "taken back": (boards._UNDONE, {"first": 1, "since": NOW}, ("ix_operation_kind",)),
    "scans": (boards._SCANS, {"first": 1, "since": NOW}, ("INTEGER PRIMARY KEY (rowid>?)",)),
}


@pytest.mark.parametrize("name", PLANS)
def test_no_question_of_a_board_reads_a_whole_table(bench: TestBench, name: str) -> None:
    statement, values, expected = PLANS[name]
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="named"))

    with bench.book.reader.connect() as connection:
        assert isinstance(CacheWork(connection).held_by(), dict)
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values).all()

    steps = [str(row[3]) for row in plan]
    whole = [one for one in steps if one.startswith("SCAN") and one.split()[1] in _LARGE]
    assert not [one for one in whole if "INDEX" not in one], steps
    assert all(any(part in one for one in steps) for part in expected), steps


_LARGE = {"operation", "scan", "d", "o", "r", "p", "order_document"}
