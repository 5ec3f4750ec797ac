"""What may leave the database: bytes of old records in a verified archive, and nothing else.

A record keeps its id, hash, place, outcome and postings for ever: ids stay known, chains and feeds
stay whole, books are added up as before. Only its body is emptied, a year after its day was closed,
and only while the archive file of that day is the one that was signed. The database's own trigger
asks the same (migration 0004), so no mistake here can empty more. Whoever serves may not do it: it
runs over a connection of its own, on PostgreSQL as the owner of the tables.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from app.domain.operation import Outcome
from app.ledger import engines
from app.ledger.archiving import EXPIRED, JOURNAL_N, VERIFIED, Archive, Closed, told_outcome
from app.ledger.clock import Clock
from app.ledger.database import Database
from app.ledger.holds import Hold, Holds
from app.ledger.journal import Act, Journal, told
from app.ledger.tables import archive_day, enrolment, operation
from app.ledger.tables import feed as feed_table

# Where records are kept for how long, by law and by what people still ask about.
HOT = timedelta(days=365)
ARCHIVED = timedelta(days=7 * 365)
# Records emptied in one transaction: short enough that stations do not notice.
PIECE = 1_000
_STATION = "station"
_UNDECIDED = (Outcome.WAITING.value, Outcome.HELD.value)

Point = Callable[[], None]


@dataclass(slots=True)
class Emptied:
    """What a run came to: records emptied, archive files deleted, days that were kept and why."""

    records: int = 0
    files: int = 0
    kept: list[str] = field(default_factory=list)


class Retention:
    """Empties what is old enough, and holds what must be kept.

    Args:
        database: The ledger's.
        archive: Where days were closed to.
        clock: What is old.
        journal: Where every run is told.
        point: Called between pieces; tests end the process there.
    """

    def __init__(
        self,
        database: Database,
        archive: Archive,
        clock: Clock,
        journal: Journal,
        point: Point = lambda: None,
    ) -> None:
        self._database = database
        self._archive = archive
        self._clock = clock
        self._journal = journal
        self._point = point

    def run(self, act: Act) -> Emptied:
        """Empty what is old enough and held by nobody.

        Args:
            act: Who has it done; each day that was emptied leaves an event.
        """
        done, before = Emptied(), Closed(0, "", "", "", "", 0, 0, 0, "")
        holds = Holds(self._database, self._clock).standing()
        engine = _unsealed(self._database)
        try:
            for one in self._archive.closed():
                # What was not closed on its own day is in the next one that was.
                since = before.day if before.site_n == one.site_n else ""
                before = one
                if one.state == VERIFIED and one.site_n != JOURNAL_N:
                    standing = [hold for hold in holds if hold.covers(one.site_n, since, one.day)]
                    self._day(engine, one, standing, act, done)
        finally:
            engine.dispose()
        return done

    # ------------------------------------------------------------------ a day

    def _day(
        self, engine: Engine, one: Closed, holds: Sequence[Hold], act: Act, done: Emptied
    ) -> None:
        """Empty a day, unless it is too young, held, or its archive not what was signed."""
        today = self._clock.now().date()
        if one.day > (today - HOT).isoformat():
            return
        wrong = self._archive.flaw(one)
        if holds or wrong:
            why = f"held by {holds[0].name}" if holds else f"its archive {wrong}"
            done.kept.append(f"{one.day}: {why}")
            return
        emptied = sum(self._pieces(engine, one))
        done.records += emptied
        if one.day <= (today - ARCHIVED).isoformat():
            done.files += self._expire(one, act)
        elif emptied:
            with self._database.write() as connection:
                self._journal.append(connection, _told(act, one, "retention empty", emptied))

    def _pieces(self, engine: Engine, one: Closed) -> Iterator[int]:
        f = feed_table.c
        for first in range(one.first, one.last + 1, PIECE):
            self._point()
            end = min(first + PIECE - 1, one.last)
            with engine.begin() as connection:
                rows = connection.execute(
                    sa.select(f.body).where(f.site_n == one.site_n, f.seq.between(first, end))
                ).scalars()
                ids = sorted({row.id for body in rows if (row := told_outcome(body))})
                emptied = _empty(self._database, connection, one, ids)
                self._point()
            yield emptied

    def _expire(self, one: Closed, act: Act) -> int:
        """Let an archive file go; that it was there, and its hash, stays."""
        a = archive_day.c
        with self._database.write() as connection:
            connection.execute(
                sa.update(archive_day)
                .where(a.site_n == one.site_n, a.day == one.day)
                .values(state=EXPIRED)
            )
            self._journal.append(connection, _told(act, one, "archive expire", one.rows))
        (self._archive.folder / one.file).unlink(missing_ok=True)
        return 1


def _empty(database: Database, connection: Connection, one: Closed, ids: Sequence[str]) -> int:
    """Empty the bodies of records; what waits, and the last of each chain, keeps its own."""
    o, e = operation.c, enrolment.c
    stations = sa.exists().where(e.n == o.enrolment_n, e.kind == _STATION, e.seq > o.seq)
    done = connection.execute(
        sa.update(operation)
        .where(
            database.in_set(o.id, ids),
            o.site_n == one.site_n,
            o.feed_seq.between(one.first, one.last),
            o.outcome.not_in(_UNDECIDED),
            o.body != b"",
            stations,
        )
        .values(body=b"")
    )
    return int(done.rowcount)


def _told(act: Act, one: Closed, action: str, count: int) -> Act:
    return Act(
        act.actor,
        action,
        f"{one.site_n} {one.day}",
        act.transaction,
        after=told({"rows": count, "file": one.file, "sha256": one.sha256}),
        reason=act.reason,
        site_n=one.site_n,
    )


def _unsealed(database: Database) -> Engine:
    """A connection the seal is not on; the triggers are, and on PostgreSQL the owner's rights."""
    if database.is_sqlite:
        return engines.sqlite_engine(database.url, read_only=False)
    return engines.postgresql_engine(database.url)
