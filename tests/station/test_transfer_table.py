"""Every state of the transfer task times every trigger: a defined answer, never a crash."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.station.flow import Trigger
from app.station.inbox import Intent
from app.station.screen import Page
from app.station.task import load
from app.station.transfer import TABLE
from app.station.transfer_job import TransferJob, TransferState
from tests.station.table_walk import ASKED_FOR, answered
from tests.station.test_pack_table import happen
from tests.station.test_transfer import (
    IN,
    MUG_CODE,
    OUT,
    TOWEL_CODE,
    receiving,
    transfer,
    two_lots,
    under_way,
)
from tests.support.bench import TestBench


def choosing(bench: TestBench) -> None:
    bench.do(Intent.TASK, "transfer")
    bench.do(Intent.CHOOSE, IN)


def shipping(bench: TestBench) -> None:
    bench.scan(OUT)
    bench.scan(MUG_CODE)


def resting(bench: TestBench) -> None:
    shipping(bench)
    bench.do(Intent.MAIN)


def sealing(bench: TestBench) -> None:
    resting(bench)
    bench.do(Intent.REASON, "later")


def extra(bench: TestBench) -> None:
    receiving(bench)
    bench.scan(TOWEL_CODE)


def missing(bench: TestBench) -> None:
    receiving(bench)
    bench.do(Intent.MAIN)


def never_left(bench: TestBench) -> None:
    missing(bench)
    bench.do(Intent.REASON, "never_left")


WAYS: dict[TransferState, Callable[[TestBench], None]] = {
    TransferState.CHOOSE: choosing,
    TransferState.SHIP: shipping,
    TransferState.LOT: two_lots,
    TransferState.REST: resting,
    TransferState.SEAL: sealing,
    TransferState.RECEIVE: receiving,
    TransferState.EXTRA: extra,
    TransferState.MISSING: missing,
    TransferState.ORIGIN: never_left,
}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    made.sign_in()
    made.feed(transfer(OUT, "approved"), transfer(IN, "in_transit"), under_way())
    yield made
    made.book.close()


def saved(bench: TestBench) -> TransferJob:
    with bench.store.begin() as work:
        ((name, _),) = work.notes("task/transfer/")
        job = load(work, Page.TRANSFER, name.removeprefix("task/transfer/"), TransferJob)
    assert job is not None
    return job


def test_every_state_has_a_way_there() -> None:
    assert WAYS.keys() == set(TransferState)


def test_the_table_names_only_real_states_and_triggers() -> None:
    assert {state for state, _ in TABLE} == set(TransferState)


@pytest.mark.parametrize("trigger", [one for one in Trigger if one not in ASKED_FOR])
@pytest.mark.parametrize("state", list(TransferState))
def test_every_trigger_has_a_defined_answer_in_every_state(
    bench: TestBench, state: TransferState, trigger: Trigger
) -> None:
    WAYS[state](bench)
    assert saved(bench).state == state

    with answered(bench, trigger):
        happen(bench, trigger)


@pytest.mark.parametrize("state", list(TransferState))
def test_every_state_survives_kill_9(bench: TestBench, state: TransferState) -> None:
    WAYS[state](bench)
    before = saved(bench)

    again = bench.crash_and_restart()

    assert again.screen.page is Page.TRANSFER
    assert saved(again) == before
    again.book.close()
