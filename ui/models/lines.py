"""Lines of a document as a table model: 5,000 lines cost what the ten on the screen cost.

A new screen usually changes one line. `show_lines` compares by identity, then by value, and
announces only the rows that differ.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from app.station.screen import LineState, LineView
from ui import icons
from ui.text import Words
from ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
MARKS: dict[LineState, tuple[str, str]] = {
    LineState.DONE: ("check", "ok"),
    LineState.CURRENT: ("play", "text"),
    LineState.SHORT: ("triangle-alert", "warn"),
}


class Column(IntEnum):
    """Columns from left to right."""

    MARK = 0
    SKU = 1
    ITEM = 2
    PLACE = 3
    COUNT = 4


HEADERS = {
    Column.SKU: "ui.column_sku",
    Column.ITEM: "ui.column_item",
    Column.PLACE: "ui.column_place",
    Column.COUNT: "ui.column_count",
}


class LineModel(QAbstractTableModel):
    """The lines of the current document."""

    def __init__(self, theme: Theme, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._lines: tuple[LineView, ...] = ()
        self._code_font = theme.font(code=True)
        self._code_bold = theme.font(code=True, bold=True)
        self._bold = theme.font(bold=True)

    @property
    def lines(self) -> tuple[LineView, ...]:
        """What is shown."""
        return self._lines

    def show_lines(self, lines: tuple[LineView, ...]) -> None:
        """Show `lines`; only rows that differ are painted again."""
        if lines is self._lines:
            return
        old = self._lines
        if len(old) != len(lines):
            self.beginResetModel()
            self._lines = lines
            self.endResetModel()
            return
        self._lines = lines
        for first, last in changed_runs(old, lines):
            self.dataChanged.emit(self.index(first, 0), self.index(last, Column.COUNT))

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own signature
        return 0 if parent.isValid() else len(self._lines)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own signature
        return 0 if parent.isValid() else len(Column)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        code = HEADERS.get(Column(section))
        return self._words.of(code) if code and role == Qt.ItemDataRole.DisplayRole else None

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, column = self._lines[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._shown(line, column)
            case Qt.ItemDataRole.DecorationRole if column is Column.MARK:
                return self._mark(line)
            case Qt.ItemDataRole.FontRole:
                return self._font(line, column)
            case Qt.ItemDataRole.ForegroundRole:
                return self._theme.colour("muted" if line.state is LineState.DONE else "text")
            case Qt.ItemDataRole.BackgroundRole if line.state is LineState.CURRENT:
                return self._theme.colour("ok_bg")
            case Qt.ItemDataRole.AccessibleTextRole:
                return (
                    self._words.of(f"ui.line_{line.state.value}") + " " + self._shown(line, column)
                )
            case Qt.ItemDataRole.ToolTipRole:
                return line.name if column is Column.ITEM else None
            case _:
                return None

    def _shown(self, line: LineView, column: Column) -> str:
        match column:
            case Column.MARK:
                return ""
            case Column.SKU:
                return line.sku
            case Column.ITEM:
                return line.name
            case Column.PLACE:
                return line.place
            case Column.COUNT:
                return self._count(line)

    def _count(self, line: LineView) -> str:
        number = self._words.number
        counted = f"{number(line.done)} / {number(line.wanted)}"
        if not line.short:
            return counted
        return self._words.of("ui.count_short", counted=counted, short=line.short)

    def _mark(self, line: LineView) -> Any:
        mark = MARKS.get(line.state)
        if mark is None:
            return None
        name, token = mark
        return icons.icon(name, self._theme.colour(token), self._theme.px("icon_small"), 2.0)

    def _font(self, line: LineView, column: Column) -> Any:
        bold = line.state is LineState.CURRENT
        if column in (Column.SKU, Column.PLACE):
            return self._code_bold if bold else self._code_font
        return self._bold if bold else None


def changed_runs(old: Sequence[LineView], new: Sequence[LineView]) -> tuple[tuple[int, int], ...]:
    """First and last row of every run of rows that differ; both sequences are equally long."""
    runs: list[tuple[int, int]] = []
    for row, (before, after) in enumerate(zip(old, new, strict=True)):
        if before is after or before == after:
            continue
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return tuple(runs)
