"""One run: the limits, the peers and ours, one after the other, as rows."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from bench.ledger import posting
from bench.ledger_floor import Place
from bench.peers import homes, limits, ours
from bench.rows import Row
from tools.local_postgres import LocalPostgres

RECORDS = (10_000, 50_000)
# Operations each of our four stations posts, and moves Tryton makes in bulk: 25 times slower there.
OURS, TRYTONS = 5_000, 3_000

IN_BULK = {"bulk_per_s", "rpc_100_per_s"}

Replicate = Callable[[Path, int], dict[str, float]]


def measure() -> Iterator[Row]:
    """Replication of 10,000 and 50,000 records, then stock moves on both databases."""
    with TemporaryDirectory(prefix="packhouse-peers-") as folder:
        for name, value in limits.sqlite_commits(Path(folder)).items():
            yield Row(f"limit_{name}", value, "operations/s", limits.COMMITS)
    for records in RECORDS:
        yield from _replication(records)
    yield from _moves()


def _replication(records: int) -> Iterator[Row]:
    peers: dict[str, Replicate] = {
        "packhouse": ours.replicate,
        "anki": _anki,
        "pouchdb": _pouchdb,
        "morango": _morango,
    }
    took: dict[str, dict[str, float]] = {}
    for peer, replicate in peers.items():
        with TemporaryDirectory(prefix="packhouse-peers-") as folder:
            took[peer] = replicate(Path(folder), records)
        for figure, unit in (("push_s", "s"), ("pull_s", "s"), ("noop_ms", "ms")):
            value = took[peer][figure]
            beside = {"times_ours": round(value / took["packhouse"][figure], 2)}
            yield Row(f"{peer}_{records}_{figure}", value, unit, records, {**beside})


def _moves() -> Iterator[Row]:
    with LocalPostgres() as server:
        for engine in ("sqlite", "postgresql"):
            url = server.create_database() if engine == "postgresql" else ""
            with TemporaryDirectory(prefix="packhouse-peers-") as folder:
                mine = {row.name: row for row in posting(Place(engine, url, Path(folder)), 1, OURS)}
            yield from mine.values()
            bulk = mine[f"ledger_posts_per_s_{engine}"]
            empty = server.create_database() if engine == "postgresql" else ""
            with TemporaryDirectory(prefix="packhouse-peers-") as folder:
                yield from _tryton(engine, empty, Path(folder), bulk.value)


def _tryton(engine: str, url: str, folder: Path, ours_per_s: float) -> Iterator[Row]:
    script = str(homes.GUESTS / "tryton_moves.py")
    command = [str(homes.python_of("tryton")), script]
    # Tryton wants a bare address; where the socket lies is told as libpq hears it.
    where = psycopg.conninfo.conninfo_to_dict(url) if url else {}
    uri, name = ("postgresql://", str(where["dbname"])) if url else ("sqlite://", "hall")
    said = {"PGHOST": str(where["host"]), "PGUSER": str(where["user"])} if url else {}
    answer = homes.ask([*command, uri, str(folder / "tryton"), str(TRYTONS), name], folder, **said)
    for figure, value in answer.items():
        unit = "ms" if figure.endswith("_ms") else "operations/s"
        # One by one is compared with one by one: `single_post_p50_ms` of the same run.
        beside = {"ours_is_times": round(ours_per_s / value, 1)} if figure in IN_BULK else {}
        yield Row(f"tryton_{engine}_{figure}", value, unit, TRYTONS, {**beside})


def _anki(folder: Path, records: int) -> dict[str, float]:
    script = str(homes.GUESTS / "anki_sync.py")
    return homes.ask([str(homes.python_of("anki")), script, str(records), str(folder)], folder)


def _pouchdb(folder: Path, records: int) -> dict[str, float]:
    script = str(homes.GUESTS / "pouchdb_sync.js")
    home = str(homes.node_home())
    return homes.ask(["node", script, str(records), str(folder), home], folder)


def _morango(folder: Path, records: int) -> dict[str, float]:
    script = str(homes.GUESTS / "morango_hall" / "sync.py")
    python = str(homes.python_of("morango"))
    return homes.ask([python, script, str(records), str(folder)], homes.GUESTS / "morango_hall")
