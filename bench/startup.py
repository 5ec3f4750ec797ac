"""From the start of the program to its painted window, and to the station behind it.

The packaged program where `make package` has made one, else this checkout, which is told beside it.
Before each start the one before was ended in order. Cold means that the page cache was dropped,
which only a superuser may do.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.ledger.database import Database
from app.ledger.service import LedgerService
from bench import hall
from bench.processes import PACKHOUSE, ROOT, LedgerProcess, Neighbours, rss_mb
from bench.rows import Beside, Row, median
from bench.shift import BenchStation
from bench.sync import wait_for

PACKAGED = ROOT / "dist" / "packhouse" / "packhouse"
DROP = Path("/proc/sys/vm/drop_caches")
WARM, COLD = 9, 5
STOP_S = 30.0


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of the process, and what it held when it was ready."""

    painted: float
    ready: float
    rss_mb: float


def measure() -> Iterator[Row]:
    """Warm first; then cold, where the cache can be dropped."""
    program = (str(PACKAGED),) if PACKAGED.exists() else PACKHOUSE
    with TemporaryDirectory(prefix="packhouse-bench-") as place:
        folder = Path(place)
        service = LedgerService(Database.in_folder(folder / "ledger"))
        hall.fill(service, items=1_000, balances=1_000, lines=100)
        station = BenchStation(folder / "station", service, hall.SITE, "pack-1")
        service.close()
        with LedgerProcess("--data-dir", str(folder / "ledger")) as ledger:
            with station.hand_over(ledger=ledger.url) as before:
                wait_for(lambda: before.views.health().cursor > 0, 0.05)
            flags = ("station", "--events", "--data-dir", str(folder / "station"))
            command = (*program, *flags, "--ledger", ledger.url)
            _start(command)
            for name, count, prepare in (("warm", WARM, _nothing), ("cold", COLD, _drop)):
                if prepare is _drop and not os.access(DROP, os.W_OK):
                    print("window_cold_s: not measured, the page cache cannot be dropped here")
                    continue
                yield from _rows(command, name, count, prepare)


def _rows(
    command: tuple[str, ...], name: str, count: int, prepare: Callable[[], None]
) -> Iterator[Row]:
    neighbours, starts = Neighbours(), []
    for _ in range(count):
        prepare()
        starts.append(_start(command))
    beside: Beside = {
        "program": "packaged" if PACKAGED.exists() else "checkout",
        "display": "offscreen",
        "busy_cpu_percent": neighbours.percent(0),
    }
    worst = {**beside, "worst": round(max(start.painted for start in starts), 3)}
    yield Row(f"window_{name}_s", median([start.painted for start in starts]), "s", count, worst)
    ready = "ready_s" if name == "warm" else f"ready_{name}_s"
    yield Row(ready, median([start.ready for start in starts]), "s", count, beside)
    if name == "warm":
        held = median([start.rss_mb for start in starts])
        yield Row("window_rss_mb", held, "MB", count, {**beside, "when": "just ready"})


def _start(command: tuple[str, ...]) -> Start:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    begun = time.monotonic()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=environment,
    ) as process:
        assert process.stdout is not None
        painted = 0.0
        for line in process.stdout:
            event = json.loads(line)["event"]
            if event == "Painted":
                painted = time.monotonic() - begun
            if event == "ScreenChanged":
                break
        else:
            raise RuntimeError("the program ended before it was ready")
        ready = time.monotonic() - begun
        held = rss_mb(process.pid)
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        process.wait(STOP_S)
    return Start(painted, ready, held)


def _nothing() -> None:
    pass


def _drop() -> None:
    """Forget every file that is in memory, after writing what is not written."""
    os.sync()
    DROP.write_text("3", encoding="ascii")
