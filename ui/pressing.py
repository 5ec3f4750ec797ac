"""Whose a key is: the simulated bench's, the error's, the window's, the scan line's, the page's."""

from typing import TYPE_CHECKING

from app.station.inbox import Intent
from app.station.screen import Page, Sound
from ui.keys import DIGITS

if TYPE_CHECKING:
    from ui.main_window import MainWindow

SCROLL = {"PgUp": -1, "PgDn": 1}
# What a person types into the scan line by hand, and `?` where nothing stands in it yet.
TYPED = DIGITS | {"Enter", "Backspace", "Space", "?"}


class Pressing:
    """Gives every key to the first that may have it.

    Args:
        window: What is shown, and what is laid over it.
    """

    def __init__(self, window: "MainWindow") -> None:
        self._window = window

    def press(self, name: str) -> bool:
        """A key of the window; True when it was used."""
        window = self._window
        if window.simulator is not None and window.simulator.key(name):
            return True
        if window.screen_value.locked:
            return self._locked(name)
        if name in SCROLL:
            (window.overlay or window.page).scroll_page(SCROLL[name])
            return True
        if self._frame(name):
            return True
        # Somebody types a code: its digits and its Enter belong to the scan line.
        typing = bool(window.scan_line.text()) and not (window.overlay and window.overlay.full)
        if typing and name in TYPED:
            return False
        if self._action(name) or (window.overlay or window.page).key(name):
            return True
        if name == "Esc":
            window.scan_line.clear()
            return True
        return False

    def _action(self, name: str) -> bool:
        window = self._window
        overlay = window.overlay
        for action in overlay.key_actions if overlay else window.screen_value.actions:
            if action.key == name:
                window.take(action)
                return True
        return False

    def _frame(self, name: str) -> bool:
        """Keys the window has on every page."""
        window = self._window
        if name in {"F1", "F12"} or (name == "?" and not window.scan_line.text()):
            wanted = window.health if name == "F12" else window.help
            if window.overlay is wanted:
                window.close_overlay()
            else:
                window.open_overlay(wanted)
            return True
        if name == "F2" and window.screen_value.page is not Page.SIGN_IN:
            window.look_up()
            return True
        return False

    def _locked(self, name: str) -> bool:
        """An error is acknowledged, and nothing else: typed codes go on and are refused."""
        window = self._window
        for action in window.screen_value.actions:
            if action.key == name and action.intent == Intent.ACKNOWLEDGE:
                window.take(action)
                return True
        if name in TYPED:
            return False
        window.beeper.play(Sound.WRONG)
        return True
