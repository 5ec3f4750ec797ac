"""Orders as documents: new versions from imports and from the office, never edited by stations.

What was packed derives from operations alone. Cutting an order below what is packed opens an
exception, so does another address once a parcel is closed; a shipped or cancelled order takes no
new version from an import, and an order all of which has left cannot be cancelled: it comes back as
a return. Stock is promised to what is released.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from app.contract.messages import OrderRow
from app.domain.order import OrderState
from app.errors import Refusal
from app.ledger import claims, ended, parcels, promises
from app.ledger.book import Book, LineBook, OrderBook
from app.ledger.boxed import ParcelBook, Seal
from app.ledger.clock import Clock, IdSource
from app.ledger.contradictions import Contradiction, cut_below_packed
from app.ledger.database import Database
from app.ledger.locks import lock_orders
from app.ledger.pages import Closing, Pages
from app.ledger.reservations import Reservations
from app.ledger.rules import order_contradictions as found
from app.ledger.sites import SiteRef, find_site
from app.ledger.tables import progress
from app.ledger.writing import Writer

_FINAL = frozenset({OrderState.SHIPPED.value, OrderState.CANCELLED.value})
_MOVES = {
    OrderState.CANCELLED: frozenset({OrderState.RELEASED.value, OrderState.HELD.value}),
    OrderState.HELD: frozenset({OrderState.RELEASED.value}),
    OrderState.RELEASED: frozenset({OrderState.HELD.value}),
}


class Orders:
    """Writes versions of orders.

    Args:
        database: The ledger's.
        clock: For deadlines.
        ids: Names exceptions.
        reservations: Promises stock to what is released.
    """

    def __init__(
        self, database: Database, clock: Clock, ids: IdSource, reservations: Reservations
    ) -> None:
        self._database = database
        self._clock = clock
        self._writer = Writer(database, ids)
        self._reservations = reservations

    def put(self, site: SiteRef, rows: Sequence[OrderRow]) -> tuple[int, int, list[str]]:
        """Add orders, or new versions of them, in one transaction; then promise stock to them.

        Returns:
            How many were written, how many said nothing new, and which are closed already.
        """
        wanted = {row.order: row for row in rows}
        now = self._clock.now()
        with self._database.write() as connection:
            self._reservations.lock(connection, site)
            book = Book(site.n, site.site, now)
            book.orders = lock_orders(self._database, connection, site.n, sorted(wanted))
            known = sorted(book.orders)
            _read_progress(self._database, connection, book, sorted(wanted))
            boxes = parcels.of_orders(self._database, connection, site.n, known)
            pages = Pages()
            fresh: list[str] = []
            same, closed = 0, []
            for number, row in sorted(wanted.items()):
                before = book.orders.get(number)
                if before is not None and before.row.state in _FINAL:
                    closed.append(number)
                    continue
                if before is not None and _same(before.row, row):
                    same += 1
                    continue
                self._put_one(book, pages, row, before)
                if before is None:
                    fresh.append(number)
                else:
                    pages.rows.extend(_readdressed(before, book, boxes.get(number, [])))
            released = [n for n in fresh if book.orders[n].row.state == OrderState.RELEASED]
            pages.rows.extend(claims.assign(self._database, connection, site, released))
            told = [book.orders[number].row for number in sorted(book.changed_orders)]
            promises.put_lines(self._database, connection, site.n, told)
            self._writer.write(connection, book, pages)
        self._reservations.look(site, book.changed_orders)
        return len(book.changed_orders), same, closed

    def _put_one(self, book: Book, pages: Pages, row: OrderRow, before: OrderBook | None) -> None:
        version = before.row.version + 1 if before else 1
        state = before.row.state if before else row.state
        told = msgspec.structs.replace(row, version=version, state=state)
        book.orders[row.order] = OrderBook(told, before.shipped if before else 0)
        book.changed_orders.add(row.order)
        pages.rows.append(told)
        ordered = {line.line: line.quantity for line in told.lines}
        for line, now in sorted(book.progress.get(row.order, {}).items()):
            if now.packed > ordered.get(line, 0):
                pages.rows.append(
                    (cut_below_packed(row.order, line, now.packed, ordered.get(line, 0)), "")
                )
        pages.rows.extend(map(Closing, ended.by_version(row.order, book)))

    def set_state(self, site_name: str, numbers: Sequence[str], state: OrderState) -> int:
        """Cancel, hold or release orders, all or none.

        Returns:
            How many changed; an order that is in that state already stays as it is.

        Raises:
            Refusal: `unknown_document`, or `order_<state>` for one that cannot go there.
        """
        now = self._clock.now()
        with self._database.write() as connection:
            site = find_site(connection, site_name)
            self._reservations.lock(connection, site)
            book = Book(site.n, site.site, now)
            book.orders = lock_orders(self._database, connection, site.n, sorted(set(numbers)))
            _read_progress(self._database, connection, book, sorted(set(numbers)))
            pages = Pages()
            for number in sorted(set(numbers)):
                order = _movable(book.orders, number, state)
                if order is None:
                    continue
                order.row = msgspec.structs.replace(
                    order.row, state=state.value, version=order.row.version + 1
                )
                book.changed_orders.add(number)
                pages.rows.append(order.row)
                pages.rows.extend(map(Closing, ended.by_version(number, book)))
                if state is OrderState.CANCELLED and order.shipped > 0:
                    pages.rows.append((found.cancelled_after_ship(number), ""))
            if state is OrderState.RELEASED:
                free = claims.unowned(self._database, connection, site, book.changed_orders)
                pages.rows.extend(claims.assign(self._database, connection, site, free))
            if state is OrderState.CANCELLED:
                promises.let_go(self._database, connection, site.n, book.changed_orders)
            self._writer.write(connection, book, pages)
        self._reservations.look(site, book.changed_orders)
        return len(book.changed_orders)

    def share_out_silent(self, site_name: str) -> int:
        """Give orders nobody has, and the unstarted ones of silent stations, to those that work.

        Returns:
            How many orders changed hands.
        """
        now = self._clock.now()
        with self._database.write() as connection:
            site = find_site(connection, site_name)
            nobodys = claims.nobodys_orders(connection, site)
            locked = lock_orders(self._database, connection, site.n, nobodys)
            # Asked again under the locks: somebody may have taken one meanwhile.
            free = claims.unowned(self._database, connection, site, locked)
            free = [number for number in free if claims.is_open(locked, number)]
            pages = Pages()
            pages.rows.extend(claims.assign(self._database, connection, site, free))
            pages.rows.extend(claims.silent_orders(self._database, connection, site, now))
            self._writer.write(connection, Book(site.n, site.site, now), pages)
        return len(pages.rows)


def _readdressed(
    before: OrderBook, book: Book, boxes: Sequence[ParcelBook]
) -> Iterable[tuple[Contradiction, str]]:
    """What another address or carrier contradicts: parcels that are closed, or gone."""
    now = book.orders[before.row.order].row
    if (now.ship_to, now.carrier) == (before.row.ship_to, before.row.carrier):
        return
    closed = any(box.seal == Seal.SEALED and not box.shipped for box in boxes)
    if before.shipped > 0:
        yield found.readdressed_after_ship(now.order), ""
    if closed or (before.shipped <= 0 and _all_packed(now.order, book)):
        yield found.readdressed_after_seal(now.order), ""


def _all_packed(number: str, book: Book) -> bool:
    packed = any(line.packed > 0 for line in book.progress.get(number, {}).values())
    return packed and ended.is_complete(number, book)


def _same(before: OrderRow, row: OrderRow) -> bool:
    return before == msgspec.structs.replace(row, version=before.version, state=before.state)


def _movable(orders: Mapping[str, OrderBook], number: str, state: OrderState) -> OrderBook | None:
    order = orders.get(number)
    if order is None:
        raise Refusal("unknown_document", f"Order {number} is not known. Nothing was changed.")
    if order.row.state == state:
        return None
    if order.row.state not in _MOVES[state]:
        raise Refusal(
            f"order_{order.row.state}",
            f"Order {number} is {order.row.state} and cannot become {state.value}. "
            "Nothing was changed.",
        )
    return order


def _read_progress(
    database: Database, connection: sa.Connection, book: Book, numbers: Sequence[str]
) -> None:
    p = progress.c
    rows = connection.execute(
        sa.select(p.document, p.line, p.packed, p.short, p.packer).where(
            p.site_n == book.site_n, database.in_set(p.document, numbers)
        )
    )
    for number, line, *now in rows:
        book.progress.setdefault(number, {})[line] = LineBook(*now)
