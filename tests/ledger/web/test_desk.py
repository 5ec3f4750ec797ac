"""Who shares the ledger's threads: reports of other systems hold up no station."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from app.conformance.remote import HttpStations
from app.ledger.overview import Overview, SiteSeen
from app.ledger.service import LedgerService
from app.ledger.web.desk import OTHERS, WORKERS
from tests.ledger.conftest import enrolled


def test_slow_reports_hold_up_no_station(
    service: LedgerService, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, begun = Event(), Event()

    def slow(_overview: Overview) -> list[SiteSeen]:
        begun.set()
        done.wait(20)
        return []

    monkeypatch.setattr(Overview, "sites", slow)
    key = service.api_keys.add("report", ["read"], actor="p-novak")
    headers = {"Authorization": f"Bearer {key}"}
    probe = enrolled(service, "PACK-01")
    remote = HttpStations(server_url)
    probe.ledger = remote.ledger(probe.device, probe.who)

    with ThreadPoolExecutor(OTHERS + WORKERS) as pool:
        reports = [
            pool.submit(httpx.get, f"{server_url}/v1/sites", headers=headers, timeout=30)
            for _ in range(OTHERS + WORKERS)
        ]
        assert begun.wait(10)
        probe.record(probe.operation("event"))
        (result,) = probe.post()
        rows = probe.pull()
        still_at_it = not any(report.done() for report in reports)
        done.set()
        statuses = {report.result().status_code for report in reports}
    remote.close()

    assert (result.outcome, bool(rows), still_at_it) == ("posted", True, True)
    assert statuses == {200}
