"""The description of the interface is true: valid, with examples the server itself would take."""

import httpx
import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.ledger.web.openapi import document
from app.ledger.web.route import Route, Scope
from app.ledger.web.strict import check
from app.ledger.web.table import table

JSON = "application/json"


def _named(route: Route) -> str:
    return route.name


EVERY = pytest.mark.parametrize("route", table(), ids=_named)


def test_it_is_a_valid_openapi_31_document() -> None:
    told = msgspec.json.decode(msgspec.json.encode(document()))

    OpenAPIV31SpecValidator(told).validate()

    assert told["openapi"].startswith("3.1")
    assert len(told["paths"]) > 8


@EVERY
def test_the_example_of_an_answer_decodes_as_its_type(route: Route) -> None:
    raw = msgspec.json.encode(route.example)

    again = msgspec.json.decode(raw, type=route.answer)

    assert msgspec.json.encode(again) == raw


@EVERY
def test_the_example_of_a_question_decodes_as_its_type(route: Route) -> None:
    assert (route.question is None) == (route.example_question is None)
    if route.question is None:
        return
    raw = msgspec.json.encode(route.example_question)

    check(raw)
    again = msgspec.json.decode(raw, type=route.question)

    assert msgspec.json.encode(again) == raw


@EVERY
def test_a_route_says_what_it_is_for_and_who_may_ask(route: Route) -> None:
    told = document()["paths"][route.path][route.method.lower()]

    assert route.summary.endswith(".")
    assert told["summary"] == route.summary
    assert bool(told["security"]) == (route.scope is not Scope.OPEN)
    assert str(route.status) in told["responses"]
    assert "default" in told["responses"]
    good = told["responses"][str(route.status)]["content"][route.content_type]
    assert "example" in good


def test_names_of_operations_and_routes_are_unique() -> None:
    routes = table()
    ids = [one["operationId"] for path in document()["paths"].values() for one in path.values()]

    assert len({route.name for route in routes}) == len(routes) == len(set(ids))


def test_every_change_of_a_version_wants_if_match_and_every_post_a_key() -> None:
    for route in table():
        told = document()["paths"][route.path][route.method.lower()]
        headers = {one["name"] for one in told["parameters"] if one["in"] == "header"}

        assert ("Idempotency-Key" in headers) == route.keyed
        assert ("If-Match" in headers) == (route.conditional and route.method != "GET")


def test_the_server_tells_the_same(server_url: str) -> None:
    answer = httpx.get(f"{server_url}/openapi.json")

    assert answer.headers["content-type"] == JSON
    assert answer.json() == msgspec.json.decode(msgspec.json.encode(document()))
