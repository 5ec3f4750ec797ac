"""How many operations a second a ledger posts over HTTP, durable, with everything on.

`packhouse ledger serve` as a process of its own; four processes send batches of 500 that were
recorded and signed beforehand, in the mix of kinds of a real shop (`bench.mix`). Afterwards rows
are counted, and every hash and chain in the database is checked from outside. In the same run: how
long one read takes while stations post, the limit that PostgreSQL itself sets, and where the time
goes.
"""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from app.clock import SystemClock
from app.contract import codec
from app.contract.messages import PROTOCOL_VERSION, ChangesQuery, MasterQuery
from app.ledger.tables import site, site_feed
from app.ledger.web.route import Scope
from app.sync.http_ledger import HttpGate, HttpLedger
from app.sync.skew import Skew
from app.sync.tokens import TokenSource
from app.sync.wire import Wire
from bench import ledger_copy
from bench.ledger_floor import (
    BATCH,
    STATIONS,
    Floor,
    Place,
    Run,
    outcomes,
    rows_of,
    run,
    say,
    start,
    verify,
)
from bench.processes import LedgerProcess
from bench.rows import Beside, Row, percentile
from tools.local_postgres import LocalPostgres

PER_STATION = 15_000
UNDER_LOAD = 10_000
SINGLES = 1_000
# Rows of a small page of the feed.
PAGE = 20
GROWING = ("operation", "feed", "posting", "balance", "progress")


def measure() -> Iterator[Row]:
    """Both databases, one site and four."""
    per_station = int(os.environ.get("BENCH_PER_STATION", PER_STATION))
    with LocalPostgres() as server:
        for engine in ("sqlite", "postgresql"):
            for sites in (1, STATIONS):
                url = server.create_database() if engine == "postgresql" else ""
                with TemporaryDirectory(prefix="packhouse-bench-") as folder:
                    place = Place(engine, url, Path(folder))
                    yield from posting(place, sites, per_station)


def posting(place: Place, sites: int, per_station: int) -> Iterator[Row]:
    """One ledger: posting, then reading while it posts, then single facts, then the limit."""
    floor = Floor(place, sites)
    files = floor.load(per_station)
    sizes = (place.bytes, place.log_bytes, rows_of(place, GROWING))
    with LedgerProcess(*place.flags) as ledger:
        tokens = floor.tokens(ledger.url)
        posted = run(place, ledger, tokens, files)
        suffix = place.engine + ("" if sites == 1 else f"_{sites}_sites")
        beside = _beside(floor, posted, sizes)
        if sites == 1:
            limit = ledger_copy.limits(place.url, posted.posted) if place.url else {}
            for count, per_s in limit.items():
                beside[f"copy_limit_{count}_connections"] = round(per_s)
        yield Row(
            f"ledger_posts_per_s_{suffix}", posted.per_s, "operations/s", posted.posted, beside
        )
        if sites == 1:
            yield from _reads(floor, ledger, tokens)
            yield from _singles(floor, ledger)
    beside["verified"] = verify(place)


def _beside(floor: Floor, posted: Run, before: tuple[int, int, dict[str, int]]) -> Beside:
    place = floor.place
    bytes_before, log_before, rows_before = before
    after = rows_of(place, GROWING)
    return {
        "sites": len(floor.sites),
        "stations": STATIONS,
        "batch": BATCH,
        "tls": "off",
        "durable": place.durability(),
        "data": floor.mix.source,
        "kinds_permille": floor.kinds(),
        "outcomes": outcomes(place),
        "verified": verify(place),
        "request_bytes_per_operation": round(posted.sent_bytes / posted.posted),
        "disk_bytes_per_operation": round((place.bytes - bytes_before) / posted.posted),
        "log_bytes_per_operation": round((place.log_bytes - log_before) / posted.posted),
        "rows_per_operation": round(
            sum(after[name] - rows_before[name] for name in GROWING) / posted.posted, 2
        ),
        "batch_p50_ms": round(percentile(posted.took_s, 50) * 1e3),
        "batch_p99_ms": round(percentile(posted.took_s, 99) * 1e3),
        **posted.shares(),
    }


def _reads(floor: Floor, ledger: LedgerProcess, tokens: list[str]) -> Iterator[Row]:
    """How long one question takes while four stations post as fast as they can."""
    place = floor.place
    file = place.folder / "questions"
    file.write_text(json.dumps(questions(floor, tokens[0])), encoding="utf-8")
    files = floor.load(UNDER_LOAD)
    reader = start("bench.ledger_reads", ledger.url, str(file))
    say(reader, "go")
    posted = run(place, ledger, tokens, files)
    said = json.loads(reader.communicate("stop\n")[0])
    if said["refused"]:
        raise RuntimeError(f"not answered: {said['refused'][:2]}")
    for name, took in said["took"].items():
        beside: Beside = {
            "engine": place.engine,
            "p50": round(percentile(took, 50), 2),
            "p99": round(percentile(took, 99), 2),
            "while_posting_per_s": round(posted.per_s),
            "others_cpu_percent": posted.others_percent,
        }
        yield Row(
            f"read_{name}_p95_ms_{place.engine}", percentile(took, 95), "ms", len(took), beside
        )


def questions(floor: Floor, token: str) -> list[tuple[str, str, str, str, str]]:
    """Name, method, address, body and bearer of what is asked while stations post."""
    query = (
        sa.select(site_feed.c.seq, site_feed.c.chain)
        .join(site, site.c.n == site_feed.c.site_n)
        .where(site.c.site == floor.sites[0])
    )
    with floor.place.read() as connection:
        head = connection.execute(query).one()
    epoch = floor.stations[0].epoch
    news = ChangesQuery(
        protocol=PROTOCOL_VERSION, epoch=epoch, cursor=head.seq, chain=head.chain, limit=PAGE
    )
    goods = MasterQuery(protocol=PROTOCOL_VERSION, epoch=epoch, cursor=100, limit=PAGE)
    with floor.place.service() as service:
        key = service.api_keys.add(
            "bench", [Scope.READ.value], actor="p-bench", site_name=floor.sites[0]
        )
    sku = floor.mix.items[0]
    where = f"item={sku}&location={floor.mix.home(sku)}"
    return [
        ("changes", "POST", "/v1/changes", codec.encode(news).decode(), token),
        ("master", "POST", "/v1/master", codec.encode(goods).decode(), token),
        ("stock", "GET", f"/v1/stock?{where}", "", key),
        ("why", "GET", f"/v1/stock/why?{where}&limit={PAGE}", "", key),
        ("health", "GET", "/healthz", "", token),
    ]


def _singles(floor: Floor, server: LedgerProcess) -> Iterator[Row]:
    """Facts posted one by one, as a connected station does."""
    place, station = floor.place, floor.stations[0]
    events = floor.next_events(SINGLES)[0]
    wire = Wire(server.url)
    server_s, database_s = server.cpu_s, place.database_cpu_s
    try:
        skew = Skew(SystemClock())
        tokens = TokenSource(HttpGate(wire), station.enrolment, station.signer, skew)
        ledger = HttpLedger(wire, tokens, skew)
        took = []
        for batch in station.batches(events, 1):
            begun = time.perf_counter()
            ledger.post(batch)
            took.append((time.perf_counter() - begun) * 1e3)
    finally:
        wire.close()
    beside: Beside = {
        "engine": place.engine,
        "through": "the station's own client",
        "ledger_cpu_ms": round(1e3 * (server.cpu_s - server_s) / len(took), 2),
        "database_cpu_ms": round(1e3 * (place.database_cpu_s - database_s) / len(took), 2),
    }
    for percent in (50, 99):
        name = f"single_post_p{percent}_ms" + ("" if place.url else "_sqlite")
        yield Row(name, percentile(took[10:], percent), "ms", len(took[10:]), beside)
