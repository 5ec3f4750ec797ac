"""Orders to pack: one row a line."""

from collections.abc import Sequence
from typing import BinaryIO

from app.domain.order import Policy
from app.importing.cells import Cells
from app.importing.grouped import line_numbers, read_documents, shared
from app.importing.result import ImportResult
from app.importing.rows import OrderLineRow, OrderRow
from app.importing.table import Columns, Progress

ADDRESS = tuple(f"ship_to_{number}" for number in range(1, 7))
COLUMNS = Columns(
    required=("order", "sku", "quantity", ADDRESS[0]),
    optional=("line", "priority", "ship_before", "carrier", *ADDRESS[1:], "policy", "note"),
)
# 1 is most urgent; an order without a priority is in the middle.
LOWEST_PRIORITY, USUAL_PRIORITY = 9, 5


def read_orders(stream: BinaryIO, progress: Progress | None = None) -> ImportResult[OrderRow]:
    """Read a file of orders.

    Raises:
        Refusal: The file as a whole cannot be read.
    """
    return read_documents(stream, COLUMNS, "order", _order, progress)


def _order(number: str, rows: Sequence[Cells]) -> OrderRow | None:
    lines = tuple(
        OrderLineRow(line, cells.code("sku", required=True), cells.quantity("quantity") or 0, row)
        for line, cells, row in zip(
            line_numbers(rows), rows, (cells.record.row for cells in rows), strict=True
        )
    )
    address = [
        shared(rows, column).text(column, required=column == ADDRESS[0]) for column in ADDRESS
    ]
    priority = shared(rows, "priority").whole(
        "priority", least=1, most=LOWEST_PRIORITY, default=USUAL_PRIORITY
    )
    ship_before = shared(rows, "ship_before").moment("ship_before")
    carrier = shared(rows, "carrier").text("carrier", most=64)
    policy = shared(rows, "policy").choice("policy", Policy, Policy.EACH)
    note = shared(rows, "note").text("note")
    if any(cells.problems for cells in rows) or priority is None or policy is None:
        return None
    return OrderRow(
        order=number,
        ship_to=tuple(line for line in address if line),
        lines=tuple(sorted(lines, key=lambda line: line.line_no)),
        priority=priority,
        ship_before=ship_before,
        carrier=carrier,
        policy=policy,
        note=note,
        row=rows[0].record.row,
    )
