"""Keeps pictures of what a running window shows, for whoever asked for them at the start."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from ui.main_window import MainWindow

# A shift shows some dozens of kinds of pages; more would only fill a disk.
ALBUM_LIMIT = 60
# Until rows have wrapped and columns have found their width.
SETTLE_MS = 30


class Album(QObject):
    """Keeps a picture of every page a running window shows, each kind once.

    Args:
        window: The window.
        folder: Where the pictures go.
    """

    def __init__(self, window: MainWindow, folder: Path) -> None:
        super().__init__(window)
        self._window, self._folder = window, folder
        self._kept = 0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._keep)
        folder.mkdir(parents=True, exist_ok=True)
        window.shown.connect(self._shown)

    @Slot()
    def _shown(self) -> None:
        if not self._later.isActive():
            self._later.start(SETTLE_MS)

    @Slot()
    def _keep(self) -> None:
        screen = self._window.screen_value
        name = f"{screen.page.value}-{screen.prompt.title.code.replace('.', '-')}.png"
        file = self._folder / name
        if self._kept < ALBUM_LIMIT and not file.exists():
            self._kept += 1
            self._window.grab().save(str(file), "PNG")
