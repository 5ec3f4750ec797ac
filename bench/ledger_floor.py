"""A ledger that is measured and its stations: set up, loaded, counted, verified."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa

from app.clock import SystemClock
from app.contract import chain, codec
from app.identity.userkey import CHEAP
from app.keys.signing import DeviceSigner
from app.ledger.database import Database
from app.ledger.imports import StockLine
from app.ledger.service import LedgerService
from app.ledger.tables import enrolment, feed, operation
from app.sync.http_ledger import HttpGate
from app.sync.skew import Skew
from app.sync.tls import trust
from app.sync.tokens import TokenSource
from app.sync.wire import Wire
from bench.ledger_station import CLERK, PostingStation
from bench.load import write_requests
from bench.mix import Event, Mix, import_orders, open_mix
from bench.processes import ROOT, LedgerProcess, Neighbours, children_cpu_s, parent

STATIONS = 4
BATCH = 500
# Units of each item that a site begins with, shared between its stations.
OPENING = 2_000
# Rows read back at a time when chains are verified.
READ_BACK = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ledger lies: how to open it here, and which flags name it to the program."""

    engine: str
    url: str
    folder: Path

    def open(self) -> Database:
        """Open it in this process."""
        return Database(self.url) if self.url else Database.in_folder(self.folder / "ledger")

    @property
    def flags(self) -> tuple[str, str]:
        """For `packhouse ledger serve`."""
        if self.url:
            return ("--database", self.url)
        return ("--data-dir", str(self.folder / "ledger"))

    @contextmanager
    def service(self) -> Iterator[LedgerService]:
        """The ledger, in this process."""
        service = LedgerService(self.open(), cost=CHEAP)  # nobody signs in here
        try:
            yield service
        finally:
            service.close()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection to look with."""
        database = self.open()
        try:
            with database.reader.connect() as connection:
                yield connection
        finally:
            database.close()

    @property
    def bytes(self) -> int:
        """What it takes on the disk, without PostgreSQL's write-ahead log."""
        if self.url:
            with psycopg.connect(self.url) as connection:
                found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            return int(found[0]) if found else 0
        return sum(file.stat().st_size for file in (self.folder / "ledger").iterdir())

    @property
    def log_bytes(self) -> int:
        """How much PostgreSQL has written to its write-ahead log so far."""
        if not self.url:
            return 0
        with psycopg.connect(self.url) as connection:
            found = connection.execute("SELECT pg_current_wal_lsn() - '0/0'").fetchone()
        return int(found[0]) if found else 0

    @property
    def database_cpu_s(self) -> float:
        """Processor time of PostgreSQL: its own processes, and those that have ended."""
        if not self.url:
            return 0.0
        with psycopg.connect(self.url) as connection:
            return children_cpu_s(parent(connection.info.backend_pid))

    def durability(self) -> str:
        """What the server itself says of how it commits."""
        if self.url:
            names = ("fsync", "synchronous_commit", "full_page_writes", "wal_compression")
            with psycopg.connect(self.url) as connection:
                said = [connection.execute(f"SHOW {name}").fetchone() for name in names]
            return ", ".join(
                f"{name}={one[0]}" for name, one in zip(names, said, strict=True) if one
            )
        database = self.open()
        try:
            with database.writer.connect() as connection:
                pragmas = ("journal_mode", "synchronous")
                values = [
                    connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in pragmas
                ]
        finally:
            database.close()
        return ", ".join(f"{name}={one}" for name, one in zip(pragmas, values, strict=True))


class Enrolled(Protocol):
    """Who may ask for a token."""

    @property
    def enrolment(self) -> str: ...
    @property
    def signer(self) -> DeviceSigner: ...


class Floor:
    """One or several sites of a ledger with stations that post the mix.

    Args:
        place: An empty ledger.
        sites: How many sites the stations are spread over.
        stations: How many there are, as many at each site.
        mix: What they post; the real days, or their twin, unless handed in.
    """

    def __init__(
        self, place: Place, sites: int, stations: int = STATIONS, mix: Mix | None = None
    ) -> None:
        self.place, self.mix = place, mix or open_mix()
        self.sites = [f"S{number}" for number in range(sites)]
        self._days = [self.mix.forever() for _ in self.sites]
        with place.service() as service:
            for site in self.sites:
                service.add_site(site, company_prefix="4012345")
                self.mix.stock_master(service, site)
                service.people.add(
                    site, CLERK, "M. Novak", "controller", ("PHB-bench-0123456789", "246810")
                )
                service.imports.stock(
                    site, [StockLine(self.mix.home(sku), sku, OPENING) for sku in self.mix.items]
                )
            share = OPENING // max(STATIONS, stations // sites)
            self.stations = [
                PostingStation(service, self.sites[n % sites], f"pack-{n}", self.mix, share)
                for n in range(stations)
            ]

    def load(self, per_station: int) -> list[Path]:
        """Import the orders of the next days; the stations' requests, one file each."""
        work = self.next_events(per_station)
        files = []
        for number, (station, events) in enumerate(zip(self.stations, work, strict=True)):
            made = islice(station.batches(events, BATCH), per_station // BATCH)
            file = self.place.folder / f"load{number}"
            write_requests(file, [codec.encode(batch) for batch in made])
            files.append(file)
        self._settle()
        return files

    def next_events(self, per_station: int) -> list[list[Event]]:
        """So many operations' worth of events for each station, their orders imported."""
        work: list[list[Event]] = [[] for _ in self.stations]
        with self.place.service() as service:
            for number, (site, days) in enumerate(zip(self.sites, self._days, strict=True)):
                mine = work[number :: len(self.sites)]
                for share in mine:
                    size = 0
                    while size < per_station + BATCH:
                        share.append(event := next(days))
                        size += at_least(event)
                import_orders(service, site, [event for share in mine for event in share])
        return work

    def _settle(self) -> None:
        """Let the database settle, as one does that has been running for a while."""
        database = self.place.open()
        with database.writer.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
        database.close()

    def tokens(self, url: str, ca: str = "", who: Sequence[Enrolled] = ()) -> list[str]:
        """A bearer token for each station, or each of `who`, asked for as stations do."""
        wire = Wire(url, trust(Path(ca).read_text(encoding="ascii")) if ca else None)
        try:
            skew = Skew(SystemClock())
            return [
                TokenSource(HttpGate(wire), one.enrolment, one.signer, skew).current()
                for one in who or self.stations
            ]
        finally:
            wire.close()

    def kinds(self) -> str:
        """How often each kind was recorded, in per mille."""
        total: Counter[str] = sum((one.kinds for one in self.stations), Counter())
        every = sum(total.values())
        return ", ".join(f"{kind} {1000 * n / every:.0f}" for kind, n in total.most_common())


def at_least(event: Event) -> int:
    """How many operations an event becomes, at least."""
    return len(getattr(event, "lines", ())) or 1


@dataclass(frozen=True, slots=True)
class Run:
    """One posting run.

    Attributes:
        posted: Operations that were answered.
        span_s: From the first request to the last answer.
        took_s: Of each batch.
        sent_bytes: Of all requests.
        server_s: Processor time of the ledger.
        database_s: Processor time of PostgreSQL.
        load_s: Processor time of the load.
        others_percent: What neighbours took of the machine meanwhile.
    """

    posted: int
    span_s: float
    took_s: list[float]
    sent_bytes: int
    server_s: float
    database_s: float
    load_s: float
    others_percent: float

    @property
    def per_s(self) -> float:
        """Operations a second."""
        return self.posted / self.span_s

    def shares(self) -> dict[str, float]:
        """Who used how much of the machine, and the processor time of one operation."""
        all_s = self.span_s * (os.cpu_count() or 1)
        return {
            "load_cpu_percent": round(100 * self.load_s / all_s, 1),
            "ledger_cpu_percent": round(100 * self.server_s / all_s, 1),
            "database_cpu_percent": round(100 * self.database_s / all_s, 1),
            "others_cpu_percent": self.others_percent,
            "ledger_cpu_us_per_operation": round(1e6 * self.server_s / self.posted, 1),
            "database_cpu_us_per_operation": round(1e6 * self.database_s / self.posted, 1),
        }


def run(place: Place, ledger: LedgerProcess, tokens: list[str], files: list[Path]) -> Run:
    """Post everything in `files`, one process a station, all from the same moment on.

    Raises:
        RuntimeError: The ledger did not take a batch, or took fewer operations than were sent.
    """
    before = _operations(place)
    neighbours = Neighbours()
    server_s, database_s = ledger.cpu_s, place.database_cpu_s
    told = _send(ledger, tokens, files)
    server_s, database_s = ledger.cpu_s - server_s, place.database_cpu_s - database_s
    load_s = sum(one["cpu_s"] for one in told)
    others = neighbours.percent(server_s + database_s + load_s)
    refused = [said for one in told for said in one["refused"]]
    sent, posted = sum(one["operations"] for one in told), _operations(place) - before
    if refused or sent != posted:
        raise RuntimeError(f"{posted} of {sent} operations in the book; refused: {refused[:2]}")
    return Run(
        posted,
        max(one["ended"] for one in told) - min(one["begun"] for one in told),
        [seconds for one in told for seconds in one["took"]],
        sum(file.stat().st_size for file in files),
        server_s,
        database_s,
        load_s,
        others,
    )


def start(module: str, *arguments: str) -> "subprocess.Popen[str]":
    """A process of the load; says "ready" and waits for a line."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def say(process: "subprocess.Popen[str]", word: str) -> None:
    """Tell a process of the load what to do."""
    assert process.stdin is not None
    process.stdin.write(f"{word}\n")
    process.stdin.flush()


def _send(ledger: LedgerProcess, tokens: list[str], files: list[Path]) -> list[dict[str, Any]]:
    load = [
        start("bench.load", ledger.url, token, str(file), ledger.ca)
        for token, file in zip(tokens, files, strict=True)
    ]
    for process in load:
        say(process, "go")
    return [json.loads(process.communicate()[0]) for process in load]


def _operations(place: Place) -> int:
    """Operations of stations; the ledger records some of its own, reserving and closing."""
    query = (
        sa.select(sa.func.count())
        .select_from(operation)
        .join(enrolment, enrolment.c.n == operation.c.enrolment_n)
        .where(enrolment.c.kind == "station")
    )
    with place.read() as connection:
        return int(connection.execute(query).scalar_one())


def outcomes(place: Place) -> str:
    """What became of everything stations have posted."""
    o = operation.c
    query = (
        sa.select(o.outcome, o.code, sa.func.count())
        .join(enrolment, enrolment.c.n == o.enrolment_n)
        .where(enrolment.c.kind == "station")
        .group_by(o.outcome, o.code)
    )
    with place.read() as connection:
        found = connection.execute(query).all()
    return ", ".join(f"{' '.join(filter(None, (said, code)))} {n}" for said, code, n in found)


def verify(place: Place) -> int:
    """Check what is stored, from outside: every hash, every station's chain, every feed's chain.

    Returns:
        How many operations were checked.

    Raises:
        RuntimeError: One does not fit.
    """
    o, e, f = operation.c, enrolment.c, feed.c
    checked = 0
    with place.read() as connection:
        ends = connection.execute(sa.select(e.n, e.id, e.digest).where(e.kind == "station")).all()
        for n, id_, end in ends:
            rows = sa.select(o.seq, o.content_hash, o.digest, o.body).where(o.enrolment_n == n)
            digest = chain.GENESIS
            for row in _in_parts(connection, rows, o.seq):
                content = chain.content_hash(row.body)
                digest = chain.next_digest(digest, id_, row.seq, content)
                if (content, digest) != (row.content_hash, row.digest):
                    raise RuntimeError(f"operation {row.seq} of {id_} is not what was sent")
                checked += 1
            if digest != end:
                raise RuntimeError(f"the chain of {id_} ends elsewhere")
        for site_n in connection.execute(sa.select(f.site_n).distinct()).scalars().all():
            told = sa.select(f.seq, f.chain, f.body).where(f.site_n == site_n)
            head = chain.GENESIS
            for row in _in_parts(connection, told, f.seq):
                head = chain.next_chain(head, row.body)
                if head != row.chain:
                    raise RuntimeError(f"the feed is broken at {row.seq}")
    return checked


def _in_parts(connection: sa.Connection, rows: Any, by: sa.Column[int]) -> Iterator[Any]:
    last = 0
    while part := connection.execute(rows.where(by > last).order_by(by).limit(READ_BACK)).all():
        yield from part
        last = part[-1].seq


def rows_of(place: Place, tables: Sequence[str]) -> dict[str, int]:
    """How many rows each table has."""
    with place.read() as connection:
        return {
            name: int(connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one())
            for name in tables
        }
