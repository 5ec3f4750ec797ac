"""Every state of the receiving task times every trigger: a defined answer, never a crash."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.contract.messages import LotRow
from app.station.flow import Trigger
from app.station.goods_job import LIST
from app.station.inbox import Intent
from app.station.receive import TABLE
from app.station.receive_job import ReceiveJob, ReceiveState
from app.station.screen import Page
from app.station.task import load
from tests.station.table_walk import ASKED_FOR, answered, happen
from tests.support.bench import TestBench
from tests.support.deliveries import ASN, DRILL_CODE, JAM, JAM_CODE, MUG_CODE, asn, dock_bench, gs1


def listing(bench: TestBench) -> None:
    bench.scan("CMD:TASK-RECEIVE")


def scanning(bench: TestBench) -> None:
    bench.scan(ASN)
    bench.scan(MUG_CODE)


def serial(bench: TestBench) -> None:
    scanning(bench)
    bench.scan(DRILL_CODE)


def lot(bench: TestBench) -> None:
    scanning(bench)
    bench.scan(JAM_CODE)


def expiry(bench: TestBench) -> None:
    lot(bench)
    bench.scan("L-42")


def differs(bench: TestBench) -> None:
    expiry(bench)
    bench.scan("2027-03-31")
    bench.master(LotRow(JAM.sku, "L-42", "2027-03-31"))
    bench.scan(gs1(JAM_CODE, "L-42", "270930"))


def over(bench: TestBench) -> None:
    scanning(bench)
    bench.do(Intent.QUANTITY, "9")
    bench.scan(MUG_CODE)


def why(bench: TestBench) -> None:
    over(bench)
    bench.do(Intent.ACKNOWLEDGE)


def unknown(bench: TestBench) -> None:
    scanning(bench)
    bench.scan("NO-SUCH-THING")


def closing(bench: TestBench) -> None:
    scanning(bench)
    bench.do(Intent.MAIN)


WAYS: dict[ReceiveState, Callable[[TestBench], None]] = {
    ReceiveState.LIST: listing,
    ReceiveState.SCAN: scanning,
    ReceiveState.SERIAL: serial,
    ReceiveState.LOT: lot,
    ReceiveState.EXPIRY: expiry,
    ReceiveState.DIFFERS: differs,
    ReceiveState.OVER: over,
    ReceiveState.WHY: why,
    ReceiveState.UNKNOWN: unknown,
    ReceiveState.CLOSING: closing,
}


def saved(bench: TestBench, state: ReceiveState) -> ReceiveJob:
    with bench.store.begin() as work:
        key = LIST if state is ReceiveState.LIST else ASN
        job = load(work, Page.RECEIVE, key, ReceiveJob)
    assert job is not None
    return job


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = dock_bench(tmp_path, asn(), asn("ASN-7002"))
    yield made
    made.book.close()


def test_every_state_has_a_way_there() -> None:
    assert WAYS.keys() == set(ReceiveState)


def test_the_table_names_only_real_states() -> None:
    assert {state for state, _ in TABLE} == set(ReceiveState)


@pytest.mark.parametrize("state", list(ReceiveState))
def test_every_trigger_has_a_defined_answer_in_every_state(
    tmp_path: Path, state: ReceiveState
) -> None:
    for trigger in Trigger:
        if trigger in ASKED_FOR:
            continue
        folder = tmp_path / trigger.value
        folder.mkdir()
        bench = dock_bench(folder, asn(), asn("ASN-7002"))
        WAYS[state](bench)
        assert saved(bench, state).state == state

        with answered(bench, trigger):
            happen(bench, trigger, item=MUG_CODE, document="ASN-7002")
        bench.book.close()


@pytest.mark.parametrize("state", list(ReceiveState))
def test_every_state_survives_kill_9(bench: TestBench, state: ReceiveState) -> None:
    WAYS[state](bench)
    before, shown = saved(bench, state), bench.screen

    again = bench.crash_and_restart()

    assert replace(saved(again, state), person="") == replace(before, person="")
    assert (again.screen.document, again.screen.done) == (shown.document, shown.done)
    if state is not ReceiveState.SCAN:
        assert again.screen.prompt == shown.prompt
    again.book.close()


@pytest.mark.parametrize(
    "state", [one for one in ReceiveState if one not in {ReceiveState.LIST, ReceiveState.SCAN}]
)
def test_another_unit_never_counts_while_something_is_asked(
    bench: TestBench, state: ReceiveState
) -> None:
    WAYS[state](bench)
    kinds = bench.kinds()

    bench.scan(MUG_CODE)

    assert bench.kinds() == kinds
    assert bench.screen.locked
