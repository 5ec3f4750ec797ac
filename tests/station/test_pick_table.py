"""Every state of the picking task times every trigger: a defined answer, never a crash."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.contract.messages import OrderedLine, OutcomeRow, PostedLine
from app.station.flow import Trigger
from app.station.inbox import Intent
from app.station.pick import TABLE
from app.station.pick_job import PickJob, PickState
from app.station.screen import Page
from app.station.task import load
from tests.station.table_walk import ASKED_FOR, answered
from tests.station.test_pack_table import happen
from tests.station.test_pick import FIRST, SECOND, TOWEL_CODE, TRAY_CODE, fetch_all, load_cart
from tests.support.bench import TRAY, TestBench, order_row


def orders(bench: TestBench) -> None:
    bench.scan(FIRST)
    bench.scan("TOTE:T-1")


def tote(bench: TestBench) -> None:
    orders(bench)
    bench.scan(SECOND)


def fetching(bench: TestBench) -> None:
    load_cart(bench)
    bench.scan(TOWEL_CODE)


def lot(bench: TestBench) -> None:
    """Trays of two lots lie where the next one is fetched from."""
    load_cart(bench)
    bench.scan("LOC:B-11-1")
    postings = tuple(PostedLine("B-11-1", TRAY.sku, 3, lot) for lot in ("L-2291", "L-3000"))
    bench.feed(OutcomeRow("op-1", "receive", "posted", "enr-9", 1, postings=postings))
    bench.scan(TRAY_CODE)


def short(bench: TestBench) -> None:
    fetching(bench)
    bench.do(Intent.SHORT)


def done(bench: TestBench) -> None:
    load_cart(bench)
    fetch_all(bench)


WAYS: dict[PickState, Callable[[TestBench], None]] = {
    PickState.ORDERS: orders,
    PickState.TOTE: tote,
    PickState.PICK: fetching,
    PickState.LOT: lot,
    PickState.SHORT: short,
    PickState.DONE: done,
}


def saved(bench: TestBench) -> PickJob | None:
    with bench.store.begin() as work:
        return load(work, Page.PICK, "p-novak", PickJob)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    rows = (order_row(FIRST), order_row(SECOND, lines=(OrderedLine(1, TRAY.sku, 1),)))
    made = TestBench(tmp_path, orders=rows)
    made.sign_in()
    made.do(Intent.TASK, "pick")
    yield made
    made.book.close()


def test_every_state_has_a_way_there() -> None:
    assert WAYS.keys() == set(PickState)


def test_the_table_names_only_real_states_and_triggers() -> None:
    assert {state for state, _ in TABLE} == {None, *PickState}


@pytest.mark.parametrize("trigger", [one for one in Trigger if one not in ASKED_FOR])
@pytest.mark.parametrize("state", list(PickState))
def test_every_trigger_in_every_state_has_a_defined_outcome(
    bench: TestBench, state: PickState, trigger: Trigger
) -> None:
    WAYS[state](bench)
    before = saved(bench)
    assert before is not None
    assert before.state == state

    with answered(bench, trigger, most=1):
        happen(bench, trigger)


@pytest.mark.parametrize("state", list(PickState))
def test_every_state_survives_kill_9(bench: TestBench, state: PickState) -> None:
    WAYS[state](bench)
    before = saved(bench)

    again = bench.crash_and_restart()

    assert again.screen.page is Page.PICK
    assert saved(again) == before
    again.book.close()
