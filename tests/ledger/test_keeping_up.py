"""Following the stock costs nothing where nothing has happened."""

from datetime import timedelta

import pytest

from app.contract.messages import LocationRow
from app.ledger.database import Database
from app.ledger.keepingup import LOOK_ANYWAY, KeepingUp
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import SITE, Enrol


class Looks:
    """Counts looks and finds as much to do as it is told."""

    def __init__(self) -> None:
        self.count = 0
        self.found = 0

    def look(self, _where: SiteRef) -> int:
        self.count += 1
        return self.found


@pytest.fixture
def looks() -> Looks:
    return Looks()


@pytest.fixture
def keeping(database: Database, ledger: LedgerService, clock: FakeClock, looks: Looks) -> KeepingUp:
    assert ledger.database is database
    return KeepingUp(database, clock, looks.look)


def test_where_nothing_happened_nobody_looks_again(
    keeping: KeepingUp, ledger: LedgerService, looks: Looks
) -> None:
    where = ledger.site(SITE)

    for _ in range(3):
        keeping.run(where)

    assert looks.count == 1


def test_it_looks_again_after_it_did_something(
    keeping: KeepingUp, ledger: LedgerService, looks: Looks
) -> None:
    looks.found = 2

    done = [keeping.run(ledger.site(SITE)) for _ in range(3)]

    assert (done, looks.count) == ([2, 2, 2], 3)


def test_it_looks_again_after_the_feed_or_master_data_moved(
    keeping: KeepingUp, ledger: LedgerService, looks: Looks, enrol: Enrol
) -> None:
    where, station = ledger.site(SITE), enrol("PACK-01")
    keeping.run(where)

    station.do(station.operation("event"))
    keeping.run(where)
    ledger.imports.locations([LocationRow(SITE, "C-01", "bin")])
    keeping.run(where)

    assert looks.count == 3


def test_after_ten_minutes_it_looks_anyway(
    keeping: KeepingUp, ledger: LedgerService, looks: Looks, clock: FakeClock
) -> None:
    where = ledger.site(SITE)
    keeping.run(where)

    clock.pass_ms((LOOK_ANYWAY + timedelta(seconds=1)) // timedelta(milliseconds=1))
    keeping.run(where)

    assert looks.count == 2
