"""The papers `bench.window` works on: of every kind one with ten lines and one with thousands."""

import msgspec

from app.contract.messages import DocumentLine, DocumentRow, Line, LocationRow, Reference
from app.domain.operation import TRANSIT_PREFIX, Kind
from app.ledger.office import Wish
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef
from app.ledger.transfers import Call
from bench import hall

FEW, MIDDLE, MANY = 10, 500, 5_000
DOCK, OTHER, FAR = "DOCK-1", "BRE", "B01-01"


def fill(service: LedgerService, items: int) -> None:
    """The hall, and a paper of each kind with ten and with five thousand lines."""
    hall.fill(service, items=items, balances=items, lines=0, each=10)
    service.add_site(OTHER, company_prefix="4012346")
    service.imports.locations(
        [LocationRow(hall.SITE, DOCK, "dock"), LocationRow(hall.SITE, "RET-A", "returns")]
    )
    where = service.site(hall.SITE)
    service.imports.locations([LocationRow(OTHER, FAR, "bin")])
    far = service.site(OTHER)
    for lines in (FEW, MIDDLE, MANY):
        service.people.add(hall.SITE, f"p-{lines}", "P. Bench", "clerk", (picker(lines), hall.PIN))
        rows = tuple(DocumentLine(n + 1, hall.sku(n), 2) for n in range(lines))
        orders = [hall.order(f"{name}-{lines}", lines, 2) for name in ("ORDER", "PICK")]
        service.imports.orders(hall.SITE, orders)
        inbound = DocumentRow("inbound", f"ASN-{lines}", 1, "expected", lines=rows)
        back = DocumentRow("return", f"RMA-{lines}", 1, "authorised", lines=rows)
        service.announcements.put(hall.SITE, [inbound, back])
        counted = tuple(DocumentLine(n + 1, hall.sku(n), 0, "R01-01") for n in range(lines))
        service.counts.plan(where, DocumentRow("count", f"CNT-{lines}", 0, "", lines=counted))
        if lines == MANY:
            continue
        moved = DocumentRow(
            "transfer", f"TR-{lines}", 0, "", origin=hall.SITE, destination=OTHER, lines=rows
        )
        service.transfers.ask(where, moved, Call("office"))
        coming = msgspec.structs.replace(
            moved, document=f"TB-{lines}", origin=OTHER, destination=hall.SITE
        )
        service.transfers.ask(where, coming, Call("office"))
        _send(service, far, coming)


def _send(service: LedgerService, far: SiteRef, coming: DocumentRow) -> None:
    """Everything of a transfer leaves the other site."""
    lines = [
        Line(
            item=line.item,
            quantity=line.quantity,
            source=FAR,
            target=TRANSIT_PREFIX + coming.document,
            order_line=line.line,
            uom_quantity=line.quantity,
        )
        for line in coming.lines
    ]
    reference = Reference(document_kind="transfer", document=coming.document)
    service.office.record(far, Wish(Kind.DISPATCH.value, "office", reference, lines))


def picker(lines: int) -> str:
    """The badge of who fetches an order of so many lines."""
    return f"PHB-picker-{lines:010d}"
