"""A fresh start from the ledger's picture: pages are staged, then swapped in as a whole."""

from msgspec import Raw
from sqlalchemy import Connection, delete, insert, select

from app.cache import waiting
from app.cache.confirmed import TABLES, Confirmed
from app.cache.tables import staged
from app.contract.messages import (
    BalanceRow,
    ClaimRow,
    DocumentRow,
    ExceptionRow,
    OrderRow,
    PolicyRow,
    ProgressRow,
    SnapshotBody,
    SnapshotPage,
    TallyRow,
    WaitingRow,
    read_snapshot_row,
)


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
    for table in TABLES:
        connection.execute(delete(table))


def swap_in(connection: Connection) -> None:
    """Replace the confirmed rows by the staged ones."""
    forget_confirmed(connection)
    bodies = connection.execute(select(staged.c.body).order_by(staged.c.page, staged.c.n)).scalars()
    rows = Confirmed()
    requests: list[WaitingRow] = []
    for body in bodies:
        told = read_snapshot_row(Raw(body))
        if isinstance(told, WaitingRow):
            requests.append(told)
        elif told is not None:
            # What is None is newer than this program.
            _take(rows, told, body)
    rows.write(connection)
    waiting.put_all(connection, requests)
    clear(connection)


def _take(rows: Confirmed, told: SnapshotBody, body: bytes) -> None:
    match told:
        case BalanceRow() as row:
            key = (row.location, row.item, row.lot, row.serial, row.condition)
            rows.balances[key] += row.quantity
        case ProgressRow() as row:
            rows.packed[row.order, row.line] += row.packed
            rows.short[row.order, row.line] += row.short
        case TallyRow() as row:
            rows.tallies[row.kind, row.document, row.line, row.measure] += row.quantity
        case OrderRow() as row:
            rows.orders[row.order] = (row, body)
        case DocumentRow() as row:
            rows.documents[row.kind, row.document] = (row, body)
        case ClaimRow() as row:
            rows.claims[row.kind, row.document] = row
        case ExceptionRow() as row:
            rows.exceptions[row.exception] = row
        case PolicyRow() as row:
            rows.policy = row
        case WaitingRow():
            # Kept apart from what adds up.
            pass
