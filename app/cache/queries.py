"""`Views`: what pages ask of the book, on read-only connections of their own."""

from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import func, or_, select

from app.cache import audit_log, backups, support
from app.cache.database import Book
from app.cache.store import CHECKPOINT, EMPTY, IDENTITY, POSITION, read_note
from app.cache.support import Seen, Support
from app.cache.tables import (
    NOT_POSTED,
    OPEN,
    balance,
    document,
    exception,
    item,
    location,
    operation,
    order_document,
    person,
    scan,
)
from app.cache.work import NUMBERS, Numbers
from app.contract.messages import Checkpoint
from app.errors import Trouble
from app.station.ports import Identity, Position
from app.station.views import Health, OutboxRow, Recorded, ScanRow, Sending, Tally

# What comes by the feed, then what comes as master data.
PULLED = (order_document, document, balance, exception, item, location, person)
# Operations that are told in diagnostics: a week offline; more say nothing new.
MOST_OUTBOX = 2_000


class CacheViews:
    """Read-only questions to the book.

    Args:
        book: The opened file.
        support: What goes into diagnostics beside the book; None where nobody asks for them.
        next_try_s: Tells when sending is tried again.
    """

    def __init__(
        self,
        book: Book,
        support: Support | None = None,
        next_try_s: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._book, self._support, self._next_try_s = book, support, next_try_s

    def outbox(self, limit: int) -> tuple[OutboxRow, ...]:
        """Unconfirmed operations and those that need a person, oldest first."""
        names = (
            operation.c.seq,
            operation.c.id,
            operation.c.kind,
            operation.c.recorded_at,
            operation.c.about,
            operation.c.transport,
            operation.c.outcome,
            operation.c.sentence,
            operation.c.attempts,
        )
        open_ones = or_(OPEN, NOT_POSTED)
        with self._book.reader.connect() as connection:
            rows = connection.execute(
                select(*names).where(open_ones).order_by(operation.c.n).limit(limit)
            )
            return tuple(OutboxRow(*row) for row in rows)

    def recorded(self, operation: str) -> Recorded | None:
        """What was recorded here under an id, and the name of who did it."""
        with self._book.reader.connect() as connection:
            entry = audit_log.one(connection, operation)
            if entry is None:
                return None
            actor = entry.operation.actor
            named = select(person.c.name).where(person.c.person == actor)
            return Recorded(entry, connection.execute(named).scalar() or actor)

    def scans(self, limit: int) -> tuple[ScanRow, ...]:
        """The scan tape, newest first."""
        names = (scan.c.id, scan.c.at, scan.c.device, scan.c.shown, scan.c.fate, scan.c.why)
        with self._book.reader.connect() as connection:
            rows = connection.execute(select(*names).order_by(scan.c.id.desc()).limit(limit))
            return tuple(ScanRow(*row) for row in rows)

    def health(self) -> Health:
        """Counts and positions, from one consistent read."""
        with self._book.reader.connect() as connection:
            captured = connection.execute(select(func.count()).select_from(operation)).scalar_one()
            confirmed: dict[str, int] = {
                row[0]: row[1]
                for row in connection.execute(
                    select(operation.c.outcome, func.count())
                    .where(operation.c.transport == "confirmed")
                    .group_by(operation.c.outcome)
                )
            }
            fates = tuple(
                (row[0], row[1])
                for row in connection.execute(
                    select(scan.c.fate, func.count()).group_by(scan.c.fate).order_by(scan.c.fate)
                )
            )
            where = read_note(connection, POSITION)
            who = read_note(connection, IDENTITY)
            numbers = read_note(connection, NUMBERS)
            signed = read_note(connection, CHECKPOINT)
            rows = tuple(
                (
                    table.name,
                    connection.execute(select(func.count()).select_from(table)).scalar_one(),
                )
                for table in PULLED
            )
        newest = next(iter(backups.listed(backups.folder_of(self._book.path.parent))), None)
        position = EMPTY if where is None else msgspec.json.decode(where, type=Position)
        identity = None if who is None else msgspec.json.decode(who, type=Identity)
        left = 0 if numbers is None else msgspec.json.decode(numbers, type=Numbers).left
        return Health(
            tally=_tally(captured, confirmed),
            scans=sum(count for _, count in fates),
            scan_fates=fates,
            cursor=position.cursor,
            epoch=position.epoch,
            master_cursor=position.master_cursor,
            book_bytes=self._book.path.stat().st_size,
            enrolment=identity.enrolment if identity else "",
            numbers_left=left,
            signed_at=msgspec.json.decode(signed, type=Checkpoint).at if signed else "",
            backup_at=newest.about.made_at if newest is not None else "",
            backup_bytes=newest.about.size if newest is not None else 0,
            rows=rows,
        )

    def sending(self) -> Sending:
        """How sending stands at this moment."""
        return Sending(self._next_try_s())

    def diagnose(self, devices: Sequence[str]) -> str:
        """Write what support asks for as a file without secrets.

        Raises:
            Trouble: The disk refuses, or this station has no folder for files.
        """
        if self._support is None:
            raise Trouble("Diagnostics are written by a running station. Start it, then ask again.")
        seen = Seen(self.health(), self.outbox(MOST_OUTBOX), devices, self._next_try_s())
        return str(support.write(self._support, seen))


def _tally(captured: int, confirmed: dict[str, int]) -> Tally:
    return Tally(
        captured=captured,
        posted=confirmed.get("posted", 0),
        waiting=confirmed.get("waiting", 0),
        refused=confirmed.get("refused", 0),
        held=confirmed.get("held", 0),
        conflict=confirmed.get("conflict", 0),
        unsent=captured - sum(confirmed.values()),
    )
