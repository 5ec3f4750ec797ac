"""What must not be overlooked while working: the customer's note, with a mark of its own."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.domain.text import Text
from ui.widgets.elided_label import ElidedLabel
from ui.widgets.kit import Kit


class NoteBar(QWidget):
    """An icon and one sentence; nothing at all without one.

    Args:
        kit: Theme and words.
    """

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.icon = QLabel()
        self.said = ElidedLabel("note")
        row = QHBoxLayout(self)
        row.setContentsMargins(kit.theme.px("gap"), 0, kit.theme.px("gap"), 0)
        row.setSpacing(kit.theme.px("gap"))
        row.addWidget(self.icon)
        row.addWidget(self.said, 1)
        self.setProperty("part", "note-bar")
        # A plain widget draws no ground of its own without this.
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_note(self, note: Text | None) -> None:
        """Show a note, or none."""
        self.setVisible(note is not None)
        if note is not None:
            self.icon.setPixmap(self._kit.picture("message-square-warning", "warn", self))
            self.said.say(self._kit.words.say(note))
