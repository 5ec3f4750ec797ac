"""`Store`: the book as the station sees it, and what the sync does to it; one transaction each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, select, update

from app.cache import feed, master, relink, snapshots
from app.cache.database import Book, DiskFullError, trouble_of
from app.cache.outbox import first_unsent
from app.cache.tables import note, operation
from app.cache.work import CacheWork
from app.contract import chain
from app.contract.messages import (
    PROTOCOL_VERSION,
    ChangesPage,
    Checkpoint,
    MasterPage,
    PostBatch,
    Posted,
    Sent,
    Signed,
    SnapshotPage,
)
from app.errors import Fault
from app.station.ports import Applied, Identity, Position, Signer

IDENTITY = "identity"
POSITION = "position"
CHECKPOINT = "checkpoint"
# The book was restored from a backup. While it says so nothing is sent, because its next numbers
# may be taken; enrolling anew takes the note away.
RESTORED = "restored"
EMPTY = Position(epoch="", cursor=0, chain="", master_cursor=0)


class CacheStore:
    """The one writer's door to the book.

    Args:
        book: The opened file.
        relieve: Called when the disk is full, to make room for the next try.
    """

    def __init__(self, book: Book, relieve: Callable[[], object] = bool) -> None:
        self._book, self._relieve = book, relieve

    @contextmanager
    def begin(self) -> Iterator[CacheWork]:
        """One write transaction; rolled back unless `commit()` was called.

        Raises:
            Trouble: The disk is full, read-only or failing.
        """
        with _translated(self._relieve), self._book.writer.connect() as connection:
            yield CacheWork(connection)

    # ---------------------------------------------------------------- identity and position

    def identity(self) -> Identity:
        """Who this station is.

        Raises:
            Fault: The station was started without an enrolment.
        """
        with self.begin() as work:
            value = work.note(IDENTITY)
        if value is None:
            raise Fault("This station is not enrolled. Enrol it with a code from the ledger.")
        return msgspec.json.decode(value, type=Identity)

    def enrolled(self) -> bool:
        """Whether an identity is in the book."""
        with self.begin() as work:
            return work.note(IDENTITY) is not None

    def position(self) -> Position:
        """How far the book has followed the ledger."""
        with self.begin() as work:
            return _position(work)

    def head_seq(self) -> int:
        """Number of the last operation recorded in the present chain."""
        with self.begin() as work:
            head = work.head()
        return head.seq if head else 0

    # ---------------------------------------------------------------- outbox

    def next_batch(self, limit: int, sign: Signer) -> PostBatch | None:
        """The oldest unsent operations in sequence, signed at their head; None without any."""
        with self.begin() as work:
            value = work.note(IDENTITY)
            if value is None or work.note(RESTORED) is not None:
                return None
            identity = msgspec.json.decode(value, type=Identity)
            rows = first_unsent(work.connection, identity.enrolment, limit)
            if not rows:
                return None
            where = _position(work)
        last = rows[-1]
        return PostBatch(
            protocol=PROTOCOL_VERSION,
            enrolment=identity.enrolment,
            epoch=where.epoch,
            cursor=where.cursor,
            chain=where.chain,
            operations=tuple(
                Sent(
                    seq=row.seq,
                    id=row.id,
                    digest=row.digest,
                    body=msgspec.Raw(row.body),
                    signatures=_signatures(row.signatures),
                )
                for row in rows
            ),
            head_signature=sign.sign(chain.head_bytes(identity.enrolment, last.seq, last.digest)),
        )

    def apply_answer(self, answer: Posted) -> None:
        """Mark what was sent as acknowledged. Acknowledged is not safe: the feed confirms."""
        with self.begin() as work:
            feed.acknowledge(work.connection, answer, _position(work).cursor)
            work.commit()

    def resend_from(self, seq: int) -> None:
        """Everything of this enrolment from `seq` on is unsent again; ids make that harmless."""
        with self.begin() as work:
            head = work.head()
            work.connection.execute(
                update(operation)
                .where(operation.c.enrolment == (head.enrolment if head else ""))
                .where(operation.c.seq >= seq)
                .values(transport="unsent")
            )
            work.commit()

    # ---------------------------------------------------------------- feed, master, snapshot

    def apply_changes(self, page: ChangesPage) -> Applied:
        """Rows, confirmations, the cursor and the checkpoint in one transaction.

        Raises:
            Fault: The page does not start at cursor + 1, or its rows are not dense.
        """
        with self.begin() as work:
            where = _position(work)
            applied = feed.apply(work.connection, where, page)
            _set_position(work, Position(page.epoch, page.cursor, page.chain, where.master_cursor))
            if page.checkpoint is not None:
                work.set_note(CHECKPOINT, msgspec.json.encode(page.checkpoint).decode())
            work.commit()
        return applied

    def checkpoint(self) -> Checkpoint | None:
        """The newest place of the feed that the ledger has signed."""
        with self.begin() as work:
            value = work.note(CHECKPOINT)
        return None if value is None else msgspec.json.decode(value, type=Checkpoint)

    def apply_master(self, page: MasterPage) -> tuple[str, ...]:
        """Items, locations, people and boxes, and their cursor, in one transaction.

        Returns:
            People whose credential the ledger did not sign: it was not stored.
        """
        with self.begin() as work:
            where = _position(work)
            credentials = master.apply(work.connection, page.rows)
            identity = work.note(IDENTITY)
            key = msgspec.json.decode(identity, type=Identity).ledger_key if identity else ""
            refused = work.believe(credentials, key)
            _set_position(work, Position(page.epoch, where.cursor, where.chain, page.cursor))
            work.commit()
        return refused

    def begin_snapshot(self, page: SnapshotPage) -> None:
        """Forget pages of an earlier attempt and stage the first page of this one."""
        with self.begin() as work:
            snapshots.clear(work.connection)
            snapshots.stage(work.connection, page)
            work.commit()

    def add_snapshot_page(self, page: SnapshotPage) -> None:
        """Stage one more page."""
        with self.begin() as work:
            snapshots.stage(work.connection, page)
            work.commit()

    def finish_snapshot(self, page: SnapshotPage) -> None:
        """Swap the staged rows in for the confirmed ones, with the position they stand for."""
        with self.begin() as work:
            where = _position(work)
            snapshots.swap_in(work.connection)
            # The picture holds what was posted before it, but shows no outcome rows: asked again,
            # the ledger names it as known, and that confirms it.
            work.connection.execute(
                update(operation)
                .where(operation.c.transport == "acknowledged", operation.c.feed_seq <= page.cursor)
                .values(transport="unsent", feed_seq=0)
            )
            _set_position(work, Position(page.epoch, page.cursor, page.chain, where.master_cursor))
            work.commit()

    def begin_epoch(self, epoch: str) -> None:
        """The ledger was restored: confirmed rows go, own ones are unsent, effects rebuilt."""
        with self.begin() as work:
            relink.forget_outcomes(work)
            relink.adopt(work)
            _set_position(work, Position(epoch, 0, "", 0))
            work.commit()


@contextmanager
def _translated(relieve: Callable[[], object]) -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as error:
        known = trouble_of(error)
        if isinstance(known, DiskFullError):
            relieve()
        if known is not None:
            raise known from error
        raise Fault("The book answered in an unexpected way.", detail=str(error)) from error


def _signatures(stored: bytes) -> tuple[Signed, ...]:
    return msgspec.json.decode(stored, type=tuple[Signed, ...]) if stored else ()


def _position(work: CacheWork) -> Position:
    value = work.note(POSITION)
    return EMPTY if value is None else msgspec.json.decode(value, type=Position)


def _set_position(work: CacheWork, position: Position) -> None:
    work.set_note(POSITION, msgspec.json.encode(position).decode())


def read_note(connection: Connection, name: str) -> str | None:
    """One note, on any connection."""
    return connection.execute(select(note.c.value).where(note.c.name == name)).scalar_one_or_none()
