"""Rows of import files as rows of the contract, and which part of the ledger takes them.

`app.importing` and `app.ledger` do not know each other; this is where they meet.
"""

from collections.abc import Sequence

import msgspec

from app.commands.progress import shown
from app.contract.messages import (
    BoxRow,
    DocumentLine,
    DocumentRow,
    ItemRow,
    LocationRow,
    OrderedLine,
    OrderRow,
    Pack,
)
from app.domain.document import DocumentKind
from app.domain.goods_in import InboundState
from app.domain.order import OrderState
from app.importing import rows
from app.ledger.credentials import Secrets
from app.ledger.imports import Applied, StockLine
from app.ledger.people import Wanted
from app.ledger.service import LedgerService

_COLUMNS = {
    "unit": "unit",
    "weight_g": "weight_mg",
    "spread_g": "spread_mg",
    "home": "home",
}


def apply_items(
    service: LedgerService, _site: str, found: Sequence[rows.ItemRow], partial: bool
) -> Applied:
    """Items; what nobody has weighed counts as 0, what a file does not say is left as it is."""
    said = {row.sku: row for row in found}
    return service.imports.items(
        [item_row(row) for row in found],
        partial=partial,
        over=lambda known, wanted: _over(known, wanted, said[wanted.sku]),
    )


def item_row(row: rows.ItemRow) -> ItemRow:
    """An item as the ledger keeps it."""
    tracked = (("lot", row.lot_tracked), ("serial", row.serial_tracked))
    return ItemRow(
        sku=row.sku,
        name=row.name,
        unit=row.unit.value,
        packs=tuple(Pack(gtin=pack.gtin14, units=pack.units) for pack in row.packs),
        weight_mg=row.weight_mg or 0,
        spread_mg=row.spread_mg,
        home=row.home,
        tracking="+".join(word for word, is_tracked in tracked if is_tracked),
    )


def _over(known: ItemRow, wanted: ItemRow, said: rows.ItemRow) -> ItemRow:
    """What an item becomes: the office's own columns, and those the file lacks, stay."""
    kept = {
        ours: getattr(known, ours) for column, ours in _COLUMNS.items() if column in said.unsaid
    }
    tracking = (
        word
        for word in ("lot", "serial")
        if word in (known if word in said.unsaid else wanted).tracking.split("+")
    )
    packs = {pack.gtin: pack for pack in known.packs if _column(pack) in said.unsaid}
    return msgspec.structs.replace(
        wanted,
        cost=known.cost,
        shelf_days=known.shelf_days,
        over_permille=known.over_permille,
        state=known.state,
        tracking="+".join(tracking),
        packs=tuple((packs | {pack.gtin: pack for pack in wanted.packs}).values()),
        **kept,
    )


def _column(pack: Pack) -> str:
    """Which column of a file a barcode stands in."""
    return "gtin" if pack.units == 1 else "packs"


def apply_locations(
    service: LedgerService, site: str, found: Sequence[rows.LocationRow], partial: bool
) -> Applied:
    """Locations of one site."""
    return service.imports.locations(
        [LocationRow(site=site, location=row.code, kind=row.kind.value) for row in found],
        partial=partial,
    )


def apply_stock(
    service: LedgerService, site: str, found: Sequence[rows.StockRow], partial: bool
) -> Applied:
    """Opening stock."""
    lines = [
        StockLine(
            location=row.location,
            item=row.sku,
            quantity=row.quantity,
            lot=row.lot,
            serial=row.serial,
            expiry=row.expiry or "",
            condition=row.condition.value,
        )
        for row in found
    ]
    return service.imports.stock(site, lines, partial=partial, progress=shown)


def apply_orders(
    service: LedgerService, site: str, found: Sequence[rows.OrderRow], partial: bool
) -> Applied:
    """Orders, released at once."""
    return service.imports.orders(site, [order_row(row) for row in found], partial=partial)


def order_row(row: rows.OrderRow) -> OrderRow:
    """An order as the ledger keeps it."""
    return OrderRow(
        order=row.order,
        version=1,
        state=OrderState.RELEASED.value,
        policy=row.policy.value,
        priority=row.priority,
        ship_before=row.ship_before,
        carrier=row.carrier,
        ship_to=row.ship_to,
        note=row.note,
        lines=tuple(OrderedLine(line.line_no, line.sku, line.quantity) for line in row.lines),
    )


def apply_inbounds(
    service: LedgerService, site: str, found: Sequence[rows.InboundRow], partial: bool
) -> Applied:
    """Announced deliveries, expected from now on."""
    return service.announcements.put(site, [inbound_row(row) for row in found], partial=partial)


def inbound_row(row: rows.InboundRow) -> DocumentRow:
    """An announced delivery as the ledger keeps it; a day of expiry stands in its details."""
    return DocumentRow(
        kind=DocumentKind.INBOUND.value,
        document=row.inbound,
        version=1,
        state=InboundState.EXPECTED.value,
        party=row.supplier,
        due=row.expected or "",
        details={f"expiry {line.line_no}": line.expiry for line in row.lines if line.expiry},
        lines=tuple(
            DocumentLine(
                line=line.line_no,
                item=line.sku,
                quantity=line.quantity,
                lot=line.lot,
                over_permille=line.over_permille,
            )
            for line in row.lines
        ),
    )


def apply_boxes(
    service: LedgerService, _site: str, found: Sequence[rows.BoxRow], _partial: bool
) -> Applied:
    """Box presets."""
    return service.imports.boxes(
        [
            BoxRow(
                box=row.box,
                name=row.name,
                tare_mg=row.tare_mg,
                length_mm=row.length_mm,
                width_mm=row.width_mm,
                height_mm=row.height_mm,
                max_weight_mg=row.max_weight_mg,
            )
            for row in found
        ]
    )


def apply_people(
    service: LedgerService, site: str, found: Sequence[rows.PersonRow], _partial: bool
) -> Applied:
    """People, each with a key of their own that badge and PIN open."""
    people = [
        (Wanted(row.user, row.name, row.role, site), Secrets(row.badge, row.pin)) for row in found
    ]
    return service.people.store(service.people.prepare(people), "import", "imported")
