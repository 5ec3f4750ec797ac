"""From a barcode at the port to the painted answer, on the real window with everything running.

Bytes go into a pseudo-terminal; the program's own device thread, station, bridge and window do the
rest. Painted means: the window's update request that repainted the prompt panel has been handled,
so the picture is in the window's buffer. The tone counts when it is handed to the sound card's
thread; what the card adds (20 ms) is not in it.
"""

import os
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from app.bootstrap import Workstation
from app.domain.scan import Scan
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.station.events import Event as StationEvent
from app.station.events import ScreenChanged, Sounded
from app.station.inbox import Do, Intent, Message
from app.station.screen import Sound
from bench import hall
from bench.processes import LedgerProcess, Neighbours
from bench.rows import Beside, Row, spread
from bench.shift import BenchStation
from bench.shop import open_shop
from bench.sync import wait_for
from ui.application import Extras, Program
from ui.dressing import Look
from ui.sound import SilentBeeper
from ui.widgets.scan_prompt import ScanPrompt

ITEMS, BALANCES, LINES = 100_000, 100_000, 5_000
SCANS, WARM_UP = 2_100, 100
WEEK = 50_000
ANSWER_S = 20.0
CPU = "scan_cpu_ms"
STAGES = ("port_to_station", "station_to_commit", "commit_to_tone", "commit_to_paint")


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


class _Beeper(SilentBeeper):
    """Takes the tone where the sound card would."""

    def __init__(self, watch: Stopwatch) -> None:
        super().__init__()
        self._watch = watch

    @override
    def play(self, sound: Sound) -> None:
        """Stamped."""
        del sound
        self._watch.tone()


class _Application(QApplication):
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


def measure() -> Iterator[Row]:
    """A connected station; then the same after seven days without a link."""
    with TemporaryDirectory(prefix="packhouse-bench-") as folder:
        yield from _connected(Path(folder))


def _connected(folder: Path) -> Iterator[Row]:
    service = LedgerService(Database.in_folder(folder / "ledger"))
    hall.fill(service, items=ITEMS, balances=BALANCES, lines=LINES)
    station = BenchStation(folder / "station", service, hall.SITE, "pack-1")
    service.close()
    with LedgerProcess("--data-dir", str(folder / "ledger")) as ledger:
        with station.hand_over(ledger=ledger.url) as before:
            wait_for(lambda: before.views.health().cursor > 0)
        neighbours, used = Neighbours(), time.process_time() + ledger.cpu_s
        took = _run(lambda scanner: station.hand_over(ledger=ledger.url, scanner=scanner))
        others = neighbours.percent(time.process_time() + ledger.cpu_s - used)
        url = ledger.url
    beside: dict[str, str | int | float] = {
        "items": ITEMS,
        "order_lines": LINES,
        "sync": "on",
        "others_cpu_percent": others,
    }
    yield from rows("scan_to_paint", took, beside)
    yield from _seventh_day(station, url, beside)


def _seventh_day(station: BenchStation, gone: str, beside: Beside) -> Iterator[Row]:
    """The ledger cannot be reached, and a week's operations wait."""
    shop = open_shop(3_000)
    station.reopen()
    waiting = station.record(list(shop.orders), shop.stock, WEEK)
    neighbours, used = Neighbours(), time.process_time()
    took = _run(lambda scanner: station.hand_over(ledger=gone, scanner=scanner), SCANS)
    others = neighbours.percent(time.process_time() - used)
    beside = {**beside, "waiting": waiting, "others_cpu_percent": others}
    yield from rows("day7_scan_to_paint", {"whole": took["whole"]}, beside)


def rows(prefix: str, took: dict[str, list[float]], beside: Beside) -> Iterator[Row]:
    """The whole way, and its stages."""
    for name, values in took.items():
        if name == CPU:
            # All threads of the station, sync and footer included; neighbours hardly touch it.
            yield Row(CPU, values[0], "ms", SCANS - WARM_UP, beside)
            continue
        yield from spread(prefix if name == "whole" else name, "ms", values, **beside)


def _run(start: Callable[[str], Workstation], first: int = 0) -> dict[str, list[float]]:
    """Scan through the window, from item `first` on; milliseconds by stage."""
    application = QApplication.instance() or _Application(["bench"])
    assert isinstance(application, _Application)
    watch = application.watch = Stopwatch()
    took: dict[str, list[float]] = {name: [] for name in ("whole", "scan_to_commit", *STAGES, CPU)}
    trouble: list[BaseException] = []
    with _watched_prompt(watch), _line() as (port, url):
        program = Program(lambda: _started(start(url), watch), Look(), Extras(listener=watch.hear))
        program.window.shown.connect(watch.shown)

        def hand() -> None:
            try:
                _hand((port, first), watch, program, took)
            except BaseException as error:  # noqa: BLE001 - told by the thread that waits
                trouble.append(error)
            finally:
                application.finished.emit()  # quit() itself belongs to the window's thread

        application.finished.connect(application.quit, Qt.ConnectionType.QueuedConnection)
        thread = Thread(target=hand, daemon=True)
        program.open()
        thread.start()
        application.exec()
        program.close()
        thread.join()
    application.watch = None
    if trouble:
        raise trouble[0]
    return took


def _started(workstation: Workstation, watch: Stopwatch) -> Workstation:
    """Running, with a stamp where the scanner's thread hands a scan over."""
    inner = workstation.station.put

    def put(message: Message) -> None:
        if isinstance(message, Scan):
            watch.taken()
        inner(message)

    setattr(workstation.station, "put", put)  # noqa: B010 - mypy knows no other way
    workstation.start()
    return workstation


@contextmanager
def _watched_prompt(watch: Stopwatch) -> Iterator[None]:
    """The panel tells `watch` when it draws itself."""
    plain = ScanPrompt.paintEvent

    def paint(panel: ScanPrompt, event: QPaintEvent) -> None:
        plain(panel, event)
        watch.prompt_painted()

    setattr(ScanPrompt, "paintEvent", paint)  # noqa: B010 - mypy knows no other way
    try:
        yield
    finally:
        setattr(ScanPrompt, "paintEvent", plain)  # noqa: B010


@contextmanager
def _line() -> Iterator[tuple[int, str]]:
    """A serial line: our end, and the address of the scanner's."""
    ours, theirs = os.openpty()
    try:
        for end in (ours, theirs):
            tty.setraw(end)
        yield ours, f"serial://{os.ttyname(theirs)}"
    finally:
        for end in (ours, theirs):
            os.close(end)


def _hand(
    where: tuple[int, int], watch: Stopwatch, program: Program, took: dict[str, list[float]]
) -> None:
    """Sign in, open the long order, and scan: each time a while after the answer was seen."""
    port, first = where
    pause = Event()
    pause.wait(3.0)  # the station opens, and its scanner with it
    program.window.beeper.use(_Beeper(watch))  # type: ignore[attr-defined]
    for code in (hall.BADGE, hall.LONG_ORDER):
        watch.start()
        os.write(port, code.encode() + b"\r")
        pause.wait(2.0)
        if code == hall.BADGE:
            program.bridge.send(Do(Intent.SIGN_IN_PIN, hall.PIN))
            pause.wait(2.0)
    used = time.process_time()
    for number in range(SCANS):
        if number == WARM_UP:
            used = time.process_time()
        pause.wait(0.004 + number % 11 * 0.002)
        begun = watch.start()
        os.write(port, hall.gtin13(first + number).encode() + b"\r")
        if not watch.done.wait(ANSWER_S):
            raise TimeoutError(f"scan {number} was not painted: {vars(watch)}")
        if number < WARM_UP:
            continue
        stamps = {
            "whole": max(watch.painted_at, watch.toned) - begun,
            "scan_to_commit": watch.committed - begun,
            "port_to_station": watch.read - begun,
            "station_to_commit": watch.committed - watch.read,
            "commit_to_tone": watch.toned - watch.committed,
            "commit_to_paint": watch.painted_at - watch.committed,
        }
        for name, seconds in stamps.items():
            took[name].append(seconds * 1e3)
    took[CPU].append((time.process_time() - used) / (SCANS - WARM_UP) * 1e3)
