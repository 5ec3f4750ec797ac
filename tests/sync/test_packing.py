"""What Pack records of several parcels is what the real ledger counts: seals, content, leaving."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contract.messages import ItemRow, LocationRow, OrderedLine, Pack
from app.ledger.imports import StockLine
from app.station.inbox import Intent, Printed, PrintState
from tests.support.bench import order_row
from tests.support.synced import MUG, SITE, RealLedger, eventually
from tests.sync.desks import BOSS, CLERK, SVEN, Desk, Desks, hire, proven
from tests.sync.test_undoing import ORDER, books, exceptions, number_parcels, sign_in, titled

pytestmark = pytest.mark.system
SYRUP, NEAR, OLD = "SKU-31007", "L-2291", "L-1999"
SYRUP_CODE = "(01)02900000000063(10)"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[RealLedger]:
    made = RealLedger(tmp_path / "ledger")
    imports = made.service.imports
    hire(made, CLERK, BOSS)
    imports.items([ItemRow(SYRUP, "Elder syrup, 0.5 l", packs=(Pack("02900000000063", 1),))])
    imports.locations([LocationRow(SITE, place, "bin") for place in ("A-04-2", "C-07-3")])
    lines = (OrderedLine(1, MUG, 2), OrderedLine(2, SYRUP, 2))
    imports.stock(
        SITE,
        [
            StockLine("A-04-2", MUG, 5),
            StockLine("C-07-3", SYRUP, 5, lot=NEAR, expiry="2099-12-04"),
            StockLine("C-07-3", SYRUP, 2, lot=OLD, expiry="2020-01-31"),
        ],
    )
    imports.orders(SITE, [order_row(ORDER, lines=lines)])
    made.service.bell.ring()
    yield made
    made.go_down()


@pytest.fixture
def desk(ledger: RealLedger, tmp_path: Path) -> Iterator[Desk]:
    benches = Desks(ledger, tmp_path)
    yield benches.open("PACK-01")
    benches.close()


def seal(desk: Desk) -> str:
    """The box in hand goes on without a scale and gets its label; its number."""
    desk.do(Intent.OVERRIDE, "no_scale")
    assert desk.sees(lambda screen: screen.label is not None)
    label = desk.screen.label
    assert label is not None
    job = desk.ask(lambda work: work.open_prints()[-1][0])
    desk.bench.station.put(Printed(job, PrintState.PRINTED))
    return label.sscc


def shown(ledger: RealLedger) -> tuple[str, list[tuple[str, int]]]:
    """Stage of the order; seal and units of its parcels."""
    found = ledger.service.order_view.show(ledger.service.site(SITE), ORDER)
    inside = [(one.seal, sum(unit.quantity for unit in one.inside)) for one in found.parcels]
    return found.stage, inside


def test_two_parcels_one_opened_again_and_repacked_leave_as_the_ledger_has_them(
    ledger: RealLedger, desk: Desk
) -> None:
    sign_in(desk)
    number_parcels(desk)
    desk.scan(ORDER)
    assert desk.sees(lambda screen: screen.page.value == "pack")
    desk.scan(MUG)
    desk.scan(MUG)
    desk.do(Intent.NEXT)
    desk.do(Intent.NEXT)
    assert titled(desk, "weigh.title")
    first = seal(desk)
    assert titled(desk, "pack.label_on")
    assert eventually(lambda: shown(ledger) == ("packing", [("sealed", 2)]))

    desk.do(Intent.MAIN)
    desk.scan(SYRUP_CODE + NEAR)
    desk.scan("00" + first)
    desk.do(Intent.TAKE_OUT)
    desk.scan(MUG)
    assert titled(desk, "pack.taken_out")
    assert eventually(lambda: shown(ledger) == ("packing", [("reopened", 1), ("", 1)]))

    desk.do(Intent.MAIN)
    desk.do(Intent.NEXT)
    desk.do(Intent.OPEN, "2")
    desk.scan(MUG)
    desk.scan(SYRUP_CODE + NEAR)
    assert titled(desk, "weigh.title_parcel")
    seal(desk)
    desk.do(Intent.MAIN)
    assert titled(desk, "weigh.title_parcel")
    seal(desk)
    assert titled(desk, "pack.hand_over_all")
    desk.do(Intent.MAIN)

    assert desk.sees(lambda screen: screen.page.value == "home")
    assert eventually(desk.bench.confirmed)
    assert eventually(lambda: shown(ledger) == ("shipped", [("sealed", 1), ("sealed", 3)]))
    assert books(ledger)["customer", MUG] == 2
    assert books(ledger)["customer", SYRUP] == 2
    assert exceptions(ledger) == []


def test_an_expired_unit_packed_by_right_is_asked_about_by_the_ledger(
    ledger: RealLedger, desk: Desk
) -> None:
    sign_in(desk)
    number_parcels(desk)
    desk.scan(ORDER)
    assert desk.sees(lambda screen: screen.page.value == "pack")
    desk.scan(SYRUP_CODE + OLD)
    assert titled(desk, "pack.expired")

    desk.do(Intent.OVERRIDE)
    desk.do(Intent.REASON, "customer_agreed")
    assert desk.sees(lambda screen: screen.proof is not None)
    desk.prove(SVEN)

    assert desk.sees(lambda screen: screen.proof is None and screen.done == 1)
    assert eventually(desk.bench.confirmed)
    assert eventually(lambda: exceptions(ledger) == ["lot_not_good"])
    assert ("pack", "p-sven") in proven(ledger)
