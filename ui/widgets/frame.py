"""What stands around every page: header, prompt, scan line, message, keys, footer; and its room.

Not for behaviour: `ui.main_window` fills it. Whatever a page holds may squeeze, shrink or scroll;
nothing makes the window grow.
"""

from PySide6.QtCore import QEvent, QRect
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.widgets.action_bar import ActionBar
from ui.widgets.footer import FooterBar
from ui.widgets.header import Header, ProgressLine
from ui.widgets.kit import Kit
from ui.widgets.message_strip import MessageStrip
from ui.widgets.page_stack import PageStack
from ui.widgets.scan_line import ScanLine
from ui.widgets.scan_prompt import ScanPrompt
from ui.widgets.simulator_panel import SimulatorPanel
from ui.widgets.training import TrainingBand, edge_px, stripe

# The smallest screen of a bench we know of.
SMALLEST = (800, 600)
# The prompt may take this share of a low window before its texts begin to shrink.
PROMPT_SHARE_PER_CENT = 27
# Less than this holds no instruction that is legible at one metre.
LEAST_PROMPT = 120


class Frame(QWidget):
    """The parts of the window that are the same on every page, laid out.

    Args:
        kit: Theme and words.
        simulator: The simulated bench at the right, in demo and training only.
    """

    def __init__(self, kit: Kit, simulator: SimulatorPanel | None) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle(kit.words.of("ui.window"))
        self.kit, self.simulator = kit, simulator
        self.header, self.progress = Header(kit), ProgressLine(kit)
        self.prompt, self.scan_line = ScanPrompt(kit), ScanLine(kit)
        self.stack, self.strip = PageStack(kit), MessageStrip(kit)
        self.action_bar, self.footer = ActionBar(kit), FooterBar(kit)
        self.training = TrainingBand(kit) if simulator is not None else None
        self._lay_out()

    def _lay_out(self) -> None:
        margin, gap = self.kit.theme.px("margin"), self.kit.theme.px("gap")
        column = QVBoxLayout()
        column.setContentsMargins(margin, gap, margin, gap)
        column.setSpacing(gap)
        for widget in (self.header, self.progress, self.prompt, self.scan_line):
            column.addWidget(widget)
        column.addWidget(self.stack, 1)
        column.addWidget(self.strip)
        column.addWidget(self.action_bar)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(column, 1)
        if self.simulator is not None:
            middle.addWidget(self.simulator)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        if self.training is not None:
            edge = edge_px(self.kit)
            outer.setContentsMargins(edge, 0, edge, edge)
            outer.addWidget(self.training)
        outer.addLayout(middle, 1)
        outer.addWidget(self.footer)
        self.setMinimumSize(*SMALLEST)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.training is not None:
            painter, edge = QPainter(self), edge_px(self.kit)
            high, wide = self.height(), self.width()
            for area in (
                QRect(0, 0, edge, high),
                QRect(wide - edge, 0, edge, high),
                QRect(0, high - edge, wide, edge),
            ):
                stripe(self.kit, painter, area)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.share_room()

    @override
    def event(self, event: QEvent) -> bool:
        """Whenever a part asks for another size the room is shared anew."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.share_room()
        return super().event(event)

    def share_room(self) -> None:
        """Give the prompt what the others leave: its texts can shrink, a table's rows cannot."""
        width = self.width() - (self.simulator.width() if self.simulator is not None else 0)
        gap, margin = self.kit.theme.px("gap"), self.kit.theme.px("margin")
        fixed = (self.header, self.progress, self.scan_line, self.stack)
        others = sum(part.minimumSizeHint().height() for part in fixed)
        others += self.action_bar.heightForWidth(width - 2 * margin) + 9 * gap
        if self.training is not None:
            others += self.training.sizeHint().height() + edge_px(self.kit)
        others += self.footer.heightForWidth(self.width()) + self.strip.shown_height
        wanted = min(self.kit.theme.px("prompt"), self.height() * PROMPT_SHARE_PER_CENT // 100)
        self.prompt.setFixedHeight(max(min(wanted, self.height() - others), LEAST_PROMPT))
