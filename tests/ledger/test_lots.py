"""Lots and serials beyond one site: corrected, marked when over, ended wherever they end."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from app.conformance.announced import about, codes, posted, undo
from app.conformance.probe import Device, Probe
from app.contract.messages import Line, LotRow, Operation
from app.errors import Refusal
from app.ledger.changelog import Editor, history
from app.ledger.imports import StockLine
from app.ledger.service import LedgerService
from app.ledger.tables import change
from tests.ledger.conftest import MUG, SITE, TRAY, enrolled

SOON, LATER = "2031-03-31", "2032-06-30"
MIA = Editor("p-mia", "label read again")
Two = Callable[[], tuple[Probe, Probe]]


@pytest.fixture
def two(either: LedgerService) -> Two:
    """A station in Hamburg and one in Munich."""

    def make() -> tuple[Probe, Probe]:
        either.add_site("MUC", title="Halle Süd", company_prefix="4099999")
        device = Device("MUC PACK-01")
        code = either.identity.add_station("MUC", "PACK-01").code
        who = either.enrol(device.enrol_request(code))
        there = Probe(device, who, either.as_seen_by(who.enrolment))
        here = enrolled(either, "PACK-01")
        here.pull()
        there.pull()
        return here, there

    return make


def _arrive(station: Probe, lot: str = "", expiry: str = "", serial: str = "") -> Operation:
    line = Line(
        item=MUG.sku,
        quantity=1,
        source="supplier",
        target="DOCK-1",
        lot=lot,
        expiry=expiry,
        serial=serial,
    )
    return posted(station, station.operation("receive", line))


def test_correcting_a_lot_closes_lot_expiry_differs_at_every_site(
    either: LedgerService, two: Two
) -> None:
    here, there = two()
    _arrive(here, "L-1", SOON)
    _arrive(here, "L-1", LATER)
    _arrive(there, "L-1", LATER)
    told = codes(here.pull()), codes(there.pull())

    now = either.lots.edit(LotRow(item=MUG.sku, lot="L-1", expiry=LATER), MIA, expected=1)

    assert told == ([("lot_expiry_differs", "open")],) * 2
    assert (now.expiry, now.version) == (LATER, 2)
    assert codes(here.pull()) == codes(there.pull()) == [("lot_expiry_differs", "closed")]
    _arrive(there, "L-1", LATER)
    assert codes(there.pull()) == []


def test_a_correction_says_who_and_why(either: LedgerService, two: Two) -> None:
    here, _ = two()
    _arrive(here, "L-1", SOON)

    either.lots.edit(LotRow(item=MUG.sku, lot="L-1", expiry=LATER), MIA, expected=1)

    last, first = history(either.database, "lot", f"{MUG.sku}/L-1", 0, 10)
    assert (last.actor, last.reason, last.version) == ("p-mia", "label read again", 2)
    assert (first.actor, first.reason, first.version) == ("p-anna", "goods came in", 1)


def test_two_editors_of_a_lot_do_not_overwrite_each_other(either: LedgerService) -> None:
    lot = LotRow(item=TRAY.sku, lot="L-7", expiry=SOON)
    either.lots.edit(lot, MIA, expected=0)

    def refused(row: LotRow, expected: int) -> str:
        with pytest.raises(Refusal) as caught:
            either.lots.edit(row, MIA, expected)
        return caught.value.code

    assert refused(lot, 0) == "stale_version"
    assert refused(LotRow(item=TRAY.sku, lot="L-7", expiry="31.03.2031"), 1) == "bad_expiry"
    assert refused(LotRow(item=TRAY.sku, lot="L-7", state="fine"), 1) == "bad_state"
    with pytest.raises(Refusal, match="L-8"):
        either.lots.get(TRAY.sku, "L-8")
    assert either.lots.after("", "", 10) == [either.lots.get(TRAY.sku, "L-7")]


def test_lots_are_marked_the_day_after_they_expire_and_once(
    either: LedgerService, two: Two
) -> None:
    here, _ = two()
    for lot, expiry in (("L-1", SOON), ("L-2", LATER), ("L-3", ""), ("L-4", SOON)):
        _arrive(here, lot, expiry)
    posted(here, about(here.operation("reclassify"), "lot", f"{MUG.sku}/L-4", "recalled"))

    marked = [either.lots.expire(day) for day in (SOON, "2031-04-01", "2031-04-01")]

    assert marked == [0, 1, 0]
    states = {row.lot: (row.state, row.version) for row in either.lots.after("", "", 10)}
    assert states == {
        "L-1": ("expired", 2),
        "L-2": ("good", 1),
        "L-3": ("good", 1),
        "L-4": ("recalled", 2),
    }


def test_more_lots_than_one_transaction_takes_are_marked(
    either: LedgerService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ledger.lots.BATCH", 3)
    for n in range(7):
        either.lots.edit(LotRow(item=TRAY.sku, lot=f"L-{n}", expiry=SOON), MIA, expected=0)

    assert either.lots.expire(LATER) == 7
    with either.database.read() as connection:
        written = connection.execute(sa.select(sa.func.count()).select_from(change)).scalar_one()
    assert written >= 14


def test_a_lot_released_elsewhere_ends_what_was_asked_here(either: LedgerService, two: Two) -> None:
    here, there = two()
    _arrive(here, "L-1", SOON)
    posted(there, about(there.operation("reclassify"), "lot", f"{MUG.sku}/L-1", "quarantined"))
    line = Line(item=MUG.sku, quantity=1, source="DOCK-1", target="tote/T-1", lot="L-1")
    posted(here, here.operation("pick", line))
    told = codes(here.pull())
    either.lots.edit(LotRow(item=MUG.sku, lot="L-1", expiry=SOON, state="hold"), MIA, expected=2)
    posted(there, about(there.operation("reclassify"), "lot", f"{MUG.sku}/L-1", "good"))

    closed = either.sweeper.sweep()

    assert told == [("lot_not_good", "open")]
    assert (closed, codes(here.pull())) == (1, [("lot_not_good", "closed")])


def test_a_serial_at_two_sites_is_told_and_ends_when_one_takes_it_back(
    either: LedgerService, two: Two
) -> None:
    here, there = two()
    first = _arrive(here, serial="SN-4711")
    _arrive(there, serial="SN-4711")
    told = there.pull()
    untouched = either.sweeper.sweep()

    undo(here, first)
    closed = either.sweeper.sweep()

    assert codes(told) == [("serial_twice", "open")]
    assert f"DOCK-1 at site {SITE}" in str(told)
    assert (untouched, closed) == (0, 1)
    assert codes(there.pull()) == [("serial_twice", "closed")]


def test_opening_stock_tells_the_expiry_of_its_lot(either: LedgerService) -> None:
    either.imports.stock(SITE, [StockLine("A-04-2", MUG.sku, 5, lot="L-1", expiry=SOON)])

    assert either.lots.get(MUG.sku, "L-1").expiry == SOON
