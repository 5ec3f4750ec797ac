"""Until when somebody may sign in: a clock set back lengthens nothing (A6)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from app.cache.store import CHECKPOINT
from app.contract.messages import Checkpoint
from app.station.ports import Applied
from app.station.screen import Page
from tests.support.bench import EPOCH, TestBench
from tests.support.people import BADGE, OTHER_BADGE, PINS, credential, signed

# The bench's clock starts on Monday, 23 November 2026, 07:30; credentials were issued on the 20th.
ISSUED = datetime(2026, 11, 20, 6, tzinfo=UTC)
START = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    yield made
    made.book.close()


def at(bench: TestBench, moment: datetime) -> None:
    """Time passes until then, on both clocks."""
    bench.clock.pass_ms(int((moment - bench.clock.now()).total_seconds() * 1_000))


def signs_in(bench: TestBench, badge: str = BADGE) -> bool:
    """A try that takes no time; nobody stays signed in."""
    bench.station.handle([_scan(bench, badge)])
    bench.station.engine._do(_pin(badge))
    bench.station.handle([])
    inside = bench.page != Page.SIGN_IN
    if inside:
        bench.scan("CMD:SIGN-OUT")
    return inside


def _scan(bench: TestBench, badge: str):  # type: ignore[no-untyped-def]
    from app.domain.scan import Scan

    bench.clock._monotonic_ns += 400_000_000
    return Scan(badge.encode() + b"\r", badge, at_ns=bench.clock.monotonic_ns())


def _pin(badge: str):  # type: ignore[no-untyped-def]
    from app.station.inbox import Do, Intent

    return Do(Intent.SIGN_IN_PIN, PINS[badge])


def ending(bench: TestBench, moment: datetime, badge: str = BADGE) -> None:
    told = msgspec.structs.replace(
        credential(badge),
        not_after=moment.isoformat().replace("+00:00", "Z"),
        issued_at="2026-11-20T06:00:01Z",
    )
    bench.master(signed(told))


def checkpoint(bench: TestBench, moment: datetime) -> None:
    """The ledger signs a place of the feed; the station hears of it."""
    stamp = moment.isoformat().replace("+00:00", "Z")
    point = Checkpoint("HAM", EPOCH, 10, "c0", 20, stamp, "")
    with bench.store.begin() as work:
        work.set_note(CHECKPOINT, msgspec.json.encode(point).decode())
        work.commit()
    bench.station.followed(Applied(), bench.store.position())


def test_a_credential_ends_to_the_second(bench: TestBench) -> None:
    end = START + timedelta(hours=2)
    ending(bench, end)

    at(bench, end - timedelta(seconds=1))
    assert signs_in(bench)
    at(bench, end + timedelta(seconds=2))
    assert not signs_in(bench)
    detail = bench.screen.prompt.detail
    assert detail is not None
    assert detail.code == "sign_in.expired"


def test_ten_days_without_a_word_of_the_ledger_end_it(bench: TestBench) -> None:
    """The newest signed word here is the credential itself, issued on the 20th at 06:00."""
    at(bench, ISSUED + timedelta(days=10) - timedelta(seconds=1))
    assert signs_in(bench)

    at(bench, ISSUED + timedelta(days=11))
    assert not signs_in(bench)


def test_a_newer_checkpoint_lengthens_it(bench: TestBench) -> None:
    at(bench, ISSUED + timedelta(days=9))
    checkpoint(bench, ISSUED + timedelta(days=9))
    at(bench, ISSUED + timedelta(days=18, hours=23))
    assert signs_in(bench)

    checkpoint(bench, ISSUED + timedelta(days=3))
    at(bench, ISSUED + timedelta(days=19, hours=1))
    assert not signs_in(bench)


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=3), timedelta(days=3650)])
@pytest.mark.parametrize("restart", [False, True])
def test_a_clock_set_back_lengthens_nothing(
    bench: TestBench, back: timedelta, restart: bool
) -> None:
    end = START + timedelta(hours=2)
    ending(bench, end)
    at(bench, end + timedelta(minutes=2))
    bench.pass_s(1)
    bench.clock._now -= back
    assert not signs_in(bench)
    if restart:
        now = bench.clock.now()
        bench = bench.crash()
        bench.clock._now = now

    assert not signs_in(bench)
    bench.book.close()


def test_a_clock_set_back_before_the_start_is_not_believed_against_the_ledger(
    bench: TestBench,
) -> None:
    end = START + timedelta(hours=2)
    ending(bench, end)
    checkpoint(bench, end + timedelta(minutes=1))
    again = bench.crash()
    again.clock._now = START - timedelta(days=400)

    assert not signs_in(again)
    again.book.close()


def test_a_clock_that_is_ahead_locks_nobody_out_of_a_station_with_a_link(bench: TestBench) -> None:
    bench.clock._now += timedelta(days=400)
    assert not signs_in(bench, OTHER_BADGE)

    checkpoint(bench, START + timedelta(minutes=1))

    assert signs_in(bench, OTHER_BADGE)
