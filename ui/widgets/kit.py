"""What every widget is made with: the theme, the words, and labels that know their part."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui import icons
from ui.text import Words
from ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Kit:
    """Theme and words, handed down from the application; nothing here is global."""

    theme: Theme
    words: Words

    def label(self, part: str = "body", *, wrap: bool = False) -> QLabel:
        """A label styled as `part` in `app.qss`; plain text only, so a code is never markup."""
        label = QLabel()
        label.setProperty("part", part)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(wrap)
        if wrap:
            # A wrapping label may be squeezed to nothing in width: it must never widen the window.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return label

    def picture(self, name: str, token: str, widget: QWidget, size: str = "icon_small") -> QPixmap:
        """An icon in a colour of the theme, sharp on the screen `widget` is on."""
        colour = self.theme.colour(token)
        return icons.pixmap(name, colour, self.theme.px(size), widget.devicePixelRatioF())


def set_state(widget: QWidget, name: str, value: object) -> None:
    """Set a style property and restyle the widget if it changed."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
