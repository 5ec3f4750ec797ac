"""Connections with a deadline for the whole exchange, which another thread can hang up at once.

httpx limits the silence between two bytes; a server that drips one byte a second would hold it for
ever. And closing a socket does not wake a thread that waits on it; shutting it down does.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore
from typing_extensions import override


class Sockets(httpcore.NetworkBackend):
    """Opens connections for httpcore. One deadline per calling thread; one `hang_up` for all."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()
        self._calling = threading.local()
        self._lock = threading.Lock()
        self._open: set[_Stream] = set()
        self._hung_up = False

    def deadline_in(self, seconds: float) -> None:
        """Everything this thread reads or writes from now on must be done within `seconds`."""
        self._calling.until = time.monotonic() + seconds

    def left(self, timeout: float | None) -> float:
        """The shorter of httpx's own timeout and what is left; not above zero when time is up."""
        left: float = self._calling.until - time.monotonic()
        return left if timeout is None else min(timeout, left)

    def hang_up(self) -> None:
        """End every exchange under way, and allow no new one. Callable from any thread."""
        with self._lock:
            self._hung_up = True
            streams = list(self._open)
        for stream in streams:
            stream.hang_up()

    @override
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = self.left(timeout)
        if left <= 0:
            raise httpcore.ConnectTimeout("deadline")
        return self.adopt(self._inner.connect_tcp(host, port, left, local_address, socket_options))

    def adopt(self, stream: httpcore.NetworkStream) -> httpcore.NetworkStream:
        """Keep an eye on a new stream; refuse it when we have hung up meanwhile."""
        watched = _Stream(stream, self)
        with self._lock:
            if not self._hung_up:
                self._open.add(watched)
                return watched
        stream.close()
        raise httpcore.ConnectError("hung up")

    def forget(self, stream: "_Stream") -> None:
        """The stream is closed."""
        with self._lock:
            self._open.discard(stream)


class _Stream(httpcore.NetworkStream):
    """A stream that knows its deadline."""

    def __init__(self, inner: httpcore.NetworkStream, sockets: Sockets) -> None:
        self._inner = inner
        self._sockets = sockets

    def hang_up(self) -> None:
        raw = self._inner.get_extra_info("socket")
        if isinstance(raw, socket.socket):
            try:
                # The plain socket, also under TLS: the other thread may be inside the TLS object.
                socket.socket.shutdown(raw, socket.SHUT_RDWR)
            except OSError:
                return  # already gone; that is all we wanted

    @override
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._sockets.left(timeout)
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return self._inner.read(max_bytes, left)

    @override
    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = self._sockets.left(timeout)
        if left <= 0:
            raise httpcore.WriteTimeout("deadline")
        self._inner.write(buffer, left)

    @override
    def close(self) -> None:
        self._sockets.forget(self)
        self._inner.close()

    @override
    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._sockets.left(timeout)
        if left <= 0:
            raise httpcore.ConnectTimeout("deadline")
        stream = self._inner.start_tls(ssl_context, server_hostname, left)
        self._sockets.forget(self)
        return self._sockets.adopt(stream)

    @override
    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
