"""What leaves the packing bench only by somebody's right: an odd weight, an expired lot."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.contract.messages import Operation
from app.domain.operation import Kind
from app.station.inbox import Intent
from app.station.screen import Tone
from tests.station.recorded import operations_of
from tests.station.test_four_eyes import is_signed_by
from tests.station.test_pack import RIGHT_WEIGHT, TRAY_CODE, fill
from tests.station.test_pack_table import OLD_TRAY
from tests.support.bench import TestBench
from tests.support.people import BOSS_BADGE, LEAD_BADGE, PINS, WHOSE


def last(bench: TestBench, kind: Kind) -> Operation:
    """The latest operation of a kind."""
    return [body for body in operations_of(bench) if body.kind == kind][-1]


def prove(bench: TestBench, badge: str) -> None:
    """Somebody shows badge and PIN over the task."""
    bench.scan(badge)
    bench.enter_pin(PINS[badge])


# ------------------------------------------------------------------------------------------ weight


@pytest.mark.parametrize("wrong", [RIGHT_WEIGHT - 95_000, RIGHT_WEIGHT + 310_000])
def test_an_odd_weight_goes_by_a_lead_s_right_with_a_reason(packing: TestBench, wrong: int) -> None:
    fill(packing)
    packing.weigh(wrong)
    packing.do(Intent.MAIN)
    assert packing.title == "weigh.off"
    packing.do(Intent.OVERRIDE)
    assert packing.title == "pack.why"

    packing.do(Intent.REASON, "more_padding")
    assert packing.screen.proof is not None
    assert "seal" not in packing.kinds()
    prove(packing, LEAD_BADGE)

    sealed = last(packing, Kind.SEAL)
    assert (sealed.actor, sealed.evidence["weight_mg"]) == ("p-novak", wrong)
    assert sealed.evidence["override_reason"] == "more_padding"
    assert sealed.evidence["allowed_by"] == WHOSE[LEAD_BADGE]
    assert is_signed_by(packing, Kind.SEAL, LEAD_BADGE)


def test_nobody_with_the_right_came_and_the_box_stays(packing: TestBench) -> None:
    fill(packing)
    packing.weigh(RIGHT_WEIGHT * 2)
    packing.do(Intent.MAIN)
    packing.do(Intent.OVERRIDE)
    packing.do(Intent.REASON, "checked")
    packing.do(Intent.NO)

    assert packing.title == "pack.why"
    packing.do(Intent.NO)
    assert packing.title == "weigh.off"
    assert "seal" not in packing.kinds()


def test_a_lead_gives_the_reason_and_needs_no_second_badge(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.sign_in(LEAD_BADGE)
    bench.scan("ORD-48213")
    fill(bench)
    bench.weigh(RIGHT_WEIGHT + 500_000)
    bench.do(Intent.MAIN)
    bench.do(Intent.OVERRIDE)
    bench.scan("CMD:REASON-ITEM-WEIGHT")

    assert last(bench, Kind.SEAL).evidence["override_reason"] == "item_weight"
    assert is_signed_by(bench, Kind.SEAL, LEAD_BADGE)
    bench.book.close()


def test_a_lead_whose_key_is_put_away_shows_badge_and_pin(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.sign_in(LEAD_BADGE)
    bench.scan("ORD-48213")
    fill(bench)
    bench.station.engine._session = replace(bench.station.engine._session, key=None)  # type: ignore[type-var]  # signed in
    bench.weigh(RIGHT_WEIGHT + 500_000)
    bench.do(Intent.MAIN)
    bench.do(Intent.OVERRIDE)
    bench.scan("CMD:REASON-ITEM-WEIGHT")
    asked = (bench.screen.proof is not None, "seal" in bench.kinds())
    prove(bench, LEAD_BADGE)

    assert asked == (True, False)
    assert is_signed_by(bench, Kind.SEAL, LEAD_BADGE)
    bench.book.close()


def test_a_reason_nobody_knows_lets_nothing_go(packing: TestBench) -> None:
    fill(packing)
    packing.weigh(RIGHT_WEIGHT * 2)
    packing.do(Intent.MAIN)
    packing.do(Intent.OVERRIDE)
    packing.do(Intent.REASON, "customer_agreed")

    assert packing.screen.proof is None
    assert packing.title == "pack.why"


def test_checking_the_box_tells_what_belongs_in_and_counts_nothing(packing: TestBench) -> None:
    fill(packing)
    packing.weigh(RIGHT_WEIGHT * 2)
    packing.do(Intent.MAIN)
    packing.do(Intent.NEXT)
    assert packing.title == "pack.check"
    listed = packing.screen.choices
    assert listed is not None
    assert [row.cells[2] for row in listed.rows] == ["2", "3", "1"]
    kinds = packing.kinds()

    packing.scan(TRAY_CODE)
    assert packing.title == "pack.belongs"
    packing.scan("2900000000056")
    assert packing.title == "pack.not_inside"
    packing.do(Intent.ACKNOWLEDGE)
    packing.do(Intent.YES)

    assert packing.title == "weigh.title"
    assert packing.kinds() == kinds


# ----------------------------------------------------------------------------------------- expired


def test_an_expired_unit_is_blocked_until_it_is_put_aside(packing: TestBench) -> None:
    packing.scan(OLD_TRAY)
    assert packing.title == "pack.expired"
    assert packing.screen.prompt.tone is Tone.ERROR
    packing.scan(TRAY_CODE)

    assert packing.fates[-2:] == ["refused", "refused"]
    assert packing.screen.done == 0
    packing.do(Intent.ACKNOWLEDGE)
    packing.scan(TRAY_CODE)
    assert packing.screen.done == 1


def test_an_expired_unit_goes_by_a_supervisor_s_right_with_a_reason(packing: TestBench) -> None:
    packing.scan(OLD_TRAY)
    packing.do(Intent.OVERRIDE)
    packing.do(Intent.REASON, "customer_agreed")
    prove(packing, LEAD_BADGE)
    assert packing.screen.done == 0
    prove(packing, BOSS_BADGE)

    packed = last(packing, Kind.PACK)
    assert packing.screen.done == 1
    assert packed.lines[0].lot == "L-2187"
    assert packed.evidence == {
        "override": True,
        "expired": True,
        "override_reason": "customer_agreed",
        "allowed_by": WHOSE[BOSS_BADGE],
    }
    assert is_signed_by(packing, Kind.PACK, BOSS_BADGE)


def test_an_expired_unit_in_the_hand_survives_kill_9_uncounted(packing: TestBench) -> None:
    packing.scan(OLD_TRAY)

    again = packing.crash_and_restart()

    assert again.title == "pack.expired"
    assert again.screen.done == 0
    again.scan("CMD:ACK")
    assert again.title == "pack.scan_item"
    again.book.close()
