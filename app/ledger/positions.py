"""What moved at stock keys after a position of the feed: the book then, from the book now."""

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import Connection

from app.ledger.book import Book
from app.ledger.database import Database
from app.ledger.tables import posting

# A stock key by its number, and a position of the feed.
Spot = tuple[int, int]


def moved_since(
    database: Database, connection: Connection, spots: Collection[Spot]
) -> dict[Spot, int]:
    """How much the balance of each stock key has grown after each position.

    One range of the index `(stock, feed_seq)` a spot: what is behind the position is not read.
    """
    by_position: dict[int, set[int]] = defaultdict(set)
    for stock, cursor in spots:
        by_position[cursor].add(stock)
    p, found = posting.c, dict.fromkeys(spots, 0)
    for cursor, stocks in sorted(by_position.items()):
        rows = connection.execute(
            sa.select(p.stock, sa.func.sum(p.quantity))
            .where(database.in_set(p.stock, sorted(stocks)), p.feed_seq > cursor)
            .group_by(p.stock)
        )
        found.update({(stock, cursor): int(quantity) for stock, quantity in rows})
    return found


def read_then(database: Database, connection: Connection, book: Book) -> None:
    """What the book said at the keys of waiting requests when they were asked for."""
    waiting = [one for one in book.undecided.values() if one.feed_seq and one.postings]
    spots = {
        (book.cells[posted.key].stock, one.feed_seq) for one in waiting for posted in one.postings
    }
    if not spots:
        return
    moved = moved_since(database, connection, spots)
    for one in waiting:
        for posted in one.postings:
            cell = book.cells[posted.key]
            one.then[posted.key] = cell.quantity - moved[cell.stock, one.feed_seq]
