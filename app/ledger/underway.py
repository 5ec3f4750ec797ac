"""Goods under way: what lies in transit of the transfers a group of operations touches.

Read after the transfers' documents are locked at both ends. Whatever moves goods of a transfer
holds that lock, so no balance can appear behind it.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import PostedLine
from app.domain.document import DocumentKind
from app.domain.operation import TRANSIT_PREFIX, StockKey
from app.ledger.book import Book
from app.ledger.database import Database
from app.ledger.tables import balance
from app.ledger.touched import Touched

TRANSFER = DocumentKind.TRANSFER.value


def place_of(number: str) -> str:
    """Where the goods of a transfer are while they are at neither end."""
    return TRANSIT_PREFIX + number


def number_of(location: str) -> str:
    """The transfer a place belongs to; empty for every other place."""
    return location.removeprefix(TRANSIT_PREFIX) if location.startswith(TRANSIT_PREFIX) else ""


def touch(postings: Iterable[PostedLine], touched: Touched) -> None:
    """The transfers whose goods these postings moved."""
    for posted in postings:
        if posted.location.startswith(TRANSIT_PREFIX):
            touched.documents.add((TRANSFER, number_of(posted.location)))


def read(database: Database, connection: Connection, book: Book, touched: Touched) -> None:
    """Name every balance in transit of the transfers touched, and the places at their other end.

    What is named is locked with all other balances, at this site and at those of the transfers.
    """
    numbers = sorted(number for kind, number in touched.documents if kind == TRANSFER)
    b = balance.c
    rows = connection.execute(
        sa.select(b.location, b.item, b.lot, b.serial, b.condition).where(
            database.in_set(b.site_n, sorted({book.site_n, *book.partners})),
            database.in_set(b.location, [place_of(number) for number in numbers]),
            b.quantity != 0,
        )
    )
    # The reader asks for keys in transit at every site that is a partner here.
    touched.keys.update(StockKey(*row) for row in rows)
    for number, keys in sorted(touched.far.items()):
        transfer = book.documents.get((TRANSFER, number))
        ends = set(transfer.sites) if transfer is not None else book.partners
        for site_n in ends - {book.site_n}:
            touched.abroad.setdefault(site_n, set()).update(keys)
