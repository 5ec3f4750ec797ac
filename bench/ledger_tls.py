"""What TLS costs: the same floor posts over http and over https, turn about, in one run.

Turn about, because a book that grows and a machine that warms up would favour one of them.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from app.sync.tls import trust
from app.sync.wire import Patience, Wire
from bench.ledger_floor import STATIONS, Floor, Place, Run, run
from bench.processes import LedgerProcess
from bench.rows import Beside, Row, percentile

PER_STATION = 4_000
ROUNDS = 2
# New connections: what a station pays once in twenty idle seconds.
GREETINGS = 200
_PATIENCE = Patience(silence_s=5, total_s=10, most_bytes=64 << 10)


def measure() -> Iterator[Row]:
    """SQLite, one site, four stations."""
    per_station = int(os.environ.get("BENCH_PER_STATION", PER_STATION))
    seen: dict[str, list[Run]] = {"off": [], "on": []}
    greeted: dict[str, list[float]] = {}
    with TemporaryDirectory(prefix="packhouse-bench-") as folder:
        place = Place("sqlite", "", Path(folder))
        floor = Floor(place, 1)
        for _ in range(ROUNDS):
            for tls, runs in seen.items():
                files = floor.load(per_station)
                with LedgerProcess(*place.flags, tls=_folder(place, tls)) as ledger:
                    tokens = floor.tokens(ledger.url, ledger.ca)
                    runs.append(run(place, ledger, tokens, files))
                    greeted[tls] = list(_greetings(ledger))
    for tls, runs in seen.items():
        yield _row(tls, runs)
    for tls, took in greeted.items():
        yield Row(f"connect_and_ask_p50_ms_tls_{tls}", percentile(took, 50), "ms", len(took), {})


def _row(tls: str, runs: list[Run]) -> Row:
    rates = [one.per_s for one in runs]
    beside: Beside = {
        "tls": "TLS 1.3" if tls == "on" else "off",
        "rounds": ", ".join(f"{rate:.0f}" for rate in rates),
        "stations": STATIONS,
        "load_cpu_percent": median(one.shares()["load_cpu_percent"] for one in runs),
        "ledger_cpu_us_per_operation": median(
            one.shares()["ledger_cpu_us_per_operation"] for one in runs
        ),
        "others_cpu_percent": median(one.others_percent for one in runs),
    }
    posted = sum(one.posted for one in runs)
    return Row(
        f"ledger_posts_per_s_sqlite_tls_{tls}", median(rates), "operations/s", posted, beside
    )


def _folder(place: Place, tls: str) -> Path | None:
    return place.folder / "tls" if tls == "on" else None


def _greetings(ledger: LedgerProcess) -> Iterator[float]:
    """Milliseconds for a new connection and a first small question over it."""
    context = trust(Path(ledger.ca).read_text(encoding="ascii")) if ledger.ca else None
    for _ in range(GREETINGS):
        wire = Wire(ledger.url, context)
        began = time.perf_counter()
        wire.ask("/v1/hello", None, "", _PATIENCE)
        yield (time.perf_counter() - began) * 1e3
        wire.close()
