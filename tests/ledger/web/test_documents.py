"""Documents and locations as a shop's own system reads them."""

from collections.abc import Iterator

import httpx
import pytest

from app.conformance.floor import order_row
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, PLACES, SITE, enrolled


@pytest.fixture
def shop(service: LedgerService, server_url: str) -> Iterator[httpx.Client]:
    service.imports.orders(SITE, [order_row(f"ORD-{n}", MUG.sku, (n,)) for n in range(1, 8)])
    key = service.api_keys.add("shop", ["read"], actor="p-novak", site_name=SITE)
    with httpx.Client(base_url=server_url, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


def _orders(client: httpx.Client, **query: str) -> list[str]:
    """Every order, page by page."""
    seen: list[str] = []
    cursor = ""
    while True:
        page = client.get("/v1/documents/order", params={**query, "cursor": cursor}).json()
        seen += [row["document"]["order"] for row in page["rows"]]
        cursor = page.get("next", "")
        if not cursor:
            return seen


def test_an_order_is_read_with_its_version(shop: httpx.Client) -> None:
    answer = shop.get("/v1/documents/order/ORD-3")

    assert answer.headers["etag"] == '"1"'
    assert answer.json()["document"]["lines"] == [[1, MUG.sku, 3]]
    same = shop.get("/v1/documents/order/ORD-3", headers={"If-None-Match": '"1"'})
    assert (same.status_code, same.content) == (304, b"")
    other = shop.get("/v1/documents/order/ORD-3", headers={"If-None-Match": '"2"'})
    assert other.status_code == 200


def test_pages_show_every_order_once(shop: httpx.Client) -> None:
    everything = [f"ORD-{n}" for n in range(1, 8)]

    for limit in ("1", "2", "7", "100"):
        assert _orders(shop, limit=limit) == everything


def test_rows_that_come_between_pages_repeat_and_hide_nothing(
    service: LedgerService, shop: httpx.Client
) -> None:
    first = shop.get("/v1/documents/order", params={"limit": "3"}).json()
    service.imports.orders(SITE, [order_row("ORD-0", MUG.sku, (1,))])

    rest = shop.get("/v1/documents/order", params={"cursor": first["next"]}).json()

    assert [row["document"]["order"] for row in first["rows"]] == ["ORD-1", "ORD-2", "ORD-3"]
    assert [row["document"]["order"] for row in rest["rows"]] == [
        "ORD-4",
        "ORD-5",
        "ORD-6",
        "ORD-7",
    ]


def test_a_cursor_is_of_one_list_and_cannot_be_made_up(
    service: LedgerService, shop: httpx.Client
) -> None:
    cursor = shop.get("/v1/documents/order", params={"limit": "1"}).json()["next"]
    flipped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    everywhere = service.api_keys.add("erp", ["read"], actor="p-novak")

    wrong = [
        shop.get("/v1/locations", params={"cursor": cursor}),
        shop.get("/v1/documents/order", params={"cursor": flipped}),
        shop.get("/v1/documents/order", params={"cursor": cursor + "A"}),
        shop.get(
            "/v1/documents/order",
            params={"cursor": cursor, "site": "MUC"},
            headers={"Authorization": f"Bearer {everywhere}"},
        ),
    ]

    assert [(one.status_code, one.json()["code"]) for one in wrong] == [(400, "bad_cursor")] * 4


def test_what_is_packed_and_who_packs_is_shown(service: LedgerService, shop: httpx.Client) -> None:
    probe = enrolled(service, "PACK-01")
    probe.pull()
    probe.do(probe.operation("claim", order="ORD-3"))

    told = shop.get("/v1/documents/order/ORD-3").json()

    assert told["station"] == "PACK-01"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/documents/order/ORD-99", "unknown_document"),
        ("/v1/documents/inbound/ORD-3", "unknown_document"),
        ("/v1/documents/invoice", "unknown_kind"),
        ("/v1/documents/order/ORD%2F3", "unknown_document"),
    ],
)
def test_what_there_is_not_is_told_so(shop: httpx.Client, path: str, code: str) -> None:
    answer = shop.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, code)


def test_a_number_with_a_slash_has_an_address(service: LedgerService, shop: httpx.Client) -> None:
    service.imports.orders(SITE, [order_row("SHOP/2026/7", MUG.sku, (1,))])

    answer = shop.get("/v1/documents/order/SHOP%2F2026%2F7")

    assert answer.json()["document"]["order"] == "SHOP/2026/7"


def test_locations_are_listed_by_name(shop: httpx.Client) -> None:
    rows = shop.get("/v1/locations").json()["rows"]

    assert [row["location"] for row in rows] == sorted(PLACES)


def test_states_are_filtered(service: LedgerService, shop: httpx.Client) -> None:
    assert _orders(shop, state="released")
    assert _orders(shop, state="shipped") == []
