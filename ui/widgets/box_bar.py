"""The four box presets: a digit chooses one, the chosen one is marked by a tick and by colour."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.station.screen import BoxView
from ui import icons
from ui.widgets.flow_layout import FlowLayout
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
        flow = FlowLayout(kit.theme.px("gap"), self)
        flow.setContentsMargins(0, 0, 0, 0)
        self.buttons = [QPushButton() for _ in range(BOXES)]
        for place, button in enumerate(self.buttons):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._press, place))
            flow.addWidget(button)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_boxes(self, boxes: tuple[BoxView, ...]) -> None:
        """Show the presets of this bench."""
        self._boxes = boxes
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
