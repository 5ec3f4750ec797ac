"""Adjusting: what would change, and whether another person has to decide it."""

from PySide6.QtWidgets import QVBoxLayout
from typing_extensions import override

from app.station.screen import Screen
from ui.pages.page import PageBody
from ui.widgets.case_card import CaseCard
from ui.widgets.kit import Kit


class AdjustPage(PageBody):
    """The change in the making; the steps are in the header, the keys below."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.case = CaseCard(kit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.case)

    @override
    def show_screen(self, screen: Screen) -> None:
        self.case.show_case(screen.case)

    @override
    def scroll_page(self, direction: int) -> None:
        self.case.scroll_page(direction)
