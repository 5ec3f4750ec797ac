"""Deliveries, returns and lots as another system announces, changes and closes them."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.conformance.announced import document, receive
from app.contract.messages import LotRow
from app.ledger.changelog import Editor
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE, enrolled

LINE = {"line": 1, "item": MUG.sku, "quantity": 24}


@pytest.fixture
def shop(service: LedgerService, server_url: str) -> Iterator[httpx.Client]:
    scopes = ["read", "documents", "master"]
    key = service.api_keys.add("shop", scopes, actor="p-novak", site_name=SITE)
    with httpx.Client(base_url=server_url, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


def _put(client: httpx.Client, path: str, version: int, **body: Any) -> httpx.Response:
    return client.put(path, json=body, headers={"If-Match": f'"{version}"'})


def test_a_delivery_is_announced_changed_received_and_read(
    service: LedgerService, shop: httpx.Client
) -> None:
    made = _put(shop, "/v1/inbounds/ASN-7011", 0, lines=[LINE], supplier="Emaille Nord")
    more = _put(shop, "/v1/inbounds/ASN-7011", 1, lines=[LINE | {"quantity": 30}])
    receive(
        enrolled(service, "PACK-01"), document("inbound", "ASN-7011", MUG.sku, 30), 30, "DOCK-1"
    )

    shown = shop.get("/v1/documents/inbound/ASN-7011")

    assert (made.status_code, made.headers["etag"], made.json()["state"]) == (
        200,
        '"1"',
        "expected",
    )
    assert (more.status_code, more.headers["etag"]) == (200, '"2"')
    assert shown.json()["document"]["state"] == "received"
    assert shown.json()["counts"] == [[1, "received", 30]]


def test_a_return_is_authorised_closed_and_opened_again(shop: httpx.Client) -> None:
    _put(shop, "/v1/returns/RMA-1", 0, lines=[LINE], order="ORD-48213", customer="Jonna Berg")

    states = [
        _put(shop, "/v1/returns/RMA-1/state", version, state=state).json()["state"]
        for version, state in ((1, "closed"), (2, "open"), (3, "cancelled"))
    ]

    assert states == ["closed", "authorised", "cancelled"]


@pytest.mark.parametrize(
    ("version", "body", "status", "code"),
    [
        (7, {"lines": [LINE]}, 412, "stale_version"),
        (0, {"lines": [LINE | {"item": "SKU-0"}]}, 422, "bad_sku"),
        (0, {"lines": [LINE, LINE]}, 422, "bad_line"),
        (0, {"lines": []}, 400, "malformed"),
        (0, {"lines": [LINE | {"quantity": 0}]}, 400, "malformed"),
        (0, {"lines": [LINE | {"quantity": 2**63}]}, 400, "malformed"),
        (0, {"lines": [LINE], "state": "received"}, 400, "malformed"),
    ],
)
def test_a_delivery_that_cannot_be_is_refused_and_not_there(
    shop: httpx.Client, version: int, body: dict[str, Any], status: int, code: str
) -> None:
    answer = _put(shop, "/v1/inbounds/ASN-1", version, **body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert shop.get("/v1/documents/inbound/ASN-1").status_code == 404


def test_a_number_longer_than_an_operation_can_name_is_refused(shop: httpx.Client) -> None:
    answer = _put(shop, f"/v1/inbounds/{'A' * 65}", 0, lines=[LINE])

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_document")


def test_a_closed_delivery_is_changed_only_when_it_is_open_again(shop: httpx.Client) -> None:
    _put(shop, "/v1/inbounds/ASN-1", 0, lines=[LINE])
    _put(shop, "/v1/inbounds/ASN-1/state", 1, state="closed")

    closed = _put(shop, "/v1/inbounds/ASN-1", 2, lines=[LINE | {"quantity": 1}])
    _put(shop, "/v1/inbounds/ASN-1/state", 2, state="open")
    opened = _put(shop, "/v1/inbounds/ASN-1", 3, lines=[LINE | {"quantity": 1}])

    assert (closed.status_code, closed.json()["code"]) == (409, "already_closed")
    assert opened.status_code == 200


def test_what_came_before_the_announcement_does_not_need_its_version(
    service: LedgerService, shop: httpx.Client
) -> None:
    receive(enrolled(service, "PACK-01"), document("inbound", "ASN-1", MUG.sku, 24), 24, "DOCK-1")

    answer = _put(shop, "/v1/inbounds/ASN-1", 0, lines=[LINE])

    assert (answer.status_code, answer.json()["state"]) == (200, "received")


def test_a_lot_is_read_corrected_and_listed(service: LedgerService, shop: httpx.Client) -> None:
    service.lots.edit(LotRow(item=MUG.sku, lot="L-1", expiry="2027-01-31"), Editor("p-mia"), 0)
    path = f"/v1/lots/{MUG.sku}/L-1"

    changed = _put(shop, path, 1, expiry="2028-01-31", state="hold", reason="label read again")
    stale = _put(shop, path, 1, expiry="2029-01-31", reason="again")
    silent = _put(shop, path, 2, expiry="2029-01-31", reason=" ")

    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (stale.json()["code"], silent.json()["code"]) == ("stale_version", "bad_reason")
    assert shop.get(path).json() == changed.json()
    assert shop.get("/v1/lots").json()["rows"] == [changed.json()]
    assert shop.get(f"/v1/lots/{MUG.sku}/L-2").json()["code"] == "unknown_lot"
