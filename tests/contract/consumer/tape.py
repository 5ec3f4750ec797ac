"""The golden story: what was asked and answered, in order, on a file."""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from typing_extensions import override

from app.ledger.web.server import ServerThread
from app.sync.sockets import Sockets
from app.sync.transport import SocketTransport
from tests.contract.consumer.line import Body, Line, Said, Sent
from tests.contract.consumer.stage import Stage, stage
from tests.contract.consumer.story import play

FILE = Path(__file__).resolve().parents[1] / "golden" / "consumer.json"
# What a request says beside its body. Host and user agent are the library's.
HEADERS = ("accept", "accept-encoding", "authorization", "content-type")
# A letter is sealed with a key made for it: of each no more can be the same than its length.
_SEALED = re.compile(r'(?<="sealed":")[0-9a-f]+(?=")')


class Exchanged(msgspec.Struct, frozen=True):
    """One question and its answer.

    Attributes:
        method: Of HTTP.
        path: Asked.
        headers: That the ledger relies on.
        asked: The body, as it is sent.
        status: Of the answer.
        kind: Its content type.
        told: Its body, unzipped.
    """

    method: str
    path: str
    headers: dict[str, str]
    asked: str
    status: int
    kind: str
    told: str


def compared(text: str) -> Any:
    """A body as it is compared: as what it says, without what cannot be the same twice."""
    sealed = _SEALED.sub(lambda found: f"{len(found.group())} digits", text)
    same = re.sub(r'"((?:program_)?version)":"[^"]*"', r'"\1":"of the program"', sealed)
    return json.loads(same) if same else None


def read() -> list[Exchanged]:
    """The frozen story."""
    return msgspec.json.decode(FILE.read_bytes(), type=list[Exchanged])


def write(story: Sequence[Exchanged]) -> None:
    """Freeze a story."""
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(story), indent=1) + b"\n")


def names(story: Sequence[Exchanged]) -> Iterator[str]:
    """A name of each, from which the ledger draws its ids: the how-maniest of its address."""
    seen: dict[str, int] = {}
    for one in story:
        seen[one.path] = seen.get(one.path, 0) + 1
        yield f"{one.path} {seen[one.path]}"


class Recorder(httpx.BaseTransport):
    """Carries to the ledger, and keeps what went to and fro.

    Args:
        sockets: Opens connections.
        on: The ledger's stage.
        story: Where to keep it.
    """

    def __init__(self, sockets: Sockets, on: Stage, story: list[Exchanged]) -> None:
        self._inner = SocketTransport(sockets, None)
        self._stage, self._story = on, story

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = Exchanged(request.method, request.url.path, _headers(request), "", 0, "", "")
        self._stage.ids.begin([*names([*self._story, asked])][-1])
        body = request.read().decode()
        response = self._inner.handle_request(request)
        raw = b"".join(response.stream)  # type: ignore[arg-type]
        response.close()
        zipped = response.headers.get("content-encoding") == "gzip"
        told = (gzip.decompress(raw) if zipped else raw).decode()
        kind = response.headers.get("content-type", "")
        self._story.append(
            msgspec.structs.replace(
                asked, asked=body, status=response.status_code, kind=kind, told=told
            )
        )
        again = Body(Said(body=raw))
        return httpx.Response(response.status_code, headers=response.headers, stream=again)

    @override
    def close(self) -> None:
        self._inner.close()


def _headers(request: httpx.Request) -> dict[str, str]:
    return {name: request.headers[name] for name in HEADERS if name in request.headers}


def record(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Exchanged]:
    """Play the story between the station's code and a real ledger."""
    story: list[Exchanged] = []
    with stage(folder / "ledger") as on, ServerThread(on.service) as server:
        monkeypatch.setattr(
            "app.sync.wire.SocketTransport", lambda sockets, _tls: Recorder(sockets, on, story)
        )
        play(folder, server.url, on.given, monkeypatch)
    return story


def replay(folder: Path, story: Sequence[Exchanged], monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    """Play the story of the station's code against the frozen answers; what it sent."""
    answers = iter(story)

    def script(sent: Sent) -> Said:
        one = next(answers)
        assert (sent.method, sent.path) == (one.method, one.path)
        return Said(one.status, one.told.encode(), one.kind)

    line = Line(script)
    monkeypatch.setattr("app.sync.wire.SocketTransport", lambda _sockets, _tls: line)
    with stage(folder / "ledger") as on:
        play(folder, "http://127.0.0.1:1", on.given, monkeypatch)
    return line.sent
