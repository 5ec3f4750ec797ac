"""What a transaction has decided, written with one statement per table.

Documents and balances first (they are locked already), numbered rows last: see `app.ledger.locks`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import ExceptionRow, FeedBody
from app.domain.operation import Outcome
from app.ledger import feed
from app.ledger.book import Book, Sender
from app.ledger.clock import IdSource, stamp
from app.ledger.contradictions import DEADLINES, Contradiction
from app.ledger.database import Database
from app.ledger.pages import Pages, Row
from app.ledger.tables import (
    balance,
    claim,
    document,
    enrolment,
    exception,
    link,
    operation,
    posting,
    progress,
)

_encode = msgspec.json.Encoder().encode


class Writer:
    """Writes pages and the changed parts of a book.

    Args:
        database: The ledger's.
        ids: Names exceptions.
    """

    def __init__(self, database: Database, ids: IdSource) -> None:
        self._database = database
        self._ids = ids

    def write(
        self,
        connection: Connection,
        book: Book,
        pages: Pages,
    ) -> list[int]:
        """Write everything.

        Returns:
            The feed position of each entry of `pages`.
        """
        self._write_balances(connection, book)
        self._write_documents(connection, book)
        bodies, places = self._open_exceptions(connection, book, pages.rows)
        if not bodies:
            self._write_links(connection, pages, [], book.now)
            return []
        first = feed.append(self._database, connection, book.site_n, bodies)
        numbers = [first + places[entry.place] for entry in pages.entries]
        self._write_operations(connection, book, pages, numbers)
        self._write_postings(connection, book, pages, numbers)
        self._write_links(connection, pages, numbers, book.now)
        return numbers

    def _write_balances(self, connection: Connection, book: Book) -> None:
        moved = [cell for cell in book.cells.values() if cell.moved]
        self._database.insert(
            connection,
            balance,
            sorted(
                (cell.stock, book.site_n, *cell.key, cell.quantity) for cell in moved if cell.fresh
            ),
        )
        self._database.set_quantities(
            connection, [(cell.stock, cell.quantity) for cell in moved if not cell.fresh]
        )

    def _write_documents(self, connection: Connection, book: Book) -> None:
        self._database.upsert(
            connection,
            document,
            [
                (book.site_n, number, order.row.state, order.row.version, order.shipped, body)
                for number in sorted(book.changed_orders)
                for order in (book.orders[number],)
                for body in (_encode(order.row),)
            ],
        )
        self._database.upsert(
            connection,
            progress,
            [
                (book.site_n, number, line, now.more_packed, now.more_short, now.packer)
                for number, line in sorted(book.advanced)
                for now in (book.progress[number][line],)
            ],
            adding=("packed", "short"),
        )
        self._database.upsert(
            connection,
            claim,
            [
                (book.site_n, number, now.state, now.enrolment_n, now.until)
                for number in sorted(book.changed_claims)
                for now in (book.claims[number],)
            ],
        )

    def _open_exceptions(
        self,
        connection: Connection,
        book: Book,
        rows: list[Row],
    ) -> tuple[list[FeedBody], list[int]]:
        """Turn contradictions into exceptions, one per cause; returns rows and each one's place."""
        found = [row[0] for row in rows if isinstance(row, tuple)]
        is_open = self._open_causes(connection, book.site_n, found)
        more: dict[str, int] = {}
        opened: dict[str, tuple[Any, ...]] = {}
        bodies: list[FeedBody] = []
        places: list[int] = []
        for row in rows:
            places.append(len(bodies))
            if not isinstance(row, tuple):
                bodies.append(row)
                continue
            contradiction, operation_id = row
            cause = contradiction.cause
            if cause in is_open or cause in opened:
                more[cause] = more.get(cause, 0) + 1
                continue
            told = _exception_row(self._ids.new_id(), contradiction, operation_id, book.at)
            bodies.append(told)
            opened[cause] = (
                told.exception, book.site_n, told.code, told.severity, told.state, cause,
                told.sentence, told.operation, told.document, book.now, told.deadline, 1,
            )  # fmt: skip
        self._database.insert(connection, exception, list(opened.values()))
        if more:
            connection.execute(
                sa.update(exception)
                .where(
                    exception.c.site_n == book.site_n,
                    exception.c.cause == sa.bindparam("which"),
                    exception.c.state == "open",
                )
                .values(seen=exception.c.seen + sa.bindparam("times")),
                [{"which": cause, "times": times} for cause, times in sorted(more.items())],
            )
        return bodies, places

    def _open_causes(
        self, connection: Connection, site_n: int, found: Iterable[Contradiction]
    ) -> set[str]:
        causes = sorted({contradiction.cause for contradiction in found})
        if not causes:
            return set()
        e = exception.c
        return set(
            connection.execute(
                sa.select(e.cause).where(
                    e.site_n == site_n, e.state == "open", self._database.in_set(e.cause, causes)
                )
            ).scalars()
        )

    def _write_operations(
        self, connection: Connection, book: Book, pages: Pages, numbers: list[int]
    ) -> None:
        self._database.insert(
            connection,
            operation,
            [
                (
                    came.id, book.site_n, number, came.content_hash,
                    came.operation.kind if came.operation else "", entry.sender.n, came.seq,
                    came.digest, decided.outcome, decided.code, decided.sentence,
                    decided.reverses, book.now, came.raw,
                )
                for entry, number in zip(pages.entries, numbers, strict=True)
                for came, decided in ((entry.arrival, entry.decision),)
                if decided is not None
            ],
        )  # fmt: skip

    def _write_postings(
        self,
        connection: Connection,
        book: Book,
        pages: Pages,
        numbers: list[int],
    ) -> None:
        self._database.insert(
            connection,
            posting,
            [
                (book.site_n, number, n, cell.stock, quantity, line)
                for entry, number in zip(pages.entries, numbers, strict=True)
                if entry.decision is not None
                for n, (cell, quantity, line) in enumerate(entry.decision.effect.postings)
            ],
        )

    def _write_links(
        self, connection: Connection, pages: Pages, numbers: list[int], now: str
    ) -> None:
        rows: list[tuple[Any, ...]] = []
        for came, sender, known in pages.links:
            seq = numbers[known.entry] if known.entry >= 0 else known.feed_seq
            rows.append(
                (
                    sender.n,
                    came.seq,
                    came.id,
                    came.content_hash,
                    came.digest,
                    "known",
                    seq,
                    now,
                    None,
                )
            )
        for entry, number in zip(pages.entries, numbers, strict=False):
            came = entry.arrival
            if entry.decision is None:
                rows.append(
                    (
                        entry.sender.n, came.seq, came.id, came.content_hash, came.digest,
                        Outcome.CONFLICT.value, number, now, came.raw,
                    )
                )  # fmt: skip
        self._database.insert(connection, link, rows)


def write_heads(connection: Connection, senders: Iterable[Sender], now: str) -> None:
    """Move the ends of the chains."""
    connection.execute(
        sa.update(enrolment)
        .where(enrolment.c.n == sa.bindparam("which"))
        .values(seq=sa.bindparam("to_seq"), digest=sa.bindparam("to_digest"), seen_at=now),
        [
            {"which": sender.n, "to_seq": sender.seq, "to_digest": sender.digest}
            for sender in senders
        ],
    )


def _exception_row(
    id_: str, contradiction: Contradiction, operation_id: str, now: datetime
) -> ExceptionRow:
    return ExceptionRow(
        exception=id_,
        code=contradiction.code,
        severity=contradiction.severity.value,
        state="open",
        sentence=contradiction.sentence,
        operation=operation_id,
        document=contradiction.document,
        deadline=stamp(now + DEADLINES[contradiction.severity]),
    )
