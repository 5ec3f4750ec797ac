"""From a barcode at the port to the painted answer: the real window, and a stopwatch around it.

Painted means: the window's update request that repainted the prompt panel has been handled, so the
picture is in the window's buffer. The tone counts when it is handed to the sound card's thread.
"""

import os
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from app.bootstrap import Workstation
from app.domain.scan import Scan
from app.station.events import Event as StationEvent
from app.station.events import ScreenChanged, Sounded
from app.station.inbox import Message
from app.station.screen import Screen, Sound
from ui.application import Extras, Program
from ui.dressing import Look
from ui.main_window import MainWindow
from ui.sound import SilentBeeper
from ui.stall import TEST_LIMIT_MS, Stall, StallWatch
from ui.widgets.scan_prompt import ScanPrompt


class Stopwatch:
    """When what happened to the scan under way."""

    def __init__(self) -> None:
        self.read = self.committed = self.toned = 0.0
        self.done = Event()
        self.painted_at = 0.0
        self._shown = self._prompt = False

    def start(self) -> float:
        """A new scan."""
        self.read = self.committed = self.toned = self.painted_at = 0.0
        self._shown = self._prompt = False
        self.done.clear()
        return time.perf_counter()

    def taken(self) -> None:
        """The device thread hands it to the station."""
        self.read = time.perf_counter()

    def hear(self, event: StationEvent) -> None:
        """On the station's thread: tone and screen are announced after the commit."""
        if not self.committed and self.read and isinstance(event, Sounded | ScreenChanged):
            self.committed = time.perf_counter()

    def tone(self) -> None:
        """The beeper has it."""
        self.toned = time.perf_counter()

    def shown(self) -> None:
        """The window has taken the new screen; what is painted from now on shows it."""
        self._shown = bool(self.committed)

    def prompt_painted(self) -> None:
        """The panel draws itself."""
        self._prompt = self._shown

    def flushed(self) -> None:
        """An update of the window is through."""
        if self._prompt and not self.done.is_set():
            self.painted_at = time.perf_counter()
            self.done.set()


class TimedBeeper(SilentBeeper):
    """Takes the tone where the sound card would."""

    def __init__(self, watch: Stopwatch) -> None:
        super().__init__()
        self._watch = watch

    @override
    def play(self, sound: Sound) -> None:
        """Stamped."""
        del sound
        self._watch.tone()


class TimedApplication(QApplication):
    """Tells when an update of a window has been handled."""

    finished = Signal()
    watch: Stopwatch | None = None

    @override
    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Qt's own, and a stamp behind it."""
        update = event.type() is QEvent.Type.UpdateRequest
        handled = super().notify(receiver, event)
        if update and self.watch is not None:
            self.watch.flushed()
        return handled


Hand = Callable[[int, Stopwatch, Program], None]


def drive(
    start: Callable[[str], Workstation],
    hand: Hand,
    told: Callable[[Stall], None] | None = None,
) -> None:
    """Open the window over the station `start` makes, and let `hand` scan on a thread of its own.

    Args:
        start: Makes the station; called with the address of its scanner.
        hand: Called with our end of the scanner's line; the window ends when it returns.
        told: Hears of everything that hangs the window for more than a tenth of a second.
    """
    application = QApplication.instance() or TimedApplication(["bench"])
    assert isinstance(application, TimedApplication)
    watch = application.watch = Stopwatch()
    trouble: list[BaseException] = []
    stalls = StallWatch(TEST_LIMIT_MS, told) if told is not None else None
    with watched_prompt(watch), line() as (port, url):
        program = Program(lambda: started(start(url), watch), Look(), Extras())

        def run() -> None:
            try:
                hand(port, watch, program)
            except BaseException as error:  # noqa: BLE001 - told by the thread that waits
                trouble.append(error)
            finally:
                application.finished.emit()  # quit() itself belongs to the window's thread

        application.finished.connect(application.quit, Qt.ConnectionType.QueuedConnection)
        thread = Thread(target=run, daemon=True)
        program.open()
        thread.start()
        if stalls is not None:
            stalls.start()
        application.exec()
        if stalls is not None:
            stalls.stop()
        program.close()
        thread.join()
    application.watch = None
    if trouble:
        raise trouble[0]


def started(workstation: Workstation, watch: Stopwatch) -> Workstation:
    """Running, with a stamp where the scanner's thread hands a scan over, and at the commit.

    The stopwatch hears of a screen before the window does, or the window might paint it first.
    """
    workstation.subscribe(watch.hear)
    inner = workstation.station.put

    def put(message: Message) -> None:
        if isinstance(message, Scan):
            watch.taken()
        inner(message)

    setattr(workstation.station, "put", put)  # noqa: B010 - mypy knows no other way
    workstation.start()
    return workstation


@contextmanager
def watched_prompt(watch: Stopwatch) -> Iterator[None]:
    """The panel tells `watch` when it draws itself, and the window when it takes a screen."""
    plain, take = ScanPrompt.paintEvent, MainWindow.show_screen

    def paint(panel: ScanPrompt, event: QPaintEvent) -> None:
        plain(panel, event)
        watch.prompt_painted()

    def show_screen(window: MainWindow, screen: Screen) -> None:
        take(window, screen)
        watch.shown()

    setattr(ScanPrompt, "paintEvent", paint)  # noqa: B010 - mypy knows no other way
    # A window is made anew for somebody with another look, so its signals may be gone.
    setattr(MainWindow, "show_screen", show_screen)  # noqa: B010
    try:
        yield
    finally:
        setattr(ScanPrompt, "paintEvent", plain)  # noqa: B010
        setattr(MainWindow, "show_screen", take)  # noqa: B010


@contextmanager
def line() -> Iterator[tuple[int, str]]:
    """A serial line: our end, and the address of the scanner's."""
    ours, theirs = os.openpty()
    try:
        for end in (ours, theirs):
            tty.setraw(end)
        yield ours, f"serial://{os.ttyname(theirs)}"
    finally:
        for end in (ours, theirs):
            os.close(end)
