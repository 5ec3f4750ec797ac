"""The wire: whatever comes over it ends in an answer or a sentence, in bounded time and memory."""

import gzip
import inspect
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable

import httpcore
import httpx
import pytest

from app.errors import Trouble
from app.sync import transport
from app.sync.trouble import BadAnswer, CutOff, Unreachable
from app.sync.wire import Patience, Wire, trouble_of
from tests.support.scripted_server import Asked, Script, ScriptedServer, answer

SHORT = Patience(silence_s=0.3, total_s=0.6, most_bytes=64 << 10)
# For answers that come at once, on a machine that may be busy.
LONG = Patience(silence_s=10, total_s=20, most_bytes=64 << 10)


def _send(raw: bytes) -> Script:
    return lambda connection, asked: connection.sendall(raw)


def _hang_after(raw: bytes) -> Script:
    """Send this much, then keep the line open and silent."""

    def script(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(raw)
        connection.recv(1)

    return script


def _close_after(raw: bytes) -> Script:
    def script(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_RDWR)

    return script


def _drip(raw: bytes) -> Script:
    """A byte every 20 ms, far below any limit on silence."""

    def script(connection: socket.socket, asked: Asked) -> None:
        pause = threading.Event()
        for byte in raw:
            connection.sendall(bytes([byte]))
            pause.wait(0.02)

    return script


def _ask(script: Script, patience: Patience = LONG) -> bytes:
    with ScriptedServer(script) as server:
        wire = Wire(server.url)
        try:
            return wire.ask("/v1/changes", b"{}", "token-7", patience).body
        finally:
            wire.close()


# ------------------------------------------------------------------ honest answers


def test_a_question_carries_its_body_untouched_and_says_who_asks() -> None:
    with ScriptedServer(_send(answer(b'{"ok":1}'))) as server:
        wire = Wire(server.url)

        reply = wire.ask("/v1/post", b'{"seq":17}', "token-7", LONG)

        wire.close()
        asked = server.asked[0]
    assert (reply.status, reply.content_type, reply.body) == (200, "application/json", b'{"ok":1}')
    assert (asked.method, asked.path, asked.body) == ("POST", "/v1/post", b'{"seq":17}')
    assert asked.headers["authorization"] == "Bearer token-7"
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["accept-encoding"] == "gzip"


def test_a_hundred_questions_use_one_connection() -> None:
    with ScriptedServer(_send(answer(b"{}"))) as server:
        wire = Wire(server.url)

        for _ in range(100):
            wire.ask("/v1/post", b"{}", "", LONG)

        wire.close()
        assert (server.connections, len(server.asked)) == (1, 100)


def test_an_answer_may_come_gzipped() -> None:
    packed = gzip.compress(b'{"rows":[' + b'"MUG-BLUE",' * 1_000 + b'""]}')

    body = _ask(_send(answer(packed, more="Content-Encoding: gzip\r\n")))

    assert body.count(b"MUG-BLUE") == 1_000


def test_an_answer_in_chunks_is_joined() -> None:
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )

    assert _ask(_send(head + b"3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n")) == b"[1,2]"


# ------------------------------------------------------------------ cut, silent, slow


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(_close_after(b""), id="nothing"),
        pytest.param(_close_after(b"HTTP/1.1 200 O"), id="half a status line"),
        pytest.param(_close_after(answer(b"x" * 900)[:-1]), id="one byte short"),
        pytest.param(
            _close_after(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
            id="half a chunk",
        ),
        pytest.param(
            _close_after(
                answer(gzip.compress(b"x" * 9_000)[:-9], more="Content-Encoding: gzip\r\n")
            ),
            id="half a gzip under a length that fits",
        ),
    ],
)
def test_half_an_answer_is_a_cut_connection(script: Script) -> None:
    with pytest.raises(CutOff):
        _ask(script)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(_hang_after(b""), id="accepts and says nothing"),
        pytest.param(_hang_after(b"HTTP/1.1 200 OK\r\n"), id="stops in the head"),
        pytest.param(_hang_after(answer(b"x" * 900)[:-1]), id="stops in the body"),
        pytest.param(_drip(answer(b"x" * 900)), id="drips the head, then the body"),
        pytest.param(
            lambda connection, asked: (
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"),
                _drip(b"x" * 900)(connection, asked),
            ),
            id="drips the body",
        ),
    ],
)
def test_a_silent_or_dripping_server_is_left_in_time(script: Script) -> None:
    began = time.monotonic()

    with pytest.raises(Trouble, match="in time"):
        _ask(script, SHORT)

    # The deadline, and room for a busy machine; a drip of 900 bytes would last 18 s.
    assert time.monotonic() - began < 5


def test_a_server_that_reads_nothing_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
        wire = Wire(f"http://127.0.0.1:{listener.getsockname()[1]}")

        with pytest.raises(Trouble, match="in time"):
            wire.ask("/v1/post", b"x" * (8 << 20), "", SHORT)

        wire.close()


def test_nobody_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    wire = Wire(f"http://127.0.0.1:{port}")

    with pytest.raises(Unreachable, match="cannot be reached"):
        wire.ask("/v1/hello", None, "", SHORT)

    wire.close()


@pytest.mark.parametrize("url", ["ledger.example", "ftp://ledger.example", "http://", "http://a:b"])
def test_an_address_that_is_none_is_a_sentence(url: str) -> None:
    with pytest.raises(Trouble):
        Wire(url).ask("/v1/hello", None, "", SHORT)


def test_hanging_up_ends_a_question_another_thread_waits_for() -> None:
    met: list[Exception] = []
    with ScriptedServer(_hang_after(b"")) as server:
        wire = Wire(server.url)

        def wait() -> None:
            try:
                wire.ask("/v1/changes", b"{}", "", Patience(60, 60, 1))
            except Trouble as trouble:
                met.append(trouble)

        waiting = threading.Thread(target=wait)
        waiting.start()
        while not server.asked:
            threading.Event().wait(0.005)
        wire.hang_up()
        waiting.join(5)

        assert not waiting.is_alive()
        assert isinstance(met[0], CutOff)
        with pytest.raises(Unreachable):
            wire.ask("/v1/hello", None, "", LONG)
        wire.close()


def test_who_asks_when_all_is_closed_is_told_and_ends_with_no_traceback() -> None:
    wire = Wire("http://ledger.example")
    wire.close()

    with pytest.raises(Unreachable):
        wire.ask("/v1/escrow", b"{}", "", LONG)


# ------------------------------------------------------------------ too much, or something else


def _bomb(megabytes: int) -> bytes:
    """A gzip of zeros: one megabyte deflated once, and repeated."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    start = deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    again = deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return start + again * (megabytes - 1)


def test_a_gzip_bomb_is_dropped_at_the_cap_and_not_after_it() -> None:
    bomb = _bomb(1_000)
    assert len(bomb) < 2 << 20
    tracemalloc.start()

    with pytest.raises(BadAnswer, match="larger than it may be"):
        _ask(_send(answer(bomb, more="Content-Encoding: gzip\r\n")))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_an_endless_body_is_dropped_at_the_cap() -> None:
    def endless(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"1000\r\n" + b" " * 4096 + b"\r\n")

    with pytest.raises(BadAnswer, match="larger than it may be"):
        _ask(endless)


def test_endless_headers_are_dropped() -> None:
    def endless(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-Filler: " + b"a" * 4096 + b"\r\n")

    with pytest.raises(Trouble):
        _ask(endless)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", id="another protocol"),
        pytest.param(
            answer(b"{}", more="Content-Encoding: br\r\n"), id="an encoding not asked for"
        ),
        pytest.param(answer(b"{}", more="Content-Encoding: gzip\r\n"), id="gzip that is none"),
        pytest.param(
            answer(gzip.compress(b"{}") + b"more", more="Content-Encoding: gzip\r\n"),
            id="bytes after the end",
        ),
    ],
)
def test_what_cannot_be_read_is_a_sentence(raw: bytes) -> None:
    with pytest.raises(Trouble, match="kept here"):
        _ask(_close_after(raw))


# ------------------------------------------------------------------ every error has a name here


def _errors_of(module: object) -> list[type[Exception]]:
    return [
        value
        for name, value in inspect.getmembers(module)
        if inspect.isclass(value) and issubclass(value, Exception) and not name.startswith("_")
    ]


def _made(kind: type[Exception]) -> Exception:
    """An instance, with whatever its constructor insists on."""
    request = httpx.Request("GET", "http://ledger.example/")
    makers: list[Callable[[], Exception]] = [
        lambda: kind("x"),
        kind,
        lambda: kind("x", request=request, response=httpx.Response(500)),  # type: ignore[call-arg]
    ]
    for maker in makers:
        try:
            return maker()
        except TypeError:
            continue
    raise AssertionError(f"cannot make {kind}")


@pytest.mark.parametrize("kind", _errors_of(httpx), ids=lambda kind: kind.__name__)
def test_every_error_httpx_exports_is_a_sentence_with_what_happens_next(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    error = _made(kind)
    wire = Wire("http://ledger.example")

    def fails(*args: object, **more: object) -> object:
        raise error

    monkeypatch.setattr(wire._client, "stream", fails)

    with pytest.raises(Trouble, match=r"kept here|in the settings") as met:
        wire.ask("/v1/hello", None, "", SHORT)
    assert kind.__name__ in met.value.detail
    wire.close()


@pytest.mark.parametrize(
    "kind",
    [kind for kind in _errors_of(httpcore) if kind is not httpcore.ConnectionNotAvailable],
    ids=lambda kind: kind.__name__,
)
def test_every_error_of_the_layer_below_arrives_as_one_of_httpx(kind: type[Exception]) -> None:
    with pytest.raises(httpx.TransportError) as met, transport._as_httpx():
        raise kind("x")
    assert type(met.value).__name__ == kind.__name__


def test_a_time_out_is_not_a_dead_line() -> None:
    """Too much at once times out and must shrink; a dead line must not shrink anything."""
    assert not isinstance(trouble_of(httpx.ReadTimeout("")), Unreachable)
    assert isinstance(trouble_of(httpx.ConnectTimeout("")), Unreachable)
    assert isinstance(trouble_of(httpx.ReadError("")), CutOff)


def test_whoever_asks_what_is_right_waits_longer_for_a_slow_ledger() -> None:
    def slow(connection: socket.socket, _asked: Asked) -> None:
        threading.Event().wait(1.5 * SHORT.silence_s)
        connection.sendall(answer(b"late"))

    with ScriptedServer(slow) as server:
        hasty, patient = Wire(server.url), Wire(server.url, times=10)
        with pytest.raises(Trouble, match="in time"):
            hasty.ask("/v1/hello", None, "", SHORT)
        late = patient.ask("/v1/hello", None, "", SHORT)
        hasty.close()
        patient.close()

    assert late.body == b"late"
