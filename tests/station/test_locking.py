"""A session ends by itself: idle, long, revoked; what was open stays, and no scan is lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from app.station.inbox import Intent, Printed, PrintState
from app.station.screen import Page, Screen
from tests.station.recorded import events_of
from tests.station.test_pack import RIGHT_WEIGHT, fill
from tests.support.bench import MUG, TestBench
from tests.support.people import (
    BADGE,
    BOSS_BADGE,
    LEAD_BADGE,
    OTHER_BADGE,
    PINS,
    credential,
    signed,
)

MUG_CODE = MUG.packs[0].gtin[1:]
ORDER = "ORD-48213"
MINUTE = 60


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    yield made
    made.book.close()


def packing(bench: TestBench, badge: str = BADGE) -> None:
    bench.sign_in(badge)
    bench.scan(ORDER)
    bench.scan(MUG_CODE)


@pytest.mark.parametrize("jump", [timedelta(), timedelta(days=3), timedelta(days=-3)])
@pytest.mark.parametrize(("badge", "minutes"), [(BADGE, 15), (BOSS_BADGE, 5)])
def test_the_idle_lock_comes_on_time_while_the_clock_jumps(
    bench: TestBench, badge: str, minutes: int, jump: timedelta
) -> None:
    """A5: 15:00 ± 2 s (5:00 for who decides), whatever the wall clock does."""
    packing(bench, badge)
    bench.pass_s(minutes * MINUTE - 2 - 200)
    bench.clock._now += jump
    bench.pass_s(200)
    assert bench.page == Page.PACK

    bench.pass_s(2)

    assert bench.title == "sign_in.locked"
    assert bench.station.engine._session is None


def test_a_scan_or_a_key_keeps_a_session_awake(bench: TestBench) -> None:
    packing(bench)
    for _ in range(4):
        bench.pass_s(10 * MINUTE)
        bench.scan(MUG_CODE)
        bench.do(Intent.UNDO)

    assert bench.page == Page.PACK


def test_a_locked_station_shows_nothing_of_the_order(bench: TestBench) -> None:
    packing(bench)
    bench.pass_s(15 * MINUTE)

    shown: Screen = bench.screen
    assert ORDER not in repr(shown)
    assert MUG.name not in repr(shown)
    assert (shown.lines, shown.document, shown.label) == ((), "", None)


def test_a_scan_during_the_lock_has_a_visible_fate_and_counts_nothing(bench: TestBench) -> None:
    packing(bench)
    bench.pass_s(15 * MINUTE)
    before = len(bench.fates)
    bench.scan(MUG_CODE)

    assert bench.fates[before:] == ["refused"]
    bench.sign_in(BADGE)
    assert (bench.page, bench.screen.done) == (Page.PACK, 1)


def test_a_scan_that_comes_when_time_is_up_is_refused_not_lost(bench: TestBench) -> None:
    packing(bench)
    bench.clock.pass_ms(15 * MINUTE * 1_000)
    before = len(bench.fates)
    bench.scan(MUG_CODE)

    assert bench.fates[before:] == ["refused"]
    assert bench.page == Page.SIGN_IN


def test_a_clerk_comes_back_by_badge_alone_within_the_hour(bench: TestBench) -> None:
    packing(bench)
    bench.pass_s(15 * MINUTE)
    bench.clock.pass_ms(59 * MINUTE * 1_000)
    bench.scan(BADGE)

    assert (bench.page, bench.screen.done) == (Page.PACK, 1)
    session = bench.station.engine._session
    assert session is not None
    assert session.key is None
    assert events_of(bench)[-1].evidence["by"] == "badge_alone"


def test_after_the_hour_the_pin_is_asked_for(bench: TestBench) -> None:
    packing(bench)
    bench.pass_s(15 * MINUTE)
    bench.clock.pass_ms(61 * MINUTE * 1_000)
    bench.scan(BADGE)
    assert bench.title == "sign_in.enter_pin"

    bench.enter_pin(PINS[BADGE])

    assert (bench.page, bench.screen.done) == (Page.PACK, 1)


def test_whoever_decides_always_needs_the_pin(bench: TestBench) -> None:
    packing(bench, BOSS_BADGE)
    bench.pass_s(5 * MINUTE)
    bench.scan(BOSS_BADGE)

    assert bench.title == "sign_in.enter_pin"


@pytest.mark.parametrize(
    ("badge", "page"), [(BOSS_BADGE, Page.PACK), (OTHER_BADGE, Page.HOME), (LEAD_BADGE, Page.HOME)]
)
def test_only_the_same_person_or_a_supervisor_goes_on_where_it_stood(
    bench: TestBench, badge: str, page: Page
) -> None:
    packing(bench)
    bench.pass_s(15 * MINUTE)
    bench.sign_in(badge)

    assert bench.page == page


def test_twelve_hours_end_a_session_however_busy(bench: TestBench) -> None:
    packing(bench)
    for _ in range(12 * 6 - 1):
        bench.clock.pass_ms(10 * MINUTE * 1_000)
        bench.do(Intent.ACKNOWLEDGE)
    assert bench.page == Page.PACK
    bench.pass_s(10 * MINUTE)

    assert bench.title == "sign_in.locked"
    bench.scan(BADGE)
    assert bench.title == "sign_in.enter_pin"
    bench.enter_pin(PINS[BADGE])
    assert (bench.page, bench.screen.done) == (Page.PACK, 1)


def test_badge_alone_does_not_begin_the_twelve_hours_anew(bench: TestBench) -> None:
    packing(bench)
    for _ in range(14):
        bench.pass_s(15 * MINUTE)
        assert bench.title == "sign_in.locked"
        bench.clock.pass_ms(36 * MINUTE * 1_000)
        bench.scan(BADGE)
    bench.pass_s(8 * MINUTE)

    assert bench.title == "sign_in.locked"


def test_whoever_is_revoked_is_locked_out_at_once_and_the_order_stays(bench: TestBench) -> None:
    """A9 at the station: the row of the ledger ends the session the moment it is applied."""
    packing(bench)
    bench.master(signed(msgspec.structs.replace(credential(BADGE), state="revoked")))

    assert bench.title == "sign_in.locked"
    before = len(bench.fates)
    bench.scan(MUG_CODE)
    bench.scan(BADGE)
    assert bench.fates[before:] == ["refused", "refused"]
    bench.sign_in(BOSS_BADGE)
    assert (bench.page, bench.screen.done) == (Page.PACK, 1)


def test_a_new_pin_asks_for_it_and_an_expired_one_lets_the_shift_end(bench: TestBench) -> None:
    packing(bench)
    ended = msgspec.structs.replace(
        credential(BADGE), not_after="2026-11-23T07:31:00Z", issued_at="2026-11-23T07:30:00Z"
    )
    bench.master(signed(ended))
    bench.pass_s(120)
    bench.scan(MUG_CODE)
    assert (bench.page, bench.screen.done) == (Page.PACK, 2)

    bench.master(credential(BADGE, version=2, pin="272727"))
    assert bench.title == "sign_in.locked"
    bench.scan(BADGE)
    bench.enter_pin("272727")
    assert (bench.page, bench.screen.done) == (Page.PACK, 2)


def test_a_label_printed_while_locked_is_known_after_it(bench: TestBench) -> None:
    packing(bench)
    bench.do(Intent.UNDO)
    fill(bench)
    bench.weigh(RIGHT_WEIGHT)
    bench.pass_s(15 * MINUTE)
    bench.printed()
    bench.station.handle([Printed("another", PrintState.PRINTED)])
    bench.scan(BADGE)

    assert bench.title == "pack.hand_over"


def test_the_key_goes_with_the_lock_and_is_in_no_note(bench: TestBench) -> None:
    packing(bench)
    session = bench.station.engine._session
    assert session is not None
    assert session.key is not None
    seed = session.key.seed
    bench.pass_s(15 * MINUTE)

    locked = bench.station.engine._door.sign_in.state.locked
    assert locked is not None
    assert locked.session.key is None
    with bench.book.reader.connect() as connection:
        notes = connection.exec_driver_sql("SELECT value FROM note").scalars().all()
    assert all(seed.hex() not in note for note in notes)
    assert seed.hex() not in repr(session)
