"""Counting as people do it: blind, by scan or by total, place after place, and never lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.contract.messages import (
    DocumentLine,
    DocumentRow,
    ExceptionRow,
    ItemRow,
    Operation,
    operation_body,
)
from app.domain.text import Text
from app.station.inbox import Intent, LinkChanged, LinkState
from app.station.screen import Page, Screen, Sound, Tone
from tests.support.bench import MUG, SMALL_TRAY, TOWEL, TRAY, TestBench
from tests.support.people import OTHER_BADGE

PLAN = "CNT-2026-007"
MUG_CODE, TRAY_CODE, TOWEL_CODE = "2900000000018", "2900000000025", "2900000000049"
SIX_TRAYS = "2900000000032"
CLOCK = ItemRow("SKU-30001", "Kitchen clock", tracking="serial")
SOAP = ItemRow("SKU-30002", "Soap bar", tracking="lot")


def plan(*lines: tuple[str, str], state: str = "open", version: int = 1) -> DocumentRow:
    """A plan of these places and items."""
    return DocumentRow(
        kind="count",
        document=PLAN,
        version=version,
        state=state,
        due="2026-11-23T16:00:00",
        lines=tuple(DocumentLine(n, item, 0, place) for n, (place, item) in enumerate(lines, 1)),
    )


TWO_PLACES = plan(("A-04-2", MUG.sku), ("B-11-1", ""))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    made.sign_in()
    made.master(CLOCK, SOAP)
    made.feed(TWO_PLACES)
    yield made
    made.book.close()


def counts(bench: TestBench) -> list[Operation]:
    """Every count that was recorded."""
    with bench.book.reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT body FROM operation WHERE kind='count' ORDER BY n"
        )
        return [operation_body.decode(row[0]) for row in rows]


def seen(operation: Operation) -> dict[tuple[str, str, str], int]:
    """What a count says: by item, lot and serial."""
    return {(line.item, line.lot, line.serial): line.quantity for line in operation.lines}


def words(screen: Screen) -> set[str]:
    """Everything a page says, and every number on it."""
    said: set[str] = set()

    def look(value: Any) -> None:
        match value:
            case Text():
                said.update(str(part) for part in dict(value.params).values())
            case str() | int():
                said.add(str(value))
            case tuple() | list():
                for one in value:
                    look(one)
            case None:
                pass
            case _ if hasattr(value, "__dataclass_fields__"):
                for name in value.__dataclass_fields__:
                    look(getattr(value, name))

    look((screen.prompt, screen.lines, screen.choices, screen.facts, screen.case, screen.subtitle))
    return said


def begin(bench: TestBench, place: str = "A-04-2") -> None:
    """Open the plan and its place."""
    bench.scan(PLAN)
    bench.scan(f"LOC:{place}")


def test_each_scan_counts_one_and_the_place_is_one_count(bench: TestBench) -> None:
    begin(bench)
    for _ in range(3):
        bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)

    (count,) = counts(bench)
    assert seen(count) == {(MUG.sku, "", ""): 3}
    (line,) = count.lines
    assert (line.source, line.target, line.order_line) == ("A-04-2", "", 1)
    assert count.reference is not None
    assert (count.reference.document_kind, count.reference.document) == ("count", PLAN)
    assert bench.screen.done == 1
    assert bench.title == "count.place_done"


def test_a_pack_counts_its_pieces_and_a_card_its_number(bench: TestBench) -> None:
    begin(bench, "B-11-1")
    bench.scan(SIX_TRAYS)
    bench.scan("CMD:QTY-4")
    bench.scan(TRAY_CODE)

    assert bench.screen.prompt.done == 10


def test_a_number_after_a_scan_is_the_total_of_that_item(bench: TestBench) -> None:
    begin(bench)
    bench.scan(MUG_CODE)
    bench.do(Intent.CODE, "37")
    bench.do(Intent.MAIN)

    assert seen(counts(bench)[0]) == {(MUG.sku, "", ""): 37}


def test_a_number_before_any_scan_is_of_the_next_one(bench: TestBench) -> None:
    begin(bench)
    bench.do(Intent.CODE, "12")
    bench.scan(MUG_CODE)

    assert bench.screen.prompt.done == 12


def test_a_large_total_is_asked_for_twice(bench: TestBench) -> None:
    begin(bench)
    bench.scan(MUG_CODE)
    bench.do(Intent.CODE, "4000")
    assert (bench.title, bench.screen.prompt.done) == ("count.total_again", 1)

    bench.do(Intent.CODE, "4000")

    assert (bench.title, bench.screen.prompt.done) == ("count.total", 4000)


def test_a_line_chosen_with_the_arrows_takes_the_total(bench: TestBench) -> None:
    begin(bench, "B-11-1")
    bench.scan(TRAY_CODE)
    bench.scan(TOWEL_CODE)
    rows = bench.screen.choices
    assert rows is not None
    bench.do(Intent.CHOOSE, rows.rows[1].key)
    bench.do(Intent.CODE, "9")
    bench.do(Intent.MAIN)

    assert seen(counts(bench)[0]) == {(TRAY.sku, "", ""): 9, (TOWEL.sku, "", ""): 1}


@pytest.mark.parametrize("place", ["A-04-2", "B-11-1"])
def test_no_screen_of_a_count_says_what_the_book_expects(bench: TestBench, place: str) -> None:
    expected = {"A-04-2": "40", "B-11-1": "25"}[place]
    begin(bench, place)
    told = [words(bench.screen)]
    for code in (MUG_CODE, TRAY_CODE, "NO-SUCH-THING"):
        bench.scan(code)
        told.append(words(bench.screen))
        bench.do(Intent.ACKNOWLEDGE)
    bench.do(Intent.EMPTY)
    told.append(words(bench.screen))

    assert not [said for said in told if expected in said]


def test_what_is_not_found_is_counted_as_nothing(bench: TestBench) -> None:
    begin(bench, "B-11-1")
    bench.scan(TOWEL_CODE)
    bench.do(Intent.MAIN)

    assert seen(counts(bench)[0]) == {(TOWEL.sku, "", ""): 1, (TRAY.sku, "", ""): 0}


def test_a_place_said_to_be_empty_is_a_count_of_nothing(bench: TestBench) -> None:
    begin(bench)
    bench.scan("CMD:EMPTY")

    assert seen(counts(bench)[0]) == {(MUG.sku, "", ""): 0}


def test_a_place_with_goods_counted_is_not_empty(bench: TestBench) -> None:
    begin(bench)
    bench.scan(MUG_CODE)
    bench.do(Intent.EMPTY)

    assert bench.title == "count.not_empty"
    assert counts(bench) == []


def test_done_without_any_scan_asks_whether_the_place_is_empty(bench: TestBench) -> None:
    begin(bench)
    bench.do(Intent.MAIN)

    assert bench.title == "count.nothing_seen"
    assert counts(bench) == []


def test_an_empty_place_nobody_knew_goods_at_is_named_and_its_line_is_done(
    bench: TestBench,
) -> None:
    bench.feed(plan(("A-02-5", TOWEL.sku), ("BENCH-3", ""), version=2))
    begin(bench, "BENCH-3")
    bench.do(Intent.EMPTY)

    (count,) = counts(bench)
    assert (count.lines, count.evidence) == ((), {"place": "BENCH-3"})
    assert bench.screen.done == 1


def test_the_plan_ends_with_its_last_place(bench: TestBench) -> None:
    begin(bench)
    bench.do(Intent.EMPTY)
    bench.scan("LOC:B-11-1")
    bench.scan(TRAY_CODE)
    bench.do(Intent.MAIN)

    assert bench.page == "home"
    assert bench.title == "count.plan_done"
    assert bench.sounds[-1] is Sound.ORDER


def test_an_item_the_plan_does_not_ask_for_is_told_and_not_counted(bench: TestBench) -> None:
    begin(bench)
    bench.scan(TRAY_CODE)

    assert (bench.title, bench.screen.prompt.tone) == ("count.not_asked", Tone.ERROR)
    assert bench.sounds[-1] is Sound.WRONG
    bench.scan(MUG_CODE)
    assert bench.fates[-1] == "refused"
    bench.scan("CMD:ACK")
    assert bench.screen.prompt.done == 0


def test_another_place_in_the_middle_is_told(bench: TestBench) -> None:
    begin(bench)
    bench.scan(MUG_CODE)
    bench.scan("LOC:B-11-1")

    assert bench.title == "count.other_place"
    assert counts(bench) == []


def test_a_place_that_is_not_in_the_plan_and_one_that_is_counted_are_told(
    bench: TestBench,
) -> None:
    bench.scan(PLAN)
    bench.scan("LOC:C-07-3")
    assert bench.title == "count.not_planned"
    bench.do(Intent.ACKNOWLEDGE)
    bench.scan("LOC:A-04-2")
    bench.do(Intent.EMPTY)

    bench.scan("LOC:A-04-2")

    assert bench.title == "count.place_counted"


def test_a_place_without_a_plan_is_counted_by_itself(bench: TestBench) -> None:
    bench.do(Intent.TASK, "count")
    bench.scan("LOC:C-07-3")
    bench.scan(SMALL_TRAY.packs[0].gtin[1:])
    bench.do(Intent.MAIN)

    (count,) = counts(bench)
    assert count.reference is None
    assert seen(count) == {(SMALL_TRAY.sku, "", ""): 1}
    assert bench.page == "count"
    bench.scan("LOC:A-02-5")
    assert bench.title == "count.ask_count"


def test_a_serial_counts_once(bench: TestBench) -> None:
    begin(bench, "B-11-1")
    for _ in range(2):
        bench.scan(CLOCK.sku)
        assert bench.title in {"count.ask_serial", "count.serial_again"}
        bench.scan("SN-00017")

    assert bench.title == "count.serial_again"
    assert bench.sounds[-1] is Sound.WRONG
    bench.do(Intent.ACKNOWLEDGE)
    bench.scan(CLOCK.sku)
    bench.scan("SN-00018")
    bench.do(Intent.MAIN)
    assert seen(counts(bench)[0]) == {
        (CLOCK.sku, "", "SN-00017"): 1,
        (CLOCK.sku, "", "SN-00018"): 1,
        (TRAY.sku, "", ""): 0,
    }


def test_a_lot_is_asked_for_where_it_is_not_known(bench: TestBench) -> None:
    begin(bench, "B-11-1")
    bench.scan(SOAP.sku)
    assert bench.title == "count.ask_lot"

    bench.do(Intent.CODE, "4711")

    assert bench.title == "count.counted"
    bench.do(Intent.MAIN)
    assert seen(counts(bench)[0])[SOAP.sku, "4711", ""] == 1


def test_damaged_pieces_are_counted_apart(bench: TestBench) -> None:
    begin(bench)
    bench.scan(MUG_CODE)
    bench.scan("CMD:DAMAGED")
    bench.scan(MUG_CODE)
    bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)

    said = {line.condition: line.quantity for line in counts(bench)[0].lines}
    assert said == {"good": 2, "damaged": 1}


def test_undo_steps_back_several_times_and_says_what_it_took_back(bench: TestBench) -> None:
    begin(bench)
    bench.scan(MUG_CODE)
    bench.scan(MUG_CODE)
    bench.do(Intent.CODE, "37")
    told = []
    for _ in range(3):
        bench.do(Intent.UNDO)
        told.append((bench.title, bench.screen.prompt.done))

    assert told == [("count.stepped_back", n) for n in (2, 1, 0)]
    bench.do(Intent.UNDO)
    assert bench.title == "pack.nothing_to_undo"


def test_a_place_begun_again_can_be_brought_back(bench: TestBench) -> None:
    begin(bench)
    bench.scan(MUG_CODE)
    bench.do(Intent.WITHDRAW)
    assert bench.screen.prompt.done == 0

    bench.do(Intent.UNDO)

    assert bench.screen.prompt.done == 1


def test_a_recorded_count_is_counted_again_and_not_taken_back(bench: TestBench) -> None:
    begin(bench)
    bench.do(Intent.EMPTY)
    bench.do(Intent.UNDO)

    assert bench.title == "count.recorded_stays"
    assert len(counts(bench)) == 1
    assert "reverse" not in bench.kinds()


def test_a_count_is_of_the_moment_the_look_began(bench: TestBench) -> None:
    begin(bench)
    began = bench.store.position().cursor
    bench.scan(MUG_CODE)
    bench.feed(DocumentRow(kind="task", document="T-1", version=1, state="open"))
    bench.do(Intent.MAIN)

    assert bench.store.position().cursor > began
    assert counts(bench)[0].as_of.cursor == began


def test_kill_9_loses_no_scan_of_a_place(bench: TestBench) -> None:
    begin(bench)
    for _ in range(3):
        bench.scan(MUG_CODE)

    again = bench.crash_and_restart()

    assert (again.page, again.screen.prompt.done) == ("count", 3)
    again.scan(MUG_CODE)
    again.do(Intent.MAIN)
    assert seen(counts(again)[0]) == {(MUG.sku, "", ""): 4}
    again.book.close()


def test_pause_keeps_the_place_and_the_plan_resumes_it(bench: TestBench) -> None:
    begin(bench)
    bench.scan(MUG_CODE)
    bench.do(Intent.PAUSE)
    assert bench.page == "home"

    bench.scan(PLAN)

    assert (bench.page, bench.screen.prompt.done) == ("count", 1)


def test_whoever_takes_over_counts_the_place_from_the_start(bench: TestBench) -> None:
    begin(bench)
    bench.scan(MUG_CODE)
    bench.do(Intent.PAUSE)
    bench.do(Intent.SIGN_OUT)
    bench.sign_in(OTHER_BADGE)
    bench.scan(PLAN)

    assert (bench.title, bench.screen.prompt.done) == ("count.restarted", 0)


def doubt(bench: TestBench) -> None:
    """The ledger asks for another count of what was counted last."""
    count = counts(bench)[-1]
    row = ExceptionRow(
        exception="exc-1",
        code="count_differs",
        severity="low",
        state="open",
        sentence=f"What {count.actor} counted differs from the book. Another person counts again.",
        operation=count.id,
        ways=("recount", "accept_count"),
    )
    bench.feed(row)


def test_a_recount_is_another_persons(bench: TestBench) -> None:
    bench.do(Intent.TASK, "count")
    bench.scan("LOC:A-04-2")
    bench.do(Intent.EMPTY)
    doubt(bench)
    bench.scan("LOC:A-04-2")
    assert bench.title == "count.another_person"
    bench.do(Intent.ACKNOWLEDGE)
    bench.do(Intent.NO)
    bench.do(Intent.SIGN_OUT)

    bench.sign_in(OTHER_BADGE)
    bench.do(Intent.TASK, "count")
    rows = bench.screen.choices
    assert rows is not None
    assert rows.rows[0].key == "again/A-04-2"
    bench.do(Intent.OPEN, rows.rows[0].key)
    bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)

    first, second = counts(bench)
    assert first.actor != second.actor
    assert seen(second) == {(MUG.sku, "", ""): 1}


def test_a_plan_that_is_over_or_unknown_is_said(bench: TestBench) -> None:
    bench.feed(plan(("A-04-2", MUG.sku), state="done", version=2))
    bench.scan(PLAN)
    assert bench.fates[-1] == "refused"
    assert bench.title == "count.plan_over"

    bench.do(Intent.TASK, "count")
    bench.scan("CNT-NOWHERE")

    assert bench.title == "count.not_now"


def test_a_list_without_plans_says_what_to_do(bench: TestBench) -> None:
    bench.feed(plan(("A-04-2", MUG.sku), state="done", version=2))
    bench.do(Intent.TASK, "count")

    shown = bench.screen.choices
    assert shown is not None
    assert (shown.rows, shown.empty) == ((), Text("count.no_plans"))


def test_counting_goes_on_without_a_link(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:30:00Z")])
    begin(bench)
    bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)

    assert len(counts(bench)) == 1


def test_a_plan_of_5000_places_shows_the_next_ones_and_all_are_counted(bench: TestBench) -> None:
    many = [(f"R-{n:04}", MUG.sku) for n in range(5_000)]
    bench.feed(plan(*many, ("A-04-2", MUG.sku), version=2))
    begin(bench)
    bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)

    shown = bench.screen.choices
    assert shown is not None
    assert (len(shown.rows), shown.total, bench.screen.done) == (100, 5_001, 1)


def test_more_serials_than_an_operation_holds_are_several(bench: TestBench) -> None:
    begin(bench, "B-11-1")
    with bench.store.begin() as work:
        note = next(value for name, value in work.notes("task/count/"))
        job = msgspec.json.decode(note)
        job["seen"] = [[CLOCK.sku, CLOCK.name, 1, "", f"SN-{n}"] for n in range(700)]
        work.set_note(f"task/count/{PLAN}", msgspec.json.encode(job).decode())
        work.commit()
    again = bench.crash_and_restart()
    again.do(Intent.MAIN)

    assert [len(count.lines) for count in counts(again)] == [500, 201]
    assert again.screen.page is Page.COUNT
    again.book.close()
