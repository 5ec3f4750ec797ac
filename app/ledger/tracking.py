"""Reading the lots, serials and items a group of operations touches; nothing when it touches none.

Lots that may be changed are locked (step 4 of `app.ledger.locks`); where a serial is besides the
balances that are locked is read without a lock: two sites that receive the same serial in the same
moment are found by the next operation on it.
"""

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import ItemRow, LotRow
from app.domain.operation import StockKey, is_virtual
from app.ledger.book import Book, Cell
from app.ledger.database import Database
from app.ledger.goods import LotBook, SerialBook
from app.ledger.tables import balance, item, lot, site
from app.ledger.touched import Touched

_item = msgspec.json.Decoder(ItemRow)


def read_first(database: Database, connection: Connection, book: Book, touched: Touched) -> None:
    """What must be known before balances are locked: lots, items, balances of strangers."""
    if touched.strangers:
        _read_strangers(database, connection, book, touched)
    if touched.described:
        found = sa.select(item.c.sku, item.c.body).where(
            database.in_set(item.c.sku, sorted(touched.described))
        )
        book.goods.items = {
            row.sku: _item.decode(row.body) for row in connection.execute(found).all()
        }
    if touched.lots:
        book.goods.tracked = True
        _read_lots(database, connection, book, touched)


def read_serials(database: Database, connection: Connection, book: Book, touched: Touched) -> None:
    """Where the serials that are touched are, after balances were locked."""
    if not touched.serials:
        return
    book.goods.tracked = True
    serials = book.goods.serials = {name: SerialBook() for name in touched.serials}
    live: set[tuple[int, StockKey]] = set()
    for site_n, cells in {book.site_n: book.cells, **book.abroad}.items():
        for key, cell in cells.items():
            live.add((site_n, key))
            _put_cell(serials, cell)
    b = balance.c
    rows = connection.execute(
        sa.select(
            b.site_n, site.c.site, b.quantity, b.location, b.item, b.lot, b.serial, b.condition
        )
        .join(site, site.c.n == b.site_n)
        .where(
            b.serial != "",
            database.in_set(b.item, sorted({sku for sku, _ in touched.serials})),
            database.in_set(b.serial, sorted({serial for _, serial in touched.serials})),
            b.quantity > 0,
        )
    )
    for site_n, name, quantity, *parts in rows.all():
        key = StockKey(*parts)
        known = serials.get((key.item, key.serial))
        if known is None or (site_n, key) in live or is_virtual(key.location):
            continue
        place = key.location if site_n == book.site_n else f"{key.location} at site {name}"
        known.elsewhere.append((place, quantity))
    for known in serials.values():
        known.twice = known.units > 1


def _put_cell(serials: dict[tuple[str, str], SerialBook], cell: Cell) -> None:
    key = cell.key
    known = serials.get((key.item, key.serial)) if key.serial else None
    if known is not None and not is_virtual(key.location):
        known.cells.append(cell)


def _read_lots(database: Database, connection: Connection, book: Book, touched: Touched) -> None:
    rows = sa.select(lot).where(
        database.in_set(lot.c.item, sorted({sku for sku, _ in touched.lots})),
        database.in_set(lot.c.lot, sorted({name for _, name in touched.lots})),
    )
    if touched.lots_changed:
        rows = rows.order_by(lot.c.item, lot.c.lot).with_for_update()
    for row in connection.execute(rows).all():
        told = LotRow(
            item=row.item, lot=row.lot, expiry=row.expiry, state=row.state, version=row.version
        )
        book.goods.lots[row.item, row.lot] = LotBook(told, told)


def _read_strangers(
    database: Database, connection: Connection, book: Book, touched: Touched
) -> None:
    """Balances of unidentified items: where they are, and the same places for what they are."""
    b = balance.c
    rows = connection.execute(
        sa.select(b.location, b.item, b.lot, b.serial, b.condition).where(
            b.site_n == book.site_n,
            b.quantity != 0,
            database.in_set(b.item, sorted(touched.strangers)),
        )
    ).all()
    found = {StockKey(*row) for row in rows}
    # An earlier operation of the same group may bring more of it.
    found.update(key for key in touched.keys if key.item in touched.strangers)
    for key in found:
        touched.keys.add(key)
        for sku in touched.strangers[key.item]:
            touched.keys.add(key._replace(item=sku))
            if key.serial:
                touched.serials.update({(key.item, key.serial), (sku, key.serial)})
