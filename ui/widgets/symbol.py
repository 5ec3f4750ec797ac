"""A code as bars on the screen, to be scanned from it: whole pixels a module, black on white."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.labels.bars import QUIET_MODULES, code128_bars
from ui.widgets.kit import Kit

# At 96 dots an inch a module of 2 pixels is 0.53 mm: any scanner that reads screens reads it.
LEAST_MODULE, MOST_MODULE = 2, 4
HEIGHT = 140
_BLACK = QColor(0, 0, 0)


class ScreenSymbol(QWidget):
    """One Code 128 symbol with its quiet zones.

    Args:
        kit: Theme and words.
    """

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._code, self._modules = "", ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def code(self) -> str:
        """What is shown."""
        return self._code

    def show_code(self, code: str) -> None:
        """Show a code; nothing for an empty one."""
        if code != self._code:
            self._code = code
            room = 10_000
            bars = code128_bars(code, centre=0, y=0, height=1, room=room) if code else None
            self._modules = bars.modules if bars is not None else ""
            self.setAccessibleName(code)
            self.updateGeometry()
            self.update()
        self.setVisible(bool(code))

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._whole * LEAST_MODULE, HEIGHT)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._whole * LEAST_MODULE, HEIGHT // 2)

    @property
    def _whole(self) -> int:
        return len(self._modules) + 2 * QUIET_MODULES

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._modules:
            return
        module = min(max(self.width() // self._whole, 1), MOST_MODULE)
        width = self._whole * module
        left = (self.width() - width) // 2
        painter = QPainter(self)
        painter.fillRect(left, 0, width, self.height(), self._kit.theme.colour("paper"))
        margin = self.height() // 10
        for at, dark in enumerate(self._modules):
            if dark == "1":
                x = left + (QUIET_MODULES + at) * module
                painter.fillRect(x, margin, module, self.height() - 2 * margin, _BLACK)
        painter.end()
