"""What it costs to tell the news to everybody who waits: ten, a hundred, a thousand stations.

One fact is posted while so many stations wait at its site, or at other sites. Told are the
milliseconds until they have it, and the ledger's processor time of one fact.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from app.contract import codec
from app.contract.messages import MAX_WAIT_S, PROTOCOL_VERSION, ChangesQuery
from app.ledger.tables import site, site_feed
from bench.ledger_floor import STATIONS, Floor, Place, say, start
from bench.processes import LedgerProcess, Neighbours
from bench.rows import Row, percentile
from tools.local_postgres import LocalPostgres

ROUNDS = 8
WAITING = (10, 100, 1_000)


def measure() -> Iterator[Row]:
    """On PostgreSQL: waiting at the site of the news, then at other sites."""
    with LocalPostgres() as server:
        for sites, waiting in (*((1, count) for count in WAITING), (STATIONS, WAITING[-1])):
            with TemporaryDirectory(prefix="packhouse-bench-") as folder:
                place = Place("postgresql", server.create_database(), Path(folder))
                yield _told(place, sites, waiting)


def _told(place: Place, sites: int, waiting: int) -> Row:
    floor = Floor(place, sites)
    batches = floor.stations[0].batches(floor.next_events(ROUNDS)[0], 1)
    posts = [codec.encode(next(batches)).decode() for _ in range(ROUNDS)]
    with LedgerProcess(*place.flags) as ledger:
        tokens = floor.tokens(ledger.url)
        file = place.folder / "waiting"
        given = {
            "token": tokens[0],
            "batches": posts,
            "waiting": _waiting(floor, tokens, waiting),
        }
        file.write_text(json.dumps(given), encoding="utf-8")
        process = start("bench.ledger_waiting", ledger.url, str(file))
        neighbours, before = Neighbours(), ledger.cpu_s
        say(process, "go")
        said = json.loads(process.communicate()[0])
        used = ledger.cpu_s - before
    took = said["took"]
    name = "fanout_same_site" if sites == 1 else "fanout_other_sites"
    return Row(
        f"{name}_{waiting}_cpu_ms",
        1e3 * used / ROUNDS,
        "ms",
        ROUNDS,
        {
            "heard_p50_ms": round(percentile(took, 50)) if took else 0,
            "heard_p95_ms": round(percentile(took, 95)) if took else 0,
            "others_cpu_percent": neighbours.percent(used),
        },
    )


def _waiting(floor: Floor, tokens: list[str], count: int) -> list[dict[str, object]]:
    """What each of them asks; those at other sites hear nothing."""
    same = len(floor.sites) == 1
    asking = range(STATIONS) if same else range(1, STATIONS)
    query = sa.select(site.c.site, site_feed.c.seq, site_feed.c.chain).join(
        site, site.c.n == site_feed.c.site_n
    )
    with floor.place.read() as connection:
        heads = {row.site: row for row in connection.execute(query)}
    found: list[dict[str, object]] = []
    for number in range(count):
        which = asking[number % len(asking)]
        station = floor.stations[which]
        head = heads[station.site]
        question = ChangesQuery(
            protocol=PROTOCOL_VERSION,
            epoch=station.epoch,
            cursor=head.seq,
            chain=head.chain,
            wait_s=MAX_WAIT_S,
        )
        asked = json.loads(codec.encode(question))
        found.append({"query": asked, "token": tokens[which], "hears": same})
    return found
