"""Numbers to be seen from a distance: each a button with its digit, its state as icon and word."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.station.charts import Look, Tile
from ui.widgets.kit import Kit

COLUMNS = 3
ICONS: dict[Look, tuple[str, str]] = {
    Look.GOOD: ("circle-check", "ok"),
    Look.WATCH: ("triangle-alert", "warn"),
    Look.BAD: ("octagon-x", "err"),
}


class TileButton(QAbstractButton):
    """One number: digit, label and detail at the left; the number and how it stands at the right.

    Args:
        kit: Theme and words.
    """

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.label, self.detail = kit.label("section", wrap=True), kit.label("muted", wrap=True)
        self.value, self.mark = kit.label("must-read"), kit.label()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.label)
        words.addWidget(self.detail)
        words.addStretch(1)
        number = QVBoxLayout()
        number.setSpacing(0)
        beside = QHBoxLayout()
        beside.setSpacing(kit.theme.px("gap"))
        beside.addWidget(self.mark)
        beside.addWidget(self.value)
        number.addLayout(beside)
        number.addStretch(1)
        row = self._row = QHBoxLayout(self)
        gap = kit.theme.px("gap")
        row.setContentsMargins(gap, gap // 2, gap, gap // 2)
        row.addLayout(words, 1)
        row.addLayout(number)
        for part in (self.label, self.detail, self.value, self.mark):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_tile(self, tile: Tile) -> None:
        """Show a number."""
        words = self._kit.words
        label, detail = words.say(tile.label), words.say(tile.detail)
        value = words.say(tile.value)
        # Its text is what the label says; the button itself paints only its frame.
        self.setText(words.of("ui.tile_label", label=label, key=tile.key))
        self.label.setText(self.text())
        self.detail.setText(detail)
        self.value.setText(value)
        self.mark.setVisible(tile.look in ICONS)
        said = {"key": tile.key, "label": label, "value": value, "detail": detail}
        if tile.look not in ICONS:
            self.setAccessibleName(words.of("boards.tile", **said))
            return
        name, ink = ICONS[tile.look]
        self.mark.setPixmap(self._kit.picture(name, ink, self))
        look = words.of(f"boards.look_{tile.look.value}")
        self.setAccessibleName(words.of("boards.tile_look", look=look, **said))

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return self._row.totalHeightForWidth(width)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._row.minimumSize().height())

    @override
    def sizeHint(self) -> QSize:
        return self._row.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, painter = self._kit.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pressed = self.isDown() or self.underMouse()
        painter.setPen(QPen(theme.colour("accent" if pressed else "line"), theme.px("border")))
        painter.setBrush(theme.colour("surface"))
        radius = theme.px("radius")
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), radius, radius)
        painter.end()


class TileBoard(QWidget):
    """Up to nine numbers in rows of three; a digit or a touch opens what is behind one.

    Signals:
        chosen: Key of the number.
    """

    chosen = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._tiles: tuple[Tile, ...] = ()
        self.buttons: list[TileButton] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(kit.theme.px("gap"))
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)

    def show_tiles(self, tiles: tuple[Tile, ...]) -> None:
        """Show numbers; nothing at all without any."""
        self.setVisible(bool(tiles))
        self._tiles = tiles
        while len(self.buttons) < len(tiles):
            button = TileButton(self._kit)
            place = len(self.buttons)
            button.clicked.connect(partial(self._press, place))
            self._grid.addWidget(button, place // COLUMNS, place % COLUMNS)
            self.buttons.append(button)
        for place, button in enumerate(self.buttons):
            button.setVisible(place < len(tiles))
            if place < len(tiles):
                button.show_tile(tiles[place])

    def press(self, key: str) -> bool:
        """Choose by digit; True when there is such a number."""
        if any(tile.key == key for tile in self._tiles):
            self.chosen.emit(key)
            return True
        return False

    def _press(self, place: int, _checked: bool = False) -> None:
        if place < len(self._tiles):
            self.chosen.emit(self._tiles[place].key)
