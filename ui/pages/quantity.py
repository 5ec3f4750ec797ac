"""F7: how many units the next scan stands for, asked in place of the lines."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout
from typing_extensions import override

from app.domain.text import text
from app.station.inbox import Do, Intent
from app.station.screen import Screen
from ui.pages.overlay import Overlay, local_key
from ui.widgets.kit import Kit
from ui.widgets.number_pad import QUANTITY_DIGITS, NumberPad


class QuantityPage(Overlay):
    """A number pad; Enter hands the number to the station, which has the last word on it."""

    full = False

    def __init__(self, kit: Kit, close: Callable[[], None]) -> None:
        super().__init__(kit, kit.words.of("ui.quantity_title"))
        self._close = close
        self.keys = (local_key("Esc", text("key.close"), close),)
        self.pad = NumberPad(kit, limit=QUANTITY_DIGITS, secret=False, wide=True)
        title = kit.label("must-read", wrap=True)
        title.setText(kit.words.of("ui.quantity_title"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(kit.theme.px("margin"))
        row.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(title, 1, Qt.AlignmentFlag.AlignTop)
        self.pad.entered.connect(self._entered)

    @override
    def enter(self) -> None:
        self.pad.clear()

    @override
    def show_screen(self, screen: Screen) -> None:
        """The number is for whatever is asked for next; nothing of the screen is shown here."""

    @override
    def key(self, name: str) -> bool:
        return self.pad.press(name)

    @Slot(str)
    def _entered(self, digits: str) -> None:
        self._close()
        self.do(Do(Intent.QUANTITY, digits.lstrip("0") or "0"))
