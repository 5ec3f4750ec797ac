"""Approvals, counts and policy over HTTP: seen with their evidence, decided by another person."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from app.conformance.probe import Probe, moved
from app.contract import chain
from app.contract.messages import Line
from app.domain.policy import Policy
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE, enrolled
from tests.ledger.rights import FREE, adjust, agree, count_of, hire, price

Desk = Callable[..., httpx.Client]


@pytest.fixture
def desk(service: LedgerService, server_url: str) -> Iterator[Desk]:
    hire(service)
    with ExitStack() as stack:

        def opened(actor: str, *scopes: str) -> httpx.Client:
            wanted = scopes or ("read", "decide")
            key = service.api_keys.add(f"desk-{actor}", wanted, actor=actor, site_name=SITE)
            headers = {"Authorization": f"Bearer {key}"}
            return stack.enter_context(httpx.Client(base_url=server_url, headers=headers))

        yield opened


@pytest.fixture
def station(service: LedgerService) -> Probe:
    probe = enrolled(service, "PACK-01")
    probe.pull()
    return probe


def _post(client: httpx.Client, path: str, key: str, body: dict[str, Any]) -> httpx.Response:
    return client.post(path, json=body, headers={"Idempotency-Key": key})


def test_what_waits_is_shown_with_its_evidence(
    service: LedgerService, station: Probe, desk: Desk
) -> None:
    client = desk("p-sven")
    price(service, 500)
    station.do(adjust(station, -5))
    station.do(station.operation("move", moved(MUG.sku, 8, "A-04-2", "B-11-1")))

    (row,) = client.get("/v1/approvals").json()["rows"]

    assert (row["outcome"], row["kind"], row["actor"]) == ("waiting", "adjust", "p-anna")
    assert row["content_hash"] == chain.content_hash(bytes(station.sent[0].body))
    assert (row["quantity"], row["value"]) == (5, 2_500)
    assert row["may"] == ["p-cora", "p-mia", "p-sina", "p-sven"]
    (place,) = row["places"]
    assert [place[word] for word in ("change", "then", "now", "after")] == [-5, 40, 32, 27]


def test_it_is_decided_once_by_another_person(
    service: LedgerService, station: Probe, desk: Desk
) -> None:
    anna, sven = desk("p-anna"), desk("p-sven")
    wanted = adjust(station, -5)
    station.do(wanted)
    path = f"/v1/approvals/{wanted.id}"
    body = {"approve": True, "content_hash": anna.get(path).json()["content_hash"]}

    own = _post(anna, f"{path}/decision", "d-1", body).json()
    done = _post(sven, f"{path}/decision", "d-2", body)
    replayed = _post(sven, f"{path}/decision", "d-2", body)
    again = _post(sven, f"{path}/decision", "d-3", body).json()

    assert (own["outcome"], own["code"]) == ("refused", "same_person")
    assert done.json()["outcome"] == "posted"
    assert replayed.json() == done.json()
    assert (again["outcome"], again["code"]) == ("refused", "already_decided")
    assert anna.get(path).status_code == 404
    assert anna.get("/v1/approvals").json()["rows"] == []


def test_a_request_is_withdrawn(service: LedgerService, station: Probe, desk: Desk) -> None:
    wanted = adjust(station, -5)
    station.do(wanted)

    done = _post(desk("p-anna"), f"/v1/approvals/{wanted.id}/withdrawal", "w-1", {}).json()

    assert done["outcome"] == "posted"
    assert station.post(1)[0].code == "withdrawn"


def test_pages_and_kinds_of_what_waits(service: LedgerService, station: Probe, desk: Desk) -> None:
    client = desk("p-sven")
    for _ in range(3):
        station.do(adjust(station, -5))
    station.do(station.operation("teleport"))

    first = client.get("/v1/approvals", params={"limit": 2}).json()
    rest = client.get("/v1/approvals", params={"limit": 2, "cursor": first["next"]}).json()
    held = client.get("/v1/approvals", params={"outcome": "held"}).json()["rows"]

    assert [row["outcome"] for row in first["rows"] + rest["rows"]] == ["waiting"] * 3 + ["held"]
    assert [row["code"] for row in held] == ["unknown_kind"]


def test_a_count_is_planned_seen_and_accepted(
    service: LedgerService, station: Probe, desk: Desk
) -> None:
    office, sven = desk("p-ines", "documents"), desk("p-sven")
    agree(service, Policy(count_tolerance=9, adjust={"clerk": FREE}))
    plan = {"document": "CNT-7", "places": [{"location": "A-04-2", "item": MUG.sku}]}
    assert _post(office, "/v1/counts", "plan-1", plan).status_code == 201
    assert _post(office, "/v1/counts", "plan-2", plan).status_code == 409
    station.pull()
    line = Line(item=MUG.sku, quantity=20, source="A-04-2")
    count = count_of(station, line, document="CNT-7")
    station.do(count)

    (open_,) = sven.get("/v1/counts/open").json()["rows"]
    body = {
        "accept": True,
        "content_hash": chain.content_hash(bytes(station.sent[-1].body)),
    }
    done = _post(sven, f"/v1/counts/{count.id}/decision", "a-1", body).json()
    service.settle_counts()

    assert (open_["state"], open_["expected"], open_["variance"]) == ("recount", 40, -20)
    assert done["outcome"] == "posted"
    (line_,) = sven.get(f"/v1/counts/{count.id}").json()["rows"]
    assert line_["state"] == "adjusted"
    assert sven.get("/v1/counts/open").json()["rows"] == []


def test_expectations_are_not_for_who_may_only_read(desk: Desk, station: Probe) -> None:
    reader = desk("p-otto", "read")

    assert reader.get("/v1/counts/open").status_code == 403
    assert reader.get(f"/v1/counts/{station.new_id('x')}").status_code == 403


def test_a_policy_is_put_for_the_version_it_was_made_from(desk: Desk) -> None:
    admin = desk("p-ada", "read", "admin")
    body = {"policy": {"count_tolerance": 2}, "reason": "Start with little"}
    first = admin.get("/v1/policy")

    blind = admin.put("/v1/policy", json=body)
    made = admin.put("/v1/policy", json=body, headers={"If-Match": first.headers["etag"]})
    stale = admin.put("/v1/policy", json=body, headers={"If-Match": first.headers["etag"]})

    assert (blind.status_code, made.status_code, stale.status_code) == (428, 200, 412)
    assert (made.json()["version"], made.json()["actor"]) == (1, "p-ada")
    assert made.headers["etag"] == '"1"'
    rows = admin.get("/v1/policy/versions").json()["rows"]
    assert [(row["version"], row["reason"]) for row in rows] == [(1, "Start with little")]


@pytest.mark.parametrize(
    "policy",
    [{"count_tolerence": 2}, {"grant_days": 99}, {"adjust": {"clark": {}}}, {"adjust": 7}],
)
def test_a_policy_with_a_flaw_is_refused_with_a_sentence(
    desk: Desk, policy: dict[str, Any]
) -> None:
    admin = desk("p-ada", "read", "admin")

    answer = admin.put(
        "/v1/policy", json={"policy": policy, "reason": "why"}, headers={"If-Match": '"0"'}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_policy")
