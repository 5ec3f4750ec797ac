"""From a barcode at the port to the painted answer, on the real window with everything running.

Bytes go into a pseudo-terminal; the program's own device thread, station, bridge and window do the
rest. `bench.painted` says what painted means; what the sound card adds (20 ms) is not in it.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from app.bootstrap import Workstation
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.station.inbox import Do, Intent
from bench import hall
from bench.painted import Stopwatch, TimedBeeper, drive
from bench.processes import LedgerProcess, Neighbours
from bench.rows import Beside, Row, spread
from bench.shift import BenchStation
from bench.shop import open_shop
from bench.sync import wait_for
from ui.application import Program

ITEMS, BALANCES, LINES = 100_000, 100_000, 5_000
SCANS, WARM_UP = 2_100, 100
WEEK = 50_000
ANSWER_S = 20.0
CPU = "scan_cpu_ms"
STAGES = ("port_to_station", "station_to_commit", "commit_to_tone", "commit_to_paint")


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
    took: dict[str, list[float]] = {name: [] for name in ("whole", "scan_to_commit", *STAGES, CPU)}
    drive(start, lambda port, watch, program: _hand((port, first), watch, program, took))
    return took


def _hand(
    where: tuple[int, int], watch: Stopwatch, program: Program, took: dict[str, list[float]]
) -> None:
    """Sign in, open the long order, and scan: each time a while after the answer was seen."""
    port, first = where
    pause = Event()
    pause.wait(3.0)  # the station opens, and its scanner with it
    program.window.beeper.use(TimedBeeper(watch))  # type: ignore[attr-defined]
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
