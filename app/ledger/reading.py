"""Reading what a group of batches touches: one statement per table, locked in the one order.

What is read here is all that deciding may ask about (`app.ledger.touched` says what that is).
Documents are read by `app.ledger.papers`, lots and serials by `app.ledger.tracking`.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import OutcomeRow
from app.domain.operation import TRANSIT_PREFIX, Kind, StockKey
from app.ledger import (
    absences,
    countbook,
    facts,
    papers,
    parcels,
    promises,
    shelves,
    signing,
    stories,
    tracking,
    undecided,
    underway,
)
from app.ledger.arrivals import Arrival
from app.ledger.book import Book, ClaimBook, Known, LineBook
from app.ledger.company import Company
from app.ledger.database import Database
from app.ledger.locks import lock_orders
from app.ledger.positions import read_then
from app.ledger.rules.permissions import persons
from app.ledger.rules.registry import RULES
from app.ledger.spending import read as read_spending
from app.ledger.stock import StockKeys
from app.ledger.tables import abroad, claim, enrolment, feed, operation, progress
from app.ledger.touched import Touched

_outcome = msgspec.json.Decoder(OutcomeRow)


class Reader:
    """Fills books.

    Args:
        database: The ledger's.
        stock: Numbers of stock keys.
    """

    def __init__(self, database: Database, stock: StockKeys) -> None:
        self._database = database
        self._stock = stock
        self._company = Company(database)

    def fill(self, connection: Connection, book: Book, arrivals: Sequence[Arrival]) -> None:
        """Read all that `arrivals` touch into `book`."""
        touched = Touched()
        for arrival in arrivals:
            touched.ids.add(arrival.id)
            if arrival.operation is not None:
                self._touch(arrival, touched)
        # Before anything is looked up: what is locked here nobody else decides meanwhile.
        undecided.read(self._database, connection, book, touched, self._touch)
        self._read_known(connection, book, touched.ids | touched.originals | touched.settled)
        if touched.originals:
            self._read_originals(connection, book, touched)
        self._company.read(connection, book, touched)
        signing.read(self._database, connection, book, touched)
        if book.absences:
            absences.read(self._database, connection, book, arrivals)
        if touched.orders or touched.claimed:
            self._read_orders(connection, book, touched)
        if touched.documents or touched.partners:
            papers.read(self._database, connection, book, touched)
        self._read_claims(connection, book, touched)
        promises.read(self._database, connection, book, touched)
        shelves.read(self._database, connection, book, touched)
        tracking.read_first(self._database, connection, book, touched)
        self._read_balances(connection, book, touched)
        parcels.read(self._database, connection, book, touched)
        stories.read(self._database, connection, book, touched.exceptions)
        tracking.read_serials(self._database, connection, book, touched)
        read_spending(self._database, connection, book, touched, persons(book, touched))
        if book.undecided:
            read_then(self._database, connection, book)
        countbook.read(self._database, connection, book, touched, arrivals)

    def _touch(self, arrival: Arrival, touched: Touched) -> None:
        op = arrival.operation
        if op is None:
            return
        touched.add(op)
        touched.keys.update([posting.key for posting in arrival.postings])
        signing.touch(arrival, touched)
        rule = RULES.get(op.kind)
        if rule is not None:
            rule.touch(op, touched)

    def forget(self) -> None:
        """Ask the database again for everything."""
        self._company = Company(self._database)

    def _read_known(self, connection: Connection, book: Book, ids: set[str]) -> None:
        asked = {"ids": self._database.listed(sorted(ids))}
        rows = connection.execute(self._database.kept(_known), asked).all()
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
        for id_, body in connection.execute(told).all():
            row = book.told[id_] = _outcome.decode(body)
            touched.keys.update(facts.key_of(posted) for posted in row.postings)
            underway.touch(row.postings, touched)
            touched.orders.update(step.order for step in row.progress)
            touched.serials.update((p.item, p.serial) for p in row.postings if p.serial)
            if row.tallies:
                touched.documents.update((tally.kind, tally.document) for tally in row.tallies)
                touched.described.update(p.item for p in row.postings)
            if row.kind == Kind.SHIP and row.reference is not None:
                touched.orders.add(row.reference.document)
            touched.seals.update(step.parcel for step in facts.steps_told(row))
        elsewhere = (
            sa.select(abroad.c.id, abroad.c.site_n, feed.c.body)
            .join(feed, sa.and_(feed.c.site_n == abroad.c.site_n, feed.c.seq == abroad.c.feed_seq))
            .where(self._database.in_set(abroad.c.id, sorted(book.told)))
        )
        for id_, site_n, body in connection.execute(elsewhere).all():
            there = _outcome.decode(body)
            book.told_abroad.setdefault(id_, []).append((site_n, there))
            touched.abroad.setdefault(site_n, set()).update(map(facts.key_of, there.postings))

    def _read_orders(self, connection: Connection, book: Book, touched: Touched) -> None:
        claimed = {number for kind, number in touched.claimed if kind == "order"}
        numbers = sorted(touched.orders | claimed)
        book.orders.update(lock_orders(self._database, connection, book.site_n, numbers))
        orders = self._database.listed(sorted(touched.orders))
        lines = connection.execute(
            self._database.kept(_progress), {"site_n": book.site_n, "orders": orders}
        )
        for number, line, *now in lines.all():
            book.progress.setdefault(number, {})[line] = LineBook(*now)

    def _read_claims(self, connection: Connection, book: Book, touched: Touched) -> None:
        if not touched.claimed:
            return
        c, e = claim.c, enrolment.c
        numbers = sorted({number for _, number in touched.claimed})
        claims = connection.execute(
            sa.select(c.kind, c.document, c.state, c.enrolment_n, e.id, e.station, c.until, c.since)
            .outerjoin(enrolment, e.n == c.enrolment_n)
            .where(c.site_n == book.site_n, self._database.in_set(c.document, numbers))
        )
        for kind, document, state, n, id_, station, *times in claims:
            book.claims[kind, document] = ClaimBook(state, n, id_ or "", station or "", *times)
        if touched.stations:
            named = connection.execute(
                sa.select(e.station, e.n, e.id).where(
                    e.site_n == book.site_n,
                    e.kind == "station",
                    e.state == "active",
                    self._database.in_set(e.station, sorted(touched.stations)),
                )
            )
            book.stations = {row.station: (row.n, row.id) for row in named}

    def _read_balances(self, connection: Connection, book: Book, touched: Touched) -> None:
        """Balances at every site concerned, in the order of the sites' numbers."""
        keys: dict[int, set[StockKey]] = dict(touched.abroad)
        keys[book.site_n] = touched.keys
        for site_n in sorted(book.partners):
            # Goods in transit belong to the receiver.
            keys.setdefault(site_n, set()).update(
                key for key in touched.keys if key.location.startswith(TRANSIT_PREFIX)
            )
        wanted = {site_n: there for site_n, there in keys.items() if there}
        for site_n, (found, cells) in self._stock.lock(connection, wanted).items():
            book.found[site_n] = found
            if site_n == book.site_n:
                book.cells = cells
            else:
                book.abroad[site_n] = cells


def _known(database: Database) -> sa.Select[Any]:
    o = operation.c
    return sa.select(
        o.id,
        o.content_hash,
        o.kind,
        o.outcome,
        o.code,
        o.sentence,
        o.feed_seq,
        o.original,
        o.site_n,
    ).where(database.in_listed(o.id, "ids"))


def _progress(database: Database) -> sa.Select[Any]:
    p = progress.c
    return sa.select(p.document, p.line, p.packed, p.short, p.packer).where(
        p.site_n == sa.bindparam("site_n"), database.in_listed(p.document, "orders")
    )
