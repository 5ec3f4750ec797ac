"""Goods that customers send back: authorised and blind, unit by unit, and what becomes of each."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.contract.messages import DocumentLine, DocumentRow
from app.station.flow import Trigger
from app.station.goods_job import LIST
from app.station.inbox import Intent
from app.station.return_job import ReturnJob, ReturnState
from app.station.screen import Page, Tone
from app.station.take_back import TABLE
from app.station.task import load
from tests.station.table_walk import ASKED_FOR, answered, happen, undecided
from tests.support.bench import MUG, TestBench
from tests.support.deliveries import (
    DRILL,
    DRILL_CODE,
    JAM,
    JAM_CODE,
    MUG_CODE,
    asn,
    dock_bench,
    gs1,
    operations,
    tallied,
)

RMA = "RMA-1041"


def rma(number: str = RMA, **changes: object) -> DocumentRow:
    """Two mugs, a jar and a drill may come back."""
    row = DocumentRow(
        kind="return",
        document=number,
        version=1,
        state="authorised",
        order="ORD-47980",
        lines=(
            DocumentLine(1, MUG.sku, 2),
            DocumentLine(2, JAM.sku, 1),
            DocumentLine(3, DRILL.sku, 1),
        ),
    )
    return replace(row, **changes)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = dock_bench(tmp_path, rma(), rma("RMA-1042"), asn())
    yield made
    made.book.close()


@pytest.fixture
def opened(bench: TestBench) -> TestBench:
    bench.scan(RMA)
    return bench


@pytest.mark.parametrize(
    ("word", "place", "condition", "counted"),
    [
        ("good", "RET-A", "good", "good"),
        ("hold", "RET-B", "hold", "hold"),
        ("damaged", "QUAR-1", "damaged", "damaged"),
        ("scrap", "scrap", "damaged", "scrapped"),
    ],
)
def test_each_unit_goes_where_it_was_decided(
    opened: TestBench, word: str, place: str, condition: str, counted: str
) -> None:
    opened.scan(MUG_CODE)
    assert (opened.title, opened.fates[-1]) == ("take_back.decide", "held")
    opened.scan(f"CMD:REASON-{word.upper()}")
    detail = opened.screen.prompt.detail
    assert detail is not None
    assert detail.value("place") == (None if place == "scrap" else place)
    opened.do(Intent.REASON, "defective")

    made = operations(opened)[-1]
    line = made.lines[0]
    assert (made.kind, made.reason, made.evidence) == ("return", "defective", {"disposition": word})
    assert (line.source, line.target, line.to_condition) == ("customer", place, condition)
    assert tallied(opened, "return", RMA) == {(1, "received"): 1, (1, counted): 1}


def test_f10_twice_holds_a_unit_and_says_where_to_put_it(opened: TestBench) -> None:
    opened.scan(MUG_CODE)
    opened.do(Intent.MAIN)
    opened.do(Intent.MAIN)

    assert (opened.title, opened.screen.prompt.title.value("place")) == (
        "take_back.put_in",
        "RET-B",
    )
    assert (opened.screen.done, opened.screen.total) == (1, 4)


def test_a_place_that_is_scanned_is_for_this_unit_only(opened: TestBench) -> None:
    for place in ("LOC:RET-A", None):
        opened.scan(MUG_CODE)
        if place:
            opened.scan(place)
        opened.do(Intent.MAIN)
        opened.do(Intent.MAIN)

    assert [one.lines[0].target for one in operations(opened)[-2:]] == ["RET-A", "RET-B"]


def test_lot_and_serial_are_asked_for_when_they_are_missing(opened: TestBench) -> None:
    opened.scan(DRILL_CODE)
    assert opened.title == "take_back.ask_serial"
    opened.scan("SN-9")
    opened.do(Intent.MAIN)
    opened.do(Intent.MAIN)
    opened.scan(JAM_CODE)
    assert opened.title == "take_back.ask_lot"
    opened.scan("L-42")
    opened.do(Intent.MAIN)
    opened.do(Intent.MAIN)

    drill, jam = operations(opened)[-2:]
    assert (drill.lines[0].serial, jam.lines[0].lot) == ("SN-9", "L-42")


def test_a_serial_that_never_left_is_not_taken_back(opened: TestBench) -> None:
    code = gs1(DRILL_CODE, serial="SN-9")
    opened.scan(code)
    opened.do(Intent.MAIN)
    opened.do(Intent.MAIN)

    opened.scan(code)

    assert (opened.title, opened.screen.locked) == ("take_back.serial_here", True)
    assert tallied(opened, "return", RMA)[3, "received"] == 1


def test_worth_over_the_limit_is_told_before_and_scrapping_barred(opened: TestBench) -> None:
    opened.scan(gs1(DRILL_CODE, serial="SN-9"))
    assert opened.screen.prompt.tone is Tone.WARN
    note = opened.screen.prompt.note
    assert note is not None
    assert (note.code, note.value("worth"), note.value("most")) == ("take_back.worth", 89, 0)
    assert [one.enabled for one in opened.screen.actions if one.argument == "scrap"] == [False]

    opened.scan("CMD:REASON-SCRAP")

    assert opened.title == "take_back.over_limit"
    assert "return" not in opened.kinds()


def test_more_than_authorised_is_told_before_it_is_taken(opened: TestBench) -> None:
    opened.scan("2900000000049")
    note = opened.screen.prompt.note
    assert note is not None
    assert note.code == "take_back.not_authorised"
    opened.do(Intent.MAIN)
    opened.do(Intent.MAIN)

    made = operations(opened)[-1]
    assert (made.lines[0].order_line, made.evidence["over"]) == (0, 1)
    assert opened.screen.lines[-1].done == 1


def test_a_parcel_without_a_number_is_taken_back_blind(bench: TestBench) -> None:
    bench.scan("CMD:TASK-RETURN")
    shown = bench.screen.choices
    assert shown is not None
    assert [row.key for row in shown.rows] == [RMA, "RMA-1042"]
    bench.do(Intent.BLIND)
    bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)
    bench.do(Intent.MAIN)

    assert operations(bench)[-1].reference is None
    bench.do(Intent.MAIN)
    assert (bench.page, bench.title) == ("home", "take_back.done_blind")


def test_what_was_taken_back_can_be_undone(opened: TestBench) -> None:
    opened.scan(MUG_CODE)
    opened.do(Intent.MAIN)
    opened.do(Intent.MAIN)

    opened.do(Intent.UNDO)

    assert tallied(opened, "return", RMA) == {}
    assert opened.stock("RET-B") == {}


def test_an_unknown_code_and_an_aside_count_nothing(opened: TestBench) -> None:
    opened.scan("NO-SUCH-THING")
    assert opened.title == "take_back.unknown"
    opened.scan("CMD:NO")
    opened.scan(MUG_CODE)
    opened.scan("CMD:NO")

    assert opened.title == "take_back.put_aside"
    assert "return" not in opened.kinds()


def test_an_unknown_code_is_taken_back_under_itself(opened: TestBench) -> None:
    opened.scan("NO-SUCH-THING")
    opened.scan("CMD:YES")
    opened.do(Intent.MAIN)
    opened.do(Intent.MAIN)

    line = operations(opened)[-1].lines[0]
    assert (line.item, line.to_condition, line.order_line) == ("NO-SUCH-THING", "hold", 0)


def test_what_is_left_stays_authorised(opened: TestBench) -> None:
    opened.do(Intent.MAIN)
    assert (opened.page, opened.title) == ("home", "take_back.done_open")


# ---------------------------------------------------------------------------------- the table


def listing(bench: TestBench) -> None:
    bench.scan("CMD:TASK-RETURN")


def scanning(bench: TestBench) -> None:
    bench.scan(RMA)


def serial(bench: TestBench) -> None:
    scanning(bench)
    bench.scan(DRILL_CODE)


def lot(bench: TestBench) -> None:
    scanning(bench)
    bench.scan(JAM_CODE)


def decide(bench: TestBench) -> None:
    scanning(bench)
    bench.scan(MUG_CODE)


def why(bench: TestBench) -> None:
    decide(bench)
    bench.do(Intent.REASON, "good")


def unknown(bench: TestBench) -> None:
    scanning(bench)
    bench.scan("NO-SUCH-THING")


WAYS: dict[ReturnState, Callable[[TestBench], None]] = {
    ReturnState.LIST: listing,
    ReturnState.SCAN: scanning,
    ReturnState.SERIAL: serial,
    ReturnState.LOT: lot,
    ReturnState.DECIDE: decide,
    ReturnState.WHY: why,
    ReturnState.UNKNOWN: unknown,
}


def saved(bench: TestBench, state: ReturnState) -> ReturnJob:
    with bench.store.begin() as work:
        key = LIST if state is ReturnState.LIST else RMA
        job = load(work, Page.RETURN, key, ReturnJob)
    assert job is not None
    return job


def test_every_state_has_a_way_there_and_rows_in_the_table() -> None:
    assert WAYS.keys() == set(ReturnState) == {state for state, _ in TABLE}


@pytest.mark.parametrize("state", list(ReturnState))
def test_every_trigger_has_a_defined_answer(tmp_path: Path, state: ReturnState) -> None:
    for trigger in Trigger:
        if trigger in ASKED_FOR:
            continue
        folder = tmp_path / trigger.value
        folder.mkdir()
        bench = dock_bench(folder, rma(), asn())
        WAYS[state](bench)
        assert saved(bench, state).state == state

        with answered(bench, trigger):
            happen(bench, trigger, item=MUG_CODE, document="ASN-7001")
        assert undecided(bench) == (0, 0)
        bench.book.close()


@pytest.mark.parametrize("state", list(ReturnState))
def test_every_state_survives_kill_9(bench: TestBench, state: ReturnState) -> None:
    WAYS[state](bench)
    before, shown = saved(bench, state), bench.screen

    again = bench.crash_and_restart()

    assert replace(saved(again, state), person="") == replace(before, person="")
    assert again.screen.prompt == shown.prompt
    again.book.close()
