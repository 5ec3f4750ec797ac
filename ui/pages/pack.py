"""Packing an order: its lines, then the weight and the box, then the label."""

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.weight import Reading
from app.station.inbox import Do, Intent
from app.station.screen import Screen
from ui.pages.page import PageBody
from ui.pages.task import TaskPage
from ui.widgets.box_bar import BoxBar
from ui.widgets.kit import Kit
from ui.widgets.label_preview import LabelPreview
from ui.widgets.note_bar import NoteBar
from ui.widgets.scale_readout import ScaleReadout

# The weight is read from afar; the boxes stand beside it, one below the other.
SCALE_SHARE, BOX_SHARE = 3, 1


class PackPage(PageBody):
    """Lines or parcels while scanning, the scale while weighing, the label at the end."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.flag = NoteBar(kit)
        self.task = TaskPage(kit)
        self.lines = self.task.lines
        self.scale = ScaleReadout(kit)
        self.boxes = BoxBar(kit)
        self.label = LabelPreview(kit)
        self._weigh = QWidget()
        row = QHBoxLayout(self._weigh)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(kit.theme.px("margin"))
        row.addWidget(self.scale, SCALE_SHARE)
        row.addWidget(self.boxes, BOX_SHARE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(kit.theme.px("gap") // 2)
        column.addWidget(self.flag)
        self._stack = QStackedLayout()
        column.addLayout(self._stack, 1)
        for part in (self.task, self._weigh, self.label):
            self._stack.addWidget(part)
        self.boxes.chosen.connect(self._box)
        self.task.asked.connect(self.asked)

    @override
    def show_screen(self, screen: Screen) -> None:
        self.flag.show_note(screen.flag)
        listed = screen.choices is not None
        # A list of parcels, or of what is in one, stands in the place of the lines.
        self.task.show_screen(replace(screen, lines=()) if listed else screen)
        if screen.label is not None:
            self.label.show_label(screen.label)
            self._stack.setCurrentWidget(self.label)
        elif screen.weigh is not None:
            self.boxes.show_boxes(screen.boxes)
            self.scale.show_weigh(screen.weigh)
            self._stack.setCurrentWidget(self._weigh)
        else:
            self._stack.setCurrentWidget(self.task)

    @override
    def show_reading(self, reading: Reading | None) -> None:
        self.scale.show_reading(reading)

    @override
    def scroll_page(self, direction: int) -> None:
        self.task.scroll_page(direction)

    @override
    def key(self, name: str) -> bool:
        if self._stack.currentWidget() is self._weigh:
            return self.boxes.press(name)
        return self._stack.currentWidget() is self.task and self.task.key(name)

    @Slot(str)
    def _box(self, key: str) -> None:
        self.do(Do(Intent.BOX, key))
