"""What nobody may take for real says so all the time: stripes around the window, and the word."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.widgets.kit import Kit

# Qt's own hatching is fine enough to look grey from a metre away.
STRIPES = QTransform.fromScale(3, 3)


def edge_px(kit: Kit) -> int:
    """Width of the striped border."""
    return kit.theme.px("gap")


def stripe(kit: Kit, painter: QPainter, area: QRect) -> None:
    """Stripes as on a barrier: told by their pattern, whatever the colours are."""
    painter.fillRect(area, kit.theme.colour("warn_bg"))
    brush = QBrush(kit.theme.colour("warn"), Qt.BrushStyle.BDiagPattern)
    brush.setTransform(STRIPES)
    painter.fillRect(area, brush)


class TrainingBand(QWidget):
    """The top of the border, with the word in it.

    Args:
        kit: Theme and words.
    """

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.said = kit.words.of("ui.training")
        self.setAccessibleName(self.said)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        return QSize(0, self._kit.theme.px("small") + self._kit.theme.px("gap"))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._kit.theme, QPainter(self)
        stripe(self._kit, painter, self.rect())
        painter.setFont(theme.font("small", bold=True))
        wide = painter.fontMetrics().horizontalAdvance(self.said) + 4 * theme.px("gap")
        plate = QRect(0, 0, min(wide, self.width()), self.height())
        plate.moveCenter(self.rect().center())
        painter.fillRect(plate, theme.colour("warn_bg"))
        painter.setPen(theme.colour("warn"))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter.value, self.said)
