"""Digits by key or touch: a PIN, or a quantity. It holds few digits, and never takes the focus.

A scan cannot fill it: the wedge filter eats scans, and beyond its limit the pad takes nothing.
"""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from ui import icons
from ui.widgets.kit import Kit

QUANTITY_DIGITS = 5
PIN_DIGITS = 8
DOT = "•"


class NumberPad(QWidget):
    """A display and twelve keys.

    Signals:
        entered: The digits, when Enter was pressed and there are any.

    Args:
        kit: Theme and words.
        limit: Most digits it holds.
        secret: Shows dots instead of digits.
    """

    entered = Signal(str)

    def __init__(self, kit: Kit, *, limit: int, secret: bool) -> None:
        super().__init__()
        self._kit, self._limit, self._secret = kit, limit, secret
        self._digits = ""
        self.display = QLabel()
        self.display.setTextFormat(Qt.TextFormat.PlainText)
        self.display.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.display.setProperty("part", "display")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(kit.theme.px("gap") // 2)
        for column in range(3):
            grid.setColumnMinimumWidth(column, kit.theme.px("target") * 3 // 2)
        grid.addWidget(self.display, 0, 0, 1, 3)
        for place, digit in enumerate("123456789"):
            self._add_key(grid, digit, digit, (1 + place // 3, place % 3))
        self._add_key(grid, "Backspace", "", (4, 0))
        self._add_key(grid, "0", "0", (4, 1))
        self._add_key(grid, "Enter", kit.words.of("ui.pad_enter"), (4, 2))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)
        self._show()

    @property
    def filled(self) -> int:
        """How many digits it holds."""
        return len(self._digits)

    def press(self, name: str) -> bool:
        """A key; True when the pad used it."""
        if name in "0123456789" and len(name) == 1:
            if len(self._digits) < self._limit:
                self._digits += name
        elif name == "Backspace":
            self._digits = self._digits[:-1]
        elif name == "Enter" and self._digits:
            digits = self._digits
            self.clear()
            self.entered.emit(digits)
        else:
            return False
        self._show()
        return True

    def clear(self) -> None:
        """Forget the digits."""
        self._digits = ""
        self._show()

    def _add_key(self, grid: QGridLayout, name: str, shown: str, at: tuple[int, int]) -> None:
        button = QPushButton(shown)
        button.setProperty("part", "pad")
        if not shown:
            theme, shown = self._kit.theme, self._kit.words.of("ui.pad_back")
            pixels = theme.px("icon_small")
            button.setIcon(icons.icon("delete", theme.colour("text"), pixels, 2.0))
            button.setIconSize(QSize(pixels, pixels))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAutoDefault(False)
        button.setAccessibleName(self._kit.words.of("ui.pad_key", key=shown))
        button.clicked.connect(lambda _checked=False: self.press(name))
        grid.addWidget(button, *at)

    def _show(self) -> None:
        shown = DOT * len(self._digits) if self._secret else self._digits
        self.display.setText(shown or "–")
        self.display.setAccessibleName(
            self._kit.words.of("ui.pad_filled", n=len(self._digits)) if self._secret else shown
        )
