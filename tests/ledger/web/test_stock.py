"""Stock over HTTP: balances, their past, and the operations behind them."""

from collections.abc import Iterator

import httpx
import pytest

from app.conformance.probe import moved
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE, enrolled

SHELF = {"location": "A-04-2", "item": MUG.sku}


@pytest.fixture
def reader(service: LedgerService, server_url: str) -> Iterator[httpx.Client]:
    key = service.api_keys.add("wms", ["read"], actor="p-ines", site_name=SITE)
    with httpx.Client(base_url=server_url, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


@pytest.fixture
def picked(service: LedgerService) -> str:
    station = enrolled(service, "PACK-01")
    pick = station.operation("pick", moved(MUG.sku, 33, "A-04-2", "tote/T-1"), order="ORD-48213")
    station.do(pick)
    return pick.id


def test_why_is_this_number_seven(reader: httpx.Client, picked: str) -> None:
    told = reader.get("/v1/stock/why", params=SHELF).json()

    assert (told["quantity"], told["opening"]) == (7, 0)
    assert told["steps"][0]["operation"] == picked
    assert sum(step["quantity"] for step in told["steps"]) == 7


def test_the_steps_come_in_pages_that_fit_together(reader: httpx.Client, picked: str) -> None:
    whole = reader.get("/v1/stock/why", params=SHELF).json()

    first = reader.get("/v1/stock/why", params=SHELF | {"limit": 1}).json()
    rest = reader.get("/v1/stock/why", params=SHELF | {"limit": 1, "cursor": first["next"]}).json()

    assert first["steps"] + rest["steps"] == whole["steps"]
    assert (first["opening"], rest["opening"], rest.get("next", "")) == (40, 0, "")


def test_stock_that_has_not_moved_is_not_sent_again(reader: httpx.Client, picked: str) -> None:
    shown = reader.get("/v1/stock", params={"item": MUG.sku})

    again = reader.get(
        "/v1/stock", params={"item": MUG.sku}, headers={"If-None-Match": shown.headers["etag"]}
    )

    assert [row["quantity"] for row in shown.json()["rows"]] == [7, -40]
    assert again.status_code == 304


def test_a_list_is_read_to_its_end_at_the_position_it_began_at(
    reader: httpx.Client, service: LedgerService, picked: str
) -> None:
    first = reader.get("/v1/stock", params={"limit": 1}).json()
    station = enrolled(service, "PACK-02")
    station.do(station.operation("receive", moved(MUG.sku, 5, "supplier", "B-11-1")))

    rest = reader.get("/v1/stock", params={"limit": 50, "cursor": first["next"]}).json()

    assert rest["at"] == first["at"]
    assert not [row for row in rest["rows"] if row["location"] == "supplier"]


def test_a_position_beyond_the_end_is_answered_409(reader: httpx.Client) -> None:
    answer = reader.get("/v1/stock/why", params=SHELF | {"at": 10**9})

    assert (answer.status_code, answer.json()["code"]) == (409, "cursor_from_future")


def test_a_receipt_that_was_recorded_twice_is_the_first_guess(
    reader: httpx.Client, service: LedgerService
) -> None:
    station = enrolled(service, "PACK-01")
    twice = [
        station.do(station.operation("receive", moved(MUG.sku, 12, "supplier", "A-04-2"))).id
        for _ in range(2)
    ]

    told = reader.get("/v1/stock/causes", params=SHELF | {"counted": 52}).json()
    agreed = reader.get("/v1/stock/causes", params=SHELF | {"counted": 64}).json()

    assert (told["quantity"], told["variance"]) == (64, -12)
    assert told["causes"][0]["cause"] == "double_receipt"
    assert told["causes"][0]["operations"] == twice[::-1]
    assert agreed["causes"] == []
