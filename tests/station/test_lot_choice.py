"""A place that holds several lots: it is asked which is meant; what expires first stands first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contract.messages import (
    LocationRow,
    LotRow,
    Operation,
    OrderedLine,
    OutcomeRow,
    PostedLine,
)
from app.station.inbox import Intent
from app.station.lists import Mark
from tests.station.recorded import operations_of
from tests.support.bench import TRAY, TestBench, order_row

NEAR, FAR, OVER, BACK = "L-2291", "L-3000", "L-1999", "L-BACK"
PLAIN = "2900000000025"
ORDER = "ORD-48213"


def tray(lot: str) -> str:
    """The code of a large tray, with its lot."""
    return f"(01)02900000000025(10){lot}"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    """Large trays lie on B-11-1 in four lots, one expired and one recalled."""
    made = TestBench(tmp_path, orders=(order_row(ORDER, lines=(OrderedLine(1, TRAY.sku, 3),)),))
    made.master(
        LotRow(TRAY.sku, NEAR, "2026-12-04"),
        LotRow(TRAY.sku, FAR, "2027-06-30"),
        LotRow(TRAY.sku, OVER, "2026-11-01"),
        LotRow(TRAY.sku, BACK, "2027-01-31", "recalled"),
        LocationRow("HAM", "D-01-1", "bin"),
    )
    postings = tuple(
        PostedLine("D-01-1", TRAY.sku, quantity, lot)
        for lot, quantity in ((FAR, 5), (OVER, 2), (NEAR, 5), (BACK, 4))
    )
    made.feed(OutcomeRow("op-1", "receive", "posted", "enr-9", 1, postings=postings))
    made.sign_in()
    yield made
    made.book.close()


def rows(bench: TestBench) -> list[tuple[str, Mark]]:
    assert bench.screen.choices is not None
    return [(row.key, row.mark) for row in bench.screen.choices.rows]


FEFO = [(NEAR, Mark.NONE), (FAR, Mark.NONE), (OVER, Mark.WRONG), (BACK, Mark.WRONG)]


# ------------------------------------------------------------------------------------------ picking


def pick(bench: TestBench) -> None:
    """At D-01-1, with the cart before it and a tray in the hand whose code says no lot."""
    bench.do(Intent.TASK, "pick")
    bench.scan(ORDER)
    bench.scan("TOTE:T-1")
    bench.do(Intent.MAIN)
    bench.scan("LOC:D-01-1")
    bench.scan(PLAIN)


def picked(bench: TestBench) -> Operation:
    return next(one for one in reversed(operations_of(bench)) if one.kind == "pick")


def test_a_place_with_several_lots_asks_which_and_counts_nothing_before(bench: TestBench) -> None:
    pick(bench)

    assert bench.title == "lots.which"
    assert rows(bench) == FEFO
    assert "pick" not in bench.kinds()


def test_f10_takes_the_lot_that_expires_first(bench: TestBench) -> None:
    pick(bench)
    bench.do(Intent.MAIN)

    assert (picked(bench).lines[0].lot, picked(bench).lines[0].source) == (NEAR, "D-01-1")
    assert "sooner_lot" not in picked(bench).evidence
    assert bench.title == "pick.picked"


@pytest.mark.parametrize("how", ["label", "its own label", "card", "row"])
def test_another_lot_is_said_by_label_card_or_row_and_the_record_tells(
    bench: TestBench, how: str
) -> None:
    pick(bench)
    if how == "label":
        bench.scan(tray(FAR))
    elif how == "its own label":
        bench.scan(FAR)
    elif how == "card":
        bench.scan("CMD:DOWN")
        bench.scan("CMD:OPEN")
    else:
        bench.do(Intent.CHOOSE, FAR)
        bench.do(Intent.OPEN, FAR)

    assert picked(bench).lines[0].lot == FAR
    assert picked(bench).evidence["sooner_lot"] == NEAR


def test_a_lot_that_is_not_there_is_said_and_nothing_counted(bench: TestBench) -> None:
    pick(bench)
    bench.scan("L-9999")

    assert bench.title == "lots.not_here"
    assert "pick" not in bench.kinds()
    bench.do(Intent.ACKNOWLEDGE)
    assert bench.title == "lots.which"


def test_the_unit_may_go_back_to_the_shelf(bench: TestBench) -> None:
    pick(bench)
    bench.do(Intent.NO)

    assert bench.screen.choices is None
    assert "pick" not in bench.kinds()


def test_a_number_before_the_scan_holds_until_the_lot_is_said(bench: TestBench) -> None:
    bench.do(Intent.TASK, "pick")
    bench.scan(ORDER)
    bench.scan("TOTE:T-1")
    bench.do(Intent.MAIN)
    bench.scan("LOC:D-01-1")
    bench.do(Intent.QUANTITY, "2")
    bench.scan(PLAIN)
    bench.do(Intent.MAIN)

    assert picked(bench).lines[0].quantity == 2


def test_the_question_is_still_open_after_kill_9(bench: TestBench) -> None:
    pick(bench)
    again = bench.crash_and_restart()

    assert again.title == "lots.which"
    again.do(Intent.MAIN)
    assert picked(again).lines[0].lot == NEAR
    again.book.close()


def test_a_label_with_its_lot_asks_nothing(bench: TestBench) -> None:
    pick(bench)
    bench.do(Intent.NO)
    bench.scan(tray(FAR))

    assert picked(bench).lines[0].lot == FAR


# ---------------------------------------------------------------------------------------- adjusting


def adjust(bench: TestBench) -> None:
    for code in ("CMD:ADJUST", PLAIN, "LOC:D-01-1"):
        bench.scan(code)


def test_adjusting_asks_which_lot_and_shows_what_is_there_of_it(bench: TestBench) -> None:
    adjust(bench)
    assert bench.title == "adjust.ask_lot"
    assert rows(bench) == FEFO

    bench.scan(FAR)

    assert bench.title == "adjust.ask_quantity"
    case = bench.screen.case
    assert case is not None
    assert case.figures[0].before == 5


@pytest.mark.parametrize("intent", [Intent.MAIN, Intent.OPEN])
def test_adjusting_takes_the_marked_lot(bench: TestBench, intent: Intent) -> None:
    adjust(bench)
    bench.do(Intent.CHOOSE, BACK)
    bench.do(intent, BACK if intent is Intent.OPEN else "")
    bench.do(Intent.CODE, "3")
    bench.do(Intent.REASON, "miscounted")
    bench.do(Intent.MAIN)

    line = next(one for one in reversed(operations_of(bench)) if one.kind == "adjust").lines[0]
    assert (line.lot, line.quantity) == (BACK, 1)


def test_adjusting_goes_a_step_back_to_the_place(bench: TestBench) -> None:
    adjust(bench)
    bench.do(Intent.UNDO)
    assert bench.title == "adjust.ask_place"

    bench.scan("LOC:D-01-1")
    bench.scan("L-9999")
    assert bench.title == "lots.not_here"
    bench.do(Intent.ACKNOWLEDGE)
    assert bench.title == "adjust.ask_lot"


# ------------------------------------------------------------------------------------------- moving


def test_moving_lists_what_expires_first_and_takes_a_lot_by_its_own_label(
    bench: TestBench,
) -> None:
    bench.do(Intent.TASK, "move")
    bench.scan("LOC:D-01-1")
    bench.scan(PLAIN)
    assert [key for key, _ in rows(bench)] == [f"good/{lot}" for lot in (OVER, NEAR, BACK, FAR)]

    bench.scan(FAR)
    bench.scan("LOC:A-04-2")

    line = operations_of(bench)[-1].lines[0]
    assert (line.lot, line.quantity) == (FAR, 5)
