"""The feed as another system follows it: one order, no hole, no future."""

from collections.abc import Iterator

import httpx
import pytest

from app.conformance.probe import moved
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE, enrolled


@pytest.fixture
def shop(service: LedgerService, server_url: str) -> Iterator[httpx.Client]:
    probe = enrolled(service, "PACK-01")
    for n in range(7):
        probe.record(probe.operation("move", moved(MUG.sku, 1, "A-04-2", "B-11-1"), name=f"{n}"))
    probe.post()
    key = service.api_keys.add("shop", ["read"], actor="p-novak", site_name=SITE)
    with httpx.Client(base_url=server_url, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


def test_the_feed_is_followed_without_a_hole(shop: httpx.Client) -> None:
    seen: list[int] = []
    after = 0
    while True:
        page = shop.get("/v1/feed", params={"after": after, "limit": 3}).json()
        seen += [row["seq"] for row in page["rows"]]
        after = page["last"]
        if after == page["head"]:
            break

    assert seen == list(range(1, after + 1))
    last = page["rows"][-1]["body"]
    assert (last["kind"], last["outcome"]) == ("move", "posted")


def test_who_knows_everything_is_told_nothing_new(shop: httpx.Client) -> None:
    head = shop.get("/v1/feed").json()["head"]

    page = shop.get("/v1/feed", params={"after": head}).json()

    assert (page["rows"], page["last"]) == ([], head)


def test_a_position_from_the_future_says_that_the_ledger_was_restored(shop: httpx.Client) -> None:
    answer = shop.get("/v1/feed", params={"after": 1_000_000})

    assert (answer.status_code, answer.json()["code"]) == (409, "cursor_from_future")
