"""Home: my paused orders first, the queue by cut-off, and what needs this person."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QModelIndex, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.station.inbox import Do, Intent
from app.station.screen import Screen
from ui.pages.page import PageBody
from ui.widgets.attention_list import AttentionList
from ui.widgets.kit import Kit
from ui.widgets.queue_table import PAUSED, QueueTable

STEPS = {"Up": -1, "Down": 1}
# The queue is the work: it gets two thirds of the width when something needs attention beside it.
QUEUE_SHARE, ATTENTION_SHARE = 5, 2


class HomePage(PageBody):
    """Queue at the left, attention at the right. Arrow keys choose an order, Enter opens it."""

    def __init__(self, kit: Kit, now: Callable[[], datetime]) -> None:
        super().__init__(kit)
        self.queue = QueueTable(kit)
        self.attention = AttentionList(kit, now)
        self.queue_title = kit.label("section", wrap=True)
        self.attention_title = kit.label("section", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(kit.theme.px("margin"))
        row.addWidget(_titled(self.queue_title, self.queue), QUEUE_SHARE)
        self._right = _titled(self.attention_title, self.attention)
        row.addWidget(self._right, ATTENTION_SHARE)
        self.queue.clicked.connect(self._clicked)

    @override
    def show_screen(self, screen: Screen) -> None:
        words = self.kit.words
        # Paused work first: it is on the bench already. The order within is the station's.
        rows = tuple(sorted(screen.queue, key=lambda row: row.state != PAUSED))
        self.queue.show_queue(rows)
        total = max(screen.queue_total, len(rows))
        shown = words.of("ui.queue_title", n=total)
        if total > len(rows):
            shown = words.of("ui.queue_first", shown=len(rows), n=total)
        self.queue_title.setText(shown)
        self.attention.show_rows(screen.attention)
        self.attention_title.setText(words.of("ui.attention_title", n=len(screen.attention)))
        self._right.setVisible(bool(screen.attention))

    @override
    def leave(self) -> None:
        super().leave()
        self.queue.choose("")

    @override
    def scroll_page(self, direction: int) -> None:
        self.queue.scroll_page(direction)

    @override
    def key(self, name: str) -> bool:
        if name in STEPS:
            self.queue.move_choice(STEPS[name])
            return True
        if name == "Enter":
            chosen = self.queue.chosen
            self.do(Do(Intent.OPEN, chosen) if chosen else Do(Intent.NEXT))
            return True
        return False

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        """A touch chooses; the same row again opens it."""
        order = self.queue.rows.rows[index.row()].order
        if self.queue.chosen == order:
            self.do(Do(Intent.OPEN, order))
        else:
            self.queue.choose(order)


def _titled(title: QWidget, body: QWidget) -> QWidget:
    part = QWidget()
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(title)
    column.addWidget(body, 1)
    return part
