"""A station whose ledger's address will not do: it works, says so, and is mended by one start."""

import re
from pathlib import Path

import pytest

from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.settings import load
from tests.support.processes import HeadlessStation, LedgerProcess

pytestmark = pytest.mark.system


def _link(event: dict[str, object]) -> str:
    footer = event.get("footer")
    return str(footer["link"]) if isinstance(footer, dict) else ""


def test_an_address_from_before_tls_keeps_nobody_from_working(tmp_path: Path) -> None:
    service = LedgerService(Database.in_folder(tmp_path / "ledger"))
    service.add_site("BER1", company_prefix="4012345")
    code = service.identity.add_station("BER1", "pack-1").code
    service.close()
    folder = tmp_path / "station"
    with (
        LedgerProcess(tmp_path / "ledger") as ledger,
        HeadlessStation(folder, ledger.url, code) as station,
    ):
        station.until(lambda event: _link(event) == "online")

    with HeadlessStation(folder, "http://ledger.example:8800") as station:
        station.until(lambda event: _link(event) == "unproven")
        station.say(scan="2912345678905")
        station.until(lambda event: event["event"] == "ScanDecided")

    log = (folder / "log" / "packhouse.log").read_text(encoding="utf-8")
    assert re.search(r"no link to the ledger: Plain http to ledger\.example", log)
    assert load(folder, {}).ledger == "http://ledger.example:8800"
