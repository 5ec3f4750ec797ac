"""Orders from a shop: sent once, sent anew, cancelled; all of a request or nothing of it."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx
import pytest

from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE, TRAY

_keys = count(1)


@pytest.fixture
def shop(service: LedgerService, server_url: str) -> Iterator[httpx.Client]:
    key = service.api_keys.add("shop", ["read", "documents"], actor="p-novak", site_name=SITE)
    with httpx.Client(base_url=server_url, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


def _order(number: str, quantity: int = 3, **more: Any) -> dict[str, Any]:
    lines = [{"line": 1, "item": MUG.sku, "quantity": quantity}]
    return {"order": number, "lines": lines, "ship_to": ["Anna Novak", "20457 Hamburg"]} | more


def _post(shop: httpx.Client, path: str, **body: Any) -> httpx.Response:
    return shop.post(path, json=body, headers={"Idempotency-Key": f"k-{next(_keys)}"})


def test_an_order_that_is_sent_is_there_for_the_stations(shop: httpx.Client) -> None:
    answer = _post(shop, "/v1/orders", orders=[_order("ORD-48213")])

    told = shop.get("/v1/documents/order/ORD-48213").json()
    assert (answer.status_code, answer.json()) == (200, {"written": 1, "unchanged": 0})
    assert (told["document"]["state"], told["document"]["lines"]) == ("released", [[1, MUG.sku, 3]])


def test_a_changed_order_is_a_new_version_and_the_same_one_is_none(shop: httpx.Client) -> None:
    _post(shop, "/v1/orders", orders=[_order("ORD-1")])

    same = _post(shop, "/v1/orders", orders=[_order("ORD-1")])
    more = _post(shop, "/v1/orders", orders=[_order("ORD-1", 5)])

    assert same.json() == {"written": 0, "unchanged": 1}
    assert more.json() == {"written": 1, "unchanged": 0}
    assert shop.get("/v1/documents/order/ORD-1").headers["etag"] == '"2"'


def test_one_bad_order_leaves_all_of_them_out(shop: httpx.Client) -> None:
    strange = _order("ORD-2") | {"lines": [{"line": 1, "item": "SKU-NONE", "quantity": 1}]}

    answer = _post(shop, "/v1/orders", orders=[_order("ORD-1"), strange])

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_item")
    assert shop.get("/v1/documents/order").json()["rows"] == []


def test_orders_are_held_released_and_cancelled(shop: httpx.Client) -> None:
    _post(shop, "/v1/orders", orders=[_order("ORD-1"), _order("ORD-2")])

    states = []
    for state in ("held", "released", "cancelled"):
        answer = _post(shop, "/v1/orders/state", orders=["ORD-1", "ORD-2"], state=state)
        assert answer.json() == {"changed": 2}
        states.append(shop.get("/v1/documents/order/ORD-1").json()["document"]["state"])
    late = _post(shop, "/v1/orders", orders=[_order("ORD-1", 9)])

    assert states == ["held", "released", "cancelled"]
    assert (late.status_code, late.json()["code"]) == (422, "order_closed")


def test_an_order_nobody_knows_cannot_be_cancelled(shop: httpx.Client) -> None:
    _post(shop, "/v1/orders", orders=[_order("ORD-1")])

    answer = _post(shop, "/v1/orders/state", orders=["ORD-1", "ORD-9"], state="cancelled")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_document")
    assert shop.get("/v1/documents/order/ORD-1").json()["document"]["state"] == "released"


@pytest.mark.parametrize(
    ("orders", "code"),
    [
        ([_order("ORD-1"), _order("ORD-1", 4)], "order_twice"),
        (
            [
                _order("ORD-1")
                | {
                    "lines": [
                        {"line": 1, "item": MUG.sku, "quantity": 1},
                        {"line": 1, "item": TRAY.sku, "quantity": 1},
                    ]
                }
            ],
            "line_twice",
        ),
        ([_order("ORD-1", 0)], "malformed"),
        ([_order("ORD-1", priority=0)], "malformed"),
        ([_order("ORD-1", ship_before="tomorrow")], "malformed"),
        ([_order("ORD-1", policy="trust")], "malformed"),
        ([_order("ORD-1", site="MUC")], "malformed"),
        ([_order("ORD-1", state="shipped")], "malformed"),
        ([], "malformed"),
    ],
)
def test_an_order_that_makes_no_sense_is_not_taken(
    shop: httpx.Client, orders: list[dict[str, Any]], code: str
) -> None:
    answer = _post(shop, "/v1/orders", orders=orders)

    assert answer.json()["code"] == code
    assert answer.status_code in {400, 422}
    assert shop.get("/v1/documents/order").json()["rows"] == []
