"""The table of a document's lines; the current one is always in view."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView

from app.station.screen import LineView
from ui.models.lines import Column, LineModel
from ui.widgets.kit import Kit

# Columns are made for codes of at least this many characters, so that they do not jump about.
SKU_CHARACTERS, PLACE_CHARACTERS, LONGEST_CODE = 10, 8, 20


class LineTable(QTableView):
    """Lines of an order, a receipt, a count."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._current: int | None = None
        self.rows = LineModel(kit.theme, kit.words, self)
        self.setModel(self.rows)
        self.setAccessibleName(kit.words.of("ui.lines"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setIconSize(QSize(kit.theme.px("icon_small"), kit.theme.px("icon_small")))
        rows = self.verticalHeader()
        rows.hide()
        # One height for all rows: measuring 100,000 of them froze a window for 20 seconds.
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(kit.theme.px("row"))
        rows.setMinimumSectionSize(kit.theme.px("row"))
        columns = self.horizontalHeader()
        columns.setSectionsClickable(False)
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(Column.ITEM, QHeaderView.ResizeMode.Stretch)
        columns.setMinimumSectionSize(kit.theme.px("icon_small"))
        self._size_columns(())

    def show_lines(self, lines: tuple[LineView, ...], current: int | None) -> None:
        """Show `lines`; `current` is the number of the line that is worked on."""
        if len(lines) != len(self.rows.lines):
            self._size_columns(lines)
        self.rows.show_lines(lines)
        if current != self._current or current is not None:
            self._current = current
            self._keep_in_view(current)

    def scroll_page(self, direction: int) -> None:
        """Page up (−1) or down (+1): the table is read without ever taking the focus."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + direction * bar.pageStep())

    def _keep_in_view(self, current: int | None) -> None:
        if current is None:
            return
        lines = self.rows.lines
        # Lines are numbered from 1 in order, so the row is almost always the number itself.
        guess = current - 1
        if not (0 <= guess < len(lines) and lines[guess].line == current):
            guess = next((row for row, line in enumerate(lines) if line.line == current), -1)
        if guess >= 0:
            self.scrollTo(self.rows.index(guess, 0), QAbstractItemView.ScrollHint.EnsureVisible)

    def _size_columns(self, lines: tuple[LineView, ...]) -> None:
        theme = self._kit.theme
        code = QFontMetrics(theme.font(code=True, bold=True))
        text = QFontMetrics(theme.font(bold=True))
        sku = max((len(line.sku) for line in lines), default=0)
        place = max((len(line.place) for line in lines), default=0)
        pad = theme.px("gap") * 3
        head = QFontMetrics(theme.font("small"))
        title = self._kit.words.of("ui.column_count")
        counts = max(text.horizontalAdvance("0000 / 0000"), head.horizontalAdvance(title))
        self.setColumnWidth(Column.MARK, theme.px("icon_small") + pad // 2)
        for column, longest, least in (
            (Column.SKU, sku, SKU_CHARACTERS),
            (Column.PLACE, place, PLACE_CHARACTERS),
        ):
            characters = min(max(longest, least), LONGEST_CODE)
            self.setColumnWidth(column, code.horizontalAdvance("0") * characters + pad)
        self.setColumnWidth(Column.COUNT, counts + pad)
