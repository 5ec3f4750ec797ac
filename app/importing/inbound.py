"""Announced deliveries (ASN): one row a line."""

from collections.abc import Sequence
from typing import BinaryIO

from app.importing.cells import Cells
from app.importing.grouped import line_numbers, read_documents, shared
from app.importing.result import ImportResult
from app.importing.rows import InboundLineRow, InboundRow
from app.importing.table import Columns, Progress

COLUMNS = Columns(
    required=("inbound", "supplier", "sku", "quantity"),
    optional=("line", "lot", "expiry", "expected", "over_permille"),
)
# Ten times what was announced; more is no tolerance.
MAX_OVER = 10_000
# Left to the item and the site.
_UNSAID = -1


def read_inbound(stream: BinaryIO, progress: Progress | None = None) -> ImportResult[InboundRow]:
    """Read a file of announced deliveries.

    Raises:
        Refusal: The file as a whole cannot be read.
    """
    return read_documents(stream, COLUMNS, "inbound", _inbound, progress)


def _inbound(number: str, rows: Sequence[Cells]) -> InboundRow | None:
    lines = tuple(
        InboundLineRow(
            line_no=line,
            sku=cells.code("sku", required=True),
            quantity=cells.quantity("quantity") or 0,
            lot=cells.code("lot"),
            expiry=cells.date("expiry"),
            over_permille=_over(cells),
            row=cells.record.row,
        )
        for line, cells in zip(line_numbers(rows), rows, strict=True)
    )
    supplier = shared(rows, "supplier").text("supplier", required=True)
    expected = shared(rows, "expected").date("expected")
    if any(cells.problems for cells in rows):
        return None
    ordered = tuple(sorted(lines, key=lambda line: line.line_no))
    return InboundRow(number, supplier, ordered, expected, rows[0].record.row)


def _over(cells: Cells) -> int:
    """How much more may come; an empty cell leaves it to the item and the site."""
    if not cells.raw("over_permille"):
        return _UNSAID
    return cells.whole("over_permille", least=0, most=MAX_OVER, default=_UNSAID) or 0
