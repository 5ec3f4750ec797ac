"""Every state of the moving task times every trigger: a defined answer, never a crash."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.station.flow import Trigger
from app.station.inbox import Intent
from app.station.move import TABLE
from app.station.move_job import MoveJob, MoveState
from app.station.screen import Page
from app.station.task import load
from tests.station.table_walk import ASKED_FOR, answered
from tests.station.test_move import MUG_CODE, TASK, TOWEL_CODE, TRAY_CODE, furnish
from tests.station.test_pack_table import happen
from tests.support.bench import TestBench


def what(bench: TestBench) -> None:
    assert bench.page == "move"


def source(bench: TestBench) -> None:
    bench.scan(MUG_CODE)


def pile(bench: TestBench) -> None:
    bench.scan(TOWEL_CODE)


def target(bench: TestBench) -> None:
    bench.scan(TRAY_CODE)


def done(bench: TestBench) -> None:
    bench.scan(TASK)
    bench.scan(MUG_CODE)
    bench.scan("LOC:A-04-2")


WAYS: dict[MoveState, Callable[[TestBench], None]] = {
    MoveState.WHAT: what,
    MoveState.SOURCE: source,
    MoveState.PILE: pile,
    MoveState.TARGET: target,
    MoveState.DONE: done,
}


def saved(bench: TestBench, state: MoveState) -> MoveJob | None:
    with bench.store.begin() as work:
        key = TASK if state is MoveState.DONE else "p-novak"
        return load(work, Page.MOVE, key, MoveJob)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    furnish(made)
    made.sign_in()
    made.do(Intent.TASK, "move")
    yield made
    made.book.close()


def test_every_state_has_a_way_there() -> None:
    assert WAYS.keys() == set(MoveState)


def test_the_table_names_only_real_states_and_triggers() -> None:
    assert {state for state, _ in TABLE} == {None, *MoveState}


@pytest.mark.parametrize("trigger", [one for one in Trigger if one not in ASKED_FOR])
@pytest.mark.parametrize("state", list(MoveState))
def test_every_trigger_in_every_state_has_a_defined_outcome(
    bench: TestBench, state: MoveState, trigger: Trigger
) -> None:
    WAYS[state](bench)
    before = saved(bench, state)
    assert before is not None
    assert before.state == state

    with answered(bench, trigger, most=1):
        happen(bench, trigger)


@pytest.mark.parametrize("state", list(MoveState))
def test_every_state_survives_kill_9(bench: TestBench, state: MoveState) -> None:
    WAYS[state](bench)
    before = saved(bench, state)

    again = bench.crash_and_restart()

    assert again.screen.page is Page.MOVE
    assert saved(again, state) == before
    again.book.close()
