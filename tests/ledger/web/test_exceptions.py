"""Exceptions over HTTP: the list, the stories, and what people do about them."""

from collections.abc import Iterator

import httpx
import pytest

from app.conformance.probe import moved
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE, enrolled


@pytest.fixture
def office(service: LedgerService, server_url: str) -> Iterator[httpx.Client]:
    secrets = ("PHB-ines-0123456789012", "274951")
    service.people.add(SITE, "p-ines", "Ines", "site_manager", secrets)
    key = service.api_keys.add("desk", ["read", "decide"], actor="p-ines", site_name=SITE)
    with httpx.Client(base_url=server_url, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


@pytest.fixture
def opened(service: LedgerService) -> list[str]:
    """Three places a station took more from than there was."""
    station = enrolled(service, "PACK-01")
    for place in ("X-1", "X-2", "X-3"):
        station.do(station.operation("pick", moved(MUG.sku, 1, place, "tote/T-1")))
    with service.database.read() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM exception ORDER BY id").scalars()
        return list(ids)


def _step(office: httpx.Client, id_: str, key: str, **body: str) -> httpx.Response:
    return office.post(f"/v1/exceptions/{id_}/steps", json=body, headers={"Idempotency-Key": key})


def test_the_list_says_what_can_be_done_and_comes_in_pages(
    office: httpx.Client, opened: list[str]
) -> None:
    first = office.get("/v1/exceptions", params={"limit": 2}).json()
    rest = office.get("/v1/exceptions", params={"limit": 2, "cursor": first["next"]}).json()

    assert [row["exception"] for row in first["rows"] + rest["rows"]] == opened
    shown = first["rows"][0]
    assert (shown["station"], shown["severity"], shown["state"]) == ("PACK-01", "medium", "open")
    assert shown["ways"][-1]["code"] == "close_with_note"
    assert all(way["sentence"] for way in shown["ways"])


def test_closing_over_http_is_an_operation_and_is_told(
    office: httpx.Client, opened: list[str]
) -> None:
    done = _step(office, opened[0], "close-1", step="close", note="Counted.").json()

    operation = office.get(f"/v1/operations/{done['operation']}").json()
    closed = office.get("/v1/exceptions", params={"state": "closed"}).json()["rows"]
    assert done["exception"]["closed_by"] == "p-ines"
    assert operation["operation"]["evidence"] == {"note": "Counted."}
    assert [row["exception"] for row in closed] == [opened[0]]


def test_an_outage_is_one_story_over_http(office: httpx.Client, opened: list[str]) -> None:
    (story,) = office.get("/v1/exceptions/stories").json()["rows"]

    assert (story["code"], story["count"]) == ("negative_balance", 3)
    assert story["exceptions"] == opened


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"step": "close"}, 422, "note_missing"),
        ({"step": "assign", "to": "p-nobody"}, 404, "unknown_person"),
        ({"step": "escalate"}, 422, "no_such_step"),
    ],
)
def test_a_refused_step_says_why_and_changes_nothing(
    office: httpx.Client, opened: list[str], body: dict[str, str], status: int, code: str
) -> None:
    before = office.get(f"/v1/exceptions/{opened[0]}").json()

    answer = _step(office, opened[0], "step-1", **body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert office.get(f"/v1/exceptions/{opened[0]}").json() == before


def test_a_closed_or_unknown_exception_takes_no_step(
    office: httpx.Client, opened: list[str]
) -> None:
    _step(office, opened[0], "close-1", step="close", note="Counted.")

    late = _step(office, opened[0], "take-1", step="take")
    lost = _step(office, "01980a2c-91d4-7b09-b1de-3c5f64e8a07d", "take-2", step="take")

    assert (late.status_code, late.json()["code"]) == (409, "already_closed")
    assert (lost.status_code, lost.json()["code"]) == (404, "unknown_exception")


def test_every_code_is_explained(office: httpx.Client) -> None:
    codes = office.get("/v1/exceptions/codes").json()["rows"]

    assert {"negative_balance", "packed_twice"} <= {row["code"] for row in codes}
    assert all(row["meaning"] and len(row["ways"]) >= 2 for row in codes)
