"""Which goods fill a place: what expires first, and never another pick location's."""

import msgspec
import pytest

from app.conformance.probe import Probe, moved
from app.contract.messages import DocumentRow
from app.errors import Refusal
from app.ledger.filling import Filling, Shelf, sorted_shelves
from app.ledger.replenishment import Threshold
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef
from app.ledger.tables import lot
from tests.ledger.conftest import MUG, SITE, Enrol

WHERE = SiteRef(1, SITE)


def _tasks(station: Probe) -> list[DocumentRow]:
    station.pull()
    return [row for row in station.rows if isinstance(row, DocumentRow) and row.kind == "task"]


def test_what_expires_first_is_taken_first_and_what_never_does_last() -> None:
    shelves = sorted_shelves(
        [
            ("SKU-1001", "", "R-01", "", 50),
            ("SKU-1001", "2027-03-31", "R-02", "L-2", 4),
            ("SKU-1001", "2026-12-31", "R-03", "L-1", 3),
        ]
    )

    taken = list(Filling(shelves).taken("SKU-1001", "A-04", 10))

    assert [(shelf.location, units) for shelf, units in taken] == [
        ("R-03", 3),
        ("R-02", 4),
        ("R-01", 3),
    ]


def test_a_place_is_filled_neither_from_itself_nor_from_another_pick_location() -> None:
    shelves = {"SKU-1001": [Shelf("~", place, "", 5) for place in ("A-04", "A-05", "R-01")]}
    filling = Filling(shelves, {"SKU-1001": {"A-05"}})

    taken = list(filling.taken("SKU-1001", "A-04", 9))

    assert [(shelf.location, units) for shelf, units in taken] == [("R-01", 5)]


def test_the_lot_that_expires_first_fills_the_place(ledger: LedgerService, enrol: Enrol) -> None:
    station = enrol("PACK-01")
    with ledger.database.write() as connection:
        rows = [("L-2", "2027-06-30"), ("L-1", "2027-01-31")]
        ledger.database.insert(
            connection, lot, [(MUG.sku, name, expiry, "good", 1) for name, expiry in rows]
        )
    for name, units in (("L-2", 9), ("L-1", 3)):
        line = msgspec.structs.replace(moved(MUG.sku, units, "supplier", "DOCK-1"), lot=name)
        station.do(station.operation("receive", line))
    ledger.replenishment.put(WHERE, Threshold(MUG.sku, "B-11-1", 2, 10), "p-weber")

    ledger.keep_up()

    (task,) = _tasks(station)
    assert [(line.location, line.lot, line.quantity) for line in task.lines] == [
        ("DOCK-1", "L-1", 3),
        ("DOCK-1", "L-2", 7),
    ]


def test_a_place_nobody_moved_anything_at_is_compared_once(
    ledger: LedgerService, enrol: Enrol
) -> None:
    station = enrol("PACK-01")
    ledger.replenishment.put(WHERE, Threshold(MUG.sku, "B-11-1", 2, 10), "p-weber")

    first = ledger.keep_up()
    station.pull()

    assert first == 1
    assert [ledger.keep_up(), ledger.keep_up()] == [0, 0]
    assert station.pull() == []


def test_a_threshold_taken_away_closes_its_alert(ledger: LedgerService, enrol: Enrol) -> None:
    station = enrol("PACK-01")
    ledger.replenishment.put(WHERE, Threshold(MUG.sku, "", 50, 0), "p-weber")
    ledger.keep_up()

    ledger.replenishment.remove(WHERE, MUG.sku, "")
    ledger.keep_up()

    station.pull()
    states = [getattr(row, "state", "") for row in station.rows if hasattr(row, "severity")]
    assert states == ["open", "closed"]


def test_looking_at_the_place_finishes_the_task_that_asked_for_it(
    ledger: LedgerService, enrol: Enrol
) -> None:
    station = enrol("PACK-01")
    short = moved(MUG.sku, 1, "A-04-2", "", order_line=1)
    station.do(station.operation("short", short, order="ORD-1"))
    station.pull()

    seen = msgspec.structs.replace(moved(MUG.sku, 40, "A-04-2", ""))
    station.do(station.operation("count", seen))

    assert [(row.state, row.details["work"]) for row in _tasks(station)] == [
        ("open", "count"),
        ("done", "count"),
    ]


@pytest.mark.parametrize("low", [-1, 2**60])
def test_a_threshold_is_a_number_of_units(ledger: LedgerService, low: int) -> None:
    with pytest.raises(Refusal) as said:
        ledger.replenishment.put(WHERE, Threshold(MUG.sku, "", low, 0), "p-weber")

    assert said.value.code == "bad_threshold"
