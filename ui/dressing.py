"""How the window looks and speaks: as the station has it, or as the person at it wishes.

A window of another theme, size or language is another window: it is made anew in the place of the
old one, and told what stands at present, within one turn of the event loop.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.catalogue import Catalogue, languages
from app.station.screen import Wishes
from ui import icons
from ui.bridge import StationBridge
from ui.main_window import MainWindow
from ui.sound import Beeper
from ui.text import Words
from ui.theme import THEMES, Theme, scale_for
from ui.widgets.kit import Kit
from ui.workstation import Controls


@dataclass(frozen=True, slots=True)
class Look:
    """How the window looks and speaks.

    Attributes:
        theme: `light`, `dark`, `contrast`; empty follows the system.
        language: Code of a catalogue.
        text_percent: Text scale.
        full_screen: Fill the screen, as on a bench.
    """

    theme: str = ""
    language: str = "en"
    text_percent: int = 100
    full_screen: bool = False


def wished(station: Look, wishes: Wishes | None) -> Look:
    """The look of the station, changed as somebody wishes; what there is not is not wished."""
    if wishes is None:
        return station
    return replace(
        station,
        theme=wishes.theme if wishes.theme in THEMES else station.theme,
        language=wishes.language if wishes.language in languages() else station.language,
        text_percent=wishes.text_percent or station.text_percent,
    )


class Dresser:
    """Makes windows.

    Args:
        bridge: The station.
        beeper: The tones.
        now: The wall clock.
    """

    def __init__(self, bridge: StationBridge, beeper: Beeper, now: Callable[[], datetime]) -> None:
        self._bridge, self._beeper, self._now = bridge, beeper, now
        self._volume = (beeper.volume, beeper.muted)
        self._heard: tuple[int | None, bool | None] = (None, None)

    def make(self, look: Look, controls: Controls | None) -> MainWindow:
        """A window of this look; the application wears its theme and reads in its direction."""
        scale = scale_for(look.text_percent, screen_height())
        theme = Theme(look.theme or system_theme(), scale)
        words = Words(Catalogue.load(look.language), now=self._now)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application)
            application.setLayoutDirection(direction(words.catalogue))
            application.setApplicationName(words.of("ui.window"))
            picture = icons.icon("package-check", theme.colour("accent"), 64)
            application.setWindowIcon(picture)
        return MainWindow(Kit(theme, words), self._bridge, self._beeper, self._now, controls)

    def instead(self, old: MainWindow, look: Look, controls: Controls | None) -> MainWindow:
        """A window in the place of another, with what that one shows.

        The old one goes first: dressing both takes four times as long, half a second of the bench.
        """
        where, state = old.geometry(), old.windowState()
        quits = QApplication.quitOnLastWindowClosed()
        QApplication.setQuitOnLastWindowClosed(False)
        # Answers that are still under way find nobody.
        for part in (old.page, old.health):
            part.leave()
        old.hide()
        old.deleteLater()
        QCoreApplication.sendPostedEvents(old, QEvent.Type.DeferredDelete.value)
        new = self.make(look, controls)
        new.setGeometry(where)
        new.setWindowState(state)
        self._bridge.say_again()
        new.show()
        new.activateWindow()
        QApplication.setQuitOnLastWindowClosed(quits)
        return new

    def listen_as(self, wishes: Wishes | None) -> None:
        """Tones as loud as this person wants them; as before for whoever has said nothing."""
        heard = (wishes.volume, wishes.muted) if wishes is not None else (None, None)
        if heard == self._heard:
            return  # what was changed by hand since then stays
        self._heard = heard
        volume, muted = self._volume
        if wishes is not None and wishes.volume is not None:
            volume = wishes.volume
        if wishes is not None and wishes.muted is not None:
            muted = wishes.muted
        self._beeper.volume, self._beeper.muted = volume, muted


def direction(catalogue: Catalogue) -> Qt.LayoutDirection:
    """Which way a language is read; the window is laid out that way."""
    right = catalogue.right_to_left
    return Qt.LayoutDirection.RightToLeft if right else Qt.LayoutDirection.LeftToRight


def system_theme() -> str:
    """Dark where the system says so, else light."""
    dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return "dark" if dark else "light"


def screen_height() -> int:
    """Pixels a window can have from top to bottom."""
    return QGuiApplication.primaryScreen().availableGeometry().height()
