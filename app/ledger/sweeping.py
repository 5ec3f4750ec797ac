"""Causes that end outside a posting: an item is imported, a lot released at another site.

Looked at right after an import, and by a job every minute, which also finds what a crash in between
left open. Takes nothing that was seen away: only the cause is closed.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.ledger import goods_endings
from app.ledger.book import Book
from app.ledger.clock import Clock, IdSource
from app.ledger.database import Database
from app.ledger.exceptions import CLOSED
from app.ledger.pages import Closing, Pages
from app.ledger.tables import exception, item, site
from app.ledger.writing import Writer


class Sweeper:
    """Closes exceptions whose cause is gone.

    Args:
        database: The ledger's.
        clock: When they closed.
        ids: Of the writer; nothing is opened here.
    """

    def __init__(self, database: Database, clock: Clock, ids: IdSource) -> None:
        self._database = database
        self._clock = clock
        self._writer = Writer(database, ids)

    def sweep(self) -> int:
        """Close what can be closed, at every site.

        Returns:
            How many exceptions closed.
        """
        with self._database.read() as connection:
            gone = self._gone(connection)
        for (site_n, name), causes in sorted(gone.items()):
            with self._database.write() as connection:
                self._close(connection, Book(site_n, name, self._clock.now()), causes)
        return sum(map(len, gone.values()))

    def close(self, connection: Connection, causes: Iterable[str], now: datetime) -> None:
        """Close what is open for these causes at any site, in the transaction that ended them."""
        e = exception.c
        rows = connection.execute(
            sa.select(e.site_n, site.c.site, e.cause)
            .join(site, site.c.n == e.site_n)
            .where(e.state != CLOSED, self._database.in_set(e.cause, sorted(causes)))
        )
        open_at: dict[tuple[int, str], list[str]] = {}
        for site_n, name, cause in rows.all():
            open_at.setdefault((site_n, name), []).append(cause)
        for (site_n, name), found in sorted(open_at.items()):
            self._close(connection, Book(site_n, name, now), sorted(found))

    def _close(self, connection: Connection, book: Book, causes: Iterable[str]) -> None:
        pages = Pages()
        pages.rows.extend(map(Closing, causes))
        self._writer.write(connection, book, pages)

    def _gone(self, connection: Connection) -> dict[tuple[int, str], list[str]]:
        e = exception.c
        asked = connection.execute(
            sa.select(e.site_n, site.c.site, e.code, e.cause)
            .join(site, site.c.n == e.site_n)
            .where(e.state != CLOSED, e.code.in_(sorted(_ENDINGS)))
            .order_by(e.site_n, e.cause)
        ).all()
        over = {
            cause
            for code, ended in _ENDINGS.items()
            for cause in _ended(ended, self._database, connection, code, asked)
        }
        gone: dict[tuple[int, str], list[str]] = {}
        for site_n, name, _, cause in asked:
            if cause in over:
                gone.setdefault((site_n, name), []).append(cause)
        return gone


Ending = Callable[[Database, Connection, Iterable[str]], set[str]]


def _ended(
    ended: Ending, database: Database, connection: Connection, code: str, asked: Iterable[Any]
) -> set[str]:
    causes = {row.cause for row in asked if row.code == code}
    return ended(database, connection, causes) if causes else set()


def _of_items(database: Database, connection: Connection, causes: Iterable[str]) -> set[str]:
    """Causes about items that are known by now."""
    asked = {cause.partition("\n")[2]: cause for cause in causes}
    rows = sa.select(item.c.sku).where(database.in_set(item.c.sku, sorted(asked)))
    return {asked[sku] for sku in connection.execute(rows).scalars()}


# Codes whose causes end outside the site's own operations, and which of them are over.
_ENDINGS: dict[str, Ending] = {
    "unknown_item": _of_items,
    "lot_not_good": goods_endings.of_lots,
    "lot_recalled": goods_endings.of_lots,
    "serial_twice": goods_endings.of_serials,
}
