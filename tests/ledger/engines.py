"""The small warehouse on both databases, for tests that must hold on each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.identity.userkey import CHEAP
from app.ledger.database import Database
from app.ledger.service import LedgerService
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import CountingSecrets, stocked
from tests.support import prepared
from tests.support.postgres import app_role


@pytest.fixture(params=["sqlite", "postgresql"])
def both(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock
) -> Iterator[LedgerService]:
    """Halle Nord with its mugs and trays; on PostgreSQL with the rights of the app role."""
    if request.param == "sqlite":
        database = prepared.ledger(tmp_path / "ledger")
    else:
        database = Database(app_role(request.getfixturevalue("fresh_database")))
    yield stocked(LedgerService(database, clock=clock, ids=CountingSecrets(), cost=CHEAP))
    database.close()
