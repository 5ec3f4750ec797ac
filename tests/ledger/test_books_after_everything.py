"""Whatever all promises together put a ledger through, its books agree afterwards.

After each promise by itself: `tests/conformance`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.conformance.local import local_floor
from app.conformance.registry import promises
from app.identity.userkey import CHEAP
from app.ledger.database import Database
from app.ledger.reconciliation import EVERYTHING
from app.ledger.service import LedgerService
from tests.support.postgres import app_role


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LedgerService]:
    if request.param == "sqlite":
        service = LedgerService(Database.in_folder(tmp_path / "ledger"), cost=CHEAP)
    else:
        service = LedgerService(
            Database(app_role(request.getfixturevalue("fresh_database"))), cost=CHEAP
        )
    yield service
    service.close()


@pytest.mark.long
def test_the_books_of_every_site_agree_after_every_promise(empty: LedgerService) -> None:
    for n, promise in enumerate(one for one in promises() if not one.served):
        promise.keep(local_floor(empty, f"S{n}"))

    sites = [seen.site for seen in empty.overview.sites()]
    told = [empty.reconciliation.compare(empty.site(name), EVERYTHING) for name in sites]

    assert len(told) > 50
    assert [(one.site, one.differences[:3]) for one in told if one.state != "equal"] == []
