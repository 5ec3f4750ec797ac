"""What a station holds in memory after a long day: ten thousand scans, and whether it grows."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.ledger.database import Database
from app.ledger.service import LedgerService
from bench import hall
from bench.processes import PACKHOUSE, ROOT, LedgerProcess, rss_mb
from bench.rows import Row
from bench.shift import BenchStation

ITEMS, BALANCES = 10_000, 10_000
# Every screen is a line of output here, so the order is short and deep.
LINES, EACH = 200, 50
SCANS, EARLY = 10_000, 2_000


def measure() -> Iterator[Row]:
    """A headless station, connected, packs an order of 10,000 units."""
    with TemporaryDirectory(prefix="packhouse-bench-") as place:
        folder = Path(place)
        service = LedgerService(Database.in_folder(folder / "ledger"))
        hall.fill(service, items=ITEMS, balances=BALANCES, lines=LINES, each=EACH)
        station = BenchStation(folder / "station", service, hall.SITE, "pack-1")
        service.close()
        station.close()
        with LedgerProcess("--data-dir", str(folder / "ledger")) as ledger:
            seen = _scan(station.folder, ledger.url)
            server = rss_mb(ledger.process.pid)
    yield Row(
        "station_rss_mb",
        seen[SCANS],
        "MB",
        SCANS,
        {
            "program": "station --headless",
            "order_lines": LINES,
            **{f"after_{count}": round(mb, 1) for count, mb in sorted(seen.items())},
            "growth_mb": round(seen[SCANS] - seen[EARLY], 1),
        },
    )
    yield Row("ledger_rss_mb", server, "MB", SCANS, {"engine": "sqlite", "stations": 1})


def _is_synced(said: dict[str, Any]) -> bool:
    return bool(said["footer"]["last_sync"])


def _scan(folder: Path, url: str) -> dict[int, float]:
    """Memory by number of scans made."""
    flags = ("station", "--headless", "--data-dir", str(folder), "--ledger", url)
    seen: dict[int, float] = {}
    with subprocess.Popen(
        [*PACKHOUSE, *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def until(wanted: str) -> dict[str, Any]:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith(f'{{"event":"{wanted}"'):
                    return dict(json.loads(line))
            raise RuntimeError("the station ended")

        def say(**said: object) -> None:
            assert process.stdin is not None
            process.stdin.write(json.dumps(said) + "\n")
            process.stdin.flush()

        while not _is_synced(until("FooterChanged")):
            pass
        say(scan=hall.BADGE)
        say(do="sign_in_pin", argument=hall.PIN)
        while until("ScreenChanged")["screen"]["page"] != "home":
            pass
        say(scan=hall.LONG_ORDER)
        until("ScanDecided")
        for number in range(SCANS):
            say(scan=hall.gtin13(number % LINES))
            decided = until("ScanDecided")
            if decided["fate"] != "applied":
                raise RuntimeError(f"scan {number}: {decided}")
            if number + 1 in {EARLY, SCANS // 2, SCANS}:
                seen[number + 1] = rss_mb(process.pid)
        say(stop=True)
        process.stdin.close()
        process.stdout.read()
    return seen
