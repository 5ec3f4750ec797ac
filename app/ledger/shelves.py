"""Where goods are that a pick location can be filled from, read for who asks."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import Connection

from app.ledger.availability import is_usable, on_shelf
from app.ledger.book import Book
from app.ledger.database import Database
from app.ledger.filling import Filling, sorted_shelves
from app.ledger.promises import day_of
from app.ledger.tables import balance, lot, threshold
from app.ledger.touched import Touched


def read(database: Database, connection: Connection, book: Book, touched: Touched) -> None:
    """Shelves and thresholds of the items that are asked for."""
    if touched.filled:
        book.filling = filling(database, connection, book.site_n, touched.filled, day_of(book.at))


def filling(
    database: Database, connection: Connection, site_n: int, items: Iterable[str], today: str
) -> Filling:
    """The same for anybody; without a lock, because a task is a plan and moves are facts."""
    b, k, t = balance.c, lot.c, threshold.c
    wanted = sorted(items)
    expiry = (
        sa.select(k.expiry).where(k.item == b.item, k.lot == b.lot).correlate(balance)
    ).scalar_subquery()
    rows = connection.execute(
        sa.select(b.item, sa.func.coalesce(expiry, ""), b.location, b.lot, sa.func.sum(b.quantity))
        .where(
            b.site_n == site_n,
            database.in_set(b.item, wanted),
            on_shelf(),
            is_usable(today),
            b.quantity > 0,
        )
        .group_by(b.item, b.location, b.lot)
    ).all()
    placed = connection.execute(
        sa.select(t.item, t.location).where(
            t.site_n == site_n, t.location != "", database.in_set(t.item, wanted)
        )
    ).all()
    picked_from: dict[str, set[str]] = {}
    for item, location in placed:
        picked_from.setdefault(item, set()).add(location)
    # PostgreSQL sums whole numbers to decimals.
    shelves = sorted_shelves((*row[:4], int(row[4])) for row in rows)
    return Filling(shelves, picked_from)
