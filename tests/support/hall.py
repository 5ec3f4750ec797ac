"""A site with everything on it, in a ledger's folder: goods, places, people, a paper of each kind.

Halle Nord again: the goods of `tests.support.bench`, for tests that run the program itself.
"""

from collections.abc import Sequence
from pathlib import Path

from app.contract.messages import DocumentLine, DocumentRow, LocationRow, OrderedLine
from app.identity.userkey import COST, Cost
from app.ledger.clock import Clock
from app.ledger.credentials import Secrets
from app.ledger.imports import StockLine
from app.ledger.people import Wanted
from app.ledger.replenishment import Threshold
from app.ledger.service import LedgerService
from app.ledger.transfers import Call
from tests.support import prepared
from tests.support.bench import BOXES, ITEMS, MUG, SMALL_TRAY, TOWEL, TRAY, order_row
from tests.support.deliveries import DRILL, JAM, asn

SITE, OTHER = "HAM", "BRE"
# Whoever signs in: badge and PIN.
CLERK = ("PHB-0123456789ABCDEFGHJKMNPQRS", "274951")
BOSS = ("PHB-ZYXWVTSRQPNMKJHGFEDCBA9876", "864208")
KINDS = {
    "bin": ("A-04-2", "B-11-1", "A-02-5", "C-07-3", "R-01-1", "BENCH-3"),
    "dock": ("DOCK-1",),
    "returns": ("RET-A", "RET-B"),
    "quarantine": ("QUAR-1",),
}
STOCK = (("A-04-2", MUG), ("B-11-1", TRAY), ("A-02-5", TOWEL), ("C-07-3", SMALL_TRAY))
RESERVE = "R-01-1"


def furnish(
    folder: Path,
    *,
    orders: int = 6,
    each: int = 400,
    cost: Cost = COST,
    clock: Clock | None = None,
) -> str:
    """Set a ledger up in `folder`; the one-time code of station PACK-03.

    Args:
        folder: New, or empty.
        orders: How many orders of two mugs, three trays and a towel wait.
        each: Units of every item on its shelf.
        cost: Of one try of a PIN.
        clock: The ledger's; the system's unless handed in.
    """
    service = LedgerService(prepared.ledger(folder), cost=cost, clock=clock)
    service.add_site(SITE, company_prefix="4012345")
    service.add_site(OTHER, company_prefix="4012346")
    _people(service)
    imports = service.imports
    imports.items([*ITEMS, JAM, DRILL])
    imports.boxes(BOXES)
    places = [(place, kind) for kind, some in KINDS.items() for place in some]
    imports.locations([LocationRow(SITE, place, kind) for place, kind in places])
    imports.locations([LocationRow(OTHER, "DOCK-1", "dock")])
    stock = [StockLine(place, item.sku, each) for place, item in STOCK]
    imports.stock(SITE, [*stock, StockLine(RESERVE, MUG.sku, each)])
    imports.orders(SITE, [order_row(f"ORD-{48_213 + n}") for n in range(orders)])
    _papers(service, each)
    code = service.identity.add_station(SITE, "PACK-03").code
    service.close()
    return code


def own(differences: Sequence[str]) -> list[str]:
    """Without goods under way: they are the receiver's, and in no book of the sender."""
    return [one for one in differences if "'transit/" not in one]


def _people(service: LedgerService) -> None:
    people = service.people
    wanted = [
        (Wanted("p-novak", "A. Novak", "clerk", SITE), Secrets(*CLERK)),
        (Wanted("p-adeyemi", "O. Adeyemi", "supervisor", SITE), Secrets(*BOSS)),
    ]
    people.store(people.prepare(wanted), "p-ada")


def _papers(service: LedgerService, each: int) -> None:
    """Two deliveries, two returns, a count, a place to fill up, a transfer to the other site."""
    here = service.site(SITE)
    service.announcements.put(SITE, [asn("ASN-7001"), asn("ASN-7002")])
    service.announcements.put(SITE, [_returned("RMA-1041"), _returned("RMA-1042")])
    for number, place in (("CNT-7", "A-04-2"), ("CNT-8", "C-07-3")):
        row = DocumentRow("count", number, 0, "", lines=(DocumentLine(1, "", 0, place),))
        service.counts.plan(here, row)
    for number in ("TR-5001", "TR-5003"):
        row = DocumentRow(
            "transfer", number, 0, "", origin=SITE, destination=OTHER, lines=_transferred()
        )
        service.transfers.ask(here, row, Call("office"))
    service.replenishment.put(here, Threshold(MUG.sku, "A-04-2", each + 5, each + 10), "p-ada")
    service.keep_up()


def _returned(number: str) -> DocumentRow:
    lines = (DocumentLine(1, MUG.sku, 2), DocumentLine(2, JAM.sku, 1))
    return DocumentRow("return", number, 1, "authorised", order="ORD-47980", lines=lines)


def _transferred() -> tuple[DocumentLine, ...]:
    return (DocumentLine(1, MUG.sku, 4), DocumentLine(2, TRAY.sku, 2))


def ordered(units: int) -> Sequence[OrderedLine]:
    """So many of each of three items."""
    goods = (MUG, TRAY, TOWEL)
    return [OrderedLine(n, item.sku, units) for n, item in enumerate(goods, 1)]
