"""A TCP server that answers HTTP requests exactly as a test tells it to, honest or not."""

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import TracebackType

HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came off the wire."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


# Given the connection and the request; what it leaves unsent was never sent.
Script = Callable[[socket.socket, Asked], None]


def answer(
    body: bytes, *, status: str = "200 OK", kind: str = "application/json", more: str = ""
) -> bytes:
    """The bytes of a well-formed response."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


class ScriptedServer:
    """Serves one connection after another, each on a thread, until the end of the `with` block.

    Args:
        script: Called for every request.
        tls: To serve https.
    """

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self.asked: list[Asked] = []
        self.connections = 0

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://localhost:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "ScriptedServer":
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            _end(connection)
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name="scripted-server", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            self._start(partial(self._serve, connection))

    def _serve(self, plain: socket.socket) -> None:
        try:
            connection = (
                self._tls.wrap_socket(plain, server_side=True) if self._tls is not None else plain
            )
            with connection:
                while (asked := _request(connection)) is not None:
                    self.asked.append(asked)
                    self._script(connection, asked)
        except OSError:
            return
        finally:
            plain.close()


def _end(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _request(connection: socket.socket) -> Asked | None:
    raw = b""
    while HEAD_END not in raw:
        more = connection.recv(65536)
        if not more:
            return None
        raw += more
    head, _, body = raw.partition(HEAD_END)
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    return Asked(method, path, headers, body)
