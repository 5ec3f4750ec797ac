"""What stations do at the gate leaves one event each: with before, after and where from."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from app.conformance.probe import Device
from app.conformance.remote import HttpStations
from app.errors import Refusal
from app.ledger.clock import stamp
from app.ledger.database import Database
from app.ledger.journal import Event, event_of
from app.ledger.service import LedgerService
from app.ledger.tables import journal
from app.ledger.web.server import ServerThread
from tests.ledger.conftest import SITE, stocked


@pytest.fixture
def service(tmp_path: Path) -> Iterator[LedgerService]:
    opened = stocked(LedgerService(Database.in_folder(tmp_path / "served")))
    yield opened
    opened.close()


def events(service: LedgerService) -> list[Event]:
    with service.database.read() as connection:
        rows = connection.execute(sa.select(journal).order_by(journal.c.n)).all()
    return [event_of(row) for row in rows]


def test_an_enrolment_a_token_and_a_new_key_are_told_once_each_and_so_is_who_was_refused(
    service: LedgerService,
) -> None:
    old, new, thief = Device("bench"), Device("bench, a year later"), Device("thief")
    code = service.identity.add_station(SITE, "PACK-01").code
    with ServerThread(service) as server:
        stations = HttpStations(server.url)
        gate, begun = stations.gate, len(events(service))
        who = gate.enrol(old.enrol_request(code, protocol=2))
        at, key = stamp(service.clock.now()), who.ledger_key
        gate.token(old.token_request(who.enrolment, "1" * 64, at, key))
        with pytest.raises(Refusal):
            gate.new_key(thief.key_request(who.enrolment, new, 0, "2" * 64, at))
        gate.new_key(old.key_request(who.enrolment, new, 0, "3" * 64, at))
        stations.close()

    told = events(service)[begun:]
    assert [event.action for event in told] == [
        "POST /v1/enrol",
        "POST /v1/token",
        "POST /v1/key refused",
        "POST /v1/key",
    ]
    change = told[-1]
    assert msgspec.json.decode(change.before) == {"public_key": old.public}
    assert msgspec.json.decode(change.after) == {"public_key": new.public, "after_seq": 0}
    assert change.object == f"enrolment {who.enrolment}"
    assert {event.address for event in told} == {"127.0.0.1"}
    assert who.pepper not in "".join(event.after + event.before for event in told)
