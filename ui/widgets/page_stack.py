"""All pages behind one another; only the shown one asks for room."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QStackedWidget
from typing_extensions import override

from ui.widgets.kit import Kit


class PageStack(QStackedWidget):
    """A stack that is as small as its current page; a hidden one must not make the window grow."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.currentChanged.connect(lambda _place: self.updateGeometry())

    @override
    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        tall = page.minimumSizeHint().height() if page is not None else 0
        return QSize(0, max(tall, 2 * self._kit.theme.px("row")))
