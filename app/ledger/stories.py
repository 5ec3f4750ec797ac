"""Exceptions as people work on them: read and locked for a request about one, written when changed.

What postings do to them (open, count, close by itself) is `app.ledger.exceptions`.
"""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import Connection

from app.ledger.book import Book, Story
from app.ledger.database import Database
from app.ledger.exceptions import CLOSED, told
from app.ledger.tables import exception


def read(database: Database, connection: Connection, book: Book, ids: Collection[str]) -> None:
    """Read and lock the exceptions of this site with these ids; after the balances (`locks.py`)."""
    if not ids:
        return
    e = exception.c
    rows = connection.execute(
        sa.select(exception)
        .where(database.in_set(e.id, sorted(ids)), e.site_n == book.site_n)
        .order_by(e.id)
        .with_for_update()
    )
    book.stories.update((row.id, Story(told(row))) for row in rows)


def write(connection: Connection, book: Book) -> None:
    """Write what people changed; before what postings do to the same exceptions."""
    changed = [story for _, story in sorted(book.stories.items()) if story.changed]
    if not changed:
        return
    connection.execute(
        sa.update(exception)
        .where(exception.c.id == sa.bindparam("which"))
        .values(
            state=sa.bindparam("to_state"),
            owner=sa.bindparam("to_owner"),
            closed_at=sa.bindparam("at"),
            closed_by=sa.bindparam("by"),
        ),
        [
            {
                "which": story.row.exception,
                "to_state": story.row.state,
                "to_owner": story.row.owner,
                "at": book.now if story.row.state == CLOSED else "",
                "by": story.closed_by,
            }
            for story in changed
        ],
    )
