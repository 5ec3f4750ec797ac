"""Takes pictures of every scene of the gallery: `packhouse screenshots DIR`, offscreen or not.

The pictures are of the real window and its real pages; only the station behind them is a value.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from app.catalogue import Catalogue
from app.errors import Trouble
from app.station.events import Event, FooterChanged, ReadingShown, ScreenChanged
from app.station.inbox import Message
from app.station.views import Views
from ui.bridge import StationBridge
from ui.gallery.bench import NOW
from ui.gallery.book import GalleryViews
from ui.gallery.scene import Scene
from ui.gallery.scenes import scenes
from ui.main_window import MainWindow
from ui.sound import SilentBeeper
from ui.text import Words
from ui.theme import Theme, scale_for
from ui.widgets.kit import Kit

# The screen of a bench, and the larger one that text beyond 150 % needs.
SIZE, LARGE_SIZE = (1280, 800), (1920, 1080)
# Rounds of the event loop until a layout with wrapped rows has settled.
SETTLE_ROUNDS = 4


class GalleryStation:
    """A workstation that only knows its book; what is put into it is dropped."""

    def __init__(self) -> None:
        self.views: Views = GalleryViews()

    def put(self, message: Message) -> None:
        """Nobody works here."""

    def subscribe(self, listener: object) -> None:
        """Nothing happens here."""

    def stop(self) -> None:
        """Nothing runs here."""


class GalleryBeeper(SilentBeeper):
    """Silent, but the footer of a picture shows a bench whose sound works."""

    @property
    @override
    def working(self) -> bool:
        return True


class GalleryControls:
    """The simulated bench, without devices."""

    def press(self, name: str) -> None:
        """Nothing happens here."""


def make_window(kit: Kit, scene: Scene) -> MainWindow:
    """A window that shows `scene`; the caller closes it."""
    bridge = StationBridge()
    controls = GalleryControls() if scene.demo else None
    window = MainWindow(kit, bridge, GalleryBeeper(), lambda: NOW, controls)
    bridge.setParent(window)
    bridge.attach(GalleryStation())
    window.destroyed.connect(bridge.close)
    percent = kit.theme.scale_percent
    window.resize(*(SIZE if scale_for(percent, SIZE[1]) == percent else LARGE_SIZE))
    window.show()
    for event in events(scene):
        bridge.announce(event)
    QCoreApplication.processEvents()
    if scene.overlay:
        window.open_overlay(getattr(window, scene.overlay))
    bridge.drain()
    for key in scene.keys:
        window.press(key)
    bridge.drain()
    for _ in range(SETTLE_ROUNDS):
        QCoreApplication.processEvents()
    return window


def events(scene: Scene) -> Iterator[Event]:
    """What the station would have announced."""
    yield FooterChanged(scene.footer)
    if scene.screen is not None:
        yield ScreenChanged(scene.screen)
    if scene.reading is not None:
        yield ReadingShown(scene.reading)


def take(
    folder: Path,
    *,
    theme: str = "light",
    language: str = "en",
    scale_percent: int = 100,
    of: Sequence[Scene] | None = None,
) -> list[Path]:
    """Write one PNG for each scene, or for each of a few; the files.

    Raises:
        Trouble: The folder cannot be written to.
    """
    application = QApplication.instance() or QApplication(["packhouse"])
    dress = Theme(theme, scale_percent)
    if isinstance(application, QApplication):
        dress.apply(application)
        # A blinking cursor would make two pictures of one page differ.
        application.setCursorFlashTime(0)
    kit = Kit(dress, Words(Catalogue.load(language), UTC, lambda: NOW))
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for scene in scenes() if of is None else of:
        window = make_window(kit, scene)
        file = folder / f"{scene.name}.png"
        saved = window.grab().save(str(file), "PNG")
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        if not saved:
            raise Trouble(f"{file} could not be written. Choose another folder.")
        files.append(file)
    return files
