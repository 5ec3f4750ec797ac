"""How often a PIN may be tried: counted before it is made, over kill -9, on monotonic time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import msgspec
import pytest

from app.station.attempts import MOST_FAILURES
from app.station.inbox import Intent
from app.station.screen import Page, ProofState
from tests.station.recorded import events_of
from tests.support.bench import TestBench
from tests.support.people import (
    BADGE,
    BOSS_BADGE,
    LEAD_BADGE,
    OTHER_BADGE,
    PINS,
    credential,
    signed,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    yield made
    made.book.close()


def fail(bench: TestBench, times: int, badge: str = BADGE) -> None:
    """Wrong PINs, as soon as each may be tried."""
    for _ in range(times):
        if bench.screen.proof is None or bench.screen.proof.state is not ProofState.PIN:
            bench.scan(badge)
        bench.enter_pin("000000")
        bench.clock.pass_ms(15 * 60_000)


def counted(bench: TestBench, person: str = "p-novak") -> int:
    with bench.store.begin() as work:
        return work.attempt(person).failures


def said(bench: TestBench) -> str:
    detail = bench.screen.prompt.detail
    return detail.code if detail is not None else ""


@pytest.mark.parametrize("guesses", [300, pytest.param(10_000, marks=pytest.mark.long)])
def test_ten_thousand_wrong_pins_are_ten_tries(bench: TestBench, guesses: int) -> None:
    """A1: nobody guesses a PIN; the eleventh try is not made, right or wrong."""
    tried = 0
    chance = Random(1)
    real = bench.station.engine._door.gate.unlocker.ask

    def count(unlock):  # type: ignore[no-untyped-def]
        nonlocal tried
        tried += 1
        return real(unlock)

    bench.station.engine._door.gate.unlocker.ask = count  # type: ignore[method-assign]
    bench.scan(BADGE)
    for _ in range(guesses):
        guess = f"{chance.randrange(1_000_000):06d}"
        if tried < MOST_FAILURES:
            bench.clock.pass_ms(15 * 60_000)
            bench.scan(BADGE)
            bench.enter_pin(guess)
        else:
            # Without the time of a scan in between, so that ten thousand fit in a test.
            bench.enter_pin(guess)
    bench.clock.pass_ms(15 * 60_000)
    bench.sign_in(BADGE)

    assert tried == MOST_FAILURES
    assert bench.page == Page.SIGN_IN
    assert said(bench) == "sign_in.disabled"


@pytest.mark.parametrize(("failures", "wait_s"), [(5, 30), (6, 60), (7, 300), (8, 900), (9, 900)])
def test_the_wait_grows_from_the_fifth_failure(
    bench: TestBench, failures: int, wait_s: int
) -> None:
    fail(bench, failures - 1)
    if bench.screen.proof is None or bench.screen.proof.state is not ProofState.PIN:
        bench.scan(BADGE)
    bench.enter_pin("000000")

    bench.clock.pass_ms((wait_s - 3) * 1_000)
    bench.sign_in(BADGE)
    assert bench.page == Page.SIGN_IN

    bench.clock.pass_ms(3_000)
    bench.sign_in(BADGE)
    assert bench.page == Page.HOME


def test_a_clock_set_ahead_shortens_no_wait(bench: TestBench) -> None:
    fail(bench, 4)
    bench.enter_pin("000000")
    bench.clock._now += timedelta(days=3)

    bench.sign_in(BADGE)

    assert bench.page == Page.SIGN_IN
    assert said(bench) == "sign_in.wait"


def test_a_right_pin_forgets_the_wrong_ones(bench: TestBench) -> None:
    fail(bench, 3)
    bench.enter_pin(PINS[BADGE])

    assert bench.page == Page.HOME
    assert counted(bench) == 0
    assert counted(bench, "") == 0


@pytest.mark.parametrize("kills", [8, pytest.param(50, marks=pytest.mark.long)])
def test_kill_9_between_counting_and_trying_gives_no_try_back(tmp_path: Path, kills: int) -> None:
    """A1: the counter is durable before the key is tried, however often the program is killed."""
    bench = TestBench(tmp_path)
    tries = 0
    for kill in range(kills):
        bench.station.engine._door.gate.unlocker.ask = (  # type: ignore[method-assign]
            lambda unlock: None
        )
        bench.clock.pass_ms(16 * 60_000)
        bench.scan(BADGE)
        bench.enter_pin(PINS[BADGE])
        tries = min(tries + 1, MOST_FAILURES)
        assert bench.page == Page.SIGN_IN
        bench = bench.crash()
        assert counted(bench) == tries, f"after kill {kill + 1}"
    bench.clock.pass_ms(16 * 60_000)
    bench.sign_in(BADGE)

    assert (bench.page == Page.HOME) is (kills < MOST_FAILURES)
    bench.book.close()


def test_twenty_failures_of_several_people_lock_the_screen(bench: TestBench) -> None:
    """Somebody tries names: nobody signs in for a quarter of an hour, over a restart too."""
    for n in range(20):
        badge = (BADGE, OTHER_BADGE, LEAD_BADGE, BOSS_BADGE)[n % 4]
        bench.do(Intent.NO)
        bench.scan(badge)
        bench.enter_pin("000000")
        if n % 4 == 3:
            bench.clock.pass_ms(60_000)
        if n == 19:
            break
    assert bench.screen.proof is not None
    assert bench.screen.proof.state is ProofState.SHUT

    again = bench.crash()
    again.sign_in(BOSS_BADGE)
    assert again.page == Page.SIGN_IN

    again.clock.pass_ms(15 * 60_000)
    again.sign_in(BOSS_BADGE)
    assert again.page == Page.HOME
    again.book.close()


def test_twenty_failures_over_an_hour_lock_nothing(bench: TestBench) -> None:
    for n in range(24):
        badge = (BADGE, OTHER_BADGE, LEAD_BADGE, BOSS_BADGE)[n % 4]
        bench.do(Intent.NO)
        bench.scan(badge)
        bench.enter_pin("000000")
        bench.clock.pass_ms(5 * 60_000)

    assert bench.screen.proof is not None
    assert bench.screen.proof.state is not ProofState.SHUT


def test_a_supervisor_lets_somebody_in_again(bench: TestBench) -> None:
    fail(bench, 10)
    bench.scan(BADGE)
    assert [action.intent for action in bench.screen.actions] == [Intent.NO, Intent.LET_IN]
    bench.do(Intent.LET_IN)
    bench.scan(BOSS_BADGE)
    bench.enter_pin(PINS[BOSS_BADGE])

    assert bench.page == Page.SIGN_IN
    bench.sign_in(BADGE)

    assert bench.page == Page.HOME
    found = next(event for event in events_of(bench) if event.reason == "let_in")
    assert (found.actor, found.evidence["person"]) == ("p-adeyemi", "p-novak")


def test_a_clerk_lets_nobody_in(bench: TestBench) -> None:
    fail(bench, 10)
    bench.scan(BADGE)
    bench.do(Intent.LET_IN)
    bench.scan(OTHER_BADGE)

    assert said(bench) == "step_up.no_right"
    bench.do(Intent.NO)
    bench.sign_in(BADGE)
    assert bench.page == Page.SIGN_IN


def test_the_ledger_lets_somebody_in_by_telling_their_credential_anew(bench: TestBench) -> None:
    fail(bench, 10)
    told = msgspec.structs.replace(credential(BADGE), issued_at="2026-11-23T09:00:00Z")
    bench.master(signed(told))

    bench.sign_in(BADGE)

    assert bench.page == Page.HOME


def test_the_same_credential_told_again_lets_nobody_in(bench: TestBench) -> None:
    fail(bench, 10)
    bench.master(credential(BADGE))

    bench.sign_in(BADGE)

    assert bench.page == Page.SIGN_IN


def test_every_wrong_pin_is_an_event(bench: TestBench) -> None:
    fail(bench, 10)

    found = [event.evidence for event in events_of(bench) if event.reason == "sign_in_failed"]

    assert [(one["person"], one["failures"]) for one in found] == [
        ("p-novak", n) for n in range(1, 11)
    ]
    assert [one["why"] for one in found] == ["wrong"] * 9 + ["disabled"]
