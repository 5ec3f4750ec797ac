"""Causes that end outside a posting: an item that was imported ends the asking for it.

Looked at right after an import, and by a job every minute, which also finds what a crash in between
left open. Takes nothing that was seen away: only the cause is closed.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import Connection

from app.ledger.book import Book
from app.ledger.clock import Clock, IdSource
from app.ledger.database import Database
from app.ledger.exceptions import CLOSED
from app.ledger.pages import Closing, Pages
from app.ledger.tables import exception, item, site
from app.ledger.writing import Writer

_UNKNOWN_ITEM = "unknown_item"


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
                pages = Pages()
                pages.rows.extend(map(Closing, causes))
                self._writer.write(connection, Book(site_n, name, self._clock.now()), pages)
        return sum(map(len, gone.values()))

    def _gone(self, connection: Connection) -> dict[tuple[int, str], list[str]]:
        e = exception.c
        asked = connection.execute(
            sa.select(e.site_n, site.c.site, e.cause)
            .join(site, site.c.n == e.site_n)
            .where(e.state != CLOSED, e.code == _UNKNOWN_ITEM)
            .order_by(e.site_n, e.cause)
        ).all()
        known = self._known(connection, {_sku(row.cause) for row in asked})
        gone: dict[tuple[int, str], list[str]] = {}
        for site_n, name, cause in asked:
            if _sku(cause) in known:
                gone.setdefault((site_n, name), []).append(cause)
        return gone

    def _known(self, connection: Connection, skus: Iterable[str]) -> set[str]:
        rows = sa.select(item.c.sku).where(self._database.in_set(item.c.sku, sorted(skus)))
        return set(connection.execute(rows).scalars())


def _sku(cause: str) -> str:
    return cause.partition("\n")[2]
