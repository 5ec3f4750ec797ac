"""Operations of other systems: the office's chain, the same rules, once for each key."""

from collections.abc import Iterator

import httpx
import pytest

from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE

PUT_AWAY = {
    "kind": "move",
    "lines": [{"item": MUG.sku, "quantity": 12, "source": "A-04-2", "target": "B-11-1"}],
    "reason": "relocate",
}
FOUND = {
    "kind": "adjust",
    "lines": [{"item": MUG.sku, "quantity": 5, "source": "adjustment", "target": "A-04-2"}],
    "reason": "found",
}


@pytest.fixture
def erp(service: LedgerService, server_url: str) -> Iterator[httpx.Client]:
    key = service.api_keys.add("erp", ["read", "stock"], actor="p-ines", site_name=SITE)
    with httpx.Client(base_url=server_url, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


def _record(erp: httpx.Client, key: str, body: object) -> httpx.Response:
    return erp.post("/v1/operations", json=body, headers={"Idempotency-Key": key})


def test_an_operation_is_recorded_in_the_name_of_the_keys_person(erp: httpx.Client) -> None:
    posted = _record(erp, "relocate-1", PUT_AWAY).json()

    shown = erp.get(f"/v1/operations/{posted['id']}").json()

    assert posted["outcome"] == "posted"
    assert (shown["operation"]["actor"], shown["station"]) == ("p-ines", "office")
    moved = [(row[0], row[2]) for row in shown["told"]["postings"]]
    assert moved == [("A-04-2", -12), ("B-11-1", 12)]


def test_the_same_key_is_the_same_operation(erp: httpx.Client) -> None:
    first, again = _record(erp, "relocate-2", PUT_AWAY), _record(erp, "relocate-2", PUT_AWAY)

    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"


def test_an_adjustment_from_outside_needs_approval_like_any_other(erp: httpx.Client) -> None:
    asked = _record(erp, "found-1", FOUND).json()

    assert asked["outcome"] == "waiting"
    assert erp.get(f"/v1/operations/{asked['id']}").json()["outcome"] == "waiting"


@pytest.mark.parametrize("kind", ["decide", "resolve", "claim", "reserve", "teleport"])
def test_kinds_with_addresses_of_their_own_are_not_recorded_here(
    erp: httpx.Client, kind: str
) -> None:
    refused = _record(erp, f"odd-{kind}", {"kind": kind})

    assert (refused.status_code, refused.json()["code"]) == (422, "bad_kind")


def test_operations_of_another_site_are_not_there(
    service: LedgerService, erp: httpx.Client
) -> None:
    posted = _record(erp, "relocate-3", PUT_AWAY).json()
    key = service.api_keys.add("other", ["read"], actor="p-omar", site_name="MUC")

    shown = erp.get(f"/v1/operations/{posted['id']}", headers={"Authorization": f"Bearer {key}"})

    assert (shown.status_code, shown.json()["code"]) == (404, "unknown_operation")
