"""A ledger's folder with goods, people and one large order, for stations that are processes."""

from pathlib import Path

from app.contract.messages import LocationRow, OrderedLine
from app.ledger.database import Database
from app.ledger.imports import StockLine
from app.ledger.service import LedgerService
from tests.support.bench import ITEMS, MUG, TOWEL, TRAY, order_row
from tests.support.people import PEOPLE
from tests.support.synced import SITE

ORDER = "ORD-48213"
GOODS = (MUG.sku, TRAY.sku, TOWEL.sku)
# As a scanner reads them; in turn, so that none comes within the 300 ms of a trigger's bounce.
CODES = ("2900000000018", "2900000000025", "2900000000049")


def open_site(folder: Path, units: int) -> str:
    """Make it, with an order of so many units of each thing; the code that enrols one station."""
    service = LedgerService(Database.in_folder(folder))
    service.add_site(SITE, company_prefix="4012345")
    service.imports.items(ITEMS)
    service.imports.people(PEOPLE)
    service.imports.locations([LocationRow(SITE, "A-04-2", "bin")])
    service.imports.stock(SITE, [StockLine("A-04-2", sku, units) for sku in GOODS])
    code = service.identity.add_station(SITE, "pack-1").code
    lines = tuple(OrderedLine(n, sku, units) for n, sku in enumerate(GOODS, 1))
    service.imports.orders(SITE, [order_row(ORDER, lines=lines)])
    service.close()
    return code


def footer(event: dict[str, object], **wanted: object) -> bool:
    """Whether an event of a headless station is a footer that says so."""
    found = event.get("footer")
    return isinstance(found, dict) and all(found[name] == value for name, value in wanted.items())
