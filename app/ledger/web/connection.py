"""A connection that does not wait for ever: headers within seconds, and no more than fit a page.

uvicorn bounds idle connections only after their first answer; one that sends a byte a minute would
keep its place until the server ends.
"""

import asyncio

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

# From the first byte (or the connect) to the empty line; headers are one or two packets.
HEADERS_S = 10.0
# Address and headers together; ours have 500 bytes, a proxy's cookie jar a few thousand.
MAX_HEADER_BYTES = 32 << 10
MAX_HEADERS = 100


class Connection(HttpToolsProtocol):
    """uvicorn's protocol with limits on the part before the application."""

    _waiting: asyncio.TimerHandle | None = None
    _size = 0
    _count = 0

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._heard()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # Bytes that begin no request would otherwise only end the wait for the next one.
        under_way: RequestResponseCycle | None = self.cycle
        if under_way is None or under_way.response_complete:
            self._wait()

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._size = self._count = 0
        self._wait()

    @override
    def on_url(self, url: bytes) -> None:
        self._take(len(url))
        super().on_url(url)

    @override
    def on_header(self, name: bytes, value: bytes) -> None:
        self._count += 1
        self._take(len(name) + len(value))
        super().on_header(name, value)

    @override
    def on_headers_complete(self) -> None:
        self._heard()
        super().on_headers_complete()

    def _take(self, count: int) -> None:
        self._size += count
        if self._size > MAX_HEADER_BYTES or self._count > MAX_HEADERS:
            # The parser turns it into 400 and closes.
            raise ValueError("headers beyond their limit")

    def _wait(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(HEADERS_S, self.transport.abort)

    def _heard(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
