"""A page that may be longer than its place: it scrolls down, never sideways, without the focus."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget


class ScrollPage(QScrollArea):
    """Scrolls `inside`.

    Args:
        inside: What may be longer than the window.
    """

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)

    def scroll_page(self, direction: int) -> bool:
        """Page up (−1) or down (+1); False when everything is in view."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + direction * bar.pageStep())
        return bar.maximum() > 0
