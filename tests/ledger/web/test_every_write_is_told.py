"""T8: every address that changes something leaves exactly one event, with all its fields."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import msgspec
import pytest
import sqlalchemy as sa

from app.conformance.probe import Device
from app.contract.chain import GENESIS, next_chain
from app.ledger.clock import stamp
from app.ledger.journal import Event, event_bytes, event_of
from app.ledger.service import LedgerService
from app.ledger.tables import journal
from app.ledger.web import rate, routes
from app.ledger.web import table as tables
from app.ledger.web.openapi import document
from app.ledger.web.rate import Rate
from app.ledger.web.route import Answered, Route, Scope
from app.ledger.web.server import ServerThread
from tests.ledger.conftest import MUG, SITE, enrolled, stocked
from tests.ledger.web.asking import ask, body_of, headers_of, known_path, query_of
from tests.support import prepared

ALL = [route for route in tables.table() if route.method != "GET"]
WRITES = [route for route in ALL if route.handle is not None]
# Operations are their own chain; these four change nothing a person could answer for.
OWN_CHAIN = {"POST /v1/post"}
READ = {"POST /v1/changes", "POST /v1/master", "POST /v1/snapshot", "POST /v1/digest"}
# Carried by `stations.py`, each told through `Journal.attempt`; tested below and beside their area.
TOLD = {
    "POST /v1/enrol",
    "POST /v1/token",
    "POST /v1/key",
    "POST /v1/grants",
    "POST /v1/edits",
    "POST /v1/escrow",
    "POST /v1/recovery",
}


def events(service: LedgerService) -> list[Event]:
    with service.database.read() as connection:
        rows = connection.execute(sa.select(journal).order_by(journal.c.n)).all()
    return [event_of(row) for row in rows]


@contextmanager
def house(
    folder: Path, played: tuple[Route, ...] = tables.table()
) -> Iterator[tuple[LedgerService, httpx.Client, str]]:
    """A served warehouse, and the key of somebody who may do everything."""
    service = stocked(LedgerService(prepared.ledger(folder)))
    scopes = [scope.value for scope in Scope if scope not in {Scope.OPEN, Scope.STATION}]
    key = service.api_keys.add("erp", scopes, actor="p-novak")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rate, "ASKING", Rate(1_000_000, 1_000_000))
        patch.setattr(routes, "table", lambda: played)
        with ServerThread(service) as server, httpx.Client(base_url=server.url) as client:
            yield service, client, key
    service.close()


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[LedgerService, httpx.Client, str]]:
    """Every address as it is served, but for what it does: each just answers its example."""

    def just_answers(route: Route) -> Route:
        if route.handle is None or route.method == "GET":
            return route
        etag = '"2"' if route.conditional else ""
        return replace(route, handle=lambda _: Answered(route.example, etag, route.status))

    played = tuple(just_answers(route) for route in tables.table())
    with house(tmp_path_factory.mktemp("stage"), played) as made:
        yield made


@pytest.fixture
def real(tmp_path: Path) -> Iterator[tuple[LedgerService, httpx.Client, str]]:
    with house(tmp_path / "real") as made:
        yield made


def test_every_address_of_the_description_is_told_reads_or_has_a_chain_of_its_own() -> None:
    described = {
        f"{method.upper()} {path}"
        for path, methods in document()["paths"].items()
        for method in methods
        if method != "get"
    }

    assert described == {route.name for route in ALL}
    assert described == {route.name for route in WRITES} | TOLD | READ | OWN_CHAIN


@pytest.mark.parametrize("route", WRITES, ids=lambda route: route.name)
def test_a_write_leaves_one_event_with_all_its_fields(
    route: Route, stage: tuple[LedgerService, httpx.Client, str]
) -> None:
    service, client, key = stage
    before = len(events(service))

    answer = client.request(
        route.method,
        known_path(route),
        params=query_of(route) | ({"site": SITE} if route.at_site else {}),
        content=body_of(route) or None,
        headers=headers_of(route, key) | {"X-Correlation-Id": CORRELATION},
    )

    assert answer.is_success, answer.text
    (event,) = events(service)[before:]
    assert (event.actor, event.role, event.device) == ("p-novak", "integration", "key:erp")
    assert event.action == route.name
    assert event.object == known_path(route).removeprefix("/v1/")
    assert event.transaction == CORRELATION
    assert event.address == "127.0.0.1"
    assert event.after
    assert event.at.endswith("Z")
    assert event.site == (1 if route.at_site else 0)


CORRELATION = "0198f000-0000-7000-8000-000000000001"


def test_the_same_write_sent_twice_is_told_once(
    real: tuple[LedgerService, httpx.Client, str],
) -> None:
    service, client, key = real
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "one"}

    for _ in range(2):
        assert client.post("/v1/sites", json=BERLIN, headers=headers).status_code == 201

    assert [event.action for event in events(service)] == ["POST /v1/sites"]


def test_a_write_that_is_refused_changes_nothing_and_tells_nothing(
    real: tuple[LedgerService, httpx.Client, str],
) -> None:
    service, client, key = real
    for route in WRITES:
        ask(client, route, key, site=SITE)
    before = len(events(service))
    refused = [ask(client, route, key, site="NOWHERE") for route in WRITES if route.at_site]

    assert all(answer.status_code == 404 for answer in refused)
    assert len(events(service)) == before


def test_an_event_shows_what_was_and_what_is(
    real: tuple[LedgerService, httpx.Client, str],
) -> None:
    service, client, key = real
    headers = {"Authorization": f"Bearer {key}"}
    path = f"/v1/items/{MUG.sku}"
    etag = client.get(path, headers=headers).headers["etag"]

    changed = client.put(
        path,
        json={"name": "Enamel mug, red 350 ml", "reason": "new colour"},
        headers=headers | {"If-Match": etag},
    )

    assert changed.is_success, changed.text
    (event,) = events(service)
    assert "Enamel mug, blue" in event.before
    assert "Enamel mug, red" in event.after
    assert event.reason == "new colour"


def test_who_comes_in_by_the_open_door_is_told_and_who_is_turned_away(
    real: tuple[LedgerService, httpx.Client, str],
) -> None:
    service, client, _ = real
    device = Device("PACK-01")
    code = service.identity.add_station(SITE, "PACK-01").code
    wrong = client.post("/v1/enrol", content=_json(device.enrol_request("0" * 10)), headers=JSON)

    right = client.post("/v1/enrol", content=_json(device.enrol_request(code)), headers=JSON)
    enrolment = right.json()["enrolment"]
    nonce = service.ids.random(32).hex()
    asked = device.token_request(enrolment, nonce, stamp(service.clock.now()))
    tokens = [client.post("/v1/token", content=_json(asked), headers=JSON) for _ in range(2)]

    assert wrong.status_code == 403
    assert [answer.is_success for answer in tokens] == [True, False]
    told = events(service)
    assert [event.action for event in told] == [
        "POST /v1/enrol refused",
        "POST /v1/enrol",
        "POST /v1/token",
        "POST /v1/token refused",
    ]
    assert told[0].reason == "bad_code"
    assert told[1].object == f"enrolment {enrolment}"
    assert device.public in told[1].after
    assert code not in "".join(map(repr, told))


def test_operations_of_stations_are_in_their_own_chain_and_not_in_the_journal(
    real: tuple[LedgerService, httpx.Client, str],
) -> None:
    service, _, _ = real
    station = enrolled(service, "PACK-02")

    station.do(station.operation("event"))

    assert events(service) == []


def test_the_journal_is_one_chain(real: tuple[LedgerService, httpx.Client, str]) -> None:
    service, client, key = real
    headers = {"Authorization": f"Bearer {key}"}
    for n in range(3):
        site = BERLIN | {"site": f"BER{n}"}
        client.post("/v1/sites", json=site, headers=headers | {"Idempotency-Key": str(n)})

    digest = GENESIS
    with service.database.read() as connection:
        rows = connection.execute(sa.select(journal).order_by(journal.c.n)).all()
    for n, row in enumerate(rows, 1):
        digest = next_chain(digest, event_bytes(event_of(row)))
        assert (row.n, row.hash) == (n, digest)
    assert len(rows) == 3


BERLIN = {"site": "BER1", "name": "Berlin", "company_prefix": "4012345"}
JSON = {"Content-Type": "application/json"}


def _json(message: object) -> bytes:
    return msgspec.json.encode(message)
