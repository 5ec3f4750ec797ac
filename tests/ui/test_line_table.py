"""5,000 lines cost what the ten on the screen cost."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.station.screen import LineState, LineView, QueueRow
from tests.support.effort import counting
from tests.ui.conftest import Bench
from ui.gallery.bench import LINES
from ui.gallery.packing import HERE, LONG
from ui.models.rows import RowLook, changed_runs
from ui.widgets.kit import Kit
from ui.widgets.line_table import LineTable, row_of
from ui.widgets.queue_table import QueueTable

MANY = LONG.lines


def count_looks(table: LineTable) -> list[int]:
    """Numbers of the lines a repaint asks about, from now on; each `data()` asks once."""
    asked: list[int] = []
    look = table.rows._look

    def counting(line: LineView) -> RowLook:
        asked.append(line.line)
        return look(line)

    table.rows._look = counting
    return asked


def shown(qtbot: QtBot, kit: Kit, lines: tuple[LineView, ...], current: int | None) -> LineTable:
    table = LineTable(kit)
    qtbot.addWidget(table)
    table.resize(1200, 400)
    table.show_lines(lines, current)
    table.show()
    qtbot.waitExposed(table)
    return table


def test_the_model_keeps_qts_contract(qtbot: QtBot, kit: Kit, qtmodeltester: ModelTester) -> None:
    table = shown(qtbot, kit, LINES, 2)

    qtmodeltester.check(table.rows)  # type: ignore[no-untyped-call]


def test_a_repaint_of_5000_lines_asks_only_for_those_in_sight(qtbot: QtBot, kit: Kit) -> None:
    table = shown(qtbot, kit, MANY, HERE)
    asked = count_looks(table)

    table.grab()

    assert asked
    assert len(set(asked)) <= 12
    assert len(asked) < 600


def test_one_line_that_changed_is_one_line_painted(qtbot: QtBot, kit: Kit) -> None:
    table = shown(qtbot, kit, MANY, HERE)
    changes: list[tuple[int, int]] = []
    resets: list[None] = []
    table.rows.dataChanged.connect(lambda top, bottom: changes.append((top.row(), bottom.row())))
    table.rows.modelReset.connect(lambda: resets.append(None))
    # A flow makes all its lines anew at every step; equal ones must not count as changed.
    following = tuple(
        replace(line, done=line.done + (line.line == HERE)) if line.line == HERE else replace(line)
        for line in MANY
    )

    table.show_lines(following, HERE)

    assert changes == [(HERE - 1, HERE - 1)]
    assert resets == []


def test_a_change_among_5000_lines_is_found_in_a_few_steps(qtbot: QtBot, kit: Kit) -> None:
    def lines_run(lines: tuple[LineView, ...]) -> int:
        table = shown(qtbot, kit, lines, 7)
        following = (*lines[:6], replace(lines[6], done=lines[6].done + 1), *lines[7:])
        with counting() as effort:
            table.show_lines(following, 7)
        return effort.lines

    # Halved thirteen times instead of four; a loop over all lines would be 5,000.
    assert lines_run(MANY) - lines_run(MANY[:10]) < 200


def test_neighbours_that_changed_are_one_run() -> None:
    old = LINES
    new = (replace(LINES[0], done=1), replace(LINES[1], done=2), LINES[2], replace(LINES[3]))

    assert changed_runs(old, new) == ((0, 1),)
    assert changed_runs(old, old) == ()


def test_the_current_line_is_always_in_sight(qtbot: QtBot, kit: Kit) -> None:
    table = shown(qtbot, kit, MANY, 1)

    for current in (2_481, 5_000, 7, 1):
        table.show_lines(MANY, current)
        rect = table.visualRect(table.rows.index(current - 1, 0))
        assert table.viewport().rect().contains(rect), current
    table.show_lines(MANY, 4_000)
    table.resize(1200, 150)
    rect = table.visualRect(table.rows.index(3_999, 0))
    assert table.viewport().rect().intersects(rect)


def test_rows_have_one_height_however_many_there_are(qtbot: QtBot, kit: Kit) -> None:
    table = shown(qtbot, kit, MANY, 1)

    heights = {table.rowHeight(row) for row in (0, 1, 2_500, 4_999)}

    assert heights == {kit.theme.px("row")}


def test_every_state_has_a_mark_and_a_word_of_its_own(qtbot: QtBot, kit: Kit) -> None:
    lines = tuple(replace(LINES[0], line=n, state=state) for n, state in enumerate(LineState, 1))
    table = shown(qtbot, kit, lines, None)

    spoken = [
        table.rows.data(table.rows.index(row, 0), Qt.ItemDataRole.AccessibleTextRole)
        for row in range(len(lines))
    ]
    marks = [
        table.rows.data(table.rows.index(row, 0), Qt.ItemDataRole.DecorationRole)
        for row in range(len(lines))
    ]

    assert len(set(spoken)) == len(lines)
    assert [mark is None for mark in marks] == [state is LineState.OPEN for state in LineState]


def test_a_short_line_says_how_many_are_missing(qtbot: QtBot, kit: Kit) -> None:
    line = replace(LINES[1], short=2, state=LineState.SHORT)
    table = shown(qtbot, kit, (line,), None)

    assert table.rows.data(table.rows.index(0, 4)) == "1 / 3 · 2 short"


def test_a_line_is_found_by_its_number_in_any_order() -> None:
    assert row_of(LINES, 3) == 2
    assert row_of((LINES[3], LINES[1]), 2) == 1
    assert row_of(LINES, 99) is None
    assert row_of(LINES, None) is None


def test_a_long_name_is_elided_and_never_scrolls_sideways(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench()
    line = replace(LINES[1], name="Bamboo tray " * 40)

    bench.show(replace(LONG, lines=(line,), current=2))

    table = bench.window.findChild(LineTable)
    assert table is not None
    assert table.horizontalScrollBar().maximum() == 0
    assert table.horizontalHeader().length() <= table.viewport().width() + 1


def test_a_cut_off_of_another_day_is_shown_whole(kit: Kit, qtbot: QtBot) -> None:
    table = QueueTable(kit)
    table.resize(1_000, 300)
    qtbot.addWidget(table)
    table.show()
    soon = QueueRow("ORD-1", "DPD", "14:00", 5, 3, 0, "open", mine=True)
    table.show_queue((soon,))
    narrow = table.columnWidth(3)

    table.show_queue((soon, replace(soon, order="ORD-2", ship_before="2026-11-24 14:00")))

    needed = QFontMetrics(kit.theme.font()).horizontalAdvance("2026-11-24 14:00")
    assert narrow < needed <= table.columnWidth(3)
