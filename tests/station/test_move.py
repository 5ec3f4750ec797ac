"""Moving goods at a bench: what a person scans, what is recorded, what they see."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contract.messages import (
    BalanceRow,
    DocumentLine,
    DocumentRow,
    LocationRow,
    Operation,
    OutcomeRow,
    PostedLine,
    SnapshotPage,
    operation_body,
)
from app.station.inbox import Intent
from app.station.screen import Page, Sound
from tests.support.bench import EPOCH, MUG, TOWEL, TRAY, TestBench, order_row, raws

MUG_CODE, TRAY_CODE, CARTON_CODE = "02900000000018", "02900000000025", "02900000000032"
TOWEL_CODE = "02900000000049"
TASK = "REPLENISH-5f0c21aa9b31"


def task_row(state: str = "open", version: int = 1, work: str = "replenish") -> DocumentRow:
    """A-04-2 wants ten mugs from R-01-1."""
    return DocumentRow(
        kind="task",
        document=TASK,
        version=version,
        state=state,
        details={"work": work, "to": "A-04-2", "before": 0},
        lines=(DocumentLine(1, MUG.sku, 10, "R-01-1"),),
    )


def operations(bench: TestBench) -> list[Operation]:
    """Everything recorded about goods, in order."""
    with bench.book.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT body FROM operation ORDER BY n").all()
    made = [operation_body.decode(row[0]) for row in rows]
    return [one for one in made if one.kind != "event"]


def furnish(bench: TestBench) -> None:
    """A dock with trays that came in, towels in two lots, a tote, and a reserve of mugs."""
    kinds = {"DOCK-1": "dock", "R-01-1": "bin", "R-02-4": "bin", "QUA-1": "quarantine"}
    bench.master(*(LocationRow("HAM", place, kind) for place, kind in kinds.items()))
    balances = (
        BalanceRow("A-04-2", MUG.sku, 40),
        BalanceRow("R-01-1", MUG.sku, 100),
        BalanceRow("B-11-1", TRAY.sku, 25),
        BalanceRow("DOCK-1", TRAY.sku, 18),
        BalanceRow("A-02-5", TOWEL.sku, 60, lot="L-7"),
        BalanceRow("A-02-5", TOWEL.sku, 5, lot="L-8"),
        BalanceRow("tote/T-1", MUG.sku, 2),
        BalanceRow("tote/T-1", TRAY.sku, 3),
    )
    page = SnapshotPage(
        snapshot="s2", epoch=EPOCH, cursor=11, chain="c0", master_cursor=24, page=0, pages=1,
        rows=raws(*balances, order_row(), task_row()),
    )  # fmt: skip
    bench.store.begin_snapshot(page)
    bench.store.finish_snapshot(page)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    furnish(made)
    made.sign_in()
    made.do(Intent.TASK, "move")
    yield made
    made.book.close()


def line_of(operation: Operation) -> tuple[str, int, str, str]:
    (line,) = operation.lines
    return line.item, line.quantity, line.source, line.target


def test_goods_from_the_dock_go_where_most_of_them_lie(bench: TestBench) -> None:
    bench.scan(TRAY_CODE)

    asked = bench.screen.prompt
    bench.scan("LOC:B-11-1")

    assert (asked.title.value("place"), asked.title.value("n")) == ("B-11-1", 18)
    assert asked.detail is not None
    assert asked.detail.code == "move.why_most"
    (made,) = operations(bench)
    assert (made.kind, line_of(made)) == ("move", (TRAY.sku, 18, "DOCK-1", "B-11-1"))
    assert bench.stock("B-11-1") == {TRAY.sku: 43}
    assert bench.sounds[-1] is Sound.LINE


def test_another_place_is_allowed(bench: TestBench) -> None:
    bench.scan(TRAY_CODE)
    bench.scan("LOC:C-07-3")

    assert line_of(operations(bench)[0]) == (TRAY.sku, 18, "DOCK-1", "C-07-3")


def test_a_number_may_come_before_the_scan_or_after_it(bench: TestBench) -> None:
    bench.do(Intent.CODE, "4")
    bench.scan(TRAY_CODE)
    bench.scan("LOC:B-11-1")
    bench.scan(TRAY_CODE)
    bench.do(Intent.CODE, "5")
    bench.scan("LOC:B-11-1")
    bench.scan("CMD:QTY-2")
    bench.scan(CARTON_CODE)
    bench.scan("LOC:B-11-1")

    assert [line_of(made)[1] for made in operations(bench)] == [4, 5, 12]


def test_scanning_the_same_item_again_counts_it(bench: TestBench) -> None:
    for _ in range(3):
        bench.scan(TRAY_CODE)
    bench.scan("LOC:B-11-1")

    assert line_of(operations(bench)[0])[1] == 3


def test_more_than_the_book_has_is_asked_for_twice(bench: TestBench) -> None:
    bench.scan(TRAY_CODE)
    bench.do(Intent.CODE, "30")
    once = bench.title
    bench.do(Intent.CODE, "30")
    bench.scan("LOC:B-11-1")

    assert once == "move.more_again"
    assert line_of(operations(bench)[0])[1] == 30


def test_an_item_that_lies_in_several_places_is_asked_for(bench: TestBench) -> None:
    bench.scan(MUG_CODE)
    asked, rows = bench.title, bench.screen.choices
    bench.scan("LOC:R-01-1")
    bench.scan("LOC:A-04-2")

    assert asked == "move.ask_source"
    assert rows is not None
    assert [row.key for row in rows.rows] == ["R-01-1", "A-04-2", "tote/T-1"]
    assert line_of(operations(bench)[0]) == (MUG.sku, 100, "R-01-1", "A-04-2")


def test_the_place_may_be_scanned_first(bench: TestBench) -> None:
    bench.scan("LOC:A-04-2")
    bench.scan(MUG_CODE)
    bench.scan("LOC:C-07-3")

    assert line_of(operations(bench)[0]) == (MUG.sku, 40, "A-04-2", "C-07-3")


def test_goods_that_are_not_alike_are_chosen(bench: TestBench) -> None:
    bench.scan(TOWEL_CODE)
    asked = bench.title
    bench.do(Intent.CHOOSE, "good/L-8")
    bench.scan("CMD:MAIN")
    bench.scan("LOC:C-07-3")

    assert asked == "move.ask_pile"
    (made,) = operations(bench)
    assert (made.lines[0].lot, made.lines[0].quantity) == ("L-8", 5)


def test_a_tote_is_moved_as_it_is_in_one_operation(bench: TestBench) -> None:
    bench.scan("TOTE:T-1")
    bench.scan("LOC:C-07-3")

    (made,) = operations(bench)
    assert sorted((line.item, line.quantity, line.target) for line in made.lines) == [
        (MUG.sku, 2, "C-07-3"),
        (TRAY.sku, 3, "C-07-3"),
    ]
    assert bench.stock("tote/T-1") == {}


def test_everything_of_a_place_is_moved_with_the_main_key(bench: TestBench) -> None:
    bench.scan("LOC:A-02-5")
    bench.do(Intent.MAIN)
    bench.scan("LOC:C-07-3")

    (made,) = operations(bench)
    assert [(line.lot, line.quantity) for line in made.lines] == [("L-7", 60), ("L-8", 5)]


def test_breaking_off_leaves_nothing_behind(bench: TestBench) -> None:
    bench.scan(TRAY_CODE)
    bench.do(Intent.NO)

    assert bench.title == "move.dropped"
    assert operations(bench) == []
    bench.do(Intent.NO)
    assert bench.page == "home"


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("LOC:DOCK-1", "move.same_place"),
        ("LOC:Z-99-9", "pack.unknown_place"),
        ("NO-SUCH-THING", "pack.unknown"),
        (MUG_CODE, "move.other_item"),
        ("ORD-48213", "move.not_now"),
    ],
)
def test_what_is_wrong_stops_until_it_is_acknowledged(
    bench: TestBench, code: str, title: str
) -> None:
    bench.scan(TRAY_CODE)

    bench.scan(code)
    stopped = bench.title
    bench.scan("LOC:B-11-1")
    bench.scan("CMD:ACK")
    bench.scan("LOC:B-11-1")

    assert stopped == title
    assert bench.fates[-4:] == ["refused", "refused", "command", "applied"]
    assert bench.sounds.count(Sound.WRONG) == 2
    assert len(operations(bench)) == 1


def test_undo_takes_moves_back_one_by_one(bench: TestBench) -> None:
    for place in ("B-11-1", "C-07-3"):
        bench.do(Intent.CODE, "4")
        bench.scan(TRAY_CODE)
        bench.scan(f"LOC:{place}")

    bench.do(Intent.UNDO)
    said = bench.screen.prompt.title
    bench.do(Intent.UNDO)
    bench.do(Intent.UNDO)

    assert (said.code, said.value("place")) == ("move.undone", "DOCK-1")
    assert [one.kind for one in operations(bench)] == ["move", "move", "reverse", "reverse"]
    assert bench.stock("DOCK-1") == {TRAY.sku: 18}
    assert bench.title == "pack.nothing_to_undo"


def test_a_killed_station_goes_on_with_what_was_in_hand(bench: TestBench) -> None:
    bench.do(Intent.CODE, "4")
    bench.scan(TRAY_CODE)

    again = bench.crash_and_restart()
    assert again.screen.prompt.title.value("n") == 4
    again.scan("LOC:B-11-1")

    assert line_of(operations(again)[0]) == (TRAY.sku, 4, "DOCK-1", "B-11-1")
    again.book.close()


def test_a_paused_move_is_found_again(bench: TestBench) -> None:
    bench.scan(TRAY_CODE)
    bench.do(Intent.PAUSE)
    away = bench.page
    bench.do(Intent.TASK, "move")

    assert away == "home"
    assert bench.screen.prompt.title.code == "move.put"


def test_an_item_the_book_does_not_know_there_is_moved_all_the_same(bench: TestBench) -> None:
    bench.scan("LOC:C-07-3")
    bench.scan(MUG_CODE)
    said = bench.title
    bench.scan("LOC:A-04-2")

    assert said == "move.not_in_book"
    assert line_of(operations(bench)[0]) == (MUG.sku, 1, "C-07-3", "A-04-2")


# ------------------------------------------------------------------------------------------- tasks


def test_a_task_is_taken_from_the_list_and_counted(bench: TestBench) -> None:
    shown = bench.screen.choices
    bench.scan("CMD:MAIN")
    bench.scan(MUG_CODE)
    asked = bench.screen.prompt
    bench.scan("CMD:QTY-4")
    bench.scan("LOC:A-04-2")
    half = bench.screen
    bench.scan(MUG_CODE)
    bench.scan("LOC:A-04-2")

    assert shown is not None
    assert [row.key for row in shown.rows] == [TASK]
    assert (asked.title.value("n"), asked.title.value("place")) == (10, "A-04-2")
    assert (half.done, half.total) == (4, 10)
    first, second = operations(bench)
    assert first.reference is not None
    assert (first.reference.document_kind, first.reference.document) == ("task", TASK)
    assert [line_of(one)[1] for one in (first, second)] == [4, 6]
    assert bench.title == "move.task_done"
    assert bench.sounds[-1] is Sound.ORDER
    bench.scan("CMD:MAIN")
    assert bench.title == "move.ask_what"


def test_a_task_is_opened_by_its_code_from_the_board(bench: TestBench) -> None:
    bench.do(Intent.NO)
    bench.scan(TASK)

    assert (bench.page, bench.screen.document) == ("move", TASK)


def test_goods_a_task_did_not_ask_for_are_stopped(bench: TestBench) -> None:
    bench.scan(TASK)
    bench.scan(TRAY_CODE)

    assert bench.title == "move.not_asked"


def test_another_place_is_moved_but_not_counted_for_the_task(bench: TestBench) -> None:
    bench.scan(TASK)
    bench.scan(MUG_CODE)
    bench.scan("LOC:C-07-3")

    assert line_of(operations(bench)[0]) == (MUG.sku, 10, "R-01-1", "C-07-3")
    assert bench.screen.done == 0


def test_a_done_task_may_be_taken_back(bench: TestBench) -> None:
    bench.scan(TASK)
    bench.scan(MUG_CODE)
    bench.scan("LOC:A-04-2")
    bench.do(Intent.UNDO)

    assert (bench.screen.done, bench.screen.total) == (0, 10)
    assert bench.stock("R-01-1") == {MUG.sku: 100}


def test_a_task_that_is_closed_or_another_is_not_opened(bench: TestBench) -> None:
    bench.do(Intent.NO)
    bench.feed(task_row("cancelled", 2))
    bench.scan(TASK)
    closed = bench.title
    bench.feed(task_row("done", 3, "count"))
    bench.scan(TASK)

    assert (closed, bench.title) == ("move.task_closed", "move.other_task")
    assert bench.page == Page.HOME.value


def test_a_task_to_look_at_a_place_opens_its_count(bench: TestBench) -> None:
    bench.do(Intent.NO)
    bench.feed(task_row("open", 2, "count"))
    bench.scan(TASK)

    said = bench.screen.prompt.title.params
    assert (bench.page, "R-01-1" in dict(said).values()) == ("count", True)


def test_a_task_that_is_closed_meanwhile_says_so(bench: TestBench) -> None:
    bench.scan(TASK)
    bench.scan(MUG_CODE)
    bench.feed(task_row("cancelled", 2))

    note = bench.screen.prompt.note
    assert note is not None
    assert note.code == "move.task_not_open"


def test_more_serial_numbers_than_an_operation_may_name_are_not_moved_at_once(
    bench: TestBench,
) -> None:
    one_each = [PostedLine("DOCK-1", TOWEL.sku, 1, serial=f"S-{n:04d}") for n in range(501)]
    bench.feed(OutcomeRow("op-1", "receive", "posted", "enr-9", 1, postings=tuple(one_each)))
    bench.scan("LOC:DOCK-1")
    bench.scan(TOWEL_CODE)

    bench.scan("LOC:R-02-4")

    assert (bench.title, operations(bench)) == ("move.too_much", [])
