"""P1: whatever is sent to whatever route is answered, in time, without an echo, never with 5xx."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from app.ledger.database import Database
from app.ledger.web.route import Route
from app.ledger.web.table import table
from tests.ledger.web.asking import body_of, headers_of, path_of
from tests.ledger.web.bad_bodies import (
    BY_HAND,
    NOT_JSON,
    NOT_STRICT,
    from_example,
    mutations,
)
from tests.ledger.web.target import Target, served
from tools.local_postgres import LocalPostgres

HANG_S = 2.0
MUTATIONS = 3_000
SEED = 20_261_121

ASKING = [route for route in table() if route.question]
EVERY = pytest.mark.parametrize("route", ASKING, ids=lambda route: route.name)
ANY = pytest.mark.parametrize(
    "route", [one for one in table() if one.path != "/metrics"], ids=lambda route: route.name
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def target(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("bad")
        with served(Database.in_folder(folder)) as running:
            yield running
        return
    server: LocalPostgres = request.getfixturevalue("postgres_server")
    url = server.create_database()
    with served(Database(url)) as running:
        yield running
    server.drop_database(url)


def test_there_are_two_hundred_of_them() -> None:
    made = sum(1 for route in ASKING for _ in from_example(body_of(route)))

    assert len(BY_HAND) > 110
    assert len(BY_HAND) + made > 1_000


@EVERY
def test_what_is_not_strict_json_is_malformed(target: Target, route: Route) -> None:
    for body in NOT_JSON + NOT_STRICT:
        answer = target.send(route, body)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), body[:100]


@EVERY
def test_json_that_is_no_question_is_answered(target: Target, route: Route) -> None:
    for body in BY_HAND:
        assert target.send(route, body).status_code in range(200, 500)


@EVERY
def test_an_example_with_one_thing_wrong_is_answered(target: Target, route: Route) -> None:
    refused = 0
    for body in from_example(body_of(route)):
        refused += target.send(route, body).status_code >= 400

    assert refused > 10


@EVERY
def test_the_example_itself_is_understood(target: Target, route: Route) -> None:
    """Otherwise everything made from it would be refused for the same dull reason."""
    answer = target.send(route, body_of(route))

    assert answer.status_code != 400


@EVERY
def test_mutated_examples_are_answered(target: Target, route: Route) -> None:
    random = Random(f"{SEED} {route.name}")

    bodies = mutations(body_of(route), random, MUTATIONS // len(ASKING))
    statuses = {target.send(route, body).status_code for body in bodies}

    assert statuses <= {200, 201, 400, 401, 403, 404, 409, 410, 412, 422, 426}


NAMES = (
    "%00",
    "%0a",
    "%1b%5b2K",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%2F",
    "%ff%fe",
    "%ed%a0%80",
    "%e2%80%ae",
    "x" * 201,
    "x" * 5_000,
    "%",
    "%zz",
    "'; DROP TABLE operation; --",
    "*",
    "..",
    "-1",
    "9223372036854775808",
    "%f0%9f%a5%9d",
    "%1f",
)
QUERIES = (
    "a=1",
    "=",
    "&&",
    "a",
    "limit=0",
    "limit=-1",
    "limit=1.5",
    "limit=99999999999999999999",
    "limit=%D9%A1",
    "limit=1&limit=2",
    "cursor=x",
    "cursor=%00",
    "cursor=" + "A" * 3_000,
    "cursor=AAAAAAAAAAAAAAAAAAAAAA",
    "site=%00",
    "site=%ff",
    "site=" + "x" * 65,
    "site=HAM&site=HAM",
    "%00=1",
    "x" * 5_000,
    "&".join(f"a{n}=1" for n in range(100)),
)


@ANY
def test_odd_addresses_and_parameters_are_answered(target: Target, route: Route) -> None:
    bearer = target.bearer(route)
    for name in NAMES if "{" in route.path else ("",):
        for query in QUERIES if not name or name == "*" else ("",):
            path = "/".join(name if p.startswith("{") else p for p in route.path.split("/"))
            answer = target.client.request(
                route.method,
                f"{path}?{query}" if query else path,
                content=body_of(route) or None,
                headers=headers_of(route, bearer),
            )
            assert answer.status_code < 500, (path[:100], query[:100], answer.text)


@ANY
def test_odd_headers_are_answered(target: Target, route: Route) -> None:
    odd = (
        "",
        '"',
        "*",
        'W/"1"',
        '"1", "2"',
        '"-1"',
        '"99999999999999999999999"',
        "\xff",
        "a" * 9_000,
    )
    for name in (
        "If-Match",
        "If-None-Match",
        "Idempotency-Key",
        "Accept-Encoding",
        "Authorization",
    ):
        for value in odd:
            headers = headers_of(route, target.bearer(route)) | {name: value}
            answer = target.client.request(
                route.method,
                path_of(route),
                content=body_of(route) or None,
                headers=[(key.encode(), text.encode("latin-1")) for key, text in headers.items()],
            )
            assert answer.status_code < 500, (name, value[:20], answer.text)
