"""What those who run it see: lines that hold together, counters, health, readiness."""

import json
import logging
import re
import unicodedata
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app import log as logs
from app.conformance.probe import moved
from app.conformance.remote import HttpStations
from app.ledger import migrate
from app.ledger.service import LedgerService
from app.ledger.web.meters import BUCKETS, Meters, line
from app.ledger.web.server import ServerThread
from tests.ledger.conftest import MUG, SITE, enrolled
from tests.ledger.web.conftest import token_of
from tests.support.leaks import ExpectedLogs
from tests.support.synced import eventually

GIVEN = "01980a2c-91d4-7b09-b1de-3c5f64e8a07d"
SERIES = re.compile(r'([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\]|\\.)*",?)*)\})? (\S+)')


@pytest.fixture
def reader(service: LedgerService) -> dict[str, str]:
    key = service.api_keys.add("shop", ["read"], actor="p-novak")
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What the program's log would hold."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter())
    root = logging.getLogger("app")
    before = root.level
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


def _lines(written: StringIO, count: int) -> list[dict[str, object]]:
    """All of them, once there are as many: a request's own is written behind its answer."""
    eventually(lambda: written.getvalue().count("\n") >= count)
    return [json.loads(one) for one in written.getvalue().splitlines()]


# ------------------------------------------------------------------ correlation


def test_the_correlation_id_is_in_the_answer_the_error_and_the_log(
    server_url: str, written: StringIO
) -> None:
    answer = httpx.get(f"{server_url}/v1/sites", headers={"X-Correlation-Id": GIVEN})

    (noted,) = _lines(written, 1)
    assert answer.headers["x-correlation-id"] == GIVEN
    assert answer.json()["correlation_id"] == GIVEN
    assert noted["correlation_id"] == GIVEN
    assert (noted["route"], noted["status"]) == ("GET /v1/sites", 401)


@pytest.mark.parametrize("given", ["", "x", GIVEN + "0", GIVEN.upper(), "a" * 5_000, "é"])
def test_what_is_no_correlation_id_is_replaced(server_url: str, given: str) -> None:
    headers = [(b"X-Correlation-Id", given.encode())] if given else []

    answer = httpx.get(f"{server_url}/v1/hello", headers=headers)

    made = answer.headers["x-correlation-id"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", made)
    assert made != given


def test_what_a_worker_logs_belongs_to_the_request_it_works_for(
    service: LedgerService,
    server_url: str,
    reader: dict[str, str],
    written: StringIO,
    monkeypatch: pytest.MonkeyPatch,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("a request failed")
    monkeypatch.setattr(type(service.overview), "sites", lambda _self: 1 / 0)

    answer = httpx.get(f"{server_url}/v1/sites", headers=reader | {"X-Correlation-Id": GIVEN})

    assert (answer.status_code, answer.json()["code"]) == (500, "fault")
    assert "ZeroDivisionError" not in answer.text
    failed, noted = _lines(written, 2)
    assert "ZeroDivisionError" in str(failed["error"])
    assert failed["correlation_id"] == noted["correlation_id"] == GIVEN


# ------------------------------------------------------------------ log lines


@given(st.text(), st.dictionaries(st.text(max_size=8), st.text() | st.integers()))
def test_one_event_is_one_line_whatever_was_scanned(
    text: str, fields: dict[str, str | int]
) -> None:
    record = logging.LogRecord("app", logging.INFO, "", 0, "scanned %s", (text,), None)
    record.fields = {f"x_{name}": value for name, value in fields.items()}

    told = logs.JsonFormatter().format(record)

    assert all(
        unicodedata.category(character) not in {"Cc", "Cf", "Zl", "Zp"} for character in told
    )
    assert json.loads(told)["message"] == f"scanned {text}"


def test_an_address_cannot_forge_a_line(
    server_url: str, written: StringIO, reader: dict[str, str]
) -> None:
    forged = '%0a{"message":"paid"}%1b[2K%e2%80%ae%c2%85%e2%80%a8'

    httpx.get(f"{server_url}/v1/{forged}", headers=reader)

    (noted,) = _lines(written, 1)
    assert noted["status"] == 404
    assert "\n{" in str(noted["path"])
    assert not re.search(r"[^\x20-\x7e\n]", written.getvalue())
    assert written.getvalue().count("\n") == 1


def test_bearers_are_never_logged(
    server_url: str, written: StringIO, reader: dict[str, str]
) -> None:
    httpx.get(f"{server_url}/v1/sites", headers=reader)

    (noted,) = _lines(written, 1)
    assert noted["caller"] == "key:shop"
    assert reader["Authorization"].rpartition("_")[2] not in written.getvalue()


def test_scrapers_and_balancers_do_not_fill_the_log(
    server_url: str, written: StringIO, reader: dict[str, str]
) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert httpx.get(server_url + path, headers=reader).status_code == 200

    assert written.getvalue() == ""


def test_stations_that_ask_for_news_do_not_fill_the_log_but_who_may_not_is_written_down(
    service: LedgerService, server_url: str, written: StringIO
) -> None:
    """Two thousand of them ask a thousand times a second; all of the log would be minutes old."""
    question = {"protocol": 1, "epoch": service.hello().epoch, "cursor": 0, "chain": ""}
    signed_in = {"Authorization": f"Bearer {token_of(service, 'PACK-03')}"}
    stranger = {"Authorization": "Bearer nobody"}

    asked = [
        httpx.post(f"{server_url}/v1/changes", json=question, headers=who).status_code
        for who in (signed_in, stranger)
    ]

    (noted,) = _lines(written, 1)
    assert asked == [200, 401]
    assert (noted["route"], noted["status"]) == ("POST /v1/changes", 401)


def test_the_ledgers_log_file_holds_json_lines(tmp_path: Path) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        logs.to_file(tmp_path, form=logs.JsonFormatter())
        logging.getLogger("app").info("tick\ntock", extra={"fields": {"order": "ORD-48213"}})
    finally:
        for handler in set(root.handlers) - set(before):
            handler.close()
            root.removeHandler(handler)
        for handler in before:
            root.addHandler(handler)
        root.setLevel(level)

    (told,) = (tmp_path / "packhouse.log").read_text().splitlines()
    assert (json.loads(told)["message"], json.loads(told)["order"]) == ("tick\ntock", "ORD-48213")


def test_requests_have_a_file_of_their_own(tmp_path: Path) -> None:
    """Else a busy hour would push the warnings out of theirs."""
    own = logging.getLogger("app.kettle")
    logs.apart(tmp_path, "app.kettle", "requests.log", logs.JsonFormatter())
    try:
        own.setLevel(logging.INFO)
        own.info("GET /v1/items 200")
        for handler in own.handlers:
            handler.flush()
        told = (tmp_path / "requests.log").read_text()
    finally:
        for handler in list(own.handlers):
            handler.close()
            own.removeHandler(handler)
        own.propagate = True

    assert json.loads(told)["message"] == "GET /v1/items 200"


# ------------------------------------------------------------------ metrics


def _metrics(url: str, headers: dict[str, str]) -> dict[str, float]:
    answer = httpx.get(f"{url}/metrics", headers=headers)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    told: dict[str, float] = {}
    for one in answer.text.splitlines():
        if one.startswith("#"):
            continue
        found = SERIES.fullmatch(one)
        assert found, one
        told[f"{found.group(1)}{{{found.group(2) or ''}}}"] = float(found.group(3))
    return told


def test_metrics_tell_what_was_posted_and_asked(
    service: LedgerService, server_url: str, reader: dict[str, str]
) -> None:
    probe = enrolled(service, "PACK-01")
    remote = HttpStations(server_url)
    probe.ledger = remote.ledger(probe.device, probe.who)
    for n in range(3):
        probe.record(probe.operation("move", moved(MUG.sku, 1, "A-04-2", "B-11-1"), name=f"m{n}"))
    probe.record(probe.operation("move", moved("SKU-NEW", 1, "A-04-2", "B-11-1")))
    probe.post()
    remote.close()

    told = _metrics(server_url, reader)

    assert told['packhouse_operations_total{outcome="posted"}'] == 4
    assert told["packhouse_groups_total{}"] == 1
    assert told["packhouse_batches_waiting{}"] == 0
    assert told['packhouse_requests_total{route="POST /v1/post",status="200"}'] == 1
    assert told['packhouse_request_seconds_count{route="POST /v1/post"}'] == 1
    assert told[f'packhouse_feed_head{{site="{SITE}"}}'] >= 4
    assert told[f'packhouse_exceptions_open{{site="{SITE}",severity="medium"}}'] >= 1
    assert told['packhouse_database_connections{pool="read",of="size"}'] >= 1


def test_metrics_of_other_sites_are_told_to_nobody(service: LedgerService, server_url: str) -> None:
    key = service.api_keys.add("muc", ["read"], actor="p-novak", site_name="MUC")

    told = _metrics(server_url, {"Authorization": f"Bearer {key}"})

    assert 'packhouse_feed_head{site="MUC"}' in told
    assert not [name for name in told if SITE in name]
    assert httpx.get(f"{server_url}/metrics").status_code == 401


def test_a_histogram_counts_up_to_infinity() -> None:
    meters = Meters()
    for took in (0.0, BUCKETS[0], 0.3, 99.0):
        meters.request("GET /v1/items", 200, took)

    told = list(meters.lines())

    name = "packhouse_request_seconds"
    route = '{route="GET /v1/items"'
    assert f'{name}_bucket{route},le="{BUCKETS[0]}"}} 2' in told
    assert f'{name}_bucket{route},le="0.5"}} 3' in told
    assert f'{name}_bucket{route},le="+Inf"}} 4' in told
    assert f"{name}_count{route}}} 4" in told


def test_labels_are_escaped() -> None:
    assert line("a", (("b", 'x"\\\n'),), 1) == 'a{b="x\\"\\\\\\n"} 1'


def test_a_wrong_address_makes_no_series_of_its_own(
    server_url: str, reader: dict[str, str]
) -> None:
    for n in range(5):
        httpx.get(f"{server_url}/v1/nothing-{n}")

    assert not [name for name in _metrics(server_url, reader) if "nothing" in name]


# ------------------------------------------------------------------ health


def test_healthy_and_ready_need_no_bearer(server_url: str) -> None:
    health = httpx.get(f"{server_url}/healthz").json()

    assert (health["status"], bool(health["epoch"])) == ("ok", True)
    assert httpx.get(f"{server_url}/readyz").json() == {"status": "ready"}


def test_a_server_that_stops_is_healthy_and_not_ready(service: LedgerService) -> None:
    with ServerThread(service) as server:
        server._server._desk.watch.close()

        answer = httpx.get(f"{server.url}/readyz")

        assert (answer.status_code, answer.json()["code"]) == (503, "stopping")
        assert httpx.get(f"{server.url}/healthz").status_code == 200


def test_a_database_of_another_schema_is_not_ready(
    server_url: str, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("another schema")
    monkeypatch.setattr(migrate, "HEAD", "9999")

    answer = httpx.get(f"{server_url}/readyz")

    assert (answer.status_code, answer.json()["code"]) == (503, "retry_later")


def test_a_database_that_cannot_be_written_is_not_ready(
    service: LedgerService,
    server_url: str,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("distress")
    with service.database.writer.connect() as connection:
        connection.execute(sa.text("PRAGMA query_only=ON"))
        connection.rollback()

    answer = httpx.get(f"{server_url}/readyz")

    assert answer.status_code == 503
    assert httpx.get(f"{server_url}/healthz").status_code == 200


def test_a_stations_token_reads_metrics_of_its_site(
    service: LedgerService, server_url: str
) -> None:
    token = token_of(service, "PACK-07")

    told = _metrics(server_url, {"Authorization": f"Bearer {token}"})

    assert f'packhouse_feed_head{{site="{SITE}"}}' in told
