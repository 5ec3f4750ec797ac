"""A ledger that wants to harm its stations: capped in bytes, values and time (P9)."""

import gzip
import tracemalloc
from collections.abc import Callable
from threading import Event
from time import monotonic

import pytest

from app.clock import SystemClock
from app.contract import chain, codec
from app.contract.ledger import Ledger
from app.contract.messages import (
    ChangesQuery,
    Hello,
    MasterQuery,
    SnapshotQuery,
    Token,
)
from app.errors import Trouble
from app.keys.signing import DeviceSigner
from app.sync import answers, http_ledger
from app.sync.http_ledger import PAGE_BYTES, HttpGate, HttpLedger
from app.sync.skew import Skew
from app.sync.tokens import TokenSource
from app.sync.trouble import BadAnswer
from app.sync.wire import Reply, Wire
from tests.support.scripted_server import Asked, Script, ScriptedServer, answer

AT = "2026-11-23T07:30:00.000Z"
GZIP = "Content-Encoding: gzip\r\n"
# Beside the body itself, which is kept until it is read.
MOST_MEMORY = 96 << 20

ASK: dict[str, Callable[[Ledger], object]] = {
    "changes": lambda ledger: ledger.changes(
        ChangesQuery(protocol=1, epoch="epoch-1", cursor=0, chain=chain.GENESIS)
    ),
    "master": lambda ledger: ledger.master(MasterQuery(protocol=1, epoch="epoch-1", cursor=0)),
    "snapshot": lambda ledger: ledger.snapshot(SnapshotQuery(protocol=1)),
}


def _hostile(said: bytes, more: str = "", kind: str = "application/json") -> Script:
    """Polite at the gate, then this."""
    hello = Hello(protocol_min=1, protocol_max=2, epoch="epoch-1", at=AT, version="1")

    def script(connection: object, asked: Asked) -> None:
        send: Callable[[bytes], None] = connection.sendall  # type: ignore[attr-defined]
        if asked.path == "/v1/hello":
            send(answer(codec.encode(hello)))
        elif asked.path == "/v1/token":
            send(answer(codec.encode(Token(token="0" * 64, expires_in_s=3600))))
        else:
            send(answer(said, more=more, kind=kind))

    return script


def _asked(name: str, script: Script) -> tuple[float, int]:
    """Ask once; how long it took and how much memory it needed at most."""
    with ScriptedServer(script) as server:
        wire, skew = Wire(server.url), Skew(SystemClock())
        tokens = TokenSource(HttpGate(wire), "e-1", DeviceSigner(b"\x04" * 32), skew)
        ledger = HttpLedger(wire, tokens, skew)
        tokens.current()
        tracemalloc.start()
        began = monotonic()
        try:
            with pytest.raises(Trouble):
                ASK[name](ledger)
            return monotonic() - began, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            wire.close()


def _rows(row: bytes, size: int, name: str) -> bytes:
    count = size // (len(row) + 1)
    return b'{"type":"%s","rows":[' % name.encode() + (row + b",") * count + row + b"]}"


@pytest.mark.parametrize("name", ASK)
@pytest.mark.parametrize("row", [b"1", b"{}", b'"a"', b"[]"])
def test_millions_of_rows_are_not_made(name: str, row: bytes) -> None:
    page = gzip.compress(_rows(row, PAGE_BYTES - (1 << 20), name), 1)
    assert len(page) < 1 << 20

    _, peak = _asked(name, _hostile(page, GZIP))

    assert peak < PAGE_BYTES * 2 + MOST_MEMORY


@pytest.mark.parametrize("name", ASK)
def test_a_page_beyond_its_bytes_is_dropped(name: str) -> None:
    page = gzip.compress(b'{"rows":[' + b" " * (PAGE_BYTES * 8), 1)

    _, peak = _asked(name, _hostile(page, GZIP))

    assert peak < PAGE_BYTES * 2 + MOST_MEMORY


@pytest.mark.parametrize("name", ASK)
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (b"<html>Sign in to the guest network</html>", "text/html"),
        (b"MZ\x90\x00", "application/octet-stream"),
        (b"[" * 100_000, "application/json"),
        (b'{"type":"changes","rows":"many"}', "application/json"),
        (b'{"type":"nothing"}', "application/json"),
        (b"\xff\xfe{\x00}\x00", "application/json"),
    ],
)
def test_another_type_is_no_answer(name: str, said: bytes, kind: str) -> None:
    _asked(name, _hostile(said, kind=kind))


@pytest.mark.parametrize("name", ASK)
def test_an_answer_that_drips_is_left_in_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_ledger, "ANSWER_S", 0.2)
    monkeypatch.setattr(http_ledger, "PICTURE_S", 0.2)
    monkeypatch.setattr(http_ledger, "TRANSFER_S", 0.2)
    monkeypatch.setattr(http_ledger, "RECORD_S", 0.0)

    def drip(connection: object, asked: Asked) -> None:
        if asked.path in {"/v1/hello", "/v1/token"}:
            _hostile(b"")(connection, asked)  # type: ignore[arg-type]
            return
        send: Callable[[bytes], None] = connection.sendall  # type: ignore[attr-defined]
        send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        pause = Event()
        for _ in range(1_000):
            send(b" ")
            pause.wait(0.02)

    took, _ = _asked(name, drip)

    assert took < 10


def test_an_honest_page_of_the_largest_size_is_far_below_the_cap() -> None:
    """An order of two hundred lines is the largest usual row."""
    commas_a_row = 200 * 5

    assert http_ledger.PAGE_BYTES > answers.MOST_VALUES
    assert 500 * commas_a_row < answers.MOST_VALUES


def test_a_page_of_too_many_values_is_asked_for_in_smaller_pieces() -> None:
    with pytest.raises(BadAnswer, match="smaller pieces"):
        answers.read(
            Reply(200, "application/json", "", b"[" + b"1," * answers.MOST_VALUES + b"1,1]"),
            http_ledger._changes,
        )
