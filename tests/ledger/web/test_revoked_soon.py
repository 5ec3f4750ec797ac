"""A revocation reaches stations that are connected long before their long-poll would have ended."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import msgspec
import pytest

from app.conformance.probe import Device, Probe
from app.conformance.remote import HttpStations
from app.contract.messages import (
    PROTOCOL_VERSION,
    ChangesPage,
    ChangesQuery,
    CredentialRow,
    MasterBody,
    MasterPage,
    MasterQuery,
)
from app.identity.userkey import CHEAP
from app.ledger.database import Database
from app.ledger.service import LedgerService
from tests.ledger.conftest import SITE

# What is asked for is a minute (security.md §2.3).
SOON_S = 5.0
WAIT_S = 25


def waits(probe: Probe) -> tuple[float, int]:
    """How long a long-poll lasts from now on, and the master feed it tells of."""
    asked = ChangesQuery(
        protocol=PROTOCOL_VERSION,
        epoch=probe.who.epoch,
        cursor=probe.cursor,
        chain=probe.chain,
        wait_s=WAIT_S,
    )
    began = monotonic()
    page = probe.ledger.changes(asked)
    assert isinstance(page, ChangesPage)
    return monotonic() - began, page.master_head


@pytest.mark.parametrize("by", ["this server", "the command line"])
def test_who_is_revoked_is_told_to_a_connected_station_within_seconds(
    service: LedgerService, server_url: str, by: str
) -> None:
    service.people.add(SITE, "p-novak", "A. Novak", "clerk", ("PHB-novak-0123456789", "274951"))
    device = Device("PACK-01")
    who = service.enrol(device.enrol_request(service.identity.add_station(SITE, "PACK-01").code))
    stations = HttpStations(server_url)
    probe = Probe(device, who, stations.ledger(device, who))
    probe.pull()
    known = probe.ledger.master(MasterQuery(protocol=2, epoch="", cursor=0))
    assert isinstance(known, MasterPage)
    office = service
    if by == "the command line":
        office = LedgerService(Database(service.database.url), cost=CHEAP)

    with ThreadPoolExecutor(1) as others:
        waiting = others.submit(waits, probe)
        sleep(0.5)
        began = monotonic()
        office.people.revoke("p-novak")
        if office is service:
            service.bell.ring()
        waited, master_head = waiting.result()
        took = monotonic() - began

    fresh = probe.ledger.master(MasterQuery(protocol=2, epoch="", cursor=known.cursor))
    assert isinstance(fresh, MasterPage)
    told = [msgspec.json.decode(row, type=MasterBody) for row in fresh.rows]
    assert waited < WAIT_S
    assert took < SOON_S
    assert master_head == fresh.head
    assert [row.state for row in told if isinstance(row, CredentialRow)] == ["revoked"]
    stations.close()
    if office is not service:
        office.close()
