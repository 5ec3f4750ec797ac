"""Packing an order: its lines, then the weight and the box, then the label."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget
from typing_extensions import override

from app.domain.weight import Reading
from app.station.inbox import Do, Intent
from app.station.screen import Screen
from ui.pages.page import PageBody
from ui.widgets.box_bar import BoxBar
from ui.widgets.kit import Kit
from ui.widgets.label_preview import LabelPreview
from ui.widgets.line_table import LineTable
from ui.widgets.scale_readout import ScaleReadout

# The weight is read from afar; the boxes stand beside it, one below the other.
SCALE_SHARE, BOX_SHARE = 3, 1


class PackPage(PageBody):
    """Lines while scanning, the scale while weighing, the label at the end."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.lines = LineTable(kit)
        self.scale = ScaleReadout(kit)
        self.boxes = BoxBar(kit)
        self.label = LabelPreview(kit)
        self._weigh = QWidget()
        row = QHBoxLayout(self._weigh)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(kit.theme.px("margin"))
        row.addWidget(self.scale, SCALE_SHARE)
        row.addWidget(self.boxes, BOX_SHARE)
        self._stack = QStackedLayout(self)
        for part in (self.lines, self._weigh, self.label):
            self._stack.addWidget(part)
        self.boxes.chosen.connect(self._box)

    @override
    def show_screen(self, screen: Screen) -> None:
        self.lines.show_lines(screen.lines, screen.current)
        if screen.label is not None:
            self.label.show_label(screen.label)
            self._stack.setCurrentWidget(self.label)
        elif screen.weigh is not None:
            self.boxes.show_boxes(screen.boxes)
            self.scale.show_weigh(screen.weigh)
            self._stack.setCurrentWidget(self._weigh)
        else:
            self._stack.setCurrentWidget(self.lines)

    @override
    def show_reading(self, reading: Reading | None) -> None:
        self.scale.show_reading(reading)

    @override
    def scroll_page(self, direction: int) -> None:
        self.lines.scroll_page(direction)

    @override
    def key(self, name: str) -> bool:
        weighing = self._stack.currentWidget() is self._weigh
        return weighing and self.boxes.press(name)

    @Slot(str)
    def _box(self, key: str) -> None:
        self.do(Do(Intent.BOX, key))
