"""Parcels of orders: read when they may have been sealed before, written when they change.

A parcel is in one station's hands, so nothing is locked. A row is written for each parcel when it
is begun, sealed and handed over, not for each unit.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import Connection

from app.ledger.book import Book
from app.ledger.boxed import ParcelBook
from app.ledger.database import Database
from app.ledger.tables import parcel
from app.ledger.touched import Touched


def read(database: Database, connection: Connection, book: Book, touched: Touched) -> None:
    """The parcels that are touched; those begun in this transaction are not looked for.

    Balances were read before: a parcel all of whose stock keys are new was never packed.
    """
    if not touched.parcels and not touched.seals:
        return
    new = {cell.key.location for cell in book.cells.values() if cell.fresh}
    if new:
        new -= {cell.key.location for cell in book.cells.values() if not cell.fresh}
    wanted = (touched.parcels - new) | touched.seals
    if not wanted:
        return
    p = parcel.c
    rows = connection.execute(
        sa.select(p.parcel, p.document, p.seal, p.shipped).where(
            p.site_n == book.site_n, database.in_set(p.parcel, sorted(wanted))
        )
    )
    for name, *known in rows:
        book.parcels[name] = ParcelBook(*known)


def write(database: Database, connection: Connection, book: Book) -> None:
    """The parcels that changed."""
    database.upsert(
        connection,
        parcel,
        [
            (book.site_n, name, now.document, now.seal, now.shipped)
            for name, now in sorted(book.parcels.items())
            if now.changed
        ],
    )


def of_orders(
    database: Database, connection: Connection, site_n: int, orders: Iterable[str]
) -> dict[str, list[ParcelBook]]:
    """The parcels of each order."""
    p = parcel.c
    rows = connection.execute(
        sa.select(p.document, p.seal, p.shipped)
        .where(p.site_n == site_n, database.in_set(p.document, sorted(orders)))
        .order_by(p.document, p.parcel)
    )
    found: dict[str, list[ParcelBook]] = {}
    for document, seal, shipped in rows:
        found.setdefault(document, []).append(ParcelBook(document, seal, shipped))
    return found
