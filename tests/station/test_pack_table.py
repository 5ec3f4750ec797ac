"""Every state of the packing task times every trigger: a defined answer, never a crash."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.contract.messages import ClaimRow, DocumentRow
from app.station.flow import Trigger
from app.station.inbox import Intent, LinkChanged, LinkState
from app.station.pack import TABLE
from app.station.pack_job import PackJob, PackState, load
from app.station.screen import Page
from tests.station import table_walk
from tests.station.table_walk import ASKED_FOR, answered
from tests.station.test_pack import (
    MUG_CODE,
    RIGHT_WEIGHT,
    SMALL_TRAY_CODE,
    TRAY_CODE,
    fill,
)
from tests.support.bench import TestBench, order_row

ORDER = "ORD-48213"
OLD_TRAY = "(01)02900000000025(17)251112(10)L-2187"


def scanning(bench: TestBench) -> None:
    bench.scan(ORDER)
    bench.scan(MUG_CODE)


def short(bench: TestBench) -> None:
    scanning(bench)
    bench.do(Intent.SHORT)


def weighing(bench: TestBench) -> None:
    bench.scan(ORDER)
    fill(bench)


def off_weight(bench: TestBench) -> None:
    weighing(bench)
    bench.weigh(RIGHT_WEIGHT * 2)
    bench.do(Intent.MAIN)


def label(bench: TestBench) -> None:
    weighing(bench)
    bench.weigh(RIGHT_WEIGHT)


def hand_over(bench: TestBench) -> None:
    label(bench)
    bench.printed()


def stopped(bench: TestBench) -> None:
    scanning(bench)
    bench.feed(order_row(version=2, state="cancelled"))


def expired(bench: TestBench) -> None:
    scanning(bench)
    bench.scan(OLD_TRAY)


def parcels(bench: TestBench) -> None:
    scanning(bench)
    bench.do(Intent.NEXT)


def take_out(bench: TestBench) -> None:
    scanning(bench)
    bench.do(Intent.TAKE_OUT)


def check(bench: TestBench) -> None:
    off_weight(bench)
    bench.do(Intent.NEXT)


def why(bench: TestBench) -> None:
    off_weight(bench)
    bench.do(Intent.OVERRIDE)


def elsewhere(bench: TestBench) -> None:
    bench.feed(ClaimRow(document=ORDER, state="assigned", enrolment="enr-9", station="PACK-09"))
    bench.scan(ORDER)


def claiming(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.ONLINE, "2026-11-23T07:30:00Z")])
    elsewhere(bench)


WAYS: dict[PackState, Callable[[TestBench], None]] = {
    PackState.SCAN: scanning,
    PackState.SHORT: short,
    PackState.EXPIRED: expired,
    PackState.PARCELS: parcels,
    PackState.TAKE_OUT: take_out,
    PackState.CHECK: check,
    PackState.WHY: why,
    PackState.WEIGH: weighing,
    PackState.OFF_WEIGHT: off_weight,
    PackState.LABEL: label,
    PackState.HAND_OVER: hand_over,
    PackState.STOPPED: stopped,
    PackState.ELSEWHERE: elsewhere,
    PackState.CLAIMING: claiming,
}


def happen(bench: TestBench, trigger: Trigger) -> None:
    """Make one trigger happen at a bench that packs."""
    match trigger:
        case Trigger.READING:
            bench.weigh(RIGHT_WEIGHT)
        case Trigger.NOTHING:
            bench.scan("NO-SUCH-THING")
        case Trigger.DOCUMENT:
            bench.feed(DocumentRow(kind="inbound", document="ASN-7", version=1, state="expected"))
            bench.scan("ASN-7")
        case _:
            table_walk.happen(bench, trigger, item=TRAY_CODE, document="ASN-7")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    made.sign_in()
    yield made
    made.book.close()


def test_every_state_has_a_way_there() -> None:
    assert WAYS.keys() == set(PackState)


def test_the_table_names_only_real_states_and_triggers() -> None:
    assert {state for state, _ in TABLE} == {None, *PackState}


TRIGGERS = [one for one in Trigger if one not in ASKED_FOR]


def saved(bench: TestBench) -> PackJob | None:
    with bench.store.begin() as work:
        return load(work, ORDER)


@pytest.fixture
def reach(tmp_path: Path) -> Iterator[Callable[[PackState], TestBench]]:
    """Makes a bench that stands in a state."""
    benches: list[TestBench] = []

    def make(state: PackState) -> TestBench:
        folder = tmp_path / str(len(benches))
        folder.mkdir()
        bench = TestBench(folder)
        benches.append(bench)
        bench.sign_in()
        WAYS[state](bench)
        return bench

    yield make
    for bench in benches:
        bench.book.close()


@pytest.mark.parametrize("state", list(PackState))
def test_every_trigger_has_a_defined_answer_in_every_state(
    reach: Callable[[PackState], TestBench], state: PackState
) -> None:
    bench = reach(state)
    before = saved(bench)

    for trigger in TRIGGERS:
        # Whatever a trigger left as it was is good for the next one; the rest begins anew.
        if bench.page != Page.PACK or bench.screen.proof is not None or saved(bench) != before:
            bench = reach(state)
            before = saved(bench)
        assert before is not None
        assert before.state is state

        with answered(bench, trigger):
            happen(bench, trigger)


@pytest.mark.parametrize("state", list(PackState))
def test_every_state_survives_kill_9(bench: TestBench, state: PackState) -> None:
    WAYS[state](bench)
    screen = bench.screen

    again = bench.crash_and_restart()

    assert again.screen.page is Page.PACK
    assert again.screen.done == screen.done
    assert again.screen.document == ORDER
    with again.store.begin() as work:
        job = load(work, ORDER)
    assert job is not None
    assert job.state is state
    again.book.close()


@pytest.mark.parametrize("state", list(PackState))
def test_a_wrong_item_never_counts_in_any_state(bench: TestBench, state: PackState) -> None:
    WAYS[state](bench)
    done = bench.screen.done

    bench.scan(SMALL_TRAY_CODE)

    assert bench.fates[-1] == "refused"
    assert bench.screen.done == done
