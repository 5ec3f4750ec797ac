"""Between the station's threads and the window: events in, intents out, questions answered.

The only file of `ui` with threads of its own: a small pool of readers. `announce` may be called
from any thread; it emits one signal, and everything typed happens on the window's thread.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot

from app.domain.device import DeviceChanged
from app.errors import Fault, PackhouseError
from app.station.events import (
    Broken,
    EditAsked,
    Event,
    FooterChanged,
    GrantAsked,
    LogAsked,
    PhotoAsked,
    PrintAsked,
    ReadingShown,
    Recorded,
    ReportAsked,
    ScanDecided,
    ScanHeard,
    ScreenChanged,
    SettingAsked,
    Settled,
    Sounded,
)
from app.station.inbox import Message
from app.station.views import Views
from ui.workstation import Workstation

log = logging.getLogger(__name__)

T = TypeVar("T")
# What holds until the next of its kind.
STANDING = (ScreenChanged, FooterChanged, ReadingShown, DeviceChanged)
# Two readers: a slow question of one page does not keep the next one waiting.
READERS = 2
# Scans made while the book is still opening; a hand does not manage more in that second.
EARLY_LIMIT = 16


class Visit:
    """One stay on a page. An answer that arrives after it was left is dropped."""

    __slots__ = ("open",)

    def __init__(self) -> None:
        self.open = True

    def leave(self) -> None:
        """Answers asked for in this stay are no longer wanted."""
        self.open = False


class StationBridge(QObject):
    """The station as a QObject of the window's thread.

    Signals:
        screen_changed: A `Screen` to show.
        footer_changed: A `Footer`.
        sounded: A `Sound`, after its commit.
        scan_heard: A device put a scan into the inbox; it has no answer yet.
        reading_shown: A live `Reading`.
        device_changed: A `DeviceChanged`.
        scan_decided: A `ScanDecided`.
        recorded: A `Recorded`.
        settled: A `Settled`.
        print_asked: A `PrintAsked`.
        broken: A `Broken`.
        sent: A message that was put into the station's inbox.
        setting_asked: Name of a setting of the station that somebody who may wants changed.
    """

    screen_changed = Signal(object)
    footer_changed = Signal(object)
    sounded = Signal(object)
    scan_heard = Signal()
    reading_shown = Signal(object)
    device_changed = Signal(object)
    scan_decided = Signal(object)
    recorded = Signal(object)
    settled = Signal(object)
    print_asked = Signal(object)
    broken = Signal(object)
    sent = Signal(object)
    setting_asked = Signal(str)

    _arrived = Signal(object)
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workstation: Workstation | None = None
        self._last: dict[object, Event] = {}
        self._early: list[Message] = []
        self._closed = False
        self._open: list[Future[None]] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        # Queued even on this thread: events have one order, whoever announces them.
        self._arrived.connect(self._dispatch, Qt.ConnectionType.QueuedConnection)
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def attach(self, workstation: Workstation) -> None:
        """From now on this is the station; what came early goes in first, in order."""
        if workstation is self._workstation:
            return
        self._workstation = workstation
        for message in self._early:
            workstation.put(message)
        self._early.clear()
        workstation.subscribe(self.announce)

    def send(self, message: Message) -> None:
        """Put an intent or a scan into the station's inbox."""
        if self._workstation is not None:
            self._workstation.put(message)
            self.sent.emit(message)
        elif len(self._early) < EARLY_LIMIT:
            self._early.append(message)
        else:
            log.warning("Dropped an input made before the station was open: %s", type(message))

    def announce(self, event: Event) -> None:
        """Take an event; from any thread."""
        if not self._closed:
            self._arrived.emit(event)

    def say_again(self) -> None:
        """Announce what stands at present once more: a window was made anew."""
        for event in tuple(self._last.values()):
            self._dispatch(event)

    def ask(
        self,
        question: Callable[[Views], T],
        then: Callable[[T], None],
        visit: Visit,
        otherwise: Callable[[PackhouseError], None] | None = None,
    ) -> None:
        """Ask the book on a reader thread; `then` runs here with the answer while `visit` lasts.

        Args:
            question: Called with the views, away from the window's thread.
            then: Called on the window's thread.
            visit: The stay on the page that asked.
            otherwise: Called instead when the answer could not be had; else it is logged.
        """
        if self._workstation is None or self._closed:
            return
        views = self._workstation.views

        def read() -> None:
            """Runs on a reader thread; only values leave it."""
            answer: T | PackhouseError
            try:
                answer = question(views)
            except PackhouseError as error:
                answer = error
            except Exception as error:  # noqa: BLE001 — a fault of ours must not end a reader
                answer = _fault(error)
            if not self._closed:
                self._answered.emit(partial(_hand_over, answer, then, visit, otherwise))

        self._open = [asked for asked in self._open if not asked.done()]
        self._open.append(self._readers.submit(read))

    def drain(self) -> None:
        """Wait for what was asked, and hand the answers over; for pictures and tests."""
        wait(self._open)
        QCoreApplication.sendPostedEvents(self, 0)

    def close(self) -> None:
        """No more events, questions or answers; waits for the question being read."""
        self._closed = True
        self._readers.shutdown(wait=True, cancel_futures=True)

    @Slot(object)
    def _deliver(self, answer: Callable[[], None]) -> None:
        answer()

    def _remember(self, event: Event) -> None:
        """A device stands beside the others; of the rest that holds there is one."""
        if isinstance(event, STANDING):
            self._last[event.device if isinstance(event, DeviceChanged) else type(event)] = event

    @Slot(object)
    def _dispatch(self, event: Event) -> None:  # noqa: C901, PLR0912 — a case per event, closed union
        if self._closed:
            return
        self._remember(event)
        match event:
            case ScreenChanged(screen):
                self.screen_changed.emit(screen)
            case FooterChanged(footer):
                self.footer_changed.emit(footer)
            case Sounded(sound):
                self.sounded.emit(sound)
            case ScanHeard():
                self.scan_heard.emit()
            case ReadingShown(reading):
                self.reading_shown.emit(reading)
            case DeviceChanged():
                self.device_changed.emit(event)
            case ScanDecided():
                self.scan_decided.emit(event)
            case Recorded():
                self.recorded.emit(event)
            case Settled():
                self.settled.emit(event)
            case PrintAsked():
                self.print_asked.emit(event)
            case Broken():
                self.broken.emit(event)
            case SettingAsked(name):
                self.setting_asked.emit(name)
            case GrantAsked() | LogAsked() | ReportAsked() | EditAsked() | PhotoAsked():
                pass  # for others; the screen shows that it is being asked


def _hand_over(
    answer: T | PackhouseError,
    then: Callable[[T], None],
    visit: Visit,
    otherwise: Callable[[PackhouseError], None] | None,
) -> None:
    """On the window's thread: the answer to whoever asked, if they are still there."""
    if not visit.open:
        return
    if not isinstance(answer, PackhouseError):
        then(answer)
        return
    log.warning("A question to the book was not answered: %s", answer, exc_info=answer)
    if otherwise is not None:
        otherwise(answer)


def _fault(error: Exception) -> Fault:
    return Fault("The book could not be read. Work goes on; try again.", detail=repr(error))
