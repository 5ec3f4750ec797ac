"""The four box presets: a digit chooses one, the chosen one is marked by a tick and by colour."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.station.screen import BoxView
from ui import icons
from ui.widgets.kit import Kit, set_state

BOXES = 4


class BoxBar(QWidget):
    """Presets 1–4.

    Signals:
        chosen: Key of the box that was pressed.
    """

    chosen = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._boxes: tuple[BoxView, ...] = ()
        self._title = kit.label("section")
        self._title.setText(kit.words.of("ui.box_title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(kit.theme.px("gap") // 2)
        column.addWidget(self._title)
        self.buttons = [QPushButton() for _ in range(BOXES)]
        for place, button in enumerate(self.buttons):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._press, place))
            button.setProperty("part", "box")
            column.addWidget(button)
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_boxes(self, boxes: tuple[BoxView, ...]) -> None:
        """Show the presets of this bench."""
        self._boxes = boxes
        self._title.setVisible(bool(boxes))
        words, theme = self._kit.words, self._kit.theme
        for place, button in enumerate(self.buttons):
            button.setVisible(place < len(boxes))
            if place >= len(boxes):
                continue
            box = boxes[place]
            button.setText(f" {box.name}   [{box.key}]".replace("&", "&&"))
            name, ink = ("check", "on_selected") if box.chosen else ("box", "muted")
            button.setIcon(icons.icon(name, theme.colour(ink), theme.px("icon_small"), 2.0))
            set_state(button, "chosen", box.chosen)
            code = "ui.box_chosen" if box.chosen else "ui.box"
            button.setAccessibleName(words.of(code, name=box.name, key=box.key))

    def press(self, key: str) -> bool:
        """Choose by digit; True when there is such a box."""
        if any(box.key == key for box in self._boxes):
            self.chosen.emit(key)
            return True
        return False

    def _press(self, place: int, _checked: bool = False) -> None:
        if place < len(self._boxes):
            self.chosen.emit(self._boxes[place].key)
