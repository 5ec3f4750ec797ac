"""Promises read before they are decided, and written after.

A row is a line of an open order. Whoever changes one holds its order (step 3 of
`app.ledger.locks`). Promises are made by one enrolment of a site only, the ledger's own; its chain
is locked first (step 1), so no two transactions promise the same unit.
"""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import OrderRow
from app.domain.document import DocumentKind, Measure
from app.ledger.availability import free
from app.ledger.book import Book
from app.ledger.clock import stamp
from app.ledger.database import Database
from app.ledger.promised import PromiseBook
from app.ledger.tables import reservation, tally
from app.ledger.touched import Touched

ORDER = DocumentKind.ORDER.value
_PICKED = Measure.PICKED.value
# After every day: an order without a cut-off is the least urgent of its priority.
_NO_CUT_OFF = "~"


def rank_of(row: OrderRow) -> str:
    """Text that sorts the more urgent order first."""
    return f"{row.priority:04d} {row.ship_before or _NO_CUT_OFF}"


def day_of(at: datetime) -> str:
    """The day that decides what has expired."""
    return stamp(at)[:10]


def read(database: Database, connection: Connection, book: Book, touched: Touched) -> None:
    """The lines of the orders to be promised to, and what is free of their items."""
    if not touched.promised:
        return
    promises, r, t = book.promises, reservation.c, tally.c
    orders = sorted(touched.promised)
    rows = connection.execute(
        sa.select(r.document, r.line, r.item, r.ordered, r.promised, r.rank).where(
            r.site_n == book.site_n, database.in_set(r.document, orders)
        )
    ).all()
    for document, line, *parts in rows:
        promises.lines[document, line] = PromiseBook(*parts)
    picked = connection.execute(
        sa.select(t.document, t.line, t.quantity).where(
            t.site_n == book.site_n,
            t.kind == ORDER,
            t.measure == _PICKED,
            database.in_set(t.document, orders),
        )
    ).all()
    for document, line, quantity in picked:
        known = promises.lines.get((document, line))
        if known is not None:
            known.picked = quantity
    items = {row.item for row in rows}
    promises.free = free(database, connection, book.site_n, items, day_of(book.at))


def write(database: Database, connection: Connection, book: Book) -> None:
    """What was promised, what lies in totes, and lines of orders that are open again."""
    promises = book.promises
    if promises.reopened:
        _open_again(database, connection, book)
    database.upsert(
        connection,
        reservation,
        [
            (book.site_n, order, line, now.item, now.ordered, now.promised, now.rank)
            for order, line in sorted(promises.changed)
            for now in (promises.lines[order, line],)
        ],
    )
    database.upsert(
        connection,
        tally,
        [
            (book.site_n, ORDER, order, line, _PICKED, units)
            for (order, line), units in sorted(promises.picked.items())
            if units
        ],
        adding=("quantity",),
    )


def put_lines(
    database: Database, connection: Connection, site_n: int, orders: Iterable[OrderRow]
) -> None:
    """What new versions of orders ask for; whoever calls holds the orders.

    A line that is gone asks for nothing. A promise never grows with its line again once the line
    was cut: what was set free may be promised to somebody else. A line of another item than before
    is a new line.
    """
    wanted = {
        (row.order, line.line): (line.item, line.quantity, rank_of(row))
        for row in orders
        for line in row.lines
    }
    numbers = sorted({row.order for row in orders})
    r = reservation.c
    before = connection.execute(
        sa.select(r.document, r.line, r.item, r.ordered, r.promised, r.rank).where(
            r.site_n == site_n, database.in_set(r.document, numbers)
        )
    ).all()
    promised: dict[tuple[str, int], int] = {}
    rows: list[tuple[object, ...]] = []
    for row in before:
        where = (row.document, row.line)
        kept = min(row.promised, row.ordered)
        now = wanted.get(where)
        if now is None:
            rows.append((site_n, *where, row.item, 0, kept, row.rank))
        else:
            promised[where] = kept if now[0] == row.item else 0
    rows.extend(
        (site_n, *where, item, ordered, promised.get(where, 0), rank)
        for where, (item, ordered, rank) in wanted.items()
    )
    rows.sort(key=lambda row: row[1:3])
    database.upsert(connection, reservation, rows)


def let_go(database: Database, connection: Connection, site_n: int, orders: Iterable[str]) -> None:
    """Cancelled orders ask for nothing; whoever calls holds them."""
    connection.execute(
        sa.update(reservation)
        .where(
            reservation.c.site_n == site_n, database.in_set(reservation.c.document, sorted(orders))
        )
        .values(ordered=0)
    )


def _open_again(database: Database, connection: Connection, book: Book) -> None:
    r = reservation.c
    reopened = sorted(book.promises.reopened)
    kept = set(
        connection.execute(
            sa.select(r.document).where(
                r.site_n == book.site_n, database.in_set(r.document, reopened)
            )
        ).scalars()
    )
    put_lines(
        database,
        connection,
        book.site_n,
        [book.orders[number].row for number in reopened if number not in kept],
    )
