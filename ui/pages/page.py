"""What every page has: it shows a `Screen` in the middle of the window and passes intents on.

The frame around it (header, prompt, scan line, keys, footer) belongs to the window and is the same
on all pages. Pages are kept, never destroyed: a late answer always finds its page. The focus stays
in the scan line; a page hears of keys by `key`.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.weight import Reading
from app.station.inbox import Do
from app.station.screen import Screen
from ui.widgets.kit import Kit


class PageBody(QWidget):
    """The body of one page.

    Signals:
        asked: A `Do` for the station.
    """

    asked = Signal(object)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def show_screen(self, screen: Screen) -> None:
        """Show `screen`; called for every screen of this page."""
        raise NotImplementedError

    def show_reading(self, reading: Reading | None) -> None:
        """A live reading, or None when the scale went away."""

    def leave(self) -> None:
        """Another page is shown."""

    def scroll_page(self, direction: int) -> None:
        """PgUp (−1) and PgDn (+1) for what is long on this page."""

    def key(self, name: str) -> bool:
        """A key no action carries; True when the page used it."""
        del name
        return False

    def do(self, do: Do) -> None:
        """Pass an intent on."""
        self.asked.emit(do)
