"""Before anything is read to its end: slow, endless, disguised and too frequent requests."""

import asyncio
import socket
from contextlib import ExitStack, closing
from threading import Event
from time import monotonic

import httpx
import pytest

from app.errors import Refusal
from app.ledger.service import LedgerService
from app.ledger.web import connection, guard, rate
from app.ledger.web import lateness as lateness_of
from app.ledger.web.connection import MAX_HEADER_BYTES, MAX_HEADERS
from app.ledger.web.guard import Message, Receive, Send
from app.ledger.web.lateness import Lateness
from app.ledger.web.rate import ASKING, SYNCING, Limiter, Rate
from tests.support.leaks import ExpectedLogs

SLOW_CLIENTS = 1_000
HEALTHY_P99_S = 1.0


@pytest.fixture
def reader(service: LedgerService) -> dict[str, str]:
    key = service.api_keys.add("shop", ["read"], actor="p-novak")
    return {"Authorization": f"Bearer {key}"}


def _connect(url: str) -> socket.socket:
    host, port = url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


def _answer_of(url: str, raw: bytes) -> bytes:
    with closing(_connect(url)) as wire:
        wire.sendall(raw)
        return wire.recv(4_096)


# ------------------------------------------------------------------ slow


@pytest.mark.parametrize(
    "sent", [b"", b"G", b"GET /v1/hello HTTP/1.1\r\nHost: l", b"\r\n\r\n"], ids=repr
)
def test_headers_that_never_end_lose_their_connection(
    server_url: str, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(connection, "HEADERS_S", 0.3)

    with closing(_connect(server_url)) as wire:
        began = monotonic()
        wire.sendall(sent)
        try:
            end = wire.recv(1)
        except ConnectionResetError:
            end = b""

    assert end == b""
    assert monotonic() - began < 5


def test_a_kept_connection_that_begins_a_request_and_stops_is_ended_too(
    server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEADERS_S", 0.5)

    with closing(_connect(server_url)) as wire:
        wire.sendall(b"GET /v1/hello HTTP/1.1\r\nHost: ledger\r\n\r\n")
        assert wire.recv(4_096).startswith(b"HTTP/1.1 200")
        wire.sendall(b"GET /v1/he")
        try:
            end = wire.recv(1)
        except ConnectionResetError:
            end = b""

    assert end == b""


def test_an_idle_station_keeps_its_connection(
    server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEADERS_S", 0.2)

    with httpx.Client(base_url=server_url) as client:
        assert client.get("/v1/hello").status_code == 200
        Event().wait(0.6)
        assert client.get("/v1/hello").status_code == 200


@pytest.mark.slow
def test_a_thousand_slow_clients_hold_up_nobody(server_url: str, reader: dict[str, str]) -> None:
    """security.md P2: half of them stop in their headers, half in their bodies."""
    head = b"GET /v1/hello HTTP/1.1\r\nHost: l"
    body = (
        b"POST /v1/post HTTP/1.1\r\nHost: l\r\nContent-Type: application/json\r\n"
        b"Content-Length: 8000000\r\n\r\n{"
    )
    took = []
    with ExitStack() as stack:
        for n in range(SLOW_CLIENTS):
            wire = stack.enter_context(closing(_connect(server_url)))
            wire.sendall(head if n % 2 else body)
        healthy = stack.enter_context(httpx.Client(base_url=server_url, headers=reader))
        for _ in range(100):
            began = monotonic()
            assert healthy.get("/v1/sites").status_code == 200
            took.append(monotonic() - began)

    assert sorted(took)[98] < HEALTHY_P99_S


# ------------------------------------------------------------------ large


@pytest.mark.parametrize(
    "headers",
    [
        b"X-A: " + b"a" * MAX_HEADER_BYTES + b"\r\n",
        b"X-A: a\r\n" * (MAX_HEADERS + 1),
    ],
    ids=["long", "many"],
)
def test_headers_beyond_their_limit_are_refused(
    server_url: str, headers: bytes, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("Invalid HTTP request")

    answer = _answer_of(server_url, b"GET /v1/hello HTTP/1.1\r\nHost: l\r\n" + headers + b"\r\n")

    assert answer.startswith(b"HTTP/1.1 400")
    assert httpx.get(f"{server_url}/v1/hello").status_code == 200


def test_what_was_only_announced_takes_no_place(
    server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MAX_IN_FLIGHT_BYTES", 10_000)

    with closing(_connect(server_url)) as wire:
        wire.sendall(
            b"POST /v1/post HTTP/1.1\r\nHost: l\r\nContent-Type: application/json\r\n"
            b"Content-Length: 8000000\r\n\r\n{"
        )
        answer = httpx.post(f"{server_url}/v1/token", json={"enrolment": "x" * 2_000})

    assert answer.status_code == 400


# ------------------------------------------------------------------ disguised


@pytest.mark.parametrize("path", ["/v1/enrol/", "//v1/enrol", "/v1//enrol", "/v1/sites/"])
def test_an_address_in_disguise_is_none(server_url: str, path: str) -> None:
    answer = httpx.post(server_url + path, json={})

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_address")


# ------------------------------------------------------------------ too often


def test_a_bucket_gives_its_burst_and_then_its_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(rate, "monotonic", lambda: now)
    limiter = Limiter(Rate(20, 100))

    def taken(tries: int) -> int:
        count = 0
        for _ in range(tries):
            try:
                limiter.take("key:shop")
            except Refusal:
                continue
            count += 1
        return count

    assert taken(150) == 100
    now += 1
    assert taken(150) == 20
    now += 60
    assert taken(150) == 100
    limiter.take("key:erp")


def test_buckets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MAX_BUCKETS", 3)
    limiter = Limiter(ASKING)

    for n in range(10):
        limiter.take(f"key:{n}")

    assert len(limiter._buckets) == 3


def test_who_asks_too_often_is_told_when_to_come_back(
    server_url: str, reader: dict[str, str]
) -> None:
    async def ask_all() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=server_url, headers=reader) as client:
            asked = (client.get("/v1/sites") for _ in range(ASKING.burst * 2))
            return await asyncio.gather(*asked)

    answers = asyncio.run(ask_all())

    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) > 20
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}
    assert {answer.json()["code"] for answer in refused} == {"too_many_requests"}
    assert sum(answer.status_code == 200 for answer in answers) >= ASKING.burst


def test_a_draining_station_is_not_held_back() -> None:
    """A batch of 500 every 20 ms is 25,000 operations a second: more than the ledger posts."""
    limiter = Limiter(SYNCING)

    for _ in range(SYNCING.burst):
        limiter.take("station:1")

    assert SYNCING.per_s * 500 >= 10 * 10_000


# ------------------------------------------------------------------ overloaded


async def _through(watched: guard.Guard, path: str) -> tuple[int, bytes]:
    """Status and Retry-After of one question."""
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"2")],
    }
    await watched(scope, receive, send)
    return said[0]["status"], dict(said[0]["headers"]).get(b"retry-after", b"")


async def _answers(_scope: Message, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_a_ledger_that_is_late_turns_away_who_only_asks_and_takes_what_was_recorded() -> None:
    lateness = Lateness()
    watched = guard.Guard(_answers, lateness)

    async def ask(path: str) -> tuple[int, bytes]:
        return await _through(watched, path)

    lateness.note(1.0)
    one_pause = asyncio.run(ask("/v1/changes"))
    for _ in range(10):
        lateness.note(1.0)
    asked = [asyncio.run(ask("/v1/changes")) for _ in range(6)]
    posted = asyncio.run(ask("/v1/post"))
    for _ in range(10):
        lateness.note(0.01)

    assert one_pause == (200, b"")
    assert asked == [(503, str(wait).encode()) for wait in (2, 3, 4, 5, 6, 2)]
    assert posted == (200, b"")
    assert asyncio.run(ask("/v1/changes")) == (200, b"")


def test_a_late_ledger_holds_questions_for_less_long_and_soon_as_long_as_before() -> None:
    lateness = Lateness()
    healthy = lateness.shorter(2.0)
    lateness.note(0.5)
    late = lateness.shorter(2.0)
    lateness.note(3.0)
    too_late = lateness.shorter(2.0)
    for _ in range(40):
        lateness.note(0.0)

    assert (healthy, late, too_late) == (2.0, 1.0, 0.0)
    assert lateness.shorter(2.0) > 1.95


def test_a_loop_that_is_held_up_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lateness_of, "EVERY_S", 0.01)
    monkeypatch.setattr(lateness_of, "LATE_S", 0.02)
    lateness = Lateness()

    async def held_up() -> int:
        lateness.begin()
        for _ in range(8):
            Event().wait(0.1)
            await asyncio.sleep(0.011)
        return lateness.turn_away_s()

    assert asyncio.run(held_up()) > 0
