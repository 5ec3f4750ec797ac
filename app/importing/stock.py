"""Opening stock: what lies where when the ledger begins."""

from collections.abc import Iterable
from typing import BinaryIO

from app.domain.operation import Condition
from app.importing.cells import Cells
from app.importing.reading import Key, read_rows
from app.importing.result import ImportResult
from app.importing.rows import StockRow
from app.importing.table import Columns, Progress

COLUMNS = Columns(
    required=("location", "sku", "quantity"), optional=("lot", "serial", "expiry", "condition")
)


def read_stock(stream: BinaryIO, progress: Progress | None = None) -> ImportResult[StockRow]:
    """Read a file of opening stock.

    Raises:
        Refusal: The file as a whole cannot be read.
    """
    return read_rows(stream, COLUMNS, _stock, _keys, progress)


def _stock(cells: Cells) -> StockRow | None:
    location = cells.location("location", required=True)
    sku = cells.code("sku", required=True)
    quantity = cells.quantity("quantity")
    lot, serial = cells.code("lot"), cells.code("serial")
    expiry = cells.date("expiry")
    condition = cells.choice("condition", Condition, Condition.GOOD)
    if serial and quantity not in (None, 1):
        cells.fail("quantity", "a serial is one unit. Write 1, and a row for each serial.")
    if cells.problems or quantity is None or condition is None:
        return None
    return StockRow(location, sku, quantity, lot, serial, expiry, condition, row=cells.record.row)


def _keys(stock: StockRow) -> Iterable[Key]:
    key = (stock.location, stock.sku, stock.lot, stock.serial, stock.condition)
    yield Key("location", stock.location, key)
    if stock.serial:
        yield Key("serial", stock.serial, ("serial", stock.sku, stock.serial))
