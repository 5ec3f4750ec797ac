"""One line of text that gives way: it ends in an ellipsis when the room is short."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy
from typing_extensions import override


class ElidedLabel(QLabel):
    """One line that ends in an ellipsis instead of in the middle of a letter."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self._whole = ""
        self.setProperty("part", part)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, sentence: str) -> None:
        """Show `sentence` as far as it fits."""
        self._whole = sentence
        self.setToolTip(sentence)
        self.setAccessibleName(sentence)
        self._elide()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room, mode = self.contentsRect().width(), Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(self._whole, mode, room))
