"""Daily archives: what a site's feed told since the last one, with the records behind it, sealed.

A day is closed by writing everything that is not in an archive yet to a file that is compressed,
sealed, read again, and never written to afterwards. Its hash is signed, and told in the journal, so
that a file which was replaced later is found. Site 0 is the journal itself. What is in a verified
archive may leave the database (`app.ledger.retention`); nothing else may.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract import chain
from app.contract.messages import OutcomeRow, read_feed_row
from app.domain.operation import Outcome
from app.errors import Trouble
from app.ledger import bundle, feed, sealedfile
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.database import Database
from app.ledger.journal import Act, Actor, Journal, event_bytes, event_of, told
from app.ledger.keys import LedgerKey
from app.ledger.tables import archive_day, enrolment, journal, link, operation, site
from app.ledger.tables import feed as feed_table

VERIFIED = "verified"
EXPIRED = "expired"
# The journal has no site; it is closed as this one.
JOURNAL_N, JOURNAL = 0, "journal"
FOLDER = "archive"
_FOLDER_MODE = 0o700
_SUFFIX = ".ndjson.zst.sealed"
_ITSELF = Actor("ledger", "ledger", "local", "job:close_day")

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Closed:
    """A day that was closed.

    Attributes:
        site_n: Whose; 0 is the journal.
        day: As in `2026-11-20`.
        file: Name in the archive's folder.
        sha256: Of the file.
        signature: The ledger key's.
        first: First row of the feed in it.
        last: Last row.
        rows: How many lines.
        state: `verified` or `expired`.
    """

    site_n: int
    day: str
    file: str
    sha256: str
    signature: str
    first: int
    last: int
    rows: int
    state: str


class Archive:
    """Closes days and checks them.

    Args:
        database: The ledger's.
        clock: Which day it is.
        ids: Names acts.
        key: Signs; the archive's own key is derived from it.
        journal: Where each file is told.
        folder: Where files go; made when it is not there.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ids: IdSource,
        key: LedgerKey,
        journal: Journal,
        folder: Path,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._key = key
        self._journal = journal
        self.folder = folder
        self.key = key.derived("packhouse archive key 1")

    def close_day(self) -> int:
        """Close yesterday, of every site and of the journal; what is closed already stays.

        Returns:
            How many files were written.

        Raises:
            Trouble: A file cannot be written, or does not read as it was written.
        """
        day = (self._clock.now() - timedelta(days=1)).date().isoformat()
        with self._database.read() as connection:
            found = connection.execute(sa.select(site.c.n, site.c.site).order_by(site.c.n))
            # The journal last: it tells of the other files.
            sites = [*((row.n, row.site) for row in found), (JOURNAL_N, JOURNAL)]
        return sum(self._close(n, name, day) for n, name in sites)

    def closed(self) -> list[Closed]:
        """Every day that was closed, oldest first."""
        a = archive_day.c
        columns = (
            a.site_n, a.day, a.file, a.sha256, a.signature, a.first_seq, a.last_seq, a.rows,
            a.state,
        )  # fmt: skip
        with self._database.read() as connection:
            rows = connection.execute(sa.select(*columns).order_by(a.site_n, a.first_seq))
            return [Closed(*row) for row in rows]

    def flaw(self, one: Closed, *, whole: bool = False) -> str:
        """What is wrong with a file; nothing when it is the one that was written.

        Args:
            one: Which.
            whole: Also opened and followed line by line.
        """
        path = self.folder / one.file
        if one.state == EXPIRED:
            return ""
        if not path.is_file():
            return "is missing"
        if sealedfile.hash_of(path) != one.sha256:
            return "was replaced or changed"
        if self._key.sign(_signed(one)) != one.signature:
            return "is not the file that was signed"
        try:
            return self._followed(one) if whole else ""
        except Trouble as trouble:
            return trouble.say

    def lines(self, one: Closed) -> Iterator[bytes]:
        """The lines of a file."""
        return sealedfile.read(self.folder / one.file, self.key)

    def _close(self, site_n: int, name: str, day: str) -> int:
        with self._database.frozen() as connection:
            before = _last(connection, site_n)
            if before is not None and before.day >= day:
                return 0
            first = before.last_seq + 1 if before is not None else 1
            last = _head(connection, site_n)
            if last < first:
                return 0
            made = self._write(connection, (site_n, name, day), first, last)
        wrong = self.flaw(made, whole=True)
        if wrong:
            raise Trouble(
                f"The archive {made.file} {wrong}. Nothing may be deleted. Check the disk."
            )
        self._keep(made, name)
        return 1

    def _write(
        self, connection: Connection, what: tuple[int, str, str], first: int, last: int
    ) -> Closed:
        site_n, name, day = what
        # The range in the name: an attempt that was broken off never stands in another's way.
        file = f"{name}-{day}-{first}-{last}{_SUFFIX}"
        self.folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        lines = (
            _journal_lines(connection, first, last)
            if site_n == JOURNAL_N
            else _lines(self._database, connection, site_n, first, last)
        )
        path = self.folder / file
        try:
            # Left over by an attempt that ended before it was told of; it was never relied on.
            path.unlink(missing_ok=True)
            told_hash, rows = sealedfile.write(path, self.key, map(_encode, lines))
        except OSError as error:
            raise Trouble(
                f"The archive {file} cannot be written. Check the disk.", detail=str(error)
            ) from error
        bare = Closed(site_n, day, file, told_hash, "", first, last, rows, VERIFIED)
        signature = self._key.sign(_signed(bare))
        return Closed(site_n, day, file, told_hash, signature, first, last, rows, VERIFIED)

    def _keep(self, made: Closed, name: str) -> None:
        now = stamp(self._clock.now())
        act = Act(_ITSELF, "archive close", f"{name} {made.day}", self._ids.new_id())
        act.after, act.site_n = told(made), made.site_n
        with self._database.write() as connection:
            self._database.insert(
                connection,
                archive_day,
                [
                    (
                        made.site_n, made.day, made.file, made.sha256, made.signature, made.first,
                        made.last, made.rows, now, now, VERIFIED,
                    )
                ],
            )  # fmt: skip
            self._journal.append(connection, act)

    def _followed(self, one: Closed) -> str:
        """Whether its lines are its rows of the chain, and the records those that were hashed."""
        seq, rows, digest = one.first - 1, 0, ""
        for line in self.lines(one):
            row = msgspec.json.decode(line)
            body = _bytes_of(row)
            if row["seq"] != seq + 1 or (
                digest and chain.next_chain(digest, body) != row["digest"]
            ):
                return f"does not follow at {seq + 1}"
            event = row.get("event")
            if event and chain.content_hash(_bytes_of(event)) != event["hash"]:
                return f"holds another record at {row['seq']}"
            seq, rows, digest = row["seq"], rows + 1, row["digest"]
        return "" if (seq, rows) == (one.last, one.rows) else f"ends at {seq}"


def folder_of(database: Database) -> Path | None:
    """Where an embedded ledger's days go unless another place is named."""
    if not database.is_sqlite:
        return None
    return Path(database.url.removeprefix("sqlite:///")).parent / FOLDER


def _bytes_of(row: bundle.Row) -> bytes:
    return bytes.fromhex(row["hex"]) if "hex" in row else str(row["body"]).encode()


def _signed(one: Closed) -> bytes:
    said = f"{one.site_n}\n{one.day}\n{one.first}\n{one.last}\n{one.rows}\n{one.sha256}"
    return f"packhouse archive 1\n{said}".encode()


def _last(connection: Connection, site_n: int) -> Any:
    a = archive_day.c
    return connection.execute(
        sa.select(a.day, a.last_seq).where(a.site_n == site_n).order_by(a.last_seq.desc()).limit(1)
    ).first()


def _head(connection: Connection, site_n: int) -> int:
    if site_n == JOURNAL_N:
        return int(connection.execute(sa.select(sa.func.max(journal.c.n))).scalar() or 0)
    return feed.head(connection, site_n)[0]


def _journal_lines(connection: Connection, first: int, last: int) -> Iterator[bundle.Row]:
    j = journal.c
    while first <= last:
        end = min(first + bundle.PIECE - 1, last)
        for row in connection.execute(
            sa.select(journal).where(j.n.between(first, end)).order_by(j.n)
        ):
            yield {"seq": row.n, "digest": row.hash, "body": event_bytes(event_of(row)).decode()}
        first = end + 1


def _lines(
    database: Database, connection: Connection, site_n: int, first: int, last: int
) -> Iterator[bundle.Row]:
    """Rows of the feed, each with the records whose outcome it tells."""
    f = feed_table.c
    while first <= last:
        end = min(first + bundle.PIECE - 1, last)
        rows = connection.execute(
            sa.select(f.seq, f.chain, f.body)
            .where(f.site_n == site_n, f.seq.between(first, end))
            .order_by(f.seq)
        ).all()
        outcomes = {row.seq: told_outcome(row.body) for row in rows}
        records = _records(database, connection, [one for one in outcomes.values() if one])
        for row in rows:
            line = bundle.with_body({"seq": row.seq, "digest": row.chain}, row.body)
            outcome = outcomes[row.seq]
            event = records.get((outcome.enrolment, outcome.seq)) if outcome else None
            yield line | {"event": event} if event else line
        first = end + 1


def told_outcome(body: bytes) -> OutcomeRow | None:
    """The outcome a row of the feed tells; None when it tells something else."""
    row = read_feed_row(body)
    return row if isinstance(row, OutcomeRow) else None


def _records(
    database: Database, connection: Connection, outcomes: Sequence[OutcomeRow]
) -> dict[tuple[str, int], bundle.Row]:
    """What was recorded at these places of stations' chains, conflicts too."""
    ids = sorted({one.id for one in outcomes})
    people = bundle.signatures_of(database, connection, ids)
    found: dict[tuple[str, int], bundle.Row] = {}
    rows = [*connection.execute(_PLACES[0].where(database.in_set(operation.c.id, ids)))]
    for one in outcomes:
        if one.outcome == Outcome.CONFLICT:
            at = sa.and_(enrolment.c.id == one.enrolment, link.c.seq == one.seq)
            rows += connection.execute(_PLACES[1].where(at)).all()
    for row in rows:
        if row.body:
            line = bundle.with_body(bundle.event_line(row.chain, row), row.body)
            found[row.chain, row.seq] = line | (
                {"signed": people[row.id]} if row.id in people else {}
            )
    return found


_PLACES = [
    sa.select(
        c.seq, c.id, c.content_hash, c.digest, c.outcome, code.label("code"), c.feed_seq,
        c.received_at, c.body, enrolment.c.id.label("chain"),
    ).join(enrolment, enrolment.c.n == c.enrolment_n)
    for c, code in ((operation.c, operation.c.code), (link.c, sa.literal("conflict")))
]  # fmt: skip
