"""Papers of an order: the packing slip that goes into a parcel, and the list to pick by."""

from collections.abc import Iterator

from app.cache.report_rows import Wanted, first_lots, items_said, operations, sealed
from app.domain.operation import PARCEL_PREFIX, Kind
from app.domain.order import Order, Progress
from app.domain.text import Text, text
from app.errors import Refusal
from app.labels.parcel import sscc_text
from app.reports.reading import Reading
from app.reports.report import Column, ColumnKind, Report, Row, Said
from app.station.pick_board import PickBoard
from app.station.reporting import ReportRequest

_SKU = Column(text("lookup.column_sku"), characters=14)
_NAME = Column(text("lookup.column_name"), characters=34)
ORDER_COLUMNS = (
    _SKU,
    _NAME,
    Column(text("reports.ordered"), ColumnKind.QUANTITY, 10, summed=True),
    Column(text("reports.packed"), ColumnKind.QUANTITY, 10, summed=True),
    Column(text("reports.not_delivered"), ColumnKind.QUANTITY, 12, summed=True),
)
PARCEL_COLUMNS = (
    _SKU,
    _NAME,
    Column(text("reports.lot_or_serial"), characters=16),
    Column(text("lookup.column_units"), ColumnKind.QUANTITY, 10, summed=True),
)
PICK_COLUMNS = (
    Column(text("lookup.column_place"), characters=12),
    _SKU,
    _NAME,
    Column(text("reports.lot_first"), characters=18),
    Column(text("reports.open"), ColumnKind.QUANTITY, 8, summed=True),
    Column(text("reports.picked"), ColumnKind.WRITE, 12),
)


def packing_slip(reading: Reading, request: ReportRequest) -> Report:
    """What an order brought, or what lies in one parcel.

    Raises:
        Refusal: `not_known`, nothing here knows the order or the parcel.
    """
    if request.limits.parcel:
        return _parcel(reading, request)
    order = _order(reading, request.limits.document)
    return Report(
        title=text("reports.packing_slip"),
        document=order.order,
        facts=_ship_to(order),
        columns=ORDER_COLUMNS,
        rows=lambda: _ordered(reading, order),
        empty=text("reports.no_lines"),
        outside=True,
    )


def _ordered(reading: Reading, order: Order) -> Iterator[Row]:
    items = items_said(reading.connection, {line.item for line in order.lines})
    steps = reading.work.progress(order.order)
    for line in order.lines:
        name = items[line.item].name if line.item in items else ""
        packed = steps.get(line.line, Progress()).packed
        yield line.item, name, line.quantity, packed, max(line.quantity - packed, 0)


def _parcel(reading: Reading, request: ReportRequest) -> Report:
    sscc = request.limits.parcel
    seal = sealed(reading.connection, sscc)
    about = seal.reference if seal is not None else None
    place = about.parcel if about is not None else PARCEL_PREFIX + sscc
    order = reading.work.order(about.document) if about is not None else None
    content = _content(reading, place, about.document if about is not None else "")
    if not content:
        raise Refusal(
            "not_known",
            f"This station knows nothing of the parcel {sscc}. Make its packing slip where it was "
            "packed, or one of the whole order.",
        )
    weight = seal.evidence.get("weight_mg", 0) if seal is not None else 0
    facts = [Said(text("reports.parcel"), sscc_text(sscc) if len(sscc) == 18 else sscc)]
    if isinstance(weight, int) and weight:
        facts.append(Said(text("reports.weight"), _weight(weight)))
    items = items_said(reading.connection, {sku for sku, _ in content})
    rows = [
        (sku, items[sku].name if sku in items else "", which, units)
        for (sku, which), units in sorted(content.items())
    ]
    return Report(
        title=text("reports.packing_slip"),
        document=order.order if order is not None else "",
        facts=(*(_ship_to(order) if order is not None else ()), *facts),
        columns=PARCEL_COLUMNS,
        rows=lambda: iter(rows),
        empty=text("reports.no_lines"),
        outside=True,
    )


def _content(reading: Reading, place: str, order: str) -> dict[tuple[str, str], int]:
    """Units in a parcel by item and lot or serial: what lies there, or what had been put there."""
    found: dict[tuple[str, str], int] = {}
    for row in reading.work.stock_at(place):
        key = (row.item, row.serial or row.lot)
        found[key] = found.get(key, 0) + row.quantity
    if found or not order:
        return found
    # Handed over: it lies there no longer. What went out is what the handing over says.
    for told in operations(reading.connection, Wanted(document=order)):
        if told.operation.kind != Kind.SHIP:
            continue
        for line in told.operation.lines:
            if line.source == place:
                key = (line.item, line.serial or line.lot)
                found[key] = found.get(key, 0) + line.quantity
    return found


def pick_list(reading: Reading, request: ReportRequest) -> Report:
    """What of an order still has to come from a shelf, in the order of the places.

    Raises:
        Refusal: `not_known`.
    """
    order = _order(reading, request.limits.document)
    return Report(
        title=text("reports.pick_list"),
        document=order.order,
        facts=(
            Said(text("reports.carrier"), order.carrier),
            Said(text("reports.ship_before"), order.ship_before.replace("T", " ")[:16]),
            *((Said(text("reports.note"), order.note),) if order.note else ()),
        ),
        columns=PICK_COLUMNS,
        rows=lambda: _to_pick(reading, order),
        empty=text("reports.nothing_to_pick"),
        signatures=(text("reports.picked_by"),),
    )


def _to_pick(reading: Reading, order: Order) -> Iterator[Row]:
    lines = PickBoard.load(reading.work, ((order.order, ""),)).lines
    lots = first_lots(reading.connection, {line.sku for line in lines})
    for line in lines:
        left = line.wanted - line.done - line.short
        if left > 0:
            lot = lots.get((line.sku, line.place))
            said = " · ".join(part for part in lot or () if part)
            yield line.place, line.sku, line.name, said, left, None


def _order(reading: Reading, number: str) -> Order:
    order = reading.work.order(number)
    if order is None:
        raise Refusal(
            "not_known", f"This station's book has no order {number}. Check the number, or sync."
        )
    return order


def _ship_to(order: Order) -> tuple[Said, ...]:
    lines = [line for line in order.ship_to if line.strip()]
    labels: list[Text | str] = [text("reports.ship_to"), *[""] * len(lines)]
    return (
        *(Said(label, line) for label, line in zip(labels, lines, strict=False)),
        Said(text("reports.carrier"), order.carrier),
    )


def _weight(weight_mg: int) -> Text:
    grams = (weight_mg + 500) // 1_000
    return text("reports.grams", n=grams)
