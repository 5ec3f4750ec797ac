"""Somebody between a station and its ledger who speaks TLS in any guise and passes requests on.

It would read every request and answer it truly, so that only certificates can tell. One connection
at a time is served by one thread: an SSL object must not be used by two.
"""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.support.proxy import WAIT_S, whole_request


class Impostor:
    """Terminates TLS and forwards to a ledger that speaks plain http; a context manager.

    Args:
        upstream: Port of the ledger on this machine.
        context: The guise; None answers plain http.
    """

    def __init__(self, upstream: int, context: ssl.SSLContext | None) -> None:
        self._upstream = upstream
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self.port = int(self._listener.getsockname()[1])
        self.met = 0
        self.read: list[bytes] = []

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in list(self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _spawn(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, name="impostor", daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.met += 1
            self._open.add(near)
            self._spawn(self._serve, near)

    def _serve(self, near: socket.socket) -> None:
        try:
            near.settimeout(WAIT_S)
            with self._greeted(near) as end:
                while first := end.recv(65_536):
                    if self._context is None:
                        # What a plain server says to a TLS greeting.
                        end.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                        return
                    self.read.append(whole_request(first, end))
                    end.sendall(self._answer(self.read[-1]))
        except OSError:
            return
        finally:
            self._open.discard(near)
            near.close()

    def _greeted(self, near: socket.socket) -> socket.socket:
        return near if self._context is None else self._context.wrap_socket(near, server_side=True)

    def _answer(self, request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode("ascii").split("\r\n")
        method, path, _ = first.split(" ")
        pairs = (line.partition(": ") for line in lines)
        headers = {name: value for name, _, value in pairs if name.lower() != "accept-encoding"}
        far = http.client.HTTPConnection("127.0.0.1", self._upstream, timeout=WAIT_S)
        try:
            far.request(method, path, body, headers)
            said = far.getresponse()
            content = said.read()
        finally:
            far.close()
        kind = said.getheader("Content-Type", "")
        return (
            f"HTTP/1.1 {said.status} {said.reason}\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        ).encode("ascii") + content
