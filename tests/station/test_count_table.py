"""Every state of the counting task times every trigger: a defined answer, never a crash."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.station.count import TABLE
from app.station.count_job import CountJob, CountState
from app.station.flow import Trigger
from app.station.inbox import Intent
from app.station.screen import Page
from app.station.task import load
from tests.station.table_walk import ASKED_FOR, answered
from tests.station.test_count import CLOCK, MUG_CODE, PLAN, SOAP, TWO_PLACES, begin
from tests.station.test_pack_table import happen
from tests.support.bench import TestBench


def choosing(bench: TestBench) -> None:
    bench.do(Intent.TASK, "count")
    bench.do(Intent.CHOOSE, PLAN)


def walking(bench: TestBench) -> None:
    bench.scan(PLAN)


def counting(bench: TestBench) -> None:
    begin(bench, "B-11-1")
    bench.scan(MUG_CODE)


def asking_lot(bench: TestBench) -> None:
    counting(bench)
    bench.scan(SOAP.sku)


def asking_serial(bench: TestBench) -> None:
    counting(bench)
    bench.scan(CLOCK.sku)


WAYS: dict[CountState, Callable[[TestBench], None]] = {
    CountState.CHOOSE: choosing,
    CountState.PLACE: walking,
    CountState.COUNT: counting,
    CountState.LOT: asking_lot,
    CountState.SERIAL: asking_serial,
}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    made.sign_in()
    made.master(CLOCK, SOAP)
    made.feed(TWO_PLACES)
    yield made
    made.book.close()


def saved(bench: TestBench) -> CountJob:
    with bench.store.begin() as work:
        ((name, _),) = work.notes("task/count/")
        job = load(work, Page.COUNT, name.removeprefix("task/count/"), CountJob)
    assert job is not None
    return job


def test_every_state_has_a_way_there() -> None:
    assert WAYS.keys() == set(CountState)


def test_the_table_names_only_real_states_and_triggers() -> None:
    assert {state for state, _ in TABLE} == {None, *CountState}


@pytest.mark.parametrize("trigger", [one for one in Trigger if one not in ASKED_FOR])
@pytest.mark.parametrize("state", list(CountState))
def test_every_trigger_has_a_defined_answer_in_every_state(
    bench: TestBench, state: CountState, trigger: Trigger
) -> None:
    WAYS[state](bench)
    assert saved(bench).state == state

    with answered(bench, trigger):
        happen(bench, trigger)

    assert set(bench.kinds()) <= {"count", "event"}
    with bench.book.reader.connect() as connection:
        moved = connection.exec_driver_sql("SELECT count(*) FROM effect").scalar_one()
    assert moved == 0


@pytest.mark.parametrize("state", list(CountState))
def test_every_state_survives_kill_9(bench: TestBench, state: CountState) -> None:
    WAYS[state](bench)
    before = saved(bench)

    again = bench.crash_and_restart()

    assert again.screen.page is Page.COUNT
    assert saved(again) == before
    again.book.close()
