"""Every route of the table, asked by those who may not: nothing is told, nothing is changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec
import pytest
import sqlalchemy as sa

from app.conformance.floor import order_row
from app.conformance.probe import moved
from app.contract.messages import LocationRow
from app.ledger.service import LedgerService
from app.ledger.tables import metadata
from app.ledger.web import desk, rate
from app.ledger.web.rate import Rate
from app.ledger.web.route import Route, Scope
from app.ledger.web.server import ServerThread
from app.ledger.web.table import table
from tests.ledger.conftest import MUG, SITE, enrolled, stocked
from tests.ledger.web.asking import UNLIKELY, ask
from tests.ledger.web.conftest import token_of
from tests.support import prepared

# In everything that belongs to Halle Nord and to nobody else.
CANARY = "KEEPOUT"
ELSEWHERE = "MUC"
# Noted at most hourly; keys are the only table that belongs to no site.
_NOT_OURS = {"api_key", "idempotency"}

ROUTES = [route for route in table() if route.scope is not Scope.OPEN]
EVERY = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)


@dataclass(frozen=True, slots=True)
class House:
    """A served ledger with two sites, one of which is full of canaries."""

    service: LedgerService
    url: str
    client: httpx.Client

    def ask(
        self, route: Route, bearer: str, *, name: str = UNLIKELY, site: str = ""
    ) -> httpx.Response:
        return ask(self.client, route, bearer, name=name, site=site)

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything that is stored."""
        with self.service.database.read() as connection:
            return {
                name: sorted(map(tuple, connection.execute(sa.select(one))), key=repr)
                for name, one in metadata.tables.items()
                if name not in _NOT_OURS
            }


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    service = stocked(LedgerService(prepared.ledger(folder)))
    service.add_site(ELSEWHERE, company_prefix="4099999")
    service.imports.locations([LocationRow(SITE, f"A-{CANARY}", "bin")])
    service.imports.orders(SITE, [order_row(f"ORD-{CANARY}", MUG.sku, (3,))])
    probe = enrolled(service, f"PACK-{CANARY}")
    probe.do(probe.operation("move", moved(MUG.sku, 2, "A-04-2", f"A-{CANARY}")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rate, "ASKING", Rate(100_000, 100_000))
        patch.setattr(desk, "KEY_TRUST_S", 60.0)
        with ServerThread(service) as server, httpx.Client(base_url=server.url) as client:
            yield House(service, server.url, client)
    service.close()


_keys: dict[tuple[str, str], str] = {}
_tokens: dict[str, str] = {}


def _key(house: House, scopes: set[str], site: str = "") -> str:
    name = f"k-{'-'.join(sorted(scopes))}"[:40]
    if (name, site) not in _keys:
        _keys[name, site] = house.service.api_keys.add(
            f"{name}-{site}" if site else name, scopes, actor="p-novak", site_name=site
        )
    return _keys[name, site]


KEY_SCOPES = {scope.value for scope in Scope} - {"open", "station"}


def _code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


@EVERY
def test_nobody_is_told_nothing(house: House, route: Route) -> None:
    before = house.rows()

    for bearer in ("", "0" * 64, f"phk_{'0' * 12}_{'0' * 64}", CANARY):
        answer = house.ask(route, bearer)
        assert _code(answer) == (401, "bad_token")
        assert CANARY not in answer.text

    assert house.rows() == before


@EVERY
def test_a_key_without_the_scope_is_told_which_it_needs(house: House, route: Route) -> None:
    before = house.rows()
    expected = (403, "wrong_scope")
    if route.scope is Scope.STATION:
        expected = (401, "bad_token")

    answer = house.ask(route, _key(house, KEY_SCOPES - {route.scope.value}))

    assert _code(answer) == expected
    assert CANARY not in answer.text
    assert house.rows() == before


@EVERY
def test_a_key_of_another_site_sees_and_changes_nothing_here(house: House, route: Route) -> None:
    if route.scope is Scope.STATION:
        return
    key = _key(house, KEY_SCOPES, ELSEWHERE)
    before = _of_site(house)

    named = house.ask(route, key, site=SITE)
    unnamed = house.ask(route, key)

    if route.at_site:
        assert _code(named) == (404, "unknown_site")
    for answer in (named, unnamed):
        assert answer.status_code < 500
        assert CANARY not in answer.text
    assert _of_site(house) == before


@EVERY
def test_a_station_of_another_site_sees_and_changes_nothing_here(
    house: House, route: Route
) -> None:
    if "foreign" not in _tokens:
        _tokens["foreign"] = token_of(house.service, "PACK-01", ELSEWHERE)
    before = _of_site(house)

    for name, site in ((UNLIKELY, ""), (f"ORD-{CANARY}", ""), (f"ORD-{CANARY}", SITE)):
        answer = house.ask(route, _tokens["foreign"], name=name, site=site)
        assert answer.status_code < 500
        assert CANARY not in answer.text.replace(name, "")

    assert _of_site(house) == before


@EVERY
def test_what_another_site_has_is_told_in_the_words_of_what_nobody_has(
    house: House, route: Route
) -> None:
    if not route.at_site or "{" not in route.path:
        return
    key = _key(house, KEY_SCOPES, ELSEWHERE)

    for name in (f"ORD-{CANARY}", f"A-{CANARY}", f"PACK-{CANARY}"):
        theirs = house.ask(route, key, name=name)
        nobodys = house.ask(route, key, name=UNLIKELY)
        assert _told(theirs, name) == _told(nobodys, UNLIKELY)


def test_a_site_of_others_and_none_are_told_in_the_same_words(house: House) -> None:
    key = _key(house, KEY_SCOPES, ELSEWHERE)
    route = next(route for route in table() if route.path == "/v1/stations")

    theirs, nobodys = house.ask(route, key, site=SITE), house.ask(route, key, site="XXX")

    assert _told(theirs, SITE) == _told(nobodys, "XXX")


def test_the_canary_sings_for_those_who_may_see_it(house: House) -> None:
    """Otherwise its silence elsewhere would prove nothing."""
    key = _key(house, KEY_SCOPES, SITE)

    heard = [
        house.ask(route, key, name=name).text
        for route in ROUTES
        if route.method == "GET"
        for name in (f"ORD-{CANARY}", f"A-{CANARY}")
    ]

    assert any(CANARY in text for text in heard)


def test_a_station_reads_its_own_site_and_no_other(house: House) -> None:
    token = token_of(house.service, "PACK-09")

    own = house.client.get("/v1/sites", headers={"Authorization": f"Bearer {token}"})
    other = house.client.get(
        "/v1/stations", params={"site": ELSEWHERE}, headers={"Authorization": f"Bearer {token}"}
    )

    assert [row["site"] for row in own.json()["rows"]] == [SITE]
    assert other.status_code == 403


def test_a_revoked_station_reads_nothing_at_once(house: House) -> None:
    token = token_of(house.service, "PACK-08")
    headers = {"Authorization": f"Bearer {token}"}
    assert house.client.get("/v1/sites", headers=headers).status_code == 200

    house.service.identity.revoke(SITE, "PACK-08")

    answer = house.client.get("/v1/sites", headers=headers)
    assert _code(answer) == (403, "revoked")


def _told(answer: httpx.Response, name: str) -> tuple[int, str]:
    told = answer.json()
    told.pop("correlation_id", None)
    return answer.status_code, msgspec.json.encode(told).decode().replace(name, "")


def _of_site(house: House) -> dict[str, list[tuple[object, ...]]]:
    """What is stored of Halle Nord, in every table that knows sites."""
    with house.service.database.read() as connection:
        site_n = connection.exec_driver_sql("SELECT n FROM site WHERE site = 'HAM'").scalar_one()
        return {
            name: sorted(
                map(tuple, connection.execute(sa.select(one).where(one.c.site_n == site_n))),
                key=repr,
            )
            for name, one in metadata.tables.items()
            if "site_n" in one.c and name not in _NOT_OURS
        }
