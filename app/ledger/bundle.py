"""The audit bundle: every chain of the ledger in one signed file that anybody can check.

A zip of `events.ndjson` (chains of stations), `feed.ndjson` (what the ledger told),
`journal.ndjson` (acts that are no operations), `checkpoints.json`, `manifest.json` with the hash of
each and the keys of all, its signature, and the program that checks it. One moment of the database,
written a line at a time: the memory does not depend on how long the chains are.
"""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract import chain
from app.ledger import feed, files
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.journal import event_bytes, event_of, journal_mark_bytes
from app.ledger.keys import LedgerKey
from app.ledger.tables import (
    credential,
    device_key,
    enrolment,
    journal,
    link,
    operation,
    signed,
    site,
    station_mark,
)
from app.ledger.tables import feed as feed_table
from app.paths import resources_dir

# Rows read at once: a few megabytes with their bodies.
PIECE = 1_000
# A signature of a station stands at least so many records apart: what is between two is covered.
MARK_EVERY = 100
EVENTS, FEED, JOURNAL = "events", "feed", "journal"
VERIFIER = "verify.py"
# A bundle of a million records is written in a minute, not in four.
_LEVEL = 1

Row = dict[str, Any]
Progress = Callable[[int], None]

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Bundle:
    """What was written.

    Attributes:
        path: Where.
        lines: How many lines, by file.
        manifest: As signed.
    """

    path: Path
    lines: dict[str, int] = field(default_factory=dict)
    manifest: Row = field(default_factory=dict)


class Bundles:
    """Writes bundles.

    Args:
        database: The ledger's.
        clock: Dates them.
        key: Signs them.
    """

    def __init__(self, database: Database, clock: Clock, key: LedgerKey) -> None:
        self._database = database
        self._clock = clock
        self._key = key

    def write(self, target: Path, progress: Progress = lambda _lines: None) -> Bundle:
        """Write everything to a file; it has its name only when it is whole.

        Raises:
            Trouble: The database is in distress.
            OSError: The file cannot be written.
        """
        made, part = Bundle(target), files.part_of(target)
        try:
            with (
                self._database.frozen() as connection,
                zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as zipped,
            ):
                self._fill(connection, zipped, made, progress)
            files.put_in_place(part, target)
        finally:
            part.unlink(missing_ok=True)
        return made

    def _fill(
        self, connection: Connection, zipped: zipfile.ZipFile, made: Bundle, progress: Progress
    ) -> None:
        chains = {
            EVENTS: {one["id"]: one["part"] for one in _stations(connection)},
            FEED: {one["id"]: one["part"] for one in _feeds(connection)},
            JOURNAL: _journal_end(connection),
        }
        hashes: dict[str, str] = {}
        for name, rows in (
            (EVENTS, _events(self._database, connection)),
            (FEED, _feed(connection)),
            (JOURNAL, _journal(connection)),
        ):
            hashes[f"{name}.ndjson"], made.lines[name] = _lines(zipped, name, rows, progress)
        points = _encode(self._checkpoints(connection, chains))
        small = {
            "checkpoints.json": points,
            VERIFIER: (resources_dir() / "audit" / VERIFIER).read_bytes(),
        }
        for name, content in small.items():
            zipped.writestr(name, content)
            hashes[name] = sha256(content).hexdigest()
        made.manifest = {
            "format": 1,
            "at": stamp(self._clock.now()),
            "epoch": feed.epoch(connection),
            "ledger_key": self._key.public.hex(),
            "files": hashes,
            "lines": made.lines,
            "chains": chains,
            "people": _people(connection),
        }
        manifest = _encode(made.manifest)
        zipped.writestr("manifest.json", manifest)
        zipped.writestr("manifest.sig", self._key.sign(b"packhouse audit 1\n" + manifest))

    def _checkpoints(self, connection: Connection, chains: dict[str, Row]) -> list[Row]:
        """Ends of all chains, as signed by stations where they have, else by the ledger now."""
        at, epoch = stamp(self._clock.now()), feed.epoch(connection)
        master = feed.master_head(connection)
        points = []
        for id_, part in chains[EVENTS].items():
            signature = part.pop("signature")
            if not signature and part["own"] and part["seq"]:
                signature = self._key.sign(chain.head_bytes(id_, part["seq"], part["digest"]))
            if signature:
                points.append(_point(EVENTS, id_, part, signature))
        for id_, part in chains[FEED].items():
            text = f"packhouse checkpoint 1\n{id_}\n{epoch}\n{part['seq']}\n{part['digest']}"
            signature = self._key.sign(f"{text}\n{master}\n{at}".encode())
            points.append(
                _point(FEED, id_, part, signature) | {"epoch": epoch, "master": master, "at": at}
            )
        for id_, part in chains[JOURNAL].items():
            message = journal_mark_bytes(part["seq"], part["digest"], at)
            points.append(_point(JOURNAL, id_, part, self._key.sign(message)) | {"at": at})
        return points


def _point(file: str, id_: str, part: Row, signature: str) -> Row:
    return {
        "file": file,
        "chain": id_,
        "seq": part["seq"],
        "digest": part["digest"],
        "signature": signature,
    }


def _lines(
    zipped: zipfile.ZipFile, name: str, rows: Iterable[Row], progress: Progress
) -> tuple[str, int]:
    told, count = sha256(), 0
    with zipped.open(f"{name}.ndjson", "w", force_zip64=True) as out:
        for row in rows:
            line = _encode(row) + b"\n"
            told.update(line)
            out.write(line)
            count += 1
            if count % PIECE == 0:
                progress(count)
    return told.hexdigest(), count


def with_body(row: Row, body: bytes | None) -> Row:
    """A line with the bytes that were recorded; as text where they are text."""
    if body:
        try:
            row["body"] = body.decode()
        except UnicodeDecodeError:
            row["hex"] = body.hex()
    return row


# ------------------------------------------------------------------ chains and their ends


def _stations(connection: Connection) -> Iterator[Row]:
    e, d, m = enrolment.c, device_key.c, station_mark.c
    keys: dict[int, list[tuple[int, str]]] = {}
    for n, after, key in connection.execute(
        sa.select(d.enrolment_n, d.after_seq, d.public_key).order_by(d.enrolment_n, d.version)
    ):
        keys.setdefault(n, []).append((after, key))
    found = connection.execute(
        sa.select(
            e.n, e.id, e.station, e.kind, e.public_key, e.seq, e.digest, e.previous,
            site.c.site, m.signature,
        )
        .join(site, site.c.n == e.site_n)
        .outerjoin(station_mark, sa.and_(m.enrolment_n == e.n, m.seq == e.seq))
        .order_by(e.n)
    )  # fmt: skip
    for row in found:
        part = {
            "name": f"{row.site} {row.station}",
            "after": 0,
            # What an enrolment in place of another begins with is known to that station alone.
            "from": "" if row.previous else chain.GENESIS,
            "seq": row.seq,
            "digest": row.digest if row.seq else ("" if row.previous else chain.GENESIS),
            "keys": keys.get(row.n, [(0, row.public_key)]),
            "own": row.kind != "station",
            "signature": row.signature or "",
        }
        yield {"id": row.id, "part": part}


def _feeds(connection: Connection) -> Iterator[Row]:
    for row in connection.execute(sa.select(site.c.n, site.c.site).order_by(site.c.n)).all():
        seq, digest = feed.head(connection, row.n)
        part = {"name": f"{row.site} feed", "after": 0, "from": chain.GENESIS, "seq": seq}
        yield {"id": row.site, "part": part | {"digest": digest}}


def _journal_end(connection: Connection) -> Row:
    j = journal.c
    last = connection.execute(sa.select(j.n, j.hash).order_by(j.n.desc()).limit(1)).first()
    n, digest = (last.n, last.hash) if last else (0, chain.GENESIS)
    part = {"name": JOURNAL, "after": 0, "from": chain.GENESIS, "seq": n, "digest": digest}
    return {JOURNAL: part}


def _people(connection: Connection) -> dict[str, dict[int, str]]:
    c = credential.c
    keys: dict[str, dict[int, str]] = {}
    for row in connection.execute(sa.select(c.person, c.version, c.public_key)):
        keys.setdefault(row.person, {})[row.version] = row.public_key
    return keys


# ------------------------------------------------------------------ lines


def _events(database: Database, connection: Connection) -> Iterator[Row]:
    e = enrolment.c
    for one in connection.execute(sa.select(e.n, e.id).order_by(e.n)).all():
        last = marked = 0
        while piece := _places(connection, one.n, last):
            people = signatures_of(database, connection, [row.id for row in piece])
            for row in piece:
                line = with_body(event_line(one.id, row), row.body)
                if row.signature and row.seq - marked >= MARK_EVERY:
                    line["signature"], marked = row.signature, row.seq
                if row.id in people:
                    line["signed"] = people[row.id]
                yield line
            last = piece[-1].seq


def event_line(enrolment_id: str, row: Any) -> Row:
    """One place of a station's chain."""
    return {
        "chain": enrolment_id,
        "seq": row.seq,
        "id": row.id,
        "hash": row.content_hash,
        "digest": row.digest,
        "outcome": row.outcome,
        "code": row.code,
        "feed_seq": row.feed_seq,
        "at": row.received_at,
    }


def _places(connection: Connection, enrolment_n: int, after: int) -> Sequence[Any]:
    o, k, m = operation.c, link.c, station_mark.c
    parts = (
        sa.select(
            c.seq, c.id, c.content_hash, c.digest, c.outcome, code.label("code"), c.feed_seq,
            c.received_at, c.body,
        ).where(c.enrolment_n == enrolment_n, c.seq > after, c.seq <= after + PIECE)
        for c, code in ((o, o.code), (k, sa.literal("")))
    )  # fmt: skip
    union = sa.union_all(*parts).subquery()
    return connection.execute(
        sa.select(union, m.signature)
        .outerjoin(station_mark, sa.and_(m.enrolment_n == enrolment_n, m.seq == union.c.seq))
        .order_by(union.c.seq)
    ).all()


def signatures_of(
    database: Database, connection: Connection, ids: Sequence[str]
) -> dict[str, list[tuple[str, int, str]]]:
    """Who signed which of these operations: person, version of their key, signature."""
    s = signed.c
    found: dict[str, list[tuple[str, int, str]]] = {}
    for row in connection.execute(
        sa.select(s.operation, s.person, s.version, s.signature)
        .where(database.in_set(s.operation, ids))
        .order_by(s.operation, s.person)
    ):
        found.setdefault(row.operation, []).append((row.person, row.version, row.signature))
    return found


def _feed(connection: Connection) -> Iterator[Row]:
    f = feed_table.c
    for one in connection.execute(sa.select(site.c.n, site.c.site).order_by(site.c.n)).all():
        last = 0
        while piece := connection.execute(
            sa.select(f.seq, f.chain, f.body)
            .where(f.site_n == one.n, f.seq > last)
            .order_by(f.seq)
            .limit(PIECE)
        ).all():
            for row in piece:
                yield with_body({"chain": one.site, "seq": row.seq, "digest": row.chain}, row.body)
            last = piece[-1].seq


def _journal(connection: Connection) -> Iterator[Row]:
    last = 0
    while piece := connection.execute(
        sa.select(journal).where(journal.c.n > last).order_by(journal.c.n).limit(PIECE)
    ).all():
        for row in piece:
            body = event_bytes(event_of(row)).decode()
            yield {"chain": JOURNAL, "seq": row.n, "digest": row.hash, "body": body}
        last = piece[-1].n
