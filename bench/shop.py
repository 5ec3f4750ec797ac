"""The goods and orders that are measured with: a real shop's, or our own sample set repeated.

The real data lies beside the checkout and is never part of it; without it every bench still runs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import msgspec

from app.commands import import_rows
from app.contract.messages import ItemRow, LocationRow, OrderRow
from app.importing import rows
from app.importing.items import read_items
from app.importing.locations import read_locations
from app.importing.orders import read_orders
from app.importing.result import ImportResult
from app.importing.stock import read_stock
from app.ledger.imports import StockLine
from app.ledger.service import LedgerService
from tools import real_data

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SAMPLE = Path(__file__).resolve().parents[1] / "resources" / "sample"


@dataclass(frozen=True, slots=True)
class Shop:
    """What a ledger is filled with.

    Attributes:
        source: Where it comes from, for the results.
        items: With their barcodes.
        places: Locations of a site.
        stock: Opening stock of a site.
        orders: Released orders.
    """

    source: str
    items: tuple[ItemRow, ...]
    places: tuple[rows.LocationRow, ...]
    stock: tuple[StockLine, ...]
    orders: tuple[OrderRow, ...]

    def fill(self, service: LedgerService, site: str) -> None:
        """Bring everything into one site of a ledger."""
        service.imports.items(self.items)
        service.imports.locations(
            [LocationRow(site, place.code, place.kind.value) for place in self.places]
        )
        service.imports.stock(site, self.stock)
        service.imports.orders(site, self.orders)


@cache
def open_shop(orders: int) -> Shop:
    """A shop with so many orders; the real one where its data lies beside the checkout."""
    if not DATA.is_dir():
        return _read(SAMPLE, "sample set, repeated", orders)
    with TemporaryDirectory(prefix="packhouse-bench-") as folder:
        real_data.convert(DATA, Path(folder), orders)
        return _read(Path(folder), "UCI Online Retail", orders)


def _read(folder: Path, source: str, wanted: int) -> Shop:
    known = [import_rows.order_row(row) for row in _good(folder / "orders.csv", read_orders)]
    orders: Iterator[OrderRow] = (
        msgspec.structs.replace(order, order=f"{order.order}-{turn}" if turn else order.order)
        for turn in count()
        for order in known
    )
    return Shop(
        source,
        tuple(import_rows.item_row(row) for row in _good(folder / "items.csv", read_items)),
        tuple(_good(folder / "locations.csv", read_locations)),
        tuple(
            StockLine(row.location, row.sku, row.quantity, row.lot, row.serial, row.expiry or "")
            for row in _good(folder / "stock.csv", read_stock)
        ),
        tuple(islice(orders, wanted)),
    )


def _good(path: Path, read: Callable[[BinaryIO, None], ImportResult[Any]]) -> tuple[Any, ...]:
    with path.open("rb") as stream:
        return tuple(read(stream, None).accepted(partial=True))
