"""What every page has: it shows a `Screen` in the middle of the window and passes intents on.

The frame around it (header, prompt, scan line, keys, footer) belongs to the window and is the same
on all pages. Pages are kept, never destroyed: a late answer always finds its page.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.station.inbox import Do
from app.station.screen import Screen
from ui.bridge import Visit
from ui.widgets.kit import Kit


class PageBody(QWidget):
    """The body of one page.

    Signals:
        asked: A `Do` for the station.
        said: A sentence for the message strip.
    """

    asked = Signal(object)
    said = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit
        self.visit = Visit()

    def show_screen(self, screen: Screen) -> None:
        """Show `screen`; called for every screen of this page."""
        raise NotImplementedError

    def enter(self) -> None:
        """The page is shown: a new stay begins."""
        self.visit = Visit()

    def leave(self) -> None:
        """Another page is shown: answers still on their way are no longer wanted."""
        self.visit.leave()

    def field(self) -> QWidget | None:
        """What should have the focus instead of the scan line, if anything."""
        return None

    def scroll_page(self, direction: int) -> None:
        """PgUp (−1) and PgDn (+1) for what is long on this page."""

    def key(self, name: str) -> bool:
        """A key no action carries; True when the page used it."""
        del name
        return False

    def do(self, do: Do) -> None:
        """Pass an intent on."""
        self.asked.emit(do)
