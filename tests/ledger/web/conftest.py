"""Halle Nord and a second warehouse, served; and callers of every kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.conformance.probe import Device
from app.identity.userkey import CHEAP
from app.ledger.clock import stamp
from app.ledger.service import LedgerService
from app.ledger.web.server import ServerThread
from tests.ledger.conftest import SITE, stocked
from tests.support import prepared


@pytest.fixture
def service(tmp_path: Path) -> Iterator[LedgerService]:
    opened = stocked(LedgerService(prepared.ledger(tmp_path / "served"), cost=CHEAP))
    opened.add_site("MUC", title="Halle Süd", company_prefix="4099999")
    yield opened
    opened.close()


@pytest.fixture
def server_url(service: LedgerService) -> Iterator[str]:
    with ServerThread(service) as server:
        yield server.url


def token_of(service: LedgerService, station: str, site: str = SITE) -> str:
    """A station's bearer token."""
    device = Device(station)
    code = service.identity.add_station(site, station).code
    who = service.enrol(device.enrol_request(code))
    nonce = service.ids.random(32).hex()
    asked = device.token_request(who.enrolment, nonce, stamp(service.clock.now()))
    return service.token(asked).token
