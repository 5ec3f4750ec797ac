"""The line in which codes are typed. Scanners need no focus; this is for hands."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy
from typing_extensions import override

from app.domain.text import Text
from ui.widgets.kit import Kit

# Longest code of any carrier or GS1 symbol that somebody types; scans do not pass here.
TYPED_LIMIT = 128


class ScanLine(QLineEdit):
    """A code and Enter.

    Signals:
        entered: The typed text, without surrounding blanks.
    """

    entered = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.setMaxLength(TYPED_LIMIT)
        self.setMinimumWidth(0)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAccessibleName(kit.words.of("ui.scan_line"))
        self.set_hint(None)
        self.returnPressed.connect(self._enter)

    def set_hint(self, hint: Text | None) -> None:
        """Say what may be typed here."""
        words = self._kit.words
        self.setPlaceholderText(words.say(hint) or words.of("ui.scan_hint"))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key of this line goes no further: the page below would take its Enter for its own."""
        super().keyPressEvent(event)
        event.accept()

    @Slot()
    def _enter(self) -> None:
        typed = self.text().strip()
        self.clear()
        if typed:
            self.entered.emit(typed)
