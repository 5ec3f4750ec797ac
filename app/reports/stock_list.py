"""The stock list: what the book says lies where, confirmed and pending together."""

from collections.abc import Iterator

from app.cache.report_rows import PAGE, items_said, stock_rows
from app.contract.messages import BalanceRow
from app.domain.operation import is_virtual
from app.domain.text import text
from app.reports.paging import pages
from app.reports.reading import Reading
from app.reports.report import Column, ColumnKind, Report, Row
from app.station.reporting import Filter, ReportRequest

COLUMNS = (
    Column(text("lookup.column_place"), characters=12),
    Column(text("lookup.column_sku"), characters=12),
    Column(text("lookup.column_name"), characters=30),
    Column(text("reports.lot"), characters=12),
    Column(text("reports.serial"), characters=14),
    Column(text("reports.condition"), characters=10),
    Column(text("lookup.column_units"), ColumnKind.QUANTITY, 9, summed=True),
    Column(text("reports.value"), ColumnKind.MONEY, 11, summed=True),
)


def stock_list(reading: Reading, request: ReportRequest) -> Report:
    """Everything in the building, or of one item, or at one place."""
    limits = request.limits
    return Report(
        title=text("reports.stock_list"),
        limits=limits.said(),
        columns=COLUMNS,
        rows=lambda: _rows(reading, limits),
        empty=text("reports.no_stock"),
        wide=True,
    )


def _rows(reading: Reading, limits: Filter) -> Iterator[Row]:
    found = stock_rows(reading.connection, sku=limits.item, place=limits.place)
    here = (row for row in found if not is_virtual(row.location))
    for page in pages(here, PAGE):
        items = items_said(reading.connection, {row.item for row in page})
        for row in page:
            said = items.get(row.item)
            value = row.quantity * said.cost if said is not None and said.cost else None
            yield _row(row, "" if said is None else said.name, value)


def _row(row: BalanceRow, name: str, value: int | None) -> Row:
    condition = text(f"lookup.condition_{row.condition}")
    return (row.location, row.item, name, row.lot, row.serial, condition, row.quantity, value)
