"""The whole matrix asked of the ledger over HTTP: who, with which role, where, may do what.

Expected is what the station asks, too: `may_at`, whose own matrix is written out by hand in
tests/domain/test_roles.py. Beside it, what no body may bring along.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import sqlalchemy as sa

from app.conformance.floor import order_row
from app.conformance.probe import Device, Probe, moved
from app.conformance.remote import HttpStations
from app.contract.chain import content_hash
from app.contract.codec import canonical
from app.contract.messages import (
    ExceptionRow,
    LocationRow,
    Operation,
    PersonRow,
    Reference,
    Result,
)
from app.domain.policy import Policy
from app.domain.roles import Permission, Role, may_at
from app.identity.userkey import CHEAP
from app.ledger.imports import StockLine
from app.ledger.service import LedgerService
from app.ledger.tables import metadata
from app.ledger.web import desk, rate
from app.ledger.web.rate import Rate
from app.ledger.web.route import Route, Scope
from app.ledger.web.server import ServerThread
from app.ledger.web.table import table
from tests.ledger.conftest import MUG, SITE, TRAY, stocked
from tests.ledger.rights import FREE, about, adjust, agree, by, person
from tests.ledger.web.asking import body_of, headers_of, path_of, query_of
from tests.ledger.web.conftest import token_of
from tests.support import prepared

ELSEWHERE = "MUC"
# Where a role is held: at this site, at another, at every site; or taken by now.
HELD = {"here": SITE, "elsewhere": ELSEWHERE, "everywhere": "", "revoked": SITE}
CASES = list(product(Role, HELD))
P = Permission


@dataclass(slots=True)
class Hall:
    """A served ledger, people of every role at every place, two stations, work to be done."""

    service: LedgerService
    client: httpx.Client
    bench: Probe
    other: Probe
    cells: int = 0

    def fresh(self, what: str) -> str:
        self.cells += 1
        return f"{what}-{self.cells}"


def name_of(role: Role, place: str) -> str:
    return f"p-{role.value}-{place}"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    folder: Path = tmp_path_factory.mktemp("hall")
    service = stocked(LedgerService(prepared.ledger(folder), cost=CHEAP))
    service.add_site(ELSEWHERE, company_prefix="4099999")
    service.imports.stock(
        SITE, [StockLine("DOCK-1", MUG.sku, 9_000), StockLine("DOCK-1", TRAY.sku, 9_000)]
    )
    rows = [
        person(name_of(role, place), role.value, site=HELD[place], active=place != "revoked")
        for role, place in CASES
    ]
    service.imports.people([*rows, PersonRow("p-asker", "", "clerk", SITE)])
    agree(
        service,
        Policy(adjust={role.value: FREE for role in Role if may_at(role.value, "", P.ADJUST, "")}),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rate, "SYNCING", Rate(100_000, 100_000))
        patch.setattr(rate, "ASKING", Rate(100_000, 100_000))
        patch.setattr(desk, "KEY_TRUST_S", 60.0)
        with ServerThread(service) as server, httpx.Client(base_url=server.url) as client:
            stations = HttpStations(server.url)
            bench, other = (_station(service, stations, name) for name in ("PACK-01", "PACK-02"))
            yield Hall(service, client, bench, other)
            stations.close()
    service.close()


def _station(service: LedgerService, stations: HttpStations, name: str) -> Probe:
    device = Device(name)
    who = service.enrol(device.enrol_request(service.identity.add_station(SITE, name).code))
    return Probe(device, who, stations.ledger(device, who))


def _adjust(hall: Hall, actor: str) -> Result:
    return hall.bench.do(adjust(hall.bench, -1, actor=actor, place="DOCK-1"))


def _decide(hall: Hall, actor: str) -> Result:
    asked = adjust(hall.bench, -1, actor="p-asker", reason="theft", place="DOCK-1")
    assert hall.bench.do(asked).outcome == "waiting"
    evidence: dict[str, str | int | bool] = {"content_hash": content_hash(canonical(asked))}
    decided = about(hall.bench, "decide", asked.id, actor, reason="approve", evidence=evidence)
    return hall.bench.do(decided)


def _ask(hall: Hall, actor: str) -> Result:
    place = hall.fresh("P-01")
    hall.service.imports.locations([LocationRow(SITE, place, "bin")])
    asked = by(
        hall.bench.operation("request", moved(TRAY.sku, 1, "", place)),
        actor,
        reference=Reference(document_kind="task", document=""),
    )
    return hall.bench.do(asked)


def _resolve(hall: Hall, actor: str) -> Result:
    hall.bench.pull()
    hall.bench.do(hall.bench.operation("pick", moved(MUG.sku, 1, hall.fresh("E-00"), "tote/T-1")))
    (opened,) = [row for row in hall.bench.pull() if isinstance(row, ExceptionRow)][:1]
    step = hall.bench.operation("resolve")
    reference = Reference(document_kind="exception", document=opened.exception)
    closing: dict[str, str | int | bool] = {"note": "Found behind the shelf"}
    return hall.bench.do(by(step, actor, reason="close", reference=reference, evidence=closing))


def _take_over(hall: Hall, actor: str) -> Result:
    order = hall.fresh("ORD-R")
    hall.service.imports.orders(SITE, [order_row(order, MUG.sku, (1,))])
    reference = Reference(document_kind="order", document=order)
    held: Operation = by(hall.bench.operation("claim"), "p-asker", reference=reference)
    assert hall.bench.do(held).outcome == "posted"
    taking = by(hall.other.operation("claim"), actor, reference=reference, reason="take_over")
    return hall.other.do(taking)


ACTS: dict[Permission, Callable[[Hall, str], Result]] = {
    P.ADJUST: _adjust,
    P.DECIDE: _decide,
    P.ASK: _ask,
    P.RESOLVE: _resolve,
    P.TAKE_OVER: _take_over,
}


@pytest.mark.parametrize("permission", ACTS)
@pytest.mark.parametrize(("role", "place"), CASES, ids=str)
def test_the_ledger_lets_exactly_those_act_whom_the_function_lets(
    hall: Hall, role: Role, place: str, permission: Permission
) -> None:
    allowed = place != "revoked" and may_at(role.value, HELD[place], permission, SITE)

    result = ACTS[permission](hall, name_of(role, place))

    assert (result.outcome == "posted") is allowed
    if not allowed:
        # Who is nobody here has their adjustment wait for somebody who is.
        nobody = place in {"elsewhere", "revoked"} and permission is P.ADJUST
        expected = {"unknown_actor"} if nobody else {"not_permitted", "not_allowed"}
        assert result.outcome == ("waiting" if nobody else "refused")
        assert result.code in expected


@pytest.mark.parametrize(
    ("held_at", "site", "there"),
    [
        (SITE, SITE, True),
        ("", SITE, True),
        (SITE, ELSEWHERE, False),
        (ELSEWHERE, SITE, False),
    ],
)
@pytest.mark.parametrize(("role", "permission"), list(product(Role, Permission)))
def test_every_cell_of_role_permission_and_site(
    role: Role, permission: Permission, held_at: str, site: str, there: bool
) -> None:
    everywhere = may_at(role.value, "", permission, "anywhere")

    assert may_at(role.value, held_at, permission, site) is (there and everywhere)


# ------------------------------------------------------------------ what a body may not bring along

WORDS = {
    "role": "admin", "roles": ["admin"], "limit": -1, "limits": {}, "site": ELSEWHERE,
    "site_n": 2, "approved": True, "approved_by": "p-sven", "state": "approved", "actor": "p-ada",
    "grant": "g-1", "scopes": ["admin"], "permissions": ["decide"], "is_admin": True,
    "max_quantity": -1, "employee": "e-1", "active": True,
}  # fmt: skip
ASKING = [route for route in table() if route.question is not None]


def _structs(
    value: object, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], set[str]]]:
    """Every object of a body that has declared fields, and which they are."""
    if isinstance(value, msgspec.Struct):
        names = set(value.__struct_encode_fields__)
        yield path, names
        for name in value.__struct_fields__:
            yield from _structs(getattr(value, name), (*path, name))
    elif is_dataclass(value) and not isinstance(value, type):
        yield path, {one.name for one in fields(value)}
    elif isinstance(value, tuple | list) and not hasattr(value, "_fields"):
        for index, part in enumerate(value):
            yield from _structs(part, (*path, index))


def _with(body: Any, path: tuple[str | int, ...], word: str) -> Any | None:
    """The body with one more word at a place; None where that place is left out as a default."""
    made = msgspec.json.decode(msgspec.json.encode(body))
    there = made
    for part in path:
        if isinstance(there, dict) and part not in there:
            return None
        there = there[part]
    if not isinstance(there, dict):
        return None
    there[word] = WORDS[word]
    return made


def _rows(service: LedgerService) -> dict[str, list[tuple[object, ...]]]:
    quiet = {"api_key", "idempotency", "journal", "journal_mark", "token", "nonce"}
    with service.database.read() as connection:
        return {
            name: sorted(map(tuple, connection.execute(sa.select(one))), key=repr)
            for name, one in metadata.tables.items()
            if name not in quiet
        }


@pytest.mark.parametrize("route", ASKING, ids=lambda route: route.name)
def test_a_body_that_brings_along_a_right_is_refused_as_a_whole(hall: Hall, route: Route) -> None:
    everything = {scope.value for scope in Scope} - {"open", "station"}
    bearer = ""
    if route.scope is Scope.STATION:
        bearer = token_of(hall.service, hall.fresh("PACK-M"))
    elif route.scope is not Scope.OPEN:
        bearer = hall.service.api_keys.add(
            hall.fresh("k"), everything, actor="p-asker", site_name=SITE
        )
    body = msgspec.json.decode(body_of(route))
    before = _rows(hall.service)
    tried = 0

    for path, declared in _structs(route.example_question):
        for word in sorted(set(WORDS) - declared):
            made = _with(body, path, word)
            if made is None:
                continue
            tried += 1
            answer = hall.client.request(
                route.method,
                path_of(route),
                params=query_of(route),
                content=msgspec.json.encode(made),
                headers=headers_of(route, bearer),
            )
            assert answer.status_code in {400, 404, 422}, (path, word, answer.text)
            assert answer.status_code != 404 or "{" in route.path

    assert tried >= len(WORDS) // 2
    assert _rows(hall.service) == before
