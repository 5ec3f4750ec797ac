"""A plausible request to any route of the table, made from its examples."""

import secrets
from urllib.parse import quote

import httpx
import msgspec

from app.ledger.web.route import Param, Route

UNLIKELY = "NOBODY-7"
# What there is in the warehouse of these tests, by the name of the brace.
THERE = {"sku": "SKU-10221", "location": "A-04-2", "kind": "order", "document": "ORD-48213"}


def path_of(route: Route, name: str = UNLIKELY) -> str:
    """The address with every brace filled with a name."""
    return "/".join(
        quote(name, safe="") if part.startswith("{") else part for part in route.path.split("/")
    )


def known_path(route: Route) -> str:
    """The address with every brace filled with something that is there, if anything is."""
    return "/".join(
        THERE.get(part[1:-1], "ORD-48213") if part.startswith("{") else part
        for part in route.path.split("/")
    )


def query_of(route: Route) -> dict[str, str]:
    """The parameters that may not be left out."""
    return {param.name: _some(param) for param in route.params if param.required}


def headers_of(route: Route, bearer: str = "") -> dict[str, str]:
    """A bearer, a fresh key, a version."""
    headers = {"Idempotency-Key": secrets.token_hex(8)}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    if route.method != "GET":
        headers["If-Match"] = '"1"'
    if route.question:
        headers["Content-Type"] = "application/json"
    return headers


def body_of(route: Route) -> bytes:
    """The example of the body."""
    return msgspec.json.encode(route.example_question) if route.question else b""


def ask(
    client: httpx.Client, route: Route, bearer: str, *, name: str = UNLIKELY, site: str = ""
) -> httpx.Response:
    """Ask it."""
    return client.request(
        route.method,
        path_of(route, name),
        params=query_of(route) | ({"site": site} if site else {}),
        content=body_of(route) or None,
        headers=headers_of(route, bearer),
    )


def _some(param: Param) -> str:
    if param.choices:
        return param.choices[0]
    return {int: str(max(1, param.minimum)), bool: "true"}.get(param.type, "SKU-10221")
