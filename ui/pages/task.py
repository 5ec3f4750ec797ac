"""The page of every task of lines, lists and facts: receive, move, return, transfer, count.

Lines (or a list to choose from) at the left, a case or facts at the right. Which of them there are
is said by the screen; nothing here decides.
"""

from PySide6.QtCore import QModelIndex, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.station.inbox import Do, Intent
from app.station.lists import ColumnView, ListView
from app.station.screen import Screen
from ui.announce import announce
from ui.pages.page import PageBody
from ui.widgets.case_card import CaseCard
from ui.widgets.choice_table import ChoiceTable
from ui.widgets.fact_list import FactList
from ui.widgets.kit import Kit
from ui.widgets.line_table import LineTable

STEPS = {"Up": -1, "Down": 1}
# What is worked on gets two thirds of the width when something stands beside it.
LEFT_SHARE, RIGHT_SHARE = 5, 3
# Facts alone are read one by one: a third of the width is enough, they wrap.
FACTS_SHARE = 3
# As wide as it likes (Qt's own limit).
MOST_PX = 16_777_215


class TaskPage(PageBody):
    """Arrow keys choose in a list and Enter opens; everything else is on the keys below."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.lines = LineTable(kit)
        self.empty = kit.label("body", wrap=True)
        self.case = CaseCard(kit)
        self.facts = FactList(kit)
        self.tables: dict[tuple[ColumnView, ...], ChoiceTable] = {}
        self._list: ListView | None = None
        self._facts_alone = False
        self._left, self._right = QWidget(), QWidget()
        self._column = _column(self._left, self.lines, self.empty)
        _column(self._right, self.case, self.facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(kit.theme.px("gap"))
        row.addWidget(self._left, LEFT_SHARE)
        row.addWidget(self._right, RIGHT_SHARE)

    @override
    def show_screen(self, screen: Screen) -> None:
        self._list = screen.choices
        self._show_list(screen.choices)
        self.lines.setVisible(bool(screen.lines))
        self.lines.show_lines(screen.lines, screen.current)
        self.case.setVisible(screen.case is not None)
        self.case.show_case(screen.case)
        self.facts.show_facts(screen.facts)
        self._left.setVisible(bool(screen.lines) or screen.choices is not None)
        self._right.setVisible(screen.case is not None or bool(screen.facts))
        self._facts_alone = screen.case is None and bool(screen.facts)
        self._share_width()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._share_width()
        super().resizeEvent(event)

    def _share_width(self) -> None:
        """Facts alone take what they need, at most a third and never less than a word."""
        alone = self._facts_alone and not self._left.isHidden()
        most, least = MOST_PX, 0
        if alone:
            least = min(self.facts.least_px, self.width() // 2)
            most = max(least, min(self.facts.wanted_px, self.width() // FACTS_SHARE))
        self._right.setMaximumWidth(most)
        self._right.setMinimumWidth(least)

    def _show_list(self, shown: ListView | None) -> None:
        empty = shown is not None and not shown.rows and shown.empty is not None
        self.empty.setVisible(empty)
        if shown is not None:
            self.empty.setText(self.kit.words.say(shown.empty))
        for columns, table in self.tables.items():
            table.setVisible(shown is not None and columns == shown.columns and not empty)
        if shown is None or empty:
            return
        table = self.tables.get(shown.columns) or self._new_table(shown)
        table.show_list(shown)

    def _new_table(self, shown: ListView) -> ChoiceTable:
        table = self.tables[shown.columns] = ChoiceTable(self.kit, shown.columns, shown.name)
        table.clicked.connect(self._clicked)
        self._column.insertWidget(0, table, 1)
        return table

    @override
    def scroll_page(self, direction: int) -> None:
        shown = self._list
        if shown is None:
            (self.lines if self.lines.isVisible() else self.case).scroll_page(direction)
        elif shown.more and direction > 0:
            self.do(Do(Intent.NEXT))
        elif shown.rows:
            self.tables[shown.columns].scroll_page(direction)

    @override
    def key(self, name: str) -> bool:
        shown = self._list
        if shown is None or not shown.rows:
            return False
        if name in STEPS:
            self._choose(shown.beside(STEPS[name]))
            return True
        if name == "Enter" and shown.chosen:
            self.do(Do(Intent.OPEN, shown.chosen))
            return True
        return False

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        """A touch chooses; the same row again opens it."""
        shown = self._list
        if shown is None:
            return
        key = shown.rows[index.row()].key
        if key == shown.chosen:
            self.do(Do(Intent.OPEN, key))
        else:
            self._choose(key)

    def _choose(self, key: str) -> None:
        announce(self, key)
        self.do(Do(Intent.CHOOSE, key))


def _column(part: QWidget, *bodies: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    for body in bodies:
        column.addWidget(body, 1)
    return column
