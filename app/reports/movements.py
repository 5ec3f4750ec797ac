"""The movement history: every line this station recorded, who, when, from where to where.

It covers the station's own records. What others recorded is in the balances, not here; the report
says so.
"""

from collections.abc import Iterator

from app.cache.report_rows import PAGE, Recorded, Wanted, items_said, operations, recorded
from app.contract.messages import Line, Operation
from app.domain.operation import Kind
from app.domain.text import text
from app.reports.paging import pages
from app.reports.reading import Reading
from app.reports.report import Column, ColumnKind, Report, Row, Said
from app.station.reporting import Filter, ReportRequest
from app.station.wording import became, did

COLUMNS = (
    Column(text("reports.number"), ColumnKind.QUANTITY, 7),
    Column(text("lookup.column_when"), ColumnKind.MOMENT, 15),
    Column(text("lookup.who"), characters=12),
    Column(text("lookup.column_what"), characters=15),
    Column(text("lookup.document_of"), characters=12),
    Column(text("lookup.column_sku"), characters=13),
    Column(text("lookup.column_name"), characters=20),
    Column(text("reports.from"), characters=13),
    Column(text("reports.to"), characters=13),
    Column(text("reports.lot_or_serial"), characters=12),
    Column(text("lookup.column_units"), ColumnKind.QUANTITY, 7),
    Column(text("lookup.column_became"), characters=11),
)


def movements(reading: Reading, request: ReportRequest) -> Report:
    """What was recorded here, in the order it was."""
    return Report(
        title=text("reports.movements"),
        limits=request.limits.said(),
        facts=(Said(text("reports.covers"), text("reports.covers_station")),),
        columns=COLUMNS,
        rows=lambda: _rows(reading, request.limits),
        empty=text("reports.no_movements"),
        wide=True,
    )


def _rows(reading: Reading, limits: Filter) -> Iterator[Row]:
    since, until = reading.day(limits.day) if limits.day else ("", "")
    wanted = Wanted(limits.item, limits.document, limits.person, since, until)
    for page in pages(operations(reading.connection, wanted), PAGE):
        moved = _moved(reading, page, limits)
        items = items_said(reading.connection, {line.item for _, line, _ in moved})
        for told, line, sign in moved:
            name = items[line.item].name if line.item in items else ""
            yield _row(reading, told, line, name, sign)


def _moved(
    reading: Reading, page: tuple[Recorded, ...], limits: Filter
) -> list[tuple[Recorded, Line, int]]:
    """The lines of these operations; a reversal has its original's, the other way round."""
    taken_back = [_original(told.operation) for told in page]
    originals = recorded(reading.connection, [id_ for id_ in taken_back if id_])
    found = []
    for told, original in zip(page, taken_back, strict=True):
        of = originals.get(original) if original else told.operation
        for line in of.lines if of is not None else ():
            if limits.item and line.item != limits.item:
                continue
            if limits.place and limits.place not in (line.source, line.target):
                continue
            found.append((told, line, -1 if original else 1))
    return found


def _original(operation: Operation) -> str:
    about = operation.reference
    return about.original if about is not None and operation.kind == Kind.REVERSE else ""


def _row(reading: Reading, told: Recorded, line: Line, name: str, sign: int) -> Row:
    operation = told.operation
    about = operation.reference
    return (
        told.seq,
        operation.recorded_at,
        reading.name_of(operation.actor),
        did(operation.kind),
        about.document if about is not None else "",
        line.item,
        name,
        line.source,
        line.target,
        line.serial or line.lot,
        sign * line.quantity,
        became(told.transport, told.outcome),
    )
