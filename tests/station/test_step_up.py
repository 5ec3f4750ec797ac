"""Step-up: badge and PIN again, for exactly one act, also by another person at the same bench."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typing_extensions import override

from app.domain.operation import Kind
from app.domain.roles import Permission
from app.domain.text import text
from app.identity.userkey import UserKey
from app.station.flow import Happening, Trigger
from app.station.home import HomeFlow
from app.station.inbox import Intent
from app.station.screen import Page, ProofState
from app.station.turn import Draft, Fate, StepUp, Turn
from app.station.way_back import WayBack
from tests.station.recorded import events_of, operations_of
from tests.support.bench import TestBench
from tests.support.people import BADGE, BOSS_BADGE, LEAD_BADGE, OTHER_BADGE, PINS

ASK = StepUp(text("sign_in.let_in_title"))


class Asking(HomeFlow):
    """A task that asks for a step-up when its F10 is pressed, and signs with what it gets."""

    def __init__(self) -> None:
        super().__init__(WayBack())
        self.ask = ASK
        self.told: list[Trigger] = []
        self.keys: list[UserKey] = []

    @override
    def happen(self, turn: Turn, happening: Happening) -> None:
        match happening.trigger:
            case Trigger.MAIN:
                turn.step_up(self.ask)
                turn.fate = Fate.COMMAND
            case Trigger.STEPPED_UP:
                assert happening.key is not None
                self.told.append(happening.trigger)
                self.keys.append(happening.key)
                turn.record(
                    Draft(Kind.EVENT, reason="the_act"),
                    turn.around.ids.new_id(),
                    signers=(happening.key,),
                    by=happening.who,
                )
            case Trigger.STEP_UP_LEFT:
                self.told.append(happening.trigger)
            case _:
                super().happen(turn, happening)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    task = Asking()
    made.station.engine._flows[Page.HOME] = task
    made.sign_in(BADGE)
    yield made
    made.book.close()


def task_of(bench: TestBench) -> Asking:
    task = bench.station.engine._flows[Page.HOME]
    assert isinstance(task, Asking)
    return task


def ask(bench: TestBench, wanted: StepUp = ASK) -> None:
    task_of(bench).ask = wanted
    bench.do(Intent.MAIN)


def said(bench: TestBench) -> str:
    detail = bench.screen.prompt.detail
    return detail.code if detail is not None else ""


def test_badge_and_pin_give_the_task_a_key_once(bench: TestBench) -> None:
    ask(bench)
    bench.scan(BADGE)
    bench.enter_pin(PINS[BADGE])

    assert task_of(bench).told == [Trigger.STEPPED_UP]
    assert bench.screen.proof is None
    act = next(body for body in operations_of(bench) if body.reason == "the_act")
    assert act.actor == "p-novak"
    assert [event.reason for event in events_of(bench)][-2:] == ["step_up", "the_act"]
    bench.enter_pin(PINS[BADGE])
    assert len(task_of(bench).keys) == 1


def test_a_supervisor_proves_themselves_at_the_clerks_bench(bench: TestBench) -> None:
    ask(bench, StepUp(ASK.title, right=Permission.DECIDE, other=True))
    bench.scan(BOSS_BADGE)
    bench.enter_pin(PINS[BOSS_BADGE])

    act = next(body for body in operations_of(bench) if body.reason == "the_act")
    assert (act.actor, act.role) == ("p-adeyemi", "supervisor")
    session = bench.station.engine._session
    assert session is not None
    assert session.person == "p-novak"


@pytest.mark.parametrize(
    ("wanted", "badge", "why"),
    [
        (StepUp(ASK.title, right=Permission.DECIDE), OTHER_BADGE, "step_up.no_right"),
        (StepUp(ASK.title, person="p-novak"), OTHER_BADGE, "step_up.other_person"),
        (StepUp(ASK.title, other=True), BADGE, "step_up.same_person"),
        (ASK, "PHB-nobody-knows-me", "sign_in.unknown_badge"),
    ],
)
def test_who_will_not_do_is_told_before_the_pin(
    bench: TestBench, wanted: StepUp, badge: str, why: str
) -> None:
    ask(bench, wanted)
    bench.scan(badge)

    assert said(bench) == why
    assert task_of(bench).told == []


def test_a_clerk_confirms_by_pin_alone_what_needs_no_badge(bench: TestBench) -> None:
    ask(bench, StepUp(ASK.title, person="p-novak"))
    proof = bench.screen.proof
    assert proof is not None
    assert proof.state is ProofState.PIN
    bench.enter_pin(PINS[BADGE])

    assert task_of(bench).told == [Trigger.STEPPED_UP]


def test_a_wrong_pin_counts_like_any_other(bench: TestBench) -> None:
    ask(bench)
    bench.scan(LEAD_BADGE)
    bench.enter_pin("000000")
    assert said(bench) == "sign_in.wrong"

    bench.enter_pin(PINS[LEAD_BADGE])

    assert task_of(bench).told == [Trigger.STEPPED_UP]
    with bench.store.begin() as work:
        assert work.attempt("p-lind").failures == 0


def test_scans_of_goods_are_refused_and_the_task_does_not_see_them(bench: TestBench) -> None:
    ask(bench)
    before = len(bench.fates)
    bench.scan("ORD-48213")

    assert bench.fates[before:] == ["refused"]
    assert bench.page == Page.HOME


def test_escape_tells_the_task_and_leaves_everything_as_it_was(bench: TestBench) -> None:
    ask(bench)
    bench.do(Intent.NO)

    assert task_of(bench).told == [Trigger.STEP_UP_LEFT]
    assert bench.screen.proof is None


def test_a_question_nobody_answers_is_dropped_after_a_minute(bench: TestBench) -> None:
    ask(bench)
    bench.pass_s(59)
    assert bench.screen.proof is not None

    bench.pass_s(2)

    assert task_of(bench).told == [Trigger.STEP_UP_LEFT]
    assert bench.screen.proof is None


def test_a_badge_older_than_a_minute_is_scanned_again(bench: TestBench) -> None:
    ask(bench)
    bench.scan(BOSS_BADGE)
    bench.pass_s(61)
    bench.enter_pin(PINS[BOSS_BADGE])

    assert task_of(bench).told == [Trigger.STEP_UP_LEFT]


def test_the_idle_lock_takes_an_open_question_with_it(bench: TestBench) -> None:
    ask(bench)
    bench.clock.pass_ms(16 * 60_000)
    bench.scan(BOSS_BADGE)

    assert bench.page == Page.SIGN_IN
    assert task_of(bench).told == [Trigger.STEP_UP_LEFT]
