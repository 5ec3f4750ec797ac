"""A line that goes nowhere: remembers what the station sends, and answers as a test says."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import msgspec
import pytest
from typing_extensions import override

from app.contract.messages import Hello, Problem, Token
from app.keys.signing import DeviceSigner
from app.sync.http_ledger import HttpGate, HttpLedger
from app.sync.skew import Skew
from app.sync.tokens import TokenSource
from app.sync.wire import Wire
from tests.fakes.clock import FakeClock

JSON, PROBLEM, HTML = "application/json", "application/problem+json", "text/html"
AT = "2026-11-23T07:30:00.000Z"


@dataclass(frozen=True)
class Said:
    """One answer, honest or not; with `cut`, the line breaks behind that many bytes."""

    status: int = 200
    body: bytes = b""
    kind: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


@dataclass(frozen=True)
class Sent:
    """One request as it left the station."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Script = Callable[[Sent], Said]


class Line(httpx.BaseTransport):
    """Carries nothing; stands where the sockets are.

    Args:
        script: What is answered.
    """

    def __init__(self, script: Script) -> None:
        self.script = script
        self.sent: list[Sent] = []

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = Sent(
            request.method,
            request.url.raw_path.decode(),
            {name.lower(): value for name, value in request.headers.items()},
            request.read(),
        )
        self.sent.append(sent)
        said = self.script(sent)
        headers = {"content-type": said.kind, **said.headers} if said.kind else said.headers
        return httpx.Response(said.status, headers=headers, stream=Body(said))


class Body(httpx.SyncByteStream):
    """A body that may break off."""

    def __init__(self, said: Said) -> None:
        self._said = said

    @override
    def __iter__(self) -> Iterator[bytes]:
        if self._said.cut is None:
            yield self._said.body
            return
        yield self._said.body[: self._said.cut]
        raise httpx.RemoteProtocolError("peer closed connection")


@dataclass(frozen=True)
class Client:
    """Everything of a station that speaks with the ledger, on one line."""

    line: Line
    wire: Wire
    gate: HttpGate
    ledger: HttpLedger


def client(script: Script, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A station's client on a line of its own."""
    line = Line(script)
    monkeypatch.setattr("app.sync.wire.SocketTransport", lambda _sockets, _tls: line)
    wire, skew = Wire("http://ledger.example"), Skew(FakeClock())
    gate = HttpGate(wire)
    tokens = TokenSource(gate, "enr-bench-4", DeviceSigner(b"\x04" * 32), skew)
    return Client(line, wire, gate, HttpLedger(wire, tokens, skew))


def good(message: object, status: int = 200) -> Said:
    """A message of the contract."""
    return Said(status, msgspec.json.encode(message))


def problem(status: int, code: str, detail: str, **headers: str) -> Said:
    """An error answer as the ledger writes it."""
    told = Problem(type="about:blank", title="No", status=status, detail=detail, code=code)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Said(status, msgspec.json.encode(told), PROBLEM, named)


def zipped(said: Said) -> Said:
    """The same in gzip."""
    return Said(
        said.status, gzip.compress(said.body), said.kind, {"content-encoding": "gzip"}, said.cut
    )


def polite(path: str, said: Said) -> Script:
    """Answers hello and token as a ledger does, and `path` with `said`."""
    hello = Hello(protocol_min=1, protocol_max=2, epoch="epoch-1", at=AT, version="1.0")

    def script(sent: Sent) -> Said:
        if sent.path == path:
            return said
        return good(hello if sent.path == "/v1/hello" else Token(token="7" * 64, expires_in_s=3600))

    return script
