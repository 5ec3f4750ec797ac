"""Over HTTP: how far an order has come, what can be promised, who has what, when to fill up."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx
import pytest

from app.conformance.floor import order_row
from app.conformance.probe import Probe, moved
from app.contract.messages import OrderRow
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE, TRAY, enrolled

_keys = count(1)
SCOPES = ["read", "master", "documents", "decide"]


@pytest.fixture
def client(service: LedgerService, server_url: str) -> Iterator[httpx.Client]:
    service.people.add(
        SITE, "p-weber", "Ute Weber", "supervisor", ("PHB-weber-0123456789", "274951")
    )
    key = service.api_keys.add("desk", SCOPES, actor="p-weber", site_name=SITE)
    with httpx.Client(base_url=server_url, headers={"Authorization": f"Bearer {key}"}) as one:
        yield one


def _post(client: httpx.Client, path: str, **body: Any) -> httpx.Response:
    return client.post(path, json=body, headers={"Idempotency-Key": f"w-{next(_keys)}"})


def _order(service: LedgerService, number: str, *quantities: int) -> OrderRow:
    order = order_row(number, MUG.sku, quantities)
    service.imports.orders(SITE, [order])
    return order


def _pack(station: Probe, order: str, quantity: int, parcel: str, line: int = 1) -> None:
    into = moved(MUG.sku, quantity, "A-04-2", parcel, order_line=line)
    station.do(station.operation("pack", into, order=order))


def test_an_order_tells_its_stage_its_lines_and_its_parcels(
    client: httpx.Client, service: LedgerService
) -> None:
    station = enrolled(service, "PACK-01")
    _order(service, "ORD-48213", 3, 2)
    stages = [client.get("/v1/orders/ORD-48213").json()["stage"]]
    station.do(station.operation("claim", order="ORD-48213"))
    stages.append(client.get("/v1/orders/ORD-48213").json()["stage"])
    _pack(station, "ORD-48213", 3, "parcel/P1")
    out = moved(MUG.sku, 3, "parcel/P1", "customer")
    station.do(station.operation("ship", out, order="ORD-48213"))
    _pack(station, "ORD-48213", 1, "parcel/P2", line=2)
    missing = moved(MUG.sku, 1, "A-04-2", "", order_line=2)
    station.do(station.operation("short", missing, order="ORD-48213"))

    told = client.get("/v1/orders/ORD-48213").json()

    assert stages == ["reserved", "claimed"]
    assert (told["stage"], told["station"], told["shipped"]) == ("packed", "PACK-01", 3)
    first, second = told["lines"]
    assert (first["ordered"], first["packed"], first["shipped"]) == (3, 3, 3)
    assert (second["packed"], second["short"], second.get("shipped", 0)) == (1, 1, 0)
    assert [(box["parcel"], box["shipped"], box["inside"]) for box in told["parcels"]] == [
        ("parcel/P1", True, [[1, MUG.sku, 3]]),
        ("parcel/P2", False, [[2, MUG.sku, 1]]),
    ]


def test_an_order_of_another_site_is_not_told(client: httpx.Client, service: LedgerService) -> None:
    service.imports.orders("MUC", [order_row("ORD-1", MUG.sku, (1,))])

    answer = client.get("/v1/orders/ORD-1")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_document")


def test_what_can_be_promised_is_told_for_each_item(
    client: httpx.Client, service: LedgerService
) -> None:
    station = enrolled(service, "PACK-01")
    _order(service, "ORD-1", 10)
    _pack(station, "ORD-1", 4, "parcel/P1")
    station.do(station.operation("pick", moved(MUG.sku, 2, "A-04-2", "tote/T1", order_line=1),
                                 order="ORD-1"))  # fmt: skip

    mugs, trays = client.get(f"/v1/availability?items={MUG.sku},{TRAY.sku}").json()["rows"]
    none = client.get("/v1/availability?items=,")

    assert mugs == {
        "item": MUG.sku, "on_hand": 34, "not_good": 0, "reserved": 4, "available": 30,
        "in_totes": 2, "in_parcels": 4,
    }  # fmt: skip
    assert trays["available"] == 25
    assert (none.status_code, none.json()["code"]) == (400, "bad_parameter")


def test_a_supervisor_sees_claims_and_takes_a_started_order_over(
    client: httpx.Client, service: LedgerService
) -> None:
    here, there = enrolled(service, "PACK-01"), enrolled(service, "PACK-02")
    _order(service, "ORD-1", 2)
    here.do(here.operation("claim", order="ORD-1"))
    _pack(here, "ORD-1", 1, "parcel/P1")

    before = client.get("/v1/claims").json()["rows"]
    answer = _post(client, "/v1/claims/order/ORD-1/take-over", station="PACK-02")
    late = here.do(here.operation("claim", order="ORD-1"))

    assert [(one["station"], one["started"], one["units"]) for one in before] == [
        ("PACK-01", True, 1)
    ]
    assert (answer.status_code, answer.json()["station"]) == (200, "PACK-02")
    assert answer.json()["enrolment"] == there.who.enrolment
    assert late.code == "already_claimed"
    assert client.get("/v1/claims?station=PACK-01").json()["rows"] == []


@pytest.mark.parametrize(
    ("path", "station", "status", "code"),
    [
        ("order/ORD-9", "PACK-01", 404, "unknown_document"),
        ("order/ORD-1", "PACK-77", 404, "unknown_station"),
        ("parcel/ORD-1", "PACK-01", 404, "unknown_kind"),
    ],
)
def test_what_cannot_be_taken_over_is_said(
    client: httpx.Client, service: LedgerService, path: str, station: str, status: int, code: str
) -> None:
    enrolled(service, "PACK-01")
    _order(service, "ORD-1", 1)

    answer = _post(client, f"/v1/claims/{path}/take-over", station=station)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_thresholds_are_set_listed_and_forgotten(client: httpx.Client) -> None:
    one = _post(client, "/v1/thresholds", item=MUG.sku, location="B-11-1", low=5, fill_to=40)
    two = _post(client, "/v1/thresholds", item=MUG.sku, low=20)

    listed = client.get("/v1/thresholds").json()["rows"]
    gone = _post(client, "/v1/thresholds/removals", item=MUG.sku, location="B-11-1")
    again = _post(client, "/v1/thresholds/removals", item=MUG.sku, location="B-11-1")

    assert (one.status_code, two.status_code, one.json()["actor"]) == (200, 200, "p-weber")
    assert [(row["location"], row["low"], row["fill_to"]) for row in listed] == [
        ("", 20, 0),
        ("B-11-1", 5, 40),
    ]
    assert (gone.status_code, again.status_code) == (200, 404)
    assert len(client.get("/v1/thresholds").json()["rows"]) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"item": "SKU-9", "location": "A-04-2", "low": 1, "fill_to": 9}, "unknown_item"),
        ({"item": MUG.sku, "location": "Z-99", "low": 1, "fill_to": 9}, "unknown_location"),
        ({"item": MUG.sku, "location": "A-04-2", "low": 9, "fill_to": 9}, "bad_threshold"),
    ],
)
def test_a_threshold_that_makes_no_sense_is_refused(
    client: httpx.Client, body: dict[str, Any], code: str
) -> None:
    answer = _post(client, "/v1/thresholds", **body)

    assert answer.json()["code"] == code
    assert client.get("/v1/thresholds").json()["rows"] == []
