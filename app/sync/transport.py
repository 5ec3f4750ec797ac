"""httpx over our own sockets: httpx lets nobody choose httpcore's backend, so this is the bridge.

Not for anything else: no proxies, no HTTP/2, no environment variables.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore
import httpx
from typing_extensions import override

from app.sync.sockets import Sockets

# Two threads of the sync and some to spare; a server closes idle connections after a minute or so,
# we do so before it and rarely meet its closing half-way.
MAX_CONNECTIONS = 4
IDLE_S = 20.0


class SocketTransport(httpx.BaseTransport):
    """Sends httpx requests through a pool whose connections `sockets` opens.

    Args:
        sockets: Opens the connections.
        tls: What to trust for https addresses.
    """

    def __init__(self, sockets: Sockets, tls: ssl.SSLContext | None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=MAX_CONNECTIONS,
            keepalive_expiry=IDLE_S,
            network_backend=sockets,
        )

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        core = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.read(),
            extensions=request.extensions,
        )
        with _as_httpx():
            response = self._pool.handle_request(core)
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    @override
    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    @override
    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._response.iter_stream()

    @override
    def close(self) -> None:
        with _as_httpx():
            self._response.close()


_CORE: tuple[type[Exception], ...] = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


@contextmanager
def _as_httpx() -> Iterator[None]:
    """Errors of httpcore as httpx's, which have the same names."""
    try:
        yield
    except _CORE as error:
        known: type[httpx.TransportError] = getattr(httpx, type(error).__name__)
        raise known(str(error)) from error
