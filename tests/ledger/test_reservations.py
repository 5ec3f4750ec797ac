"""Who is promised what first, and what is promised to nobody: quarantine, expired lots, policy."""

import msgspec
import pytest

from app.conformance.floor import order_row
from app.conformance.probe import moved
from app.contract.messages import LocationRow, OrderRow
from app.domain.order import OrderState
from app.domain.policy import Policy
from app.identity.userkey import CHEAP
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef
from app.ledger.tables import lot
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import MUG, SITE, Enrol

WHERE = SiteRef(1, SITE)


def _order(number: str, units: int, *, priority: int = 5, before: str = "") -> OrderRow:
    row = order_row(number, MUG.sku, (units,))
    return msgspec.structs.replace(row, priority=priority, ship_before=before)


def _put(ledger: LedgerService, *orders: OrderRow) -> None:
    ledger.imports.orders(SITE, orders)


def _reserved(ledger: LedgerService, *numbers: str) -> list[int]:
    shown = [ledger.order_view.show(WHERE, number) for number in numbers]
    return [sum(line.reserved for line in one.lines) for one in shown]


def _available(ledger: LedgerService) -> int:
    return ledger.reservations.available(WHERE, [MUG.sku])[0].available


def test_in_one_import_the_more_urgent_orders_come_first(ledger: LedgerService) -> None:
    _put(
        ledger,
        _order("ORD-1", 20, before="2026-11-24T14:00:00"),
        _order("ORD-2", 20, priority=1),
        _order("ORD-3", 20, before="2026-11-23T14:00:00"),
        _order("ORD-4", 20),
    )

    assert _reserved(ledger, "ORD-1", "ORD-2", "ORD-3", "ORD-4") == [0, 20, 20, 0]


def test_what_comes_in_goes_to_the_most_urgent_that_waits(
    ledger: LedgerService, enrol: Enrol
) -> None:
    station = enrol("PACK-01")
    _put(ledger, _order("ORD-0", 40))
    _put(ledger, _order("ORD-1", 10, priority=7))
    _put(ledger, _order("ORD-2", 10, priority=2))

    station.do(station.operation("receive", moved(MUG.sku, 12, "supplier", "DOCK-1")))
    ledger.keep_up()

    assert _reserved(ledger, "ORD-0", "ORD-1", "ORD-2") == [40, 2, 10]
    assert _available(ledger) == 0


def test_what_is_promised_stays_promised_though_somebody_more_urgent_comes(
    ledger: LedgerService,
) -> None:
    _put(ledger, _order("ORD-1", 40))

    _put(ledger, _order("ORD-2", 10, priority=1))
    ledger.keep_up()

    assert _reserved(ledger, "ORD-1", "ORD-2") == [40, 0]


@pytest.mark.parametrize(("keeps", "free"), [(True, 10), (False, 40)])
def test_the_policy_says_whether_a_held_order_keeps_its_stock(
    ledger: LedgerService, keeps: bool, free: int
) -> None:
    ledger.policies.put(WHERE, Policy(held_keeps_stock=keeps), actor="p-weber", reason="Peak")
    _put(ledger, _order("ORD-1", 30))

    ledger.orders.set_state(SITE, ["ORD-1"], OrderState.HELD)
    held = _available(ledger)
    ledger.orders.set_state(SITE, ["ORD-1"], OrderState.RELEASED)

    assert held == free
    assert _available(ledger) == 10


def test_goods_in_quarantine_and_of_lots_that_are_not_good_are_promised_to_nobody(
    ledger: LedgerService, enrol: Enrol
) -> None:
    station = enrol("PACK-01")
    ledger.imports.locations([LocationRow(SITE, "Q-1", "quarantine")])
    with ledger.database.write() as connection:
        rows = [("L-OLD", "2026-11-22", "good"), ("L-BAD", "", "recalled"), ("L-NEW", "", "good")]
        ledger.database.insert(
            connection, lot, [(MUG.sku, name, expiry, state, 1) for name, expiry, state in rows]
        )
    for name in ("L-OLD", "L-BAD", "L-NEW"):
        line = msgspec.structs.replace(moved(MUG.sku, 5, "supplier", "DOCK-1"), lot=name)
        station.do(station.operation("receive", line))
    station.do(station.operation("move", moved(MUG.sku, 10, "A-04-2", "Q-1")))

    seen = ledger.reservations.available(WHERE, [MUG.sku])[0]

    assert (seen.on_hand, seen.not_good, seen.available) == (55, 20, 35)


def test_lines_of_closed_orders_are_forgotten_and_nothing_is_written_twice(
    ledger: LedgerService, enrol: Enrol
) -> None:
    station = enrol("PACK-01")
    _put(ledger, _order("ORD-1", 1), _order("ORD-2", 1))
    into = moved(MUG.sku, 1, "A-04-2", "parcel/P", order_line=1)
    station.do(station.operation("pack", into, order="ORD-1"))
    out = moved(MUG.sku, 1, "parcel/P", "customer")
    station.do(station.operation("ship", out, order="ORD-1"))
    ledger.orders.set_state(SITE, ["ORD-2"], OrderState.CANCELLED)

    ledger.keep_up()
    station.pull()
    quiet = ledger.keep_up()

    assert quiet == 0
    assert station.pull() == []
    assert ledger.reservations.available(WHERE, [MUG.sku])[0].reserved == 0


def test_an_order_that_is_sent_again_as_it_is_takes_no_operation(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    station = enrol("PACK-01")
    _put(ledger, _order("ORD-1", 60))
    station.pull()

    clock.pass_ms(1_000)
    _put(ledger, _order("ORD-1", 60))
    ledger.keep_up()

    assert station.pull() == []


def test_what_was_taken_back_is_not_taken_back_again_after_a_restart(
    ledger: LedgerService, clock: FakeClock
) -> None:
    _put(ledger, _order("ORD-1", 30))
    ledger.orders.set_state(SITE, ["ORD-1"], OrderState.CANCELLED)
    after = LedgerService(ledger.database, clock=clock, ids=ledger.ids, cost=CHEAP)
    _put(after, _order("ORD-2", 40))

    done = after.keep_up()

    assert (done, _reserved(after, "ORD-2"), _available(after)) == (0, [40], 0)
