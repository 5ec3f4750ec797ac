"""Whether posting stays as fast when the book grows: the same load at ever more operations.

    BENCH_SIZES=10000,100000,1000000,5000000 python -m bench ledger_growth      (make bench-growth)

The book is filled through the service, with the same mix and all checks; at each size four stations
post over HTTP as in `bench.ledger`. Neighbours change from minute to minute, so the processor time
of an operation stands beside the rate, and both are told as a ratio to the first size.
"""

import os
import time
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from app.commands.ledger_place import spare_the_collector
from app.contract.messages import NotNow, PostBatch
from app.ledger.service import LedgerService
from bench.ledger_floor import STATIONS, Floor, Place, Run, run
from bench.processes import LedgerProcess
from bench.rows import Beside, Row, percentile
from tools.local_postgres import LocalPostgres

SIZES = "10000,100000"
PER_STATION = 5_000
# Operations between two imports of orders, and batches as large as the contract allows.
PER_FILL = 20_000
FILL_BATCH = 1_000


def measure() -> Iterator[Row]:
    """Both databases, or the one that BENCH_ENGINES names."""
    engines = os.environ.get("BENCH_ENGINES", "sqlite,postgresql").split(",")
    sizes = [int(size) for size in os.environ.get("BENCH_SIZES", SIZES).split(",")]
    spare_the_collector()
    with LocalPostgres() as server:
        for engine in engines:
            url = server.create_database() if engine == "postgresql" else ""
            with TemporaryDirectory(prefix="packhouse-bench-") as folder:
                yield from _grown(Place(engine, url, Path(folder)), sizes)


def _grown(place: Place, sizes: list[int]) -> Iterator[Row]:
    floor = Floor(place, 1)
    size = 0
    first: Run | None = None
    for wanted in sizes:
        begun, before = time.monotonic(), size
        while size < wanted:
            size += _fill(floor, min(PER_FILL, wanted - size))
        filled_s = time.monotonic() - begun
        files = floor.load(PER_STATION)
        with LedgerProcess(*place.flags) as ledger:
            posted = run(place, ledger, floor.tokens(ledger.url), files)
        first = first or posted
        beside: Beside = {
            "engine": place.engine,
            "ratio_of_rate": round(posted.per_s / first.per_s, 2),
            "ratio_of_processor_time": round(_cpu_us(posted) / _cpu_us(first), 2),
            "batch_p95_ms": round(percentile(posted.took_s, 95) * 1e3),
            "disk_mb": round(place.bytes / 1e6),
            "filled_per_s": round((size - before) / filled_s),
            **posted.shares(),
        }
        name = f"ledger_posts_per_s_{place.engine}_at_{wanted}"
        yield Row(name, posted.per_s, "operations/s", posted.posted, beside)
        size += posted.posted


def _cpu_us(posted: Run) -> float:
    return 1e6 * (posted.server_s + posted.database_s) / posted.posted


def _fill(floor: Floor, operations: int) -> int:
    """Post about so many operations in this process; how many it were."""
    work = floor.next_events(operations // STATIONS)
    streams = [
        station.batches(events, FILL_BATCH)
        for station, events in zip(floor.stations, work, strict=True)
    ]
    done = 0
    with floor.place.service() as ledger:
        for group in zip_longest(*streams):
            done += _post(ledger, [batch for batch in group if batch is not None])
    return done


def _post(ledger: LedgerService, group: list[PostBatch]) -> int:
    prepared = []
    for batch in group:
        who = ledger._sites.who(batch.enrolment)  # noqa: SLF001 - a probe, not a caller
        ready = ledger.prepare(who, batch)
        if isinstance(ready, NotNow):
            raise RuntimeError(ready.sentence)  # noqa: TRY004 - a bad bench, not a bad type
        prepared.append(ready)
    for answer in ledger.post_group(prepared):
        if isinstance(answer, NotNow):
            raise RuntimeError(answer.sentence)  # noqa: TRY004
    return sum(len(batch.operations) for batch in group)
