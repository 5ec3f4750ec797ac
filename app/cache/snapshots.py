"""A fresh start from the ledger's picture: pages are staged, then swapped in as a whole."""

from collections import Counter

from msgspec import Raw
from sqlalchemy import Connection, Table, delete, insert, select

from app.cache import feed
from app.cache.tables import balance, claim, exception, order_document, progress, staged
from app.contract.messages import (
    BalanceRow,
    ClaimRow,
    DocumentRow,
    ExceptionRow,
    OrderRow,
    PolicyRow,
    ProgressRow,
    SnapshotPage,
    TallyRow,
    snapshot_body,
)

CONFIRMED: tuple[Table, ...] = (balance, progress, order_document, claim, exception)


def clear(connection: Connection) -> None:
    """Forget staged pages."""
    connection.execute(delete(staged))


def stage(connection: Connection, page: SnapshotPage) -> None:
    """Keep one page until all are there."""
    rows = [{"page": page.page, "n": n, "body": bytes(raw)} for n, raw in enumerate(page.rows)]
    connection.execute(delete(staged).where(staged.c.page == page.page))
    if rows:
        connection.execute(insert(staged), rows)


def forget_confirmed(connection: Connection) -> None:
    """Drop what the ledger said; what was recorded here stays."""
    for table in CONFIRMED:
        connection.execute(delete(table))


def swap_in(connection: Connection) -> None:
    """Replace the confirmed rows by the staged ones."""
    forget_confirmed(connection)
    bodies = connection.execute(select(staged.c.body).order_by(staged.c.page, staged.c.n)).scalars()
    balances: Counter[feed.Key] = Counter()
    packed: Counter[tuple[str, int]] = Counter()
    short: Counter[tuple[str, int]] = Counter()
    orders: list[tuple[OrderRow, bytes]] = []
    claims: list[ClaimRow] = []
    exceptions: list[ExceptionRow] = []
    for body in bodies:
        match snapshot_body.decode(Raw(body)):
            case TallyRow() | DocumentRow() | PolicyRow():
                pass
            case BalanceRow() as row:
                key = (row.location, row.item, row.lot, row.serial, row.condition)
                balances[key] += row.quantity
            case ProgressRow() as row:
                packed[row.order, row.line] += row.packed
                short[row.order, row.line] += row.short
            case OrderRow() as row:
                orders.append((row, body))
            case ClaimRow() as row:
                claims.append(row)
            case ExceptionRow() as row:
                exceptions.append(row)
    feed.add_balances(connection, balances)
    feed.add_progress(connection, packed, short)
    feed.put_orders(connection, orders)
    feed.put_claims(connection, claims)
    feed.put_exceptions(connection, exceptions)
    clear(connection)
