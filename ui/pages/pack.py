"""Packing an order: its lines, then the weight, then the label."""

from PySide6.QtWidgets import QStackedLayout
from typing_extensions import override

from app.station.screen import Screen
from ui.pages.page import PageBody
from ui.widgets.kit import Kit
from ui.widgets.line_table import LineTable


class PackPage(PageBody):
    """Lines while scanning, the scale while weighing, the label at the end."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.lines = LineTable(kit)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.lines)

    @override
    def show_screen(self, screen: Screen) -> None:
        self.lines.show_lines(screen.lines, screen.current)
        self._stack.setCurrentWidget(self.lines)

    @override
    def scroll_page(self, direction: int) -> None:
        self.lines.scroll_page(direction)
