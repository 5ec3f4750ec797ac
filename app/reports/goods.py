"""Papers of goods: where a delivery differs from what was announced, and sheets to count by."""

from collections.abc import Iterator

from app.cache.report_rows import Wanted, items_said, operations
from app.contract.messages import DocumentLine
from app.domain.document import DocumentKind, Measure
from app.domain.operation import Kind
from app.domain.text import Text, text
from app.errors import Refusal
from app.reports.reading import Reading
from app.reports.report import Column, ColumnKind, Report, Row, Said
from app.station.count_plan import CountPlan, find_plan
from app.station.goods_board import Board, board_of
from app.station.reporting import ReportRequest

_INBOUND = DocumentKind.INBOUND.value
# Lines to write on where a plan asks for everything at a place, and for a place without a plan.
_BLANK, _BLANK_PLACE = 4, 18
_PLACE = Column(text("lookup.column_place"), characters=13)
_SKU = Column(text("lookup.column_sku"), characters=13)
_NAME = Column(text("lookup.column_name"), characters=30)
DIFFERENCE_COLUMNS = (
    _SKU,
    _NAME,
    Column(text("reports.expected"), ColumnKind.QUANTITY, 10, summed=True),
    Column(text("reports.received"), ColumnKind.QUANTITY, 10, summed=True),
    Column(text("reports.damaged"), ColumnKind.QUANTITY, 10, summed=True),
    Column(text("reports.given_up"), ColumnKind.QUANTITY, 10, summed=True),
    Column(text("reports.difference"), ColumnKind.QUANTITY, 10, summed=True),
    Column(text("reports.why"), characters=18),
)
# No column for what the book expects: a count is blind, on paper too.
COUNT_COLUMNS = (
    _PLACE,
    _SKU,
    _NAME,
    Column(text("reports.lot"), characters=12),
    Column(text("reports.seen"), ColumnKind.WRITE, 12),
    Column(text("reports.remark"), ColumnKind.WRITE, 16),
)


def receipt_differences(reading: Reading, request: ReportRequest) -> Report:
    """Lines of a delivery that did not come as they were announced, and what nobody announced.

    Raises:
        Refusal: `not_known`.
    """
    number = request.limits.document
    tolerance = reading.work.policy().over_permille
    found = board_of(reading.work, (_INBOUND, number), tolerance)
    if found is None:
        raise Refusal(
            "not_known", f"This station's book has no delivery {number}. Check the number, or sync."
        )
    party = reading.work.party(found.plan.row.party)
    return Report(
        title=text("reports.differences"),
        document=number,
        facts=(
            Said(text("reports.supplier"), party.name if party else found.plan.row.party or "–"),
            Said(text("reports.state"), text(f"reports.inbound_{found.plan.row.state}")),
            Said(
                text("reports.received"),
                text("reports.of_all", done=found.received, n=found.expected),
            ),
        ),
        columns=DIFFERENCE_COLUMNS,
        rows=lambda: _differences(reading, found),
        empty=text("reports.no_differences"),
        signatures=(text("reports.signed_receiver"), text("reports.signed_driver")),
        wide=True,
    )


def _differences(reading: Reading, found: Board) -> Iterator[Row]:
    items = found.plan.items
    for line in found.plan.row.lines:
        came, closed = found.at(line.line, Measure.RECEIVED), found.at(line.line, Measure.CLOSED)
        damaged = found.at(line.line, Measure.DAMAGED)
        if came == line.quantity and not damaged and not closed:
            continue
        name = items[line.item].name if line.item in items else ""
        why = _why(line, came, damaged, later=found.at(line.line, Measure.BACKORDERED))
        difference = came - line.quantity
        yield line.item, name, line.quantity, came, damaged, closed, difference, why
    for item, units in _unannounced(reading, found.plan.row.document).items():
        known = items_said(reading.connection, [item])
        name = known[item].name if item in known else ""
        yield item, name, 0, units, 0, 0, units, text("reports.why_stray")


def _why(line: DocumentLine, came: int, damaged: int, *, later: int) -> Text | str:
    if came > line.quantity:
        return text("reports.why_over")
    if later and came < line.quantity:
        return text("reports.why_later")
    if came < line.quantity:
        return text("reports.why_short")
    return text("reports.why_damaged") if damaged else ""


def _unannounced(reading: Reading, number: str) -> dict[str, int]:
    """Units this station received under a delivery that no line of it asks for."""
    found: dict[str, int] = {}
    for told in operations(reading.connection, Wanted(document=number)):
        if told.operation.kind == Kind.RECEIVE:
            for line in told.operation.lines:
                if not line.order_line:
                    found[line.item] = found.get(line.item, 0) + line.quantity
    return found


def count_sheet(reading: Reading, request: ReportRequest) -> Report:
    """A sheet to write on: the open places of a plan, or one place.

    Raises:
        Refusal: `not_known`.
    """
    limits = request.limits
    plan = find_plan(reading.work, limits.document) if limits.document else None
    if limits.document and plan is None:
        raise Refusal(
            "not_known",
            f"This station's book has no count {limits.document}. Check the number, or sync.",
        )
    facts = () if plan is None else (_progress(plan),)
    return Report(
        title=text("reports.count_sheet"),
        document=limits.document,
        limits=limits.said(),
        facts=facts,
        columns=COUNT_COLUMNS,
        rows=lambda: _to_count(reading, plan, limits.place),
        empty=text("reports.nothing_to_count"),
        signatures=(text("reports.counted_by"), text("reports.written_by")),
    )


def _progress(plan: CountPlan) -> Said:
    left, places = len(plan.left), len(plan.places)
    return Said(text("reports.places"), text("reports.of_all", done=left, n=places))


def _to_count(reading: Reading, plan: CountPlan | None, place: str) -> Iterator[Row]:
    if plan is None:
        yield from ((place, "", "", "", None, None) for _ in range(_BLANK_PLACE))
        return
    items = items_said(reading.connection, {line.item for line in plan.row.lines if line.item})
    for where in plan.left:
        if place and where != place:
            continue
        for line in plan.places[where]:
            if not line.item:
                yield from ((where, "", "", "", None, None) for _ in range(_BLANK))
                continue
            name = items[line.item].name if line.item in items else ""
            yield where, line.item, name, line.lot, None, None
