"""Exceptions as a posting writes them: one story a cause, opened, counted, closed by itself.

What people do about them (take, hand over, resolve) is `app.ledger.rules.resolving`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import ExceptionRow, FeedBody
from app.ledger.book import Book
from app.ledger.clock import IdSource, stamp
from app.ledger.contradictions import Contradiction
from app.ledger.database import Database
from app.ledger.exception_codes import DEADLINES, ways_of
from app.ledger.pages import Closing, Row
from app.ledger.tables import exception

CLOSED = "closed"
OPEN = "open"
ESCALATED = "escalated"
_TOLD_FROM = 10
# Who closed what closed by itself.
BY_ITSELF = "ledger"


@dataclass(slots=True)
class _Story:
    """An exception that is open, and what this transaction does to it."""

    row: ExceptionRow
    opened: bool = False
    more: int = 0
    closed: bool = False

    def see_again(self) -> bool:
        """Count it once more; whether the feed tells the new count."""
        self.more += 1
        now = self.row.seen + self.more
        # 10, 100, 1,000 …: whoever watches sees it grow, and an hour of it is not a flood of rows.
        return now >= _TOLD_FROM and str(now).strip("0") == "1"


class Exceptions:
    """Turns contradictions and their ends into exceptions.

    Args:
        database: The ledger's.
        ids: Names them.
    """

    def __init__(self, database: Database, ids: IdSource) -> None:
        self._database = database
        self._ids = ids

    def write(
        self, connection: Connection, book: Book, rows: list[Row], site_n: int
    ) -> tuple[list[FeedBody], list[int]]:
        """Write what opened, was seen again and closed at one site.

        Returns:
            The rows the feed tells, and the place among them of each of `rows`.
        """
        stories = self._open(connection, site_n, rows)
        done: list[tuple[str, _Story]] = []
        bodies: list[FeedBody] = []
        places: list[int] = []
        for row in rows:
            places.append(len(bodies))
            match row:
                case Closing(cause=cause):
                    story = stories.pop(cause, None)
                    if story is not None:
                        story.row = msgspec.structs.replace(_seen(story), state=CLOSED)
                        story.closed = True
                        bodies.append(story.row)
                        done.append((cause, story))
                case (contradiction, operation_id):
                    story = stories.get(contradiction.cause)
                    if story is not None:
                        if story.see_again():
                            bodies.append(_seen(story))
                        continue
                    told = _row(self._ids.new_id(), contradiction, operation_id, book.at)
                    stories[contradiction.cause] = _Story(told, opened=True)
                    bodies.append(told)
                case _:
                    bodies.append(row)
        self._write(connection, book, [*done, *stories.items()], site_n)
        return bodies, places

    def _open(self, connection: Connection, site_n: int, rows: Iterable[Row]) -> dict[str, _Story]:
        """The exceptions that are open for the causes named."""
        causes = {row[0].cause for row in rows if isinstance(row, tuple)}
        causes |= {row.cause for row in rows if isinstance(row, Closing)}
        if not causes:
            return {}
        e = exception.c
        found = connection.execute(
            sa.select(exception).where(
                e.site_n == site_n,
                e.state != CLOSED,
                self._database.in_set(e.cause, sorted(causes)),
            )
        )
        return {row.cause: _Story(told(row)) for row in found}

    def _write(
        self,
        connection: Connection,
        book: Book,
        stories: Iterable[tuple[str, _Story]],
        site_n: int,
    ) -> None:
        opened: list[tuple[Any, ...]] = []
        seen: list[dict[str, Any]] = []
        closed: list[dict[str, Any]] = []
        # In one order, so that no two transactions wait for each other.
        for cause, story in sorted(stories, key=lambda one: one[1].row.exception):
            row = story.row
            if story.opened:
                ended = (book.now, BY_ITSELF) if story.closed else ("", "")
                opened.append(
                    (
                        row.exception, site_n, row.code, row.severity, row.state, cause,
                        row.sentence, row.operation, row.document, book.now, row.deadline,
                        1 + story.more, row.owner, *ended,
                    )
                )  # fmt: skip
                continue
            if story.more:
                seen.append({"which": row.exception, "times": story.more})
            if story.closed:
                closed.append({"which": row.exception})
        which = exception.c.id == sa.bindparam("which")
        if seen:
            more = exception.c.seen + sa.bindparam("times")
            connection.execute(sa.update(exception).where(which).values(seen=more), seen)
        if closed:
            connection.execute(
                sa.update(exception)
                .where(which)
                .values(state=CLOSED, closed_at=book.now, closed_by=BY_ITSELF),
                closed,
            )
        # After what closed: a cause may end and come back within one transaction.
        self._database.insert(connection, exception, opened)


def told(row: Any) -> ExceptionRow:
    """A row of the table as the feed tells it."""
    return ExceptionRow(
        exception=row.id,
        code=row.code,
        severity=row.severity,
        state=row.state,
        sentence=row.sentence,
        operation=row.operation,
        document=row.document,
        deadline=row.deadline,
        owner=row.owner,
        ways=ways_of(row.code),
        seen=row.seen,
    )


def _seen(story: _Story) -> ExceptionRow:
    return msgspec.structs.replace(story.row, seen=story.row.seen + story.more)


def _row(id_: str, contradiction: Contradiction, operation_id: str, now: datetime) -> ExceptionRow:
    return ExceptionRow(
        exception=id_,
        code=contradiction.code,
        severity=contradiction.severity.value,
        state="open",
        sentence=contradiction.sentence,
        operation=operation_id,
        document=contradiction.document,
        deadline=stamp(now + DEADLINES[contradiction.severity]),
        ways=ways_of(contradiction.code),
    )
