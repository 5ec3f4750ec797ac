"""A table model over frozen rows: 5,000 rows cost what the ten on the screen cost.

A new screen usually changes one row. `show_rows` compares by identity, then by value, and announces
only the rows that differ. What a column says, and how a row looks, is handed in as functions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from typing_extensions import override

from ui import icons
from ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
T = TypeVar("T")

# Marks are drawn once at twice their size: sharp on every screen, and found in the icon cache.
MARK_RATIO = 2.0


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column.

    Attributes:
        title: Header, in words.
        show: What a row says in it.
        code: Written in the family in which 0 and O differ.
        characters: Width in characters of the widest content; 0 takes what is left.
    """

    title: str
    show: Callable[[T], str]
    code: bool = False
    characters: int = 0


@dataclass(frozen=True, slots=True)
class RowLook:
    """How a row looks, in tokens of the theme; `spoken` is read before its text."""

    ink: str = "text"
    ground: str = ""
    bold: bool = False
    mark: str = ""
    mark_ink: str = "text"
    spoken: str = ""


PLAIN = RowLook()


class RowsModel(QAbstractTableModel, Generic[T]):
    """Rows of one kind; column 0 is the mark."""

    def __init__(
        self,
        theme: Theme,
        columns: Sequence[Column[T]],
        look: Callable[[T], RowLook] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.columns = tuple(columns)
        self._look = look or (lambda _row: PLAIN)
        self._rows: tuple[T, ...] = ()
        self._fonts: dict[tuple[bool, bool], QFont] = {
            (code, bold): theme.font(code=code, bold=bold)
            for code in (False, True)
            for bold in (False, True)
        }

    @property
    def rows(self) -> tuple[T, ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: tuple[T, ...]) -> None:
        """Show `rows`; only those that differ are painted again."""
        old = self._rows
        if rows is old:
            return
        if len(rows) != len(old):
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        self._rows = rows
        for first, last in changed_runs(old, rows):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns)))

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own signature
        return 0 if parent.isValid() else len(self.columns) + 1

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.columns[section - 1].title if section else ""

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        column = self.columns[index.column() - 1] if index.column() else None
        look = self._look(row)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.show(row) if column else ""
            case Qt.ItemDataRole.DecorationRole:
                return None if column else self._mark(look)
            case Qt.ItemDataRole.FontRole if column:
                return self._fonts[column.code, look.bold]
            case Qt.ItemDataRole.ForegroundRole:
                return self._theme.colour(look.ink)
            case Qt.ItemDataRole.BackgroundRole if look.ground:
                return self._theme.colour(look.ground)
            case Qt.ItemDataRole.AccessibleTextRole:
                return column.show(row) if column else look.spoken
            case Qt.ItemDataRole.ToolTipRole if column:
                return column.show(row)
            case _:
                return None

    def _mark(self, look: RowLook) -> Any:
        if not look.mark:
            return None
        colour, pixels = self._theme.colour(look.mark_ink), self._theme.px("icon_small")
        return icons.icon(look.mark, colour, pixels, MARK_RATIO)


def changed_runs(old: Sequence[T], new: Sequence[T]) -> tuple[tuple[int, int], ...]:
    """First and last row of every run of rows that differ; both sequences are equally long.

    Halves that are equal are passed as a whole: of 5,000 rows one has changed.
    """
    runs: list[tuple[int, int]] = []
    parts = [(0, len(new))]
    while parts:
        first, end = parts.pop()
        if old[first:end] == new[first:end]:
            continue
        if end - first > 1:
            middle = (first + end) // 2
            parts += [(middle, end), (first, middle)]
        elif runs and runs[-1][1] == first - 1:
            runs[-1] = (runs[-1][0], first)
        else:
            runs.append((first, first))
    return tuple(runs)
