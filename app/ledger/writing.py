"""What a transaction has decided, written with one statement per table.

Documents and balances first (they are locked already), numbered rows last: see `app.ledger.locks`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.domain.operation import Outcome
from app.ledger import countbook, feed, lotwriting, parcels, promises, signing, stories
from app.ledger.book import Book, Sender
from app.ledger.clock import IdSource
from app.ledger.database import Database
from app.ledger.exceptions import Exceptions
from app.ledger.locks import ORDER
from app.ledger.pages import Pages
from app.ledger.spending import write as write_spending
from app.ledger.tables import (
    abroad,
    balance,
    claim,
    document,
    enrolment,
    link,
    operation,
    posting,
    progress,
    tally,
)

_encode = msgspec.json.Encoder().encode


class Writer:
    """Writes pages and the changed parts of a book.

    Args:
        database: The ledger's.
        ids: Names exceptions.
    """

    def __init__(self, database: Database, ids: IdSource) -> None:
        self._database = database
        self._exceptions = Exceptions(database, ids)

    def write(self, connection: Connection, book: Book, pages: Pages) -> list[int]:
        """Write everything.

        Returns:
            The feed position of each entry of `pages`.
        """
        self._write_balances(connection, book)
        write_spending(self._database, connection, book)
        signing.write(self._database, connection, book)
        countbook.write(self._database, connection, book)
        self._write_documents(connection, book)
        self._write_papers(connection, book)
        promises.write(self._database, connection, book)
        parcels.write(self._database, connection, book)
        stories.write(connection, book)
        told = {
            site_n: self._exceptions.write(connection, book, rows, site_n)
            for site_n, rows in sorted({**pages.abroad, book.site_n: pages.rows}.items())
        }
        if not any(bodies for bodies, _ in told.values()):
            self._write_links(connection, pages, [], book.now)
            return []
        firsts: dict[int, int] = {}
        for site_n, (bodies, _) in told.items():
            firsts[site_n], book.left[site_n] = feed.append(
                self._database, connection, site_n, bodies
            )
        first, places = firsts[book.site_n], told[book.site_n][1]
        numbers = [first + places[entry.place] for entry in pages.entries]
        self._write_operations(connection, book, pages, numbers)
        settled = [first + places[settled.place] for settled in pages.settled]
        self._write_settled(connection, pages, settled)
        self._write_postings(connection, book, pages, numbers, settled)
        self._write_abroad(connection, pages, firsts, {n: there for n, (_, there) in told.items()})
        self._write_links(connection, pages, numbers, book.now)
        if book.goods.lots:
            lotwriting.write(self._database, connection, book.goods.lots.values(), book.now)
        countbook.note(self._database, connection, book)
        return numbers

    def _write_balances(self, connection: Connection, book: Book) -> None:
        sites = {book.site_n: book.cells, **book.abroad}
        moved = [
            (site_n, cell)
            for site_n, cells in sorted(sites.items())
            for cell in cells.values()
            if cell.moved
        ]
        self._database.insert(
            connection,
            balance,
            (
                (cell.stock, site_n, *cell.key, cell.quantity)
                for site_n, cell in moved
                if cell.fresh
            ),
        )
        self._database.set_quantities(
            connection, [(cell.stock, cell.quantity) for _, cell in moved if not cell.fresh]
        )

    def _write_documents(self, connection: Connection, book: Book) -> None:
        self._database.upsert(
            connection,
            document,
            [
                (
                    book.site_n, ORDER, number, order.row.state, order.row.version, order.shipped,
                    _encode(order.row),
                )
                for number in sorted(book.changed_orders)
                for order in (book.orders[number],)
            ],
        )  # fmt: skip
        self._write_progress(connection, book)
        self._database.upsert(
            connection,
            claim,
            [
                (book.site_n, kind, number, now.state, now.enrolment_n, now.until, now.since)
                for kind, number in sorted(book.changed_claims)
                for now in (book.claims[kind, number],)
            ],
        )

    def _write_progress(self, connection: Connection, book: Book) -> None:
        """Lines of locked orders that had no row get one; all others are added to."""
        new: list[tuple[Any, ...]] = []
        more: list[tuple[Any, ...]] = []
        for number, line in sorted(book.advanced):
            now = book.progress[number][line]
            # Nobody else can have begun a line of an order that is locked; one that was never
            # imported has no lock.
            rows = new if now.fresh and number in book.orders else more
            rows.append((book.site_n, number, line, now.more_packed, now.more_short, now.packer))
        self._database.insert(connection, progress, new)
        self._database.upsert(connection, progress, more, adding=("packed", "short"))

    def _write_papers(self, connection: Connection, book: Book) -> None:
        """Documents that are not orders, at every site that keeps them."""
        kept = sorted(
            ((site_n, kind, number), here)
            for (kind, number), here in book.documents.items()
            for site_n in here.sites
        )
        rows = [
            (here.fresh, (*where, here.row.state, here.row.version, 0, _encode(here.row)))
            for where, here in kept
            if here.changed
        ]
        # A fresh one fails when another transaction made it meanwhile: then everything is redone.
        self._database.insert(connection, document, [row for fresh, row in rows if fresh])
        self._database.upsert(connection, document, [row for fresh, row in rows if not fresh])
        self._database.upsert(
            connection,
            tally,
            [
                (*where, line, measure, quantity)
                for where, here in kept
                for (line, measure), quantity in sorted(here.more.items())
                if quantity
            ],
            adding=("quantity",),
        )

    def _write_operations(
        self, connection: Connection, book: Book, pages: Pages, numbers: list[int]
    ) -> None:
        self._database.insert(
            connection,
            operation,
            (
                (
                    came.id, book.site_n, number, came.content_hash,
                    came.operation.kind if came.operation else "", entry.sender.n, came.seq,
                    came.digest, decided.outcome, decided.code, decided.sentence,
                    decided.reverses, book.now, came.raw,
                )
                for entry, number in zip(pages.entries, numbers, strict=True)
                for came, decided in ((entry.arrival, entry.decision),)
                if decided is not None
            ),
        )  # fmt: skip
        signing.write_signed(
            self._database,
            connection,
            [
                (entry.arrival.id, entry.arrival.signatures)
                for entry in pages.entries
                if entry.arrival.signatures and entry.decision is not None
            ],
        )

    def _write_settled(self, connection: Connection, pages: Pages, numbers: list[int]) -> None:
        """The outcome of earlier operations, and where the feed tells it."""
        if not pages.settled:
            return
        connection.execute(
            sa.update(operation)
            .where(operation.c.id == sa.bindparam("which"))
            .values(
                outcome=sa.bindparam("to_outcome"),
                code=sa.bindparam("to_code"),
                sentence=sa.bindparam("to_sentence"),
                feed_seq=sa.bindparam("to_seq"),
            ),
            [
                {
                    "which": settled.what.id,
                    "to_outcome": settled.decision.outcome,
                    "to_code": settled.decision.code,
                    "to_sentence": settled.decision.sentence,
                    "to_seq": number,
                }
                for settled, number in zip(pages.settled, numbers, strict=True)
            ],
        )

    def _write_postings(
        self,
        connection: Connection,
        book: Book,
        pages: Pages,
        numbers: list[int],
        settled: list[int],
    ) -> None:
        effects = [
            (entry.decision.effect, number)
            for entry, number in zip(pages.entries, numbers, strict=True)
            if entry.decision is not None
        ]
        effects += [
            (each.decision.effect, number)
            for each, number in zip(pages.settled, settled, strict=True)
        ]
        self._database.insert(
            connection,
            posting,
            (
                (book.site_n, number, n, cell.stock, quantity, line)
                for effect, number in effects
                for n, (cell, quantity, line) in enumerate(effect.postings)
            ),
        )

    def _write_abroad(
        self,
        connection: Connection,
        pages: Pages,
        firsts: Mapping[int, int],
        places: Mapping[int, Sequence[int]],
    ) -> None:
        """Postings at other sites, and where their feeds tell of the operation."""
        if not pages.abroad:
            return
        moved = [(entry.arrival.id, entry.abroad, entry.decision) for entry in pages.entries]
        moved += [(each.what.id, each.abroad, each.decision) for each in pages.settled]
        stands = [
            (id_, site_n, firsts[site_n] + places[site_n][place], decision)
            for id_, abroad_places, decision in moved
            for site_n, place in sorted(abroad_places.items())
            if decision is not None
        ]
        # What waits is told there, too, and again when it is settled; only the last has postings.
        posted = [tuple(row) for *row, decision in stands if decision.outcome == Outcome.POSTED]
        self._database.insert(connection, abroad, posted)
        self._database.insert(
            connection,
            posting,
            [
                (site_n, seq, n, cell.stock, quantity, line)
                for _, site_n, seq, decision in stands
                for n, (_, cell, quantity, line) in enumerate(
                    [there for there in decision.effect.abroad if there[0] == site_n]
                )
            ],
        )

    def _write_links(
        self, connection: Connection, pages: Pages, numbers: list[int], now: str
    ) -> None:
        rows: list[tuple[Any, ...]] = []
        for came, sender, known in pages.links:
            seq = numbers[known.entry] if known.entry >= 0 else known.feed_seq
            rows.append(
                (
                    sender.n,
                    came.seq,
                    came.id,
                    came.content_hash,
                    came.digest,
                    "known",
                    seq,
                    now,
                    None,
                )
            )
        for entry, number in zip(pages.entries, numbers, strict=False):
            came = entry.arrival
            if entry.decision is None:
                rows.append(
                    (
                        entry.sender.n, came.seq, came.id, came.content_hash, came.digest,
                        Outcome.CONFLICT.value, number, now, came.raw,
                    )
                )  # fmt: skip
        self._database.insert(connection, link, rows)


_HEADS = (
    sa.update(enrolment)
    .where(enrolment.c.n == sa.bindparam("which"))
    .values(
        seq=sa.bindparam("to_seq"),
        digest=sa.bindparam("to_digest"),
        contract=sa.bindparam("to_contract"),
        seen_at=sa.bindparam("now"),
    )
)


def write_heads(connection: Connection, senders: Iterable[Sender], now: str) -> None:
    """Move the ends of the chains."""
    connection.execute(
        _HEADS,
        [
            {
                "now": now,
                "which": sender.n,
                "to_seq": sender.seq,
                "to_digest": sender.digest,
                "to_contract": sender.contract,
            }
            for sender in senders
        ],
    )
