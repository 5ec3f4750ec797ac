"""Orders are shared out fairly, follow the work, and leave silent stations in time."""

from collections import Counter

from app.conformance.floor import order_row, picture
from app.conformance.probe import Probe, moved
from app.contract.messages import ClaimRow
from app.domain.order import OrderState
from app.ledger.clock import stamp
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import MUG, SITE, Enrol

HOUR_MS = 3_600_000


def _orders(ledger: LedgerService, count: int, start: int = 0) -> list[str]:
    numbers = [f"ORD-{start + n}" for n in range(count)]
    ledger.imports.orders(SITE, [order_row(number, MUG.sku, (2,)) for number in numbers])
    return numbers


def _owners(station: Probe, clock: FakeClock) -> dict[str, str]:
    clock.pass_ms(61_000)  # a fresh picture
    rows = picture(station).rows
    return {row.document: row.station for row in rows if isinstance(row, ClaimRow)}


def test_new_orders_go_to_the_station_with_the_fewest(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    one, _, _ = (enrol(f"PACK-0{n}") for n in (1, 2, 3))

    _orders(ledger, 6)
    _orders(ledger, 3, start=6)

    assert Counter(_owners(one, clock).values()) == {"PACK-01": 3, "PACK-02": 3, "PACK-03": 3}


def test_the_first_station_of_a_site_gets_the_orders_that_waited(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    numbers = _orders(ledger, 3)

    station = enrol("PACK-01")

    assert _owners(station, clock) == dict.fromkeys(numbers, "PACK-01")


def test_held_and_cancelled_orders_are_nobodys(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    _orders(ledger, 2)
    ledger.orders.set_state(SITE, ["ORD-0"], OrderState.CANCELLED)

    station = enrol("PACK-01")

    assert _owners(station, clock) == {"ORD-1": "PACK-01"}


def test_after_eight_silent_hours_unstarted_orders_go_to_others(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    silent = enrol("PACK-01")
    _orders(ledger, 3)
    silent.do(silent.operation("claim", order="ORD-1"))
    line = moved(MUG.sku, 1, "A-04-2", "parcel/P", order_line=1)
    silent.do(silent.operation("pack", line, order="ORD-2"))
    awake = enrol("PACK-02")
    assert _owners(awake, clock)["ORD-0"] == "PACK-02"  # its share

    clock.pass_ms(7 * HOUR_MS)
    awake.do(awake.operation("event"))
    assert ledger.share_out_silent() == 0
    clock.pass_ms(HOUR_MS + 60_000)
    awake.do(awake.operation("event", name="awake"))
    assert ledger.share_out_silent() == 1

    assert _owners(awake, clock) == {"ORD-0": "PACK-02", "ORD-1": "PACK-02", "ORD-2": "PACK-01"}
    assert ledger.share_out_silent() == 0


def test_the_hold_time_is_the_sites_own(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    enrol("PACK-01")
    awake = enrol("PACK-02")
    _orders(ledger, 4)
    ledger.set_claim_hold(SITE, 1)

    clock.pass_ms(HOUR_MS + 60_000)
    awake.do(awake.operation("event"))

    assert ledger.share_out_silent() == 2


def test_a_new_station_gets_its_share_of_what_nobody_has_begun(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    one = enrol("PACK-01")
    _orders(ledger, 8)
    one.do(one.operation("claim", order="ORD-7"))
    line = moved(MUG.sku, 1, "A-04-2", "parcel/P", order_line=1)
    one.do(one.operation("pack", line, order="ORD-6"))

    two = enrol("PACK-02")
    three = enrol("PACK-03")

    owners = _owners(three, clock)
    assert Counter(owners.values()) == {"PACK-01": 3, "PACK-02": 3, "PACK-03": 2}
    assert {owners["ORD-6"], owners["ORD-7"]} == {one.who.station}
    assert owners["ORD-5"] == two.who.station


def test_an_order_given_back_is_given_to_somebody_by_the_job(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    one = enrol("PACK-01")
    _orders(ledger, 1)
    one.do(one.operation("claim", order="ORD-0"))
    one.do(one.operation("release", order="ORD-0"))

    assert ledger.share_out_silent() == 1

    assert _owners(one, clock) == {"ORD-0": "PACK-01"}


def test_a_supervisor_sees_who_has_what_and_how_far_it_has_come(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    one = enrol("PACK-01")
    _orders(ledger, 2)
    claimed_at = stamp(clock.now())
    one.do(one.operation("claim", order="ORD-0"))
    clock.pass_ms(60_000)
    one.do(one.operation("claim", order="ORD-0"))
    line = moved(MUG.sku, 1, "A-04-2", "parcel/P", order_line=1)
    one.do(one.operation("pack", line, order="ORD-0"))

    begun, waiting = ledger.working.claims(SiteRef(1, SITE))

    assert (begun.document, begun.state, begun.station) == ("ORD-0", "claimed", "PACK-01")
    assert (begun.since, begun.units, begun.parcels, begun.started) == (claimed_at, 1, 1, True)
    assert begun.until > begun.seen_at > claimed_at
    assert (waiting.document, waiting.state, waiting.started) == ("ORD-1", "assigned", False)
    assert ledger.working.claims(SiteRef(1, SITE), after=("order", "ORD-0")) == [waiting]


def test_claims_of_closed_orders_are_forgotten(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    station = enrol("PACK-01")
    _orders(ledger, 2)
    ledger.orders.set_state(SITE, ["ORD-0"], OrderState.CANCELLED)

    ledger.keep_up()

    assert _owners(station, clock) == {"ORD-1": "PACK-01"}


def test_with_nobody_awake_orders_stay_where_they_are(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    enrol("PACK-01")
    _orders(ledger, 2)

    clock.pass_ms(9 * HOUR_MS)

    assert ledger.share_out_silent() == 0


def test_a_claim_that_ran_out_can_be_taken_by_another(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    one, two = enrol("PACK-01"), enrol("PACK-02")
    _orders(ledger, 1)
    one.do(one.operation("claim", order="ORD-0"))

    clock.pass_ms(8 * HOUR_MS - 60_000)
    early = two.do(two.operation("claim", order="ORD-0"))
    clock.pass_ms(2 * 60_000)
    late = two.do(two.operation("claim", order="ORD-0", name="late"))

    assert (early.outcome, late.outcome) == ("refused", "posted")


def test_a_revoked_stations_orders_go_to_the_others(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    enrol("PACK-01")
    other = enrol("PACK-02")
    _orders(ledger, 4)

    ledger.identity.revoke(SITE, "PACK-01")

    assert set(_owners(other, clock).values()) == {"PACK-02"}
