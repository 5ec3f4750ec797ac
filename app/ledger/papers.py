"""Documents that are not orders, read and locked, at both sites when they are transfers."""

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import DocumentRow
from app.domain.document import DocumentKind
from app.ledger import underway
from app.ledger.book import Book, DocumentBook
from app.ledger.database import Database
from app.ledger.tables import document, site, tally
from app.ledger.touched import Touched

_row = msgspec.json.Decoder(DocumentRow)


def read(database: Database, connection: Connection, book: Book, touched: Touched) -> None:
    """Read and lock the documents that are touched, and learn which other sites they concern."""
    transfers = sorted(n for kind, n in touched.documents if kind == DocumentKind.TRANSFER)
    names = touched.partners | _ends(database, connection, book.site_n, transfers)
    if names:
        found = sa.select(site.c.n).where(database.in_set(site.c.site, sorted(names)))
        book.partners.update(set(connection.execute(found).scalars()) - {book.site_n})
    numbers = sorted({number for _, number in touched.documents})
    d = document.c
    rows = connection.execute(
        sa.select(d.site_n, d.kind, d.document, d.body)
        .where(
            database.in_set(d.site_n, sorted({book.site_n, *book.partners})),
            d.kind != DocumentKind.ORDER.value,
            database.in_set(d.document, numbers),
        )
        .order_by(d.site_n, d.kind, d.document)
        .with_for_update()
    ).all()
    for site_n, kind, number, body in rows:
        # Another site may use the same number for something of its own.
        if site_n == book.site_n and (kind, number) in touched.documents:
            book.documents[kind, number] = DocumentBook(_row.decode(body), (site_n,))
    for site_n, kind, number, body in rows:
        if kind == DocumentKind.TRANSFER and site_n != book.site_n:
            _join(book, site_n, number, _row.decode(body))
    _read_tallies(database, connection, book, numbers)
    if transfers:
        underway.read(database, connection, book, touched)


def _join(book: Book, site_n: int, number: str, there: DocumentRow) -> None:
    """What another site keeps under a number: the same transfer, or one of its own."""
    here = book.documents.get((DocumentKind.TRANSFER.value, number))
    if here is None or (here.row.origin, here.row.destination) != (there.origin, there.destination):
        book.taken.add((site_n, number))
    else:
        here.sites = tuple(sorted((*here.sites, site_n)))


def _ends(
    database: Database, connection: Connection, site_n: int, transfers: list[str]
) -> set[str]:
    """Names of both ends of transfers; read before anything is locked: they never change."""
    if not transfers:
        return set()
    bodies = connection.execute(
        sa.select(document.c.body).where(
            document.c.site_n == site_n,
            document.c.kind == DocumentKind.TRANSFER.value,
            database.in_set(document.c.document, transfers),
        )
    ).scalars()
    rows = [_row.decode(body) for body in bodies]
    return {name for row in rows for name in (row.origin, row.destination)} - {""}


def _read_tallies(
    database: Database, connection: Connection, book: Book, numbers: list[str]
) -> None:
    t = tally.c
    rows = connection.execute(
        sa.select(t.kind, t.document, t.line, t.measure, t.quantity).where(
            t.site_n == book.site_n,
            t.kind != DocumentKind.ORDER.value,
            database.in_set(t.document, numbers),
        )
    )
    for kind, number, line, measure, quantity in rows:
        here = book.documents.get((kind, number))
        if here is not None:
            here.tallies[line, measure] = quantity
