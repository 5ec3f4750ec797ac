"""Transfers as another system asks for them, looks at what is under way, and ends them."""

from collections.abc import Iterator

import httpx
import pytest

from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE

WANTED = {"document": "TR-7", "other": "MUC", "lines": [{"item": MUG.sku, "quantity": 10}]}
SENT = {
    "kind": "dispatch",
    "reference": {"document_kind": "transfer", "document": "TR-7"},
    "lines": [{"item": MUG.sku, "quantity": 6, "source": "A-04-2", "target": "transit/TR-7"}],
}


@pytest.fixture
def erp(service: LedgerService, server_url: str) -> Iterator[httpx.Client]:
    scopes = ["read", "stock", "documents"]
    key = service.api_keys.add("erp", scopes, actor="p-ines", site_name=SITE)
    with httpx.Client(base_url=server_url, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


def _post(erp: httpx.Client, path: str, body: object, key: str = "") -> httpx.Response:
    return erp.post(path, json=body, headers={"Idempotency-Key": key or path.replace("/", ".")})


def test_a_transfer_is_asked_for_once_for_each_key(erp: httpx.Client) -> None:
    first = _post(erp, "/v1/transfers", WANTED | {"sends": True}, "tr-7")
    again = _post(erp, "/v1/transfers", WANTED | {"sends": True}, "tr-7")

    shown = erp.get("/v1/documents/transfer/TR-7").json()["document"]
    assert first.json()["outcome"] == "posted"
    assert again.json() == first.json()
    assert (shown["origin"], shown["destination"], shown["state"]) == (SITE, "MUC", "approved")


def test_goods_come_unless_it_is_said_that_they_leave(erp: httpx.Client) -> None:
    _post(erp, "/v1/transfers", WANTED)

    shown = erp.get("/v1/documents/transfer/TR-7").json()["document"]
    assert (shown["origin"], shown["destination"]) == ("MUC", SITE)


def test_a_rule_says_no_in_words(erp: httpx.Client) -> None:
    refused = _post(erp, "/v1/transfers", WANTED | {"other": SITE}).json()

    assert (refused["outcome"], refused["code"]) == ("refused", "same_site")
    assert "record a move" in refused["sentence"]


def test_what_is_under_way_is_seen_and_put_somewhere_when_it_is_cancelled(
    erp: httpx.Client,
) -> None:
    _post(erp, "/v1/transfers", WANTED | {"sends": True})
    _post(erp, "/v1/operations", SENT)

    under_way = erp.get("/v1/transfers/TR-7/under-way").json()["rows"]
    nowhere = _post(erp, "/v1/transfers/TR-7/cancel", {}, "c-1").json()
    back = _post(erp, "/v1/transfers/TR-7/cancel", {"place": "B-11-1"}, "c-2").json()

    assert [(row["item"], row["quantity"]) for row in under_way] == [(MUG.sku, 6)]
    assert (nowhere["outcome"], nowhere["code"]) == ("refused", "name_a_place")
    assert back["outcome"] == "posted"
    assert erp.get("/v1/transfers/TR-7/under-way").json()["rows"] == []
    assert erp.get("/v1/documents/transfer/TR-7").json()["document"]["state"] == "cancelled"


def test_a_transfer_nobody_knows_is_not_found(erp: httpx.Client) -> None:
    seen = erp.get("/v1/transfers/TR-404/under-way")
    ended = _post(erp, "/v1/transfers/TR-404/cancel", {})

    assert (seen.status_code, seen.json()["code"]) == (404, "unknown_document")
    assert (ended.status_code, ended.json()["code"]) == (404, "unknown_document")
