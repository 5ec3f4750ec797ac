"""A small warehouse for the ledger's own tests: Halle Nord with its mugs and trays."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from app.conformance.probe import Device, Probe
from app.contract.messages import ItemRow, LocationRow
from app.identity.userkey import CHEAP
from app.ledger.database import Database
from app.ledger.imports import StockLine
from app.ledger.service import LedgerService
from tests.fakes.clock import CountingIds, FakeClock
from tests.support import prepared

SITE = "HAM"
MUG = ItemRow("SKU-10221", "Enamel mug, blue 350 ml", weight_mg=310_000)
TRAY = ItemRow("SKU-10987", "Bamboo tray, large", weight_mg=820_000)
PLACES = ("DOCK-1", "A-04-2", "B-11-1")

Enrol = Callable[[str], Probe]


class CountingSecrets(CountingIds):
    """Ids and secrets that differ only in a counter: two ledgers given these do the same."""

    def random(self, count: int) -> bytes:
        return sha256(self.new_id().encode()).digest()[:count]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = prepared.ledger(tmp_path / "ledger")
    yield opened
    opened.close()


@pytest.fixture
def ledger(database: Database, clock: FakeClock) -> LedgerService:
    return stocked(LedgerService(database, clock=clock, ids=CountingSecrets(), cost=CHEAP))


@pytest.fixture
def enrol(ledger: LedgerService) -> Enrol:
    return lambda station: enrolled(ledger, station)


def stocked(service: LedgerService) -> LedgerService:
    """The warehouse with forty mugs and twenty-five trays in it."""
    service.add_site(SITE, title="Halle Nord", company_prefix="4012345")
    service.imports.items([MUG, TRAY])
    service.imports.locations([LocationRow(SITE, place, "bin") for place in PLACES])
    service.imports.stock(
        SITE, [StockLine("A-04-2", MUG.sku, 40), StockLine("B-11-1", TRAY.sku, 25)]
    )
    return service


def enrolled(service: LedgerService, station: str) -> Probe:
    """A station with a key of its own."""
    device = Device(station)
    code = service.identity.add_station(SITE, station).code
    who = service.enrol(device.enrol_request(code))
    return Probe(device, who, service.as_seen_by(who.enrolment))


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[LedgerService]:
    """The warehouse on each of the two databases."""
    if request.param == "sqlite":
        yield request.getfixturevalue("ledger")
        return
    url = request.getfixturevalue("fresh_database")
    service = stocked(LedgerService(Database(url), clock=clock, ids=CountingSecrets(), cost=CHEAP))
    yield service
    service.close()
