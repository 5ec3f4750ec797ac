"""Digits by key or touch: a PIN, or a quantity. It holds few digits, and never takes the focus.

A scan cannot fill it: the wedge filter eats scans, and beyond its limit the pad takes nothing.
"""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.domain.badges import PIN_MOST
from ui import icons
from ui.widgets.kit import Kit

QUANTITY_DIGITS = 5
# The longest PIN there is (`app.domain.badges`).
PIN_DIGITS = PIN_MOST
DOT = "•"
KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "Backspace", "0", "Enter")
WIDE_KEYS = ("1", "2", "3", "4", "5", "Backspace", "6", "7", "8", "9", "0", "Enter")


class NumberPad(QWidget):
    """A display and twelve keys.

    Signals:
        entered: The digits, when Enter was pressed and there are any.

    Args:
        kit: Theme and words.
        limit: Most digits it holds.
        secret: Shows dots instead of digits.
        wide: Two rows of six keys instead of four of three, where the page is low.
    """

    entered = Signal(str)

    def __init__(self, kit: Kit, *, limit: int, secret: bool, wide: bool = False) -> None:
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
        across = 6 if wide else 3
        for column in range(across):
            grid.setColumnMinimumWidth(column, kit.theme.px("target") * 3 // 2)
        grid.addWidget(self.display, 0, 0, 1, across)
        for place, name in enumerate(WIDE_KEYS if wide else KEYS):
            shown = {"Backspace": "", "Enter": kit.words.of("ui.pad_enter")}.get(name, name)
            self._add_key(grid, name, shown, (1 + place // across, place % across))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)
        # Digits lie as on every pad and telephone, also where text is read from the right.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
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
