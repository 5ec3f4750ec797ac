"""A table that shows rows: fixed row heights, no focus, no editing, no sideways scrolling."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView
from typing_extensions import override

from ui.models.rows import Column, RowLook, RowsModel
from ui.widgets.kit import Kit

T = TypeVar("T")
# A name of fewer characters than this says nothing.
NAME_LEAST = 16


class RowTable(QTableView, Generic[T]):
    """Rows of one kind.

    Args:
        kit: Theme and words.
        name: What a screen reader calls the table.
        columns: From left to right; a column for marks stands before them.
        look: How a row looks.
    """

    # Whether a touch on a row does something: then it is as high as a button.
    touched: ClassVar[bool] = False

    def __init__(
        self,
        kit: Kit,
        name: str,
        columns: Sequence[Column[T]],
        look: Callable[[T], RowLook] | None = None,
    ) -> None:
        super().__init__()
        self.kit = kit
        self._kept: int | None = None
        self._characters: tuple[int, ...] = ()
        self._tight: tuple[int, ...] = ()
        self.rows: RowsModel[T] = RowsModel(kit.theme, columns, look, self)
        self.setModel(self.rows)
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        pixels = kit.theme.px("icon_small")
        self.setIconSize(QSize(pixels, pixels))
        rows = self.verticalHeader()
        rows.hide()
        # One height for all rows: measuring 100,000 of them froze a window for 20 seconds.
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(self.row_px)
        rows.setDefaultSectionSize(self.row_px)
        head = self.horizontalHeader()
        head.setSectionsClickable(False)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(pixels)
        self.size_columns([column.characters for column in columns])

    @property
    def row_px(self) -> int:
        """Height of every row."""
        theme = self.kit.theme
        return max(theme.px("row"), theme.px("target") if self.touched else 0)

    @override
    def minimumSizeHint(self) -> QSize:
        """The header and a row and a half: a table gives way first when the window is low."""
        return QSize(0, 5 * self.row_px // 2)

    def size_columns(self, characters: Sequence[int], tight: Sequence[int] = ()) -> None:
        """Make columns wide enough for so many characters; 0 takes what is left.

        Args:
            characters: What the columns are made for.
            tight: Pixels of what stands in them now: that wide they are when the column that takes
                what is left, usually a name, would be squeezed. Titles are cut last.
        """
        self._characters, self._tight = tuple(characters), tuple(tight)
        self._share_width()

    def fit_columns(self, characters: Sequence[int] = ()) -> None:
        """Columns for what they are made for, and where room is short for what stands in them."""
        columns = self.rows.columns
        made_for = tuple(characters) or tuple(one.characters for one in columns)
        self.size_columns(made_for, [*map(self._widest, columns, made_for)])

    def _widest(self, column: Column[T], characters: int) -> int:
        """Pixels of the widest cell of a column now, at most what the column is made for."""
        most = self.text_px(column, "0" * characters)
        cells = (self.text_px(column, column.show(row)) for row in self.rows.rows)
        return min(most, max(cells, default=0))

    def column_px(self, column: Column[T], characters: int) -> int:
        """Width of a column that holds so many characters, and its title, whole."""
        wide = self.text_px(column, "0" * characters)
        return max(wide, self._title_px(column)) + self._padding

    def text_px(self, column: Column[T], said: str) -> int:
        """Width of one cell's text."""
        font = self.kit.theme.font(bold=True, code=column.code)
        return QFontMetrics(font).horizontalAdvance(said)

    def _title_px(self, column: Column[T]) -> int:
        return QFontMetrics(self.kit.theme.font("small")).horizontalAdvance(column.title)

    @property
    def _padding(self) -> int:
        return self.kit.theme.px("gap") * 3

    def _share_width(self) -> None:
        head = self.horizontalHeader()
        mark = self.kit.theme.px("icon_small") + self._padding
        room = self.viewport().width() - mark
        for place, wide in enumerate((mark, *self._widths(room))):
            mode = QHeaderView.ResizeMode.Fixed if wide else QHeaderView.ResizeMode.Stretch
            if head.sectionResizeMode(place) is not mode:
                head.setSectionResizeMode(place, mode)
            if wide and self.columnWidth(place) != wide:
                self.setColumnWidth(place, wide)

    def _widths(self, room: int) -> list[int]:
        """Pixels of every column; 0 for the one that takes what is left."""
        pairs = list(zip(self.rows.columns, self._characters, strict=True))
        widths = [self.column_px(column, wide) if wide else 0 for column, wide in pairs]
        name = next((column for column, wide in pairs if not wide), None)
        for titled in (True, False):
            enough = name is None or room - sum(widths) >= self.column_px(name, NAME_LEAST)
            if enough or not self._tight:
                break
            widths = [
                max(px, self._title_px(column) if titled else 0) + self._padding if wide else 0
                for (column, wide), px in zip(pairs, self._tight, strict=True)
            ]
        return widths

    def scroll_page(self, direction: int) -> None:
        """Page up (−1) or down (+1): a table is read without ever taking the focus."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + direction * bar.pageStep())

    def keep_in_view(self, row: int | None) -> None:
        """Scroll as little as needed to show `row`, now and when the table changes its size."""
        self._kept = row
        if row is not None:
            self.scrollTo(self.rows.index(row, 0), QAbstractItemView.ScrollHint.EnsureVisible)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._share_width()
        super().resizeEvent(event)
        if self._kept is not None and self._kept < len(self.rows.rows):
            self.keep_in_view(self._kept)
