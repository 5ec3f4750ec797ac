"""Adjustments: at once within the policy, else they wait and say which limit."""

from dataclasses import replace

import pytest

from app.conformance.floor import stock
from app.conformance.probe import Probe, moved
from app.contract.messages import ExceptionRow, Line
from app.domain.operation import StockKey
from app.domain.policy import AdjustLimit, Policy
from app.ledger.service import LedgerService
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import MUG, TRAY, enrolled
from tests.ledger.rights import FREE, about, adjust, agree, by, count_of, hire, person, price

SHELF = StockKey("A-04-2", MUG.sku)
TEN = replace(FREE, quantity=10)


@pytest.fixture
def station(either: LedgerService) -> Probe:
    hire(either)
    return enrolled(either, "PACK-01")


def _clerks(service: LedgerService, limit: AdjustLimit, **words: object) -> None:
    agree(service, Policy(adjust={"clerk": limit}, **words))  # type: ignore[arg-type]


def test_within_the_policy_it_posts_at_once(either: LedgerService, station: Probe) -> None:
    _clerks(either, TEN)

    result = station.do(adjust(station, -10))

    assert (result.outcome, result.code) == ("posted", "")
    assert stock(station)[SHELF] == 30


@pytest.mark.parametrize(
    ("limit", "quantity", "code"),
    [
        (AdjustLimit(), -1, "over_quantity_limit"),
        (TEN, -11, "over_quantity_limit"),
        (TEN, 11, "over_quantity_limit"),
        (replace(FREE, value=1_999), -4, "over_value_limit"),
        (replace(FREE, permille=100), -5, "over_share_limit"),
        (replace(FREE, daily_quantity=3), -4, "over_daily_quantity"),
        (replace(FREE, daily_value=1_999), 4, "over_daily_value"),
        (FREE, -41, "below_zero"),
    ],
)
def test_over_a_limit_it_waits_and_says_which(
    either: LedgerService, station: Probe, limit: AdjustLimit, quantity: int, code: str
) -> None:
    price(either, 500)
    _clerks(either, limit)

    result = station.do(adjust(station, quantity))

    assert (result.outcome, result.code) == ("waiting", code)
    assert stock(station)[SHELF] == 40


@pytest.mark.parametrize(
    ("limit", "quantity"),
    [
        (replace(FREE, value=2_000), -4),
        (replace(FREE, permille=100), -4),
        (replace(FREE, daily_quantity=4), -4),
        (replace(FREE, daily_value=2_000), 4),
        (FREE, -40),
    ],
)
def test_exactly_at_a_limit_it_posts(
    either: LedgerService, station: Probe, limit: AdjustLimit, quantity: int
) -> None:
    price(either, 500)
    _clerks(either, limit)

    assert station.do(adjust(station, quantity)).outcome == "posted"


def test_an_item_without_a_cost_waits_where_value_is_limited(
    either: LedgerService, station: Probe
) -> None:
    _clerks(either, replace(FREE, value=10**9))

    assert station.do(adjust(station, -1)).code == "cost_unknown"


@pytest.mark.parametrize(
    ("actor", "outcome", "code"),
    [
        ("p-cora", "waiting", "needs_approval"),
        ("p-nobody", "waiting", "unknown_actor"),
        ("p-gone", "waiting", "unknown_actor"),
        ("p-bert", "waiting", "unknown_actor"),
        ("p-otto", "refused", "not_permitted"),
        ("p-ada", "refused", "not_permitted"),
    ],
)
def test_who_may_not_do_it_alone_waits_or_is_refused(
    either: LedgerService, station: Probe, actor: str, outcome: str, code: str
) -> None:
    _clerks(either, FREE)
    hire(either, person("p-gone", "clerk", active=False), person("p-bert", "clerk", site="BER"))

    result = station.do(adjust(station, -1, actor=actor))

    assert (result.outcome, result.code) == (outcome, code)


def test_the_role_a_record_claims_does_not_count(either: LedgerService, station: Probe) -> None:
    agree(either, Policy(adjust={"supervisor": FREE}))

    result = station.do(by(adjust(station, -1), "p-anna", role="supervisor"))

    assert result.code == "needs_approval"


def test_some_reasons_always_need_two_persons(either: LedgerService, station: Probe) -> None:
    _clerks(either, FREE)

    assert station.do(adjust(station, -1, reason="theft")).code == "reason_needs_approval"


def test_a_reason_may_have_a_limit_of_its_own(either: LedgerService, station: Probe) -> None:
    _clerks(either, FREE, adjust_reasons={"broken": replace(FREE, quantity=2)})

    codes = [
        station.do(adjust(station, -quantity, reason=reason)).code
        for quantity, reason in ((2, "broken"), (3, "broken"), (3, "miscounted"))
    ]

    assert codes == ["", "over_quantity_limit", ""]


def test_twenty_adjustments_just_under_the_limit_are_seen_as_one(
    either: LedgerService, station: Probe
) -> None:
    _clerks(either, replace(FREE, quantity=3, daily_quantity=10))

    outcomes = [station.do(adjust(station, sign)).outcome for sign in (-3, 3) * 10]

    assert outcomes == ["posted"] * 3 + ["waiting"] * 17
    assert stock(station)[SHELF] == 37


def test_splitting_inside_one_batch_is_seen_too(either: LedgerService, station: Probe) -> None:
    _clerks(either, replace(FREE, daily_value=2_000))
    price(either, 500)
    for _ in range(20):
        station.record(adjust(station, -1))

    outcomes = [result.outcome for result in station.post()]

    assert outcomes == ["posted"] * 4 + ["waiting"] * 16


def test_splitting_over_two_stations_and_two_places_is_seen_too(
    either: LedgerService, station: Probe
) -> None:
    _clerks(either, replace(FREE, daily_quantity=5))
    other = enrolled(either, "PACK-02")

    one = station.do(adjust(station, -3))
    two = other.do(adjust(other, 3, place="B-11-1"))

    assert (one.outcome, two.code) == ("posted", "over_daily_quantity")


def test_two_accounts_on_one_badge_are_one_person(either: LedgerService, station: Probe) -> None:
    _clerks(either, replace(FREE, daily_quantity=5))
    hire(either, person("p-eve", "clerk", badge="b1"), person("p-eve2", "clerk", badge="b1"))

    one = station.do(adjust(station, -3, actor="p-eve"))
    two = station.do(adjust(station, -3, actor="p-eve2"))

    assert (one.outcome, two.code) == ("posted", "over_daily_quantity")


def test_the_next_day_and_another_item_begin_anew(
    either: LedgerService, station: Probe, clock: FakeClock
) -> None:
    _clerks(either, replace(FREE, daily_quantity=3))
    station.do(adjust(station, -3))

    tray = station.do(adjust(station, -3, item=TRAY.sku, place="B-11-1"))
    clock.pass_ms(24 * 3_600_000)
    tomorrow = station.do(adjust(station, -3))

    assert (tray.outcome, tomorrow.outcome) == ("posted", "posted")


def test_a_station_clock_put_back_opens_no_new_day(either: LedgerService, station: Probe) -> None:
    _clerks(either, replace(FREE, daily_quantity=3))
    station.do(adjust(station, -3))

    earlier = by(adjust(station, -3), "p-anna", recorded_at="2026-11-01T06:00:00.000Z")

    assert station.do(earlier).code == "over_daily_quantity"


def test_taking_an_adjustment_back_is_an_adjustment(either: LedgerService, station: Probe) -> None:
    _clerks(either, replace(FREE, daily_quantity=8))
    first = adjust(station, -5)
    station.do(first)

    back = station.do(about(station, "reverse", first.id, "p-anna"))
    other = station.do(about(station, "reverse", first.id, "p-ben"))
    again = station.do(about(station, "reverse", first.id, "p-ben"))

    assert (back.outcome, back.code) == ("waiting", "over_daily_quantity")
    assert (other.outcome, again.code) == ("posted", "already_reversed")
    assert stock(station)[SHELF] == 40


@pytest.mark.parametrize(
    "line",
    [
        moved(MUG.sku, 1, "A-04-2", "B-11-1"),
        moved(MUG.sku, 1, "supplier", "A-04-2"),
        moved(MUG.sku, 1, "adjustment", "scrap"),
        moved(MUG.sku, 1, "customer", "adjustment"),
    ],
)
def test_what_is_no_adjustment_is_refused(
    either: LedgerService, station: Probe, line: Line
) -> None:
    _clerks(either, FREE)

    result = station.do(by(station.operation("adjust", line), "p-anna"))

    assert (result.outcome, result.code) == ("refused", "not_an_adjustment")


def test_who_counts_a_place_and_adjusts_it_the_same_day_is_told_of(
    either: LedgerService, station: Probe, clock: FakeClock
) -> None:
    _clerks(either, FREE)

    def flags() -> list[str]:
        station.pull()
        rows = [row for row in station.rows if isinstance(row, ExceptionRow)]
        return [row.sentence for row in rows if row.code == "counted_and_adjusted"]

    seen = moved(MUG.sku, 40, "A-04-2", "")
    station.do(count_of(station, seen, actor="p-anna"))
    assert station.do(adjust(station, -1, actor="p-ben")).outcome == "posted"
    assert station.do(adjust(station, -1, item=TRAY.sku, place="B-11-1")).outcome == "posted"
    assert flags() == []
    assert station.do(adjust(station, -1, actor="p-anna")).outcome == "posted"
    (told,) = flags()
    assert told.startswith("p-anna has counted A-04-2 and adjusted it")
    clock.pass_ms(86_400_000)
    station.do(adjust(station, -1, actor="p-anna"))
    assert len(flags()) == 1


def test_facts_of_a_person_who_was_revoked_are_posted_and_flagged(
    either: LedgerService, station: Probe
) -> None:
    either.people.revoke("p-anna")
    for place in ("B-11-1", "DOCK-1"):
        move = station.operation("move", moved(MUG.sku, 1, "A-04-2", place))
        assert station.do(move).outcome == "posted"

    (flag,) = [row for row in station.pull() if isinstance(row, ExceptionRow)]

    assert (flag.code, flag.state) == ("signed_while_revoked", "open")
    assert "check_person" in flag.ways
