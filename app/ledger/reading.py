"""Everything a group of batches may touch, read with one statement per table before deciding.

The statements follow the lock order of `app.ledger.locks`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import Operation, OutcomeRow
from app.domain.operation import Kind, StockKey
from app.ledger import facts
from app.ledger.arrivals import Arrival
from app.ledger.book import Book, ClaimBook, Known, LineBook
from app.ledger.database import Database
from app.ledger.locks import lock_orders
from app.ledger.stock import StockKeys
from app.ledger.tables import claim, enrolment, feed, item, operation, progress

_CLAIMING = frozenset({Kind.CLAIM.value, Kind.RELEASE.value})
_outcome = msgspec.json.Decoder(OutcomeRow)


@dataclass(slots=True)
class Touched:
    """What a group of operations names."""

    ids: set[str] = field(default_factory=set)
    originals: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    claimed: set[str] = field(default_factory=set)
    keys: set[StockKey] = field(default_factory=set)
    items: set[str] = field(default_factory=set)


class Reader:
    """Fills books.

    Args:
        database: The ledger's.
        stock: Numbers of stock keys.
    """

    def __init__(self, database: Database, stock: StockKeys) -> None:
        self._database = database
        self._stock = stock
        # Items are never deleted, so what was known stays known; tens of bytes each.
        self._items: set[str] = set()

    def fill(self, connection: Connection, book: Book, arrivals: Sequence[Arrival]) -> None:
        """Read all that `arrivals` touch into `book`."""
        touched = Touched()
        for arrival in arrivals:
            touched.ids.add(arrival.id)
            if arrival.operation is not None:
                _touch(arrival.operation, touched)
                touched.keys.update([posting.key for posting in arrival.postings])
        self._read_known(connection, book, touched.ids | touched.originals)
        if touched.originals:
            self._read_originals(connection, book, touched)
        if touched.orders or touched.claimed:
            self._read_orders(connection, book, touched)
        self._read_items(connection, book, touched.items)
        if touched.keys:
            book.cells = self._stock.lock(connection, book.site_n, touched.keys)

    def forget(self) -> None:
        """Ask the database again for every item."""
        self._items = set()

    def _read_known(self, connection: Connection, book: Book, ids: set[str]) -> None:
        o = operation.c
        rows = connection.execute(
            sa.select(
                o.id, o.content_hash, o.kind, o.outcome, o.code, o.sentence, o.feed_seq, o.original
            ).where(self._database.in_set(o.id, sorted(ids)))
        ).all()
        for id_, *known in rows:
            book.known[id_] = Known(*known)

    def _read_originals(self, connection: Connection, book: Book, touched: Touched) -> None:
        o, wanted = operation.c, sorted(touched.originals)
        reversals = sa.select(o.original).where(
            self._database.in_set(o.original, wanted), o.original != "", o.outcome == "posted"
        )
        book.reversed.update(connection.execute(reversals).scalars())
        told = (
            sa.select(o.id, feed.c.body)
            .join(feed, sa.and_(feed.c.site_n == o.site_n, feed.c.seq == o.feed_seq))
            .where(self._database.in_set(o.id, wanted), o.site_n == book.site_n)
        )
        for id_, body in connection.execute(told):
            row = book.told[id_] = _outcome.decode(body)
            touched.keys.update(facts.key_of(posted) for posted in row.postings)
            touched.orders.update(step.order for step in row.progress)
            if row.kind == Kind.SHIP and row.reference is not None:
                touched.orders.add(row.reference.document)

    def _read_orders(self, connection: Connection, book: Book, touched: Touched) -> None:
        numbers = sorted(touched.orders | touched.claimed)
        book.orders.update(lock_orders(self._database, connection, book.site_n, numbers))
        p = progress.c
        lines = connection.execute(
            sa.select(p.document, p.line, p.packed, p.short, p.packer).where(
                p.site_n == book.site_n, self._database.in_set(p.document, sorted(touched.orders))
            )
        )
        for number, line, *now in lines.all():
            book.progress.setdefault(number, {})[line] = LineBook(*now)
        if not touched.claimed:
            return
        c, e = claim.c, enrolment.c
        claims = connection.execute(
            sa.select(c.document, c.state, c.enrolment_n, e.id, e.station, c.until)
            .outerjoin(enrolment, e.n == c.enrolment_n)
            .where(
                c.site_n == book.site_n, self._database.in_set(c.document, sorted(touched.claimed))
            )
        )
        for document, state, n, id_, station, until in claims:
            book.claims[document] = ClaimBook(state, n, id_ or "", station or "", until)

    def _read_items(self, connection: Connection, book: Book, skus: set[str]) -> None:
        unknown = skus - self._items
        if unknown:
            found = sa.select(item.c.sku).where(self._database.in_set(item.c.sku, sorted(unknown)))
            self._items.update(connection.execute(found).scalars())
        book.items = self._items


def _touch(op: Operation, touched: Touched) -> None:
    reference = op.reference
    if reference is not None:
        if op.kind == Kind.REVERSE and reference.original:
            touched.originals.add(reference.original)
        if op.kind in _CLAIMING:
            touched.claimed.add(reference.document)
        elif reference.document_kind == "order" and reference.document:
            touched.orders.add(reference.document)
    for line in op.lines:
        touched.items.add(line.item)
