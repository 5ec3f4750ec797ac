"""Approvals: what waits at the left; at the right the chosen case, or a bulk line by line."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QModelIndex, Slot
from PySide6.QtWidgets import QHBoxLayout
from typing_extensions import override

from app.domain.text import text
from app.station.cases import TOGETHER
from app.station.inbox import Do, Intent
from app.station.screen import Screen
from ui.announce import announce
from ui.pages.page import PageBody
from ui.widgets.case_card import CaseCard
from ui.widgets.choice_table import ChoiceTable
from ui.widgets.kit import Kit
from ui.widgets.waiting_table import WaitingTable

STEPS = {"Up": -1, "Down": 1}
# As in the mock-up: the case is read before somebody signs, the list says what is next.
LIST_SHARE, CASE_SHARE, BULK_SHARE = 1, 1, 2


class ApprovalsPage(PageBody):
    """Arrow keys choose, F10 approves, F7 rejects; nothing here decides."""

    def __init__(self, kit: Kit, now: Callable[[], datetime]) -> None:
        super().__init__(kit)
        self.list = WaitingTable(kit, now)
        self.case = CaseCard(kit)
        self.together = ChoiceTable(kit, TOGETHER, text("approvals.together"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(kit.theme.px("gap"))
        row.addWidget(self.list, LIST_SHARE)
        row.addWidget(self.case, CASE_SHARE)
        row.addWidget(self.together, BULK_SHARE)
        self.list.clicked.connect(self._clicked)

    @override
    def show_screen(self, screen: Screen) -> None:
        # A bulk is one question: nothing stands beside it that could be chosen meanwhile.
        self.list.setVisible(bool(screen.waiting) and screen.choices is None)
        self.list.show_waiting(screen.waiting, screen.chosen)
        self.case.setVisible(screen.choices is None)
        self.case.show_case(screen.case)
        self.together.setVisible(screen.choices is not None)
        if screen.choices is not None:
            self.together.show_list(screen.choices)

    @override
    def scroll_page(self, direction: int) -> None:
        (self.case if self.case.isVisible() else self.together).scroll_page(direction)

    @override
    def key(self, name: str) -> bool:
        if name not in STEPS or not self.list.isVisible():
            return False
        chosen = self.list.beside(STEPS[name])
        if chosen:
            self._choose(chosen)
        return True

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self._choose(self.list.rows.rows[index.row()].id)

    def _choose(self, request: str) -> None:
        row = next(row for row in self.list.rows.rows if row.id == request)
        announce(self, row.item)
        self.do(Do(Intent.OPEN, request))
