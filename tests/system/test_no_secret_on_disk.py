"""A ledger and a station run with secrets that are known here; afterwards no file holds one.

Every file of both data folders is searched, not only the logs: a secret belongs into the sealed key
file, or nowhere.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from app.contract.messages import ItemRow
from app.ledger.database import FILE_NAME, Database
from app.ledger.service import LedgerService
from tests.support.processes import HeadlessStation, LedgerProcess

pytestmark = pytest.mark.system

SITE = "HAM"
BADGE = "PHB-0Z9Y8X7W6V5T4S3R2Q1P0N9M8K"
WRONG_TOKEN = "5f" * 32
# What is no secret and must be found, so that a search that finds nothing means something.
MARKER = "MARKER-48213"


@dataclass
class Run:
    """Where it ran, and what must not be found."""

    folders: tuple[Path, Path]
    secrets: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    ledger_folder, station_folder = tmp_path / "ledger", tmp_path / "station"
    service = LedgerService(Database.in_folder(ledger_folder))
    service.add_site(SITE, company_prefix="4012345")
    service.imports.items([ItemRow(sku="SKU-1001", name="Enamel mug")])
    code = service.identity.add_station(SITE, "pack-1").code
    key = service.api_keys.add("shop", ["read"], actor="p-novak")
    service.close()
    made = Run((ledger_folder, station_folder))
    made.secrets = {
        "one-time code": code,
        "API key": key.rpartition("_")[2],
        "badge": BADGE.removeprefix("PHB-"),
        "wrong token": WRONG_TOKEN,
    }
    with LedgerProcess(ledger_folder) as ledger:
        with HeadlessStation(station_folder, ledger.url, code) as station:
            station.until(lambda event: event["event"] == "Ready")
            for scan in (BADGE, MARKER, f"{BADGE}\x1d", BADGE.lower()):
                station.say(scan=scan)
                station.until(lambda event: event["event"] == "ScanDecided")
            station.say(do="no_such_thing", argument=BADGE)
            station.until(lambda event: event["event"] == "NotUnderstood")
        _ask_badly(ledger.url, key, code)
    return made


def _ask_badly(url: str, key: str, code: str) -> None:
    """Everything a confused or hostile caller may put secrets into."""
    with httpx.Client(base_url=url) as client:
        assert client.get("/v1/sites", headers={"Authorization": f"Bearer {key}"}).is_success
        for bearer in (WRONG_TOKEN, key[:-4] + "0000"):
            client.get("/v1/sites", headers={"Authorization": f"Bearer {bearer}"})
        client.get(f"/v1/{MARKER}/{key}")
        client.get("/v1/sites", params={"token": WRONG_TOKEN, "key": key})
        client.post("/v1/enrol", json={"code": code, "public_key": "0" * 64, "odd": key})
        client.post("/v1/enrol", content=f'{{"code":"{code}",'.encode())
        client.post("/v1/token", json={"enrolment": key, "nonce": WRONG_TOKEN})


def _files(run: Run) -> list[Path]:
    return [path for folder in run.folders for path in folder.rglob("*") if path.is_file()]


def test_no_file_holds_a_secret_of_the_run(run: Run) -> None:
    found = [
        f"{name} in {path.name}"
        for path in _files(run)
        for name, secret in run.secrets.items()
        for form in (secret.encode(), secret.lower().encode(), b64encode(secret.encode()))
        if form in path.read_bytes()
    ]

    assert not found
    searched = {path.name for path in _files(run)}
    assert {"packhouse.log", "requests.log", "book.db", FILE_NAME} <= searched
    requests = (run.folders[0] / "log" / "requests.log").read_text()
    assert MARKER in requests
