"""Master data over HTTP: the version stands in the ETag, and a change must name it."""

from collections.abc import Iterator

import httpx
import pytest

from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE

CHANGE = {"name": "Enamel mug, blue 350 ml", "weight_mg": 312_000, "reason": "weighed again"}


@pytest.fixture
def office(service: LedgerService, server_url: str) -> Iterator[httpx.Client]:
    key = service.api_keys.add("erp", ["read", "master"], actor="p-ines", site_name=SITE)
    with httpx.Client(base_url=server_url, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


def test_a_change_needs_the_version_it_means(office: httpx.Client) -> None:
    shown = office.get(f"/v1/items/{MUG.sku}")

    without = office.put(f"/v1/items/{MUG.sku}", json=CHANGE)
    first = office.put(
        f"/v1/items/{MUG.sku}", json=CHANGE, headers={"If-Match": shown.headers["etag"]}
    )
    late = office.put(
        f"/v1/items/{MUG.sku}", json=CHANGE, headers={"If-Match": shown.headers["etag"]}
    )

    assert (without.status_code, without.json()["code"]) == (428, "precondition_required")
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    assert (late.status_code, late.json()["code"]) == (412, "stale_version")


def test_what_has_not_changed_is_not_sent_again(office: httpx.Client) -> None:
    shown = office.get(f"/v1/items/{MUG.sku}")

    again = office.get(f"/v1/items/{MUG.sku}", headers={"If-None-Match": shown.headers["etag"]})

    assert (shown.status_code, again.status_code, again.content) == (200, 304, b"")


def test_who_why_before_and_after_can_be_read(office: httpx.Client) -> None:
    office.put(f"/v1/items/{MUG.sku}", json=CHANGE, headers={"If-Match": '"1"'})

    rows = office.get("/v1/changes-of-master-data", params={"kind": "item", "name": MUG.sku})

    newest = rows.json()["rows"][0]
    assert (newest["version"], newest["reason"]) == (2, "weighed again")
    assert newest["before"]["weight_mg"] == MUG.weight_mg
    assert newest["after"]["weight_mg"] == CHANGE["weight_mg"]
    assert newest["actor"] == "p-ines"


def test_a_change_without_a_reason_is_refused(office: httpx.Client) -> None:
    silent = office.put(
        f"/v1/items/{MUG.sku}", json=CHANGE | {"reason": " "}, headers={"If-Match": '"1"'}
    )

    assert (silent.status_code, silent.json()["code"]) == (422, "bad_reason")
