"""Composition root of a station: settings become a running workstation.

Starts every thread in order and joins them in reverse: station, printer, devices, sync, ticker.
Nothing else in `app` starts a thread of the station.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from random import Random
from typing import TYPE_CHECKING

from app.cache import audit_csv, backups
from app.cache.backing_up import BackupMaker
from app.cache.queries import CacheViews
from app.cache.support import Support
from app.cache.tending import Tender
from app.clock import SystemClock, UuidSource
from app.configuring import changed, devices_of
from app.custody import KeyWatch, dial
from app.domain.text import Text, text
from app.enrolling import PEPPER, introduced
from app.errors import PackhouseError, Trouble
from app.fetching import fetch
from app.gs1.gate import reader as gs1_reader
from app.identity.userkey import LEAST, Cost
from app.keys.report import warning as warning_of
from app.keys.rotation import KeyCare, Step
from app.labels.job import rendered, trial
from app.opened import OpenBook
from app.settings import StationSettings, configuration
from app.station import unattended
from app.station.configuration import ENROL
from app.station.desk import StationDesk
from app.station.events import (
    EditAsked,
    Event,
    GrantAsked,
    LogAsked,
    LogTaken,
    PhotoAsked,
    PrintAsked,
    Recorded,
    ReportAsked,
    SettingAsked,
)
from app.station.inbox import Do, Intent, LinkState, Message, Stop, Tick
from app.station.ports import Identity
from app.station.reporting import ReportRequest
from app.station.station import Station
from app.station.unlocking import UnlockThread
from app.station.views import Views

if TYPE_CHECKING:
    from concurrent.futures import Future

    from app.devices.printer import PrinterThread
    from app.devices.runner import DeviceThread
    from app.keys.unlocking import Unlock
    from app.reports.making import Paper
    from app.sync.http_ledger import HttpLedger
    from app.sync.runner import SyncThreads

log = logging.getLogger(__name__)

TICK_S = 1.0
# A turn is milliseconds; a station that has not stopped after this is stuck, and is left behind.
STOP_WAIT_S = 10.0
_FAULT = (
    "The file could not be written ({error}). Nothing else changed; send the report to support."
)


def enrol(opened: OpenBook, code: str, *, again: bool = False) -> Identity:
    """Trade a one-time code for an identity, over the line the settings name.

    Raises:
        Refusal: This station or the ledger does not take it.
        Trouble: The ledger cannot be reached.
    """
    from app import enrolling

    dialled = dial(opened.settings)
    try:
        return enrolling.enrol(opened, dialled.gate, code, again=again)
    finally:
        dialled.wire.close()


class NotEnrolledError(Trouble):
    """There is a book and no ledger behind it yet: the first run goes on."""


def beside(work: Callable[[], None], name: str) -> None:
    """Run `work` on a thread nobody waits for: it ends by itself."""
    threading.Thread(target=work, name=name, daemon=True).start()


class Workstation:
    """A running station. Use as a context manager, or call `start` and `stop`.

    Args:
        opened: Lock, keys and book.
        least: The cheapest credential that is tried; less only where the whole site is a play.

    Attributes:
        paper: Draws reports; the window gives it, and without one there are tables only.

    Raises:
        Trouble: The station is not enrolled.
    """

    def __init__(self, opened: OpenBook, least: Cost = LEAST) -> None:
        self._opened = opened
        self._settings = opened.settings
        if not opened.store.enrolled():
            opened.close()
            raise NotEnrolledError(
                "This station is not enrolled yet. Ask for a code (`packhouse ledger station add`) "
                "and start with --ledger URL --enrol CODE."
            )
        self._clock = SystemClock()
        understand = gs1_reader(lambda: self._clock.now().year)
        self._unlocker = UnlockThread(lambda: opened.vault.secret(PEPPER) or b"", least)
        self.station = Station(opened.store, self._clock, UuidSource(), understand, self._unlocker)
        told = {name: str(value) for name, value in asdict(self._settings).items()}
        support = Support(self._settings.data_dir, told, self._clock.now)
        self.views: Views = CacheViews(opened.book, support, self._next_try_s)
        self.paper: Paper | None = None
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._devices: list[DeviceThread] = []
        self._printer: PrinterThread | None = None
        self._sync: SyncThreads | None = None
        self._ledger: HttpLedger | None = None

    @property
    def introduced(self) -> str:
        """Who the station is, for the person who has just enrolled it."""
        return introduced(self._opened)

    @property
    def identity(self) -> Identity:
        """Who the station is to its ledger."""
        return self._opened.store.identity()

    # ------------------------------------------------------------------------- the window's side

    def put(self, message: Message) -> None:
        """Put a value into the station's inbox."""
        match message:
            case Do(Intent.SYNC_NOW):
                if self._sync is not None:
                    self._sync.link_up()
            case Do(Intent.TEST_LABEL):
                if self._printer is not None:
                    label = trial(self.identity.station, self._settings.dpi)
                    self._printer.print(Intent.TEST_LABEL.value, label)
            case _:
                self.station.put(message)

    def subscribe(self, listener: Callable[[Event], None]) -> None:
        """Hear every event, the current screen and footer first; on the station's thread."""
        if self._threads:
            self.station.call(lambda: self.station.subscribe(listener))
        else:
            self.station.subscribe(listener)

    # ------------------------------------------------------------------------------ start and stop

    def start(self) -> None:
        """Start every thread, in order."""
        self.station.subscribe(self._follow)
        self._run(self.station.run, "station")
        self._run(lambda: self._unlocker.run(self._deliver), "unlocker")
        self._start_printer()
        self._start_devices()
        self._start_sync()
        tender = self._tender()
        self._run(lambda: tender.run(self._stopping), "tender")
        self._run(self._tick, "ticker")
        self._tell_settings()

    def stop(self) -> None:
        """Stop every thread in reverse and close the book; what waits is sent next time."""
        self._stopping.set()
        if self._sync is not None:
            self._sync.stop()
        self._stop_devices()
        self._unlocker.stop()
        self.station.put(Stop())
        for thread in reversed(self._threads):
            thread.join(STOP_WAIT_S)
            if thread.is_alive():
                log.error("%s did not stop in %s s and is left behind", thread.name, STOP_WAIT_S)
        self._opened.close()

    def __enter__(self) -> "Workstation":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ------------------------------------------------------------------------------------ the parts

    def _run(self, target: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        thread.start()
        self._threads = [*(one for one in self._threads if one.is_alive()), thread]

    def beside(self, work: Callable[[], None], name: str) -> None:
        """Run `work` on a thread nobody waits for: it reads a pipe until its writer closes it."""
        beside(work, name)

    def _tick(self) -> None:
        while not self._stopping.wait(TICK_S):
            with suppress(Trouble):  # The next one says the same.
                self.station.put(Tick())

    def _deliver(self, message: Message) -> None:
        """What somebody waits for reaches the station, however busy it is."""
        while not self._stopping.is_set():
            with suppress(Trouble):
                self.station.put(message)
                break

    def _follow(self, event: Event) -> None:
        """What the station's announcements set in motion; on its thread, so only handed on."""
        match event:
            case Recorded():
                if self._sync is not None:
                    self._sync.wake()
            case PrintAsked():
                if self._printer is not None:
                    self._printer.print(event.job, rendered(event.content, self._settings.dpi))
            case GrantAsked() | EditAsked() | PhotoAsked():
                folder = self._settings.data_dir
                self._run(lambda: self._deliver(fetch(event, self._ledger, folder)), "fetch")
            case LogAsked():
                self._run(lambda: self._take_log(event), "export")
            case SettingAsked(name, value) if name != ENROL:
                self._run(lambda: self._change(name, value), "setting")
            case ReportAsked(asked):
                self._run(lambda: self._make_report(asked), "report")
            case _:
                pass

    def _make_report(self, request: ReportRequest) -> None:
        from app.reports.beside import answer

        told = answer(self._opened, self._settings, request, (self.paper, self._stopping.is_set))
        self.station.call(lambda: self.station.reported(told))

    def _next_try_s(self) -> int | None:
        return self._sync.next_try_s() if self._sync is not None else None

    def _take_log(self, asked: LogAsked) -> None:
        """Write the log as a file, on a thread of its own, read from the book as it is then."""
        folder = self._settings.data_dir / audit_csv.FOLDER
        try:
            asked.taken.set_result(audit_csv.take(self._opened.book, folder, asked))
        except Exception as error:  # The page waits for an answer, whatever it is.
            log.exception("the log was not written")
            asked.taken.set_result(LogTaken(trouble=_FAULT.format(error=type(error).__name__)))

    def _tender(self) -> Tender:
        opened, now = self._opened, self._clock.now
        maker = BackupMaker(backups.folder_of(self._settings.data_dir), opened.vault, now)

        def tell(warning: Text | None) -> None:
            self.station.call(lambda: self.station.warned(warning))

        tender = Tender(opened.book, maker, opened.reserve, now, tell)
        tender.other = lambda: warning_of(opened.vault.state)
        return tender

    def _change(self, name: str, value: str) -> None:
        """A setting of the station, on a thread of its own: tried, then written, then in force."""
        try:
            before, self._settings = self._settings, changed(self._settings, name, value)
        except PackhouseError as error:
            log.warning("the setting %s was not changed: %s", name, error)
            said = text("settings.refused", sentence=error.say)
            self.station.call(lambda: self.station.warned(said))
            return
        if devices_of(before) != devices_of(self._settings):
            self._stop_devices()
            self._start_printer()
            self._start_devices()
        self._tell_settings()

    def _tell_settings(self) -> None:
        """The station shows what holds now, and where it came from."""
        told = configuration(self._settings)
        self.station.call(lambda: self.station.configured(told))

    def _stop_devices(self) -> None:
        for device in self._devices:
            device.stop()
        self._devices.clear()
        if self._printer is not None:
            self._printer.stop()

    def _start_printer(self) -> None:
        from app.devices.printer import PrinterThread

        # Without a printer no label is kept: it names a person and an address.
        url = self._settings.printer or "none:"
        self._printer = PrinterThread("printer-1", url, self._deliver)
        self._printer.start()

    def _start_devices(self) -> None:
        from app.devices.devices import scale as open_scale
        from app.devices.devices import scanner as open_scanner
        from app.devices.runner import DeviceThread

        if self._settings.scanner:
            scanner = open_scanner("scanner-1", self._settings.scanner)
            self._devices.append(DeviceThread(scanner, self.station.put, self._clock.monotonic_ns))
        if self._settings.scale:
            scale = open_scale("scale-1", self._settings.scale, self._settings.scale_protocol)
            self._devices.append(DeviceThread(scale, self.station.put, self._clock.monotonic_ns))
        for device in self._devices:
            device.start()

    def _start_sync(self) -> None:
        if not self._settings.ledger:
            return
        from app.sync.http_ledger import HttpLedger
        from app.sync.newkey import KeyChange
        from app.sync.runner import SyncThreads
        from app.sync.skew import Skew
        from app.sync.tokens import TokenSource

        identity = self._opened.store.identity()
        desk = StationDesk(self.station, self._opened.store, self._opened.signer, self._clock)
        try:
            dialled = dial(self._settings)
        except Trouble as trouble:
            # Never a reason not to work: the address is mended while the outbox fills.
            log.warning("no link to the ledger: %s", trouble)
            desk.link_changed(LinkState.UNPROVEN.value, trouble.say, None)
            return
        skew, keys = Skew(self._clock), self._opened.signer
        change = KeyChange(dialled.gate, identity.enrolment, keys, desk.head_seq, desk.key_changed)
        tokens = TokenSource(
            dialled.gate,
            identity.enrolment,
            keys,
            skew,
            audience=identity.ledger_key,
            change=change,
        )
        jitter = Random()  # noqa: S311 - spreads retries, guards nothing
        ledger = self._ledger = HttpLedger(dialled.wire, tokens, skew)
        self._sync = SyncThreads(desk, ledger, jitter, threading.Thread)
        self._sync.start()
        opened = self._opened
        care = KeyCare(opened.vault, ledger, opened.book.change_key, opened.unlock)
        watch = KeyWatch(care, self._keys_changed)
        self._run(lambda: watch.run(self._stopping), "keys")

    def _keys_changed(self, step: Step) -> None:
        """Recorded by the station's thread, which alone writes the book."""
        state, store = self._opened.vault.state, self._opened.store
        evidence: dict[str, str | int] = {"version": state.version, "backend": state.backend}
        recorded = self.station.call(
            lambda: unattended.record(store, self._clock, UuidSource(), step.value, evidence)
        )

        def complain(done: "Future[None]") -> None:
            """The keys have changed all the same; what could not be recorded is in the log."""
            if (error := done.exception()) is not None:
                log.error("%s was not recorded: %s", step.value, error)

        recorded.add_done_callback(complain)


def build(settings: StationSettings, code: str = "", unlock: "Unlock | None" = None) -> Workstation:
    """Open the station's files, enrol it when a code is given, and put the parts together.

    Args:
        settings: What the station was told.
        code: One-time enrolment code, or empty.
        unlock: What unlocks the keys; by default what the settings and the session offer.

    Raises:
        PackhouseError: One sentence says why it cannot start and what to do.
    """
    opened = OpenBook(settings, unlock)
    try:
        if code:
            enrol(opened, code)
    except BaseException:
        opened.close()
        raise
    return Workstation(opened)
