"""Every state of taking back times every trigger: a defined answer, never a crash, one reversal."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.station.flow import Trigger
from app.station.inbox import Intent
from app.station.undo import TABLE, UndoFlow, UndoState
from tests.station.table_walk import ASKED_FOR, happen, undecided
from tests.station.undoing import move, pack
from tests.support.bench import TestBench
from tests.support.deliveries import ASN, TRAY_CODE, dock_bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = dock_bench(tmp_path)
    pack(made)
    move(made)
    yield made
    made.book.close()


def listing(bench: TestBench) -> None:
    bench.do(Intent.UNDO)


def act(bench: TestBench) -> None:
    bench.do(Intent.UNDO)
    bench.do(Intent.MAIN)


def wrong(bench: TestBench) -> None:
    bench.do(Intent.UNDO)
    bench.scan("NOBODY-KNOWS-THIS")


WAYS: dict[str, Callable[[TestBench], None]] = {
    UndoState.LIST: listing,
    UndoState.ACT: act,
    "problem": wrong,
}


def flow_of(bench: TestBench) -> UndoFlow:
    flow = bench.station.engine._flow
    assert isinstance(flow, UndoFlow)
    return flow


def test_the_table_names_only_real_states_and_triggers() -> None:
    assert {state for state, _ in TABLE} == {None, *UndoState}
    assert set(WAYS) == {*UndoState, "problem"}


@pytest.mark.parametrize("state", list(WAYS))
def test_every_trigger_in_every_state_has_a_defined_outcome(bench: TestBench, state: str) -> None:
    for trigger in Trigger:
        if trigger in ASKED_FOR:
            continue
        if bench.page == "sign_in":
            bench.sign_in()
        bench.do(Intent.ACKNOWLEDGE)
        bench.do(Intent.HOME)
        if bench.page != "home":
            bench.do(Intent.HOME)
        WAYS[state](bench)
        before = flow_of(bench)
        assert (before.problem is not None, before.state) == (
            state == "problem",
            UndoState.ACT if state == UndoState.ACT else UndoState.LIST,
        )
        scans, kinds = len(bench.fates), bench.kinds()

        happen(bench, trigger, TRAY_CODE, ASN)

        recorded = [kind for kind in bench.kinds()[len(kinds) :] if kind != "event"]
        taken = trigger in (Trigger.MAIN, Trigger.YES) and state == UndoState.ACT
        assert recorded == (["reverse"] if taken else []), trigger
        if taken:
            move(_home(bench))
        assert len(bench.fates) - scans in (0, 1) or taken
        assert not [event for event in bench.events if type(event).__name__ == "Broken"], trigger
        assert undecided(bench) == (0, 0)


def _home(bench: TestBench) -> TestBench:
    bench.do(Intent.HOME)
    return bench


@pytest.mark.parametrize("state", list(WAYS))
def test_a_stop_in_every_state_leaves_nothing_half_done(bench: TestBench, state: str) -> None:
    WAYS[state](bench)
    kinds = bench.kinds()

    later = bench.crash_and_restart()

    assert later.page == "home"
    assert [kind for kind in later.kinds()[len(kinds) :] if kind != "event"] == []
    later.book.close()
