"""One sentence between the page and its keys: why something cannot be done now.

It stays until the next step, it covers nothing, and it needs no answer.
"""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from ui.announce import announce
from ui.widgets.kit import Kit


class MessageStrip(QFrame):
    """The strip; empty it takes no room."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.setObjectName("strip")
        picture = QLabel()
        picture.setPixmap(kit.picture("triangle-alert", "warn", self))
        self._sentence = kit.label("body", wrap=True)
        row = QHBoxLayout(self)
        gap = kit.theme.px("gap")
        row.setContentsMargins(gap, gap // 2, gap, gap // 2)
        row.addWidget(picture)
        row.addWidget(self._sentence, 1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.hide()

    @property
    def text(self) -> str:
        """What it says now."""
        return self._sentence.text() if not self.isHidden() else ""

    @property
    def shown_height(self) -> int:
        """Pixels it takes now."""
        return 0 if self.isHidden() else self.sizeHint().height()

    def say(self, sentence: str) -> None:
        """Show `sentence` until the next step."""
        self._sentence.setText(sentence)
        self.setVisible(bool(sentence))
        announce(self, sentence)

    def clear(self) -> None:
        """Nothing to say any more."""
        self._sentence.clear()
        self.hide()
