"""How many operations a second a ledger posts over HTTP, durable, with everything on.

`packhouse ledger serve` as a process of its own; four processes send batches of 500 that real books
recorded and signed beforehand; afterwards the rows are counted in the database.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import sqlalchemy as sa

from app.clock import SystemClock
from app.contract import codec
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.tables import operation
from app.sync.http_ledger import HttpGate, HttpLedger
from app.sync.skew import Skew
from app.sync.tokens import TokenSource
from app.sync.wire import Wire
from bench.load import write_requests
from bench.processes import ROOT, LedgerProcess, Neighbours, children, cpu_s, parent
from bench.rows import Row, percentile
from bench.shift import BenchStation
from bench.shop import open_shop
from tools.local_postgres import LocalPostgres

STATIONS = 4
BATCH = 500
PER_STATION = 15_000
SINGLES = 1_000
ORDERS = 3_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ledger lies: how to open it here, and which flags name it to the program."""

    engine: str
    url: str
    folder: Path

    def open(self) -> Database:
        """Open it in this process."""
        return Database(self.url) if self.url else Database.in_folder(self.folder)

    @property
    def flags(self) -> tuple[str, str]:
        """For `packhouse ledger serve`."""
        return ("--database", self.url) if self.url else ("--data-dir", str(self.folder))


def measure() -> Iterator[Row]:
    """Both databases, one site and four; then facts posted alone."""
    with LocalPostgres() as server:
        for engine in ("sqlite", "postgresql"):
            for sites in (1, STATIONS):
                url = server.create_database() if engine == "postgresql" else ""
                with TemporaryDirectory(prefix="packhouse-bench-") as folder:
                    place = Place(engine, url, Path(folder) / "ledger")
                    yield from _posting(place, Path(folder), sites)


def _posting(place: Place, folder: Path, sites: int) -> Iterator[Row]:
    per_station = int(os.environ.get("BENCH_PER_STATION", PER_STATION))
    stations, files = prepare(place, folder, sites, per_station)
    with LedgerProcess(*place.flags) as ledger:
        tokens = [_token(ledger.url, station) for station in stations]
        neighbours = Neighbours()
        server_before, database_before = ledger.cpu_s, _postgres_cpu_s(place)
        told = _run(ledger.url, tokens, files)
        server_cpu = ledger.cpu_s - server_before
        database_cpu = _postgres_cpu_s(place) - database_before
        load_cpu = sum(one["cpu_s"] for one in told)
        others = neighbours.percent(server_cpu + database_cpu + load_cpu)
        span = max(one["ended"] for one in told) - min(one["begun"] for one in told)
        posted, outcomes = _count(place)
        before = posted - per_station * STATIONS
        sent = sum(file.stat().st_size for file in files)
        took = [seconds for one in told for seconds in one["took"]]
        refused = [said for one in told for said in one["refused"]]
        if refused or before != 0:
            raise RuntimeError(f"{posted} rows, refused: {refused[:2]}")
        cores = os.cpu_count() or 1
        name = f"ledger_posts_per_s_{place.engine}" + ("" if sites == 1 else f"_{sites}_sites")
        yield Row(
            name,
            posted / span,
            "operations/s",
            posted,
            {
                "sites": sites,
                "stations": STATIONS,
                "batch": BATCH,
                "tls": "off",
                "data": open_shop(ORDERS).source,
                "bytes_per_operation": round(sent / posted),
                "rows_counted": posted,
                "outcomes": ", ".join(f"{name} {n}" for name, n in outcomes),
                "batch_p50_ms": round(percentile(took, 50) * 1e3),
                "batch_p99_ms": round(percentile(took, 99) * 1e3),
                "load_cpu_percent": round(100 * load_cpu / span / cores, 1),
                "ledger_cpu_percent": round(100 * server_cpu / span / cores, 1),
                "database_cpu_percent": round(100 * database_cpu / span / cores, 1),
                "others_cpu_percent": others,
                "ledger_cpu_us_per_operation": round(1e6 * server_cpu / posted),
            },
        )
        if sites == 1:
            yield from _singles(place, ledger.url, stations[0])
    for station in stations:
        station.close()


def prepare(
    place: Place, folder: Path, sites: int, per_station: int
) -> tuple[list[BenchStation], list[Path]]:
    """Fill a ledger and the books of four stations; their batches, one file each."""
    shop = open_shop(ORDERS)
    service = LedgerService(place.open())
    try:
        for number in range(sites):
            service.add_site(f"S{number}", company_prefix="4012345")
            shop.fill(service, f"S{number}")
        stations, files = [], []
        for number in range(STATIONS):
            site = f"S{number % sites}"
            station = BenchStation(folder / f"book{number}", service, site, f"pack-{number}")
            station.start_of_feed()
            most = per_station + (SINGLES if number == 0 and sites == 1 else 0)
            done = station.record(list(shop.orders[number::STATIONS]), shop.stock, most)
            if done < most:
                raise RuntimeError(f"only {done} operations in {len(shop.orders)} orders")
            file = folder / f"load{number}"
            batches = station.batches(BATCH)
            requests = [codec.encode(next(batches)) for _ in range(per_station // BATCH)]
            next(batches, None)  # the last one is taken as sent too
            write_requests(file, requests)
            stations.append(station)
            files.append(file)
    finally:
        service.close()
    _forget_setup(place)
    return stations, files


def _forget_setup(place: Place) -> None:
    """Let the database settle, as one does that has been running for a while."""
    database = place.open()
    with database.writer.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    database.close()


def _run(url: str, tokens: list[str], files: list[Path]) -> list[dict]:  # type: ignore[type-arg]
    load = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.load", url, token, str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for token, file in zip(tokens, files, strict=True)
    ]
    for process in load:
        assert process.stdout is not None
        process.stdout.readline()
    for process in load:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [json.loads(process.communicate()[0]) for process in load]


def _token(url: str, station: BenchStation) -> str:
    with _wire(url) as wire:
        source = TokenSource(
            HttpGate(wire), station.identity.enrolment, station.signer, Skew(SystemClock())
        )
        return source.current()


@contextmanager
def _wire(url: str) -> Iterator[Wire]:
    wire = Wire(url)
    try:
        yield wire
    finally:
        wire.close()


def _count(place: Place) -> tuple[int, list[tuple[str, int]]]:
    """Operations of stations in the database, and what became of them."""
    database = place.open()
    try:
        with database.reader.connect() as connection:
            counted = connection.execute(
                sa.select(operation.c.outcome, sa.func.count())
                .where(operation.c.kind != "adjust")
                .group_by(operation.c.outcome)
            ).all()
    finally:
        database.close()
    outcomes = [(str(outcome), int(n)) for outcome, n in counted]
    return sum(n for _, n in outcomes), outcomes


def _postgres_cpu_s(place: Place) -> float:
    """Processor time of the database server: its own processes, and those that have ended."""
    if not place.url:
        return 0.0
    with psycopg.connect(place.url) as connection:
        backend = connection.info.backend_pid
        master = parent(backend)
        return sum(map(cpu_s, children(master))) + cpu_s(master, with_ended=True)


def _singles(place: Place, url: str, station: BenchStation) -> Iterator[Row]:
    """Facts posted one by one, as a connected station does."""
    with _wire(url) as wire:
        skew = Skew(SystemClock())
        tokens = TokenSource(HttpGate(wire), station.identity.enrolment, station.signer, skew)
        ledger = HttpLedger(wire, tokens, skew)
        took = []
        for batch in station.batches(1):
            begun = time.perf_counter()
            ledger.post(batch)
            took.append((time.perf_counter() - begun) * 1e3)
    for percent in (50, 99):
        yield Row(
            f"single_post_p{percent}_ms" + ("" if place.engine == "postgresql" else "_sqlite"),
            percentile(took[10:], percent),
            "ms",
            len(took[10:]),
            {"engine": place.engine, "through": "the station's own client"},
        )
