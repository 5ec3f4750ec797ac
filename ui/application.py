"""Starts the window, and the station behind it; ends both in order.

The window comes first: everything heavy (database, network, cryptography, sound) is imported by
`start`, on a worker thread, after the first paint. Until then the page says that the book opens.
"""

import logging
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication

from app.errors import Damaged, Fault, PackhouseError
from app.station.configuration import ENROL
from app.station.events import Broken, Event
from app.station.screen import Screen
from ui.album import Album
from ui.bridge import StationBridge
from ui.crash import CrashHooks
from ui.dressing import Dresser, Look, wished
from ui.pages.damaged import DamagedPage
from ui.pages.passphrase import PassphrasePage
from ui.sound import Beeper, LateBeeper, open_beeper
from ui.stall import StallWatch
from ui.wedge_filter import KeyDecoder, WedgeFilter
from ui.widgets.label_preview import warm_up
from ui.workstation import Controls, Demo, FirstRun, Workstation

log = logging.getLogger(__name__)

FAILED = 1
DEFAULT_SIZE = (1280, 800)


@dataclass(frozen=True, slots=True)
class Passphrase:
    """How a station is started that opens with a passphrase.

    Attributes:
        wanted: Whether this error means that a passphrase is wanted.
        is_new: Whether there are no keys yet: it is chosen, not asked.
        start: Makes and starts the station with what was typed.
    """

    wanted: Callable[[PackhouseError], bool]
    is_new: Callable[[], bool]
    start: Callable[[str], Workstation]


@dataclass(frozen=True, slots=True)
class Extras:
    """What a start may bring beside the station.

    Attributes:
        decoder: Makes the decoder of keyboard-wedge scanners; imported late, like the station.
        controls: The simulated bench, in demo and training.
        listener: Hears every event too, on the station's thread.
        painted: Called once, after the first paint.
        pictures: Keep a picture of every new page in this folder.
        crash_folder: Where the crash file is kept.
        sound: Opens the sound card.
        passphrase: Asked for in place, when the keys need one; None where nobody can type it.
        demo: Makes the demo that a first run may end in.
        enrol_again: Starts the first run at its code, for a station that is enrolled already.
        restore: Puts the newest backup in the place of a damaged book; None where there are none.
    """

    decoder: Callable[[], KeyDecoder] | None = None
    controls: Controls | None = None
    listener: Callable[[Event], None] | None = None
    painted: Callable[[], None] | None = None
    pictures: Path | None = None
    crash_folder: Path | None = None
    sound: Callable[[], Beeper] = open_beeper
    passphrase: Passphrase | None = None
    restore: Callable[[], None] | None = None
    demo: Callable[[], Demo] | None = None
    enrol_again: Callable[[], Workstation] | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """What the worker thread hands over."""

    workstation: Workstation
    decoder: KeyDecoder | None


class Program(QObject):
    """The window and what is behind it, from the first paint to the last join.

    Args:
        start: Makes and starts the station; called on a worker thread after the first paint.
        look: How the window looks.
        extras: What else there is.
    """

    _ready = Signal(object)
    _failed = Signal(object)
    _sound_ready = Signal(object)
    _uncaught = Signal(object)
    _over = Signal(object)

    def __init__(self, start: Callable[[], Workstation], look: Look, extras: Extras) -> None:
        super().__init__()
        self._start, self._extras = start, extras
        self._workstation: Workstation | None = None
        self._attached: Workstation | None = None
        self._starting: Future[None] | None = None
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="start")
        self._hooks = CrashHooks(extras.crash_folder, self._uncaught.emit)
        self.exit_code = 0
        self._beeper, self.bridge = LateBeeper(), StationBridge()
        self._station_look = self._look = look
        self._controls = extras.controls
        self._demo: Demo | None = None
        self._wedge: WedgeFilter | None = None
        self._dresser = Dresser(self.bridge, self._beeper, wall_clock)
        self.window = self._dresser.make(look, extras.controls)
        self._album = Album(self.window, extras.pictures) if extras.pictures else None
        self._stalls = StallWatch()
        self._ready.connect(self._on_ready, Qt.ConnectionType.QueuedConnection)
        self._failed.connect(self._on_failed, Qt.ConnectionType.QueuedConnection)
        self._sound_ready.connect(self._on_sound, Qt.ConnectionType.QueuedConnection)
        self._uncaught.connect(self._on_uncaught, Qt.ConnectionType.QueuedConnection)
        self._over.connect(self._on_over, Qt.ConnectionType.QueuedConnection)
        self.bridge.screen_changed.connect(self._on_screen)
        self.bridge.setting_asked.connect(self._on_setting)
        if extras.painted is not None:
            self.window.painted.connect(extras.painted)
        self.window.painted.connect(self._begin)

    def open(self) -> None:
        """Show the window; the rest follows its first paint."""
        self._hooks.install()
        self.window.resize(*DEFAULT_SIZE)
        if self._look.full_screen:
            self.window.showFullScreen()
        else:
            self.window.show()

    def close(self) -> None:
        """End everything in reverse order; returns when every thread has ended."""
        self._stalls.stop()
        if self._starting is not None:
            self._starting.cancel()
        self._worker.shutdown(wait=True)
        self.bridge.close()
        if self._workstation is not None:
            self._workstation.stop()
        if self._demo is not None:
            self._demo.close()
        self._beeper.close()
        self._hooks.remove()

    @Slot()
    def _begin(self) -> None:
        """The window is painted: now the heavy part, away from this thread."""
        self._starting = self._worker.submit(self._open_station, self._start)
        self._worker.submit(self._open_sound)

    def _open_station(self, start: Callable[[], Workstation]) -> None:
        """Runs on the worker thread."""
        try:
            workstation = start()
            # Remembered at once: a window closed in this moment still stops the station.
            self._workstation = workstation
            decoder = self._extras.decoder() if self._extras.decoder else None
        except PackhouseError as error:
            self._failed.emit(error)
        except Exception as error:
            log.critical("The station could not be started.", exc_info=True)
            said = "The program could not start. Tell IT; the log says more."
            self._failed.emit(Fault(said, detail=repr(error)))
        else:
            self._ready.emit(Started(workstation, decoder))

    def _open_sound(self) -> None:
        """Runs on the worker thread, after the station: nobody waits for it before that."""
        self._sound_ready.emit(self._extras.sound())
        warm_up()

    @Slot(object)
    def _on_ready(self, started: Started) -> None:
        self.window.close_overlay()
        if started.workstation is self._attached:
            return  # a first run that goes on with a passphrase
        if self._attached is None:
            # Not before: while the worker imports, both threads share one interpreter.
            self._stalls.start()
        self._attached = started.workstation
        if started.decoder is not None and self._wedge is None:
            # Of the program, not of the window: that one may be made anew.
            self._wedge = WedgeFilter(started.decoder, self.bridge.send, self)
            self._wedge.install()
        if isinstance(started.workstation, FirstRun):
            started.workstation.when_over(self._over.emit)
        self.bridge.attach(started.workstation)
        if self._extras.listener is not None:
            started.workstation.subscribe(self._extras.listener)

    @Slot(object)
    def _on_failed(self, error: PackhouseError) -> None:
        asked = self._extras.passphrase
        if asked is not None and asked.wanted(error):
            self._ask(asked, error.say)
            return
        log.error("No station: %s", error)
        if isinstance(error, Damaged) and self._extras.restore is not None:
            self._offer(error, self._extras.restore)
            return
        self.exit_code = FAILED
        self.window.end(error.say)

    def _offer(self, error: Damaged, restore: Callable[[], None]) -> None:
        """The book is damaged: a restore is offered on the page, and the station started after."""
        window = self.window

        def restored() -> Workstation:
            restore()
            return self._start()

        def begin() -> None:
            self._starting = self._worker.submit(self._open_station, restored)

        page = DamagedPage(window.kit, error, wall_clock(), begin, self._leave)
        page.shown_again = lambda: window.open_overlay(page)
        window.stack.addWidget(page)
        window.open_overlay(page)

    def _ask(self, asked: Passphrase, sentence: str) -> None:
        """The keys need a passphrase: asked on the page, tried away from this thread."""
        window = self.window

        def entered(typed: str) -> None:
            window.close_overlay()
            page.deleteLater()
            self._starting = self._worker.submit(self._open_station, lambda: asked.start(typed))

        page = PassphrasePage(window.kit, sentence, entered, self._leave, twice=asked.is_new())
        window.stack.addWidget(page)
        window.open_overlay(page)

    def _leave(self) -> None:
        self.exit_code = FAILED
        self.window.close()

    @Slot(object)
    def _on_sound(self, beeper: Beeper) -> None:
        self._beeper.use(beeper)

    @Slot(object)
    def _on_uncaught(self, error: BaseException) -> None:
        self.bridge.announce(Broken(self.window.kit.words.of("ui.fault"), repr(error)))

    # ---------------------------------------------------------------------------- the first run

    @Slot(object)
    def _on_over(self, how: str | PackhouseError) -> None:
        """The first run ended: in a station, in the demo, or at a passphrase."""
        if isinstance(how, PackhouseError):
            self._on_failed(how)
            return
        demo = self._extras.demo() if how == "demo" and self._extras.demo is not None else None
        if demo is not None:
            self._controls = self._demo = demo
            self._dress(self._look)
        self._instead(demo.start if demo is not None else self._start)

    @Slot(str)
    def _on_setting(self, name: str) -> None:
        """Somebody who may wants the station enrolled anew: the first run asks for the code."""
        if name == ENROL and self._extras.enrol_again is not None:
            self._instead(self._extras.enrol_again)

    def _instead(self, start: Callable[[], Workstation]) -> None:
        """Another station in the place of the present one."""
        before, self._workstation = self._workstation, None

        def begin() -> Workstation:
            """Runs on the worker thread: folder and devices are let go of first."""
            if before is not None:
                before.stop()
            return start()

        self._starting = self._worker.submit(self._open_station, begin)

    # --------------------------------------------------------------------------- as somebody wishes

    @Slot(object)
    def _on_screen(self, screen: Screen) -> None:
        """Whoever the screen is for may want another size, theme, language or volume."""
        self._dresser.listen_as(screen.wishes)
        look = wished(self._station_look, screen.wishes)
        if look != self._look:
            self._look = look
            self._dress(look)

    def _dress(self, look: Look) -> None:
        self.window = self._dresser.instead(self.window, look, self._controls)
        if self._extras.pictures is not None:
            self._album = Album(self.window, self._extras.pictures)


def run(start: Callable[[], Workstation], look: Look, extras: Extras | None = None) -> int:
    """Run the window until it is closed; the exit code.

    Args:
        start: Makes and starts the station.
        look: How the window looks.
        extras: What else there is.
    """
    application = QApplication.instance() or QApplication([sys.argv[0]])
    program = Program(start, look, extras or Extras())
    for number in (signal.SIGINT, signal.SIGTERM):
        # The window's clock ticks on this thread, so Python gets to see the signal within a second.
        signal.signal(number, lambda *_: application.quit())
    program.open()
    try:
        application.exec()
    finally:
        program.close()
    return program.exit_code


def wall_clock() -> datetime:
    """The time on the wall, for the footer and for ages; nothing is ordered by it."""
    return datetime.now(UTC)  # noqa: TID251 — the window's only look at the clock
