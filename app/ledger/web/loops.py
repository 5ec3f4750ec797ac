"""The event loop of a server under TLS: a handshake that is not finished in seconds is dropped.

asyncio waits a minute for it, and uvicorn passes no other time. Until the handshake is over a
connection counts nowhere but in open files, so that silent strangers could use those up.
"""

import asyncio
import sys
from typing import Any

from typing_extensions import override

# Two round trips; a station on the worst line we know needs two seconds.
HANDSHAKE_S = 10.0

NAME = f"{__name__}:new_loop"

if sys.platform == "win32":
    _Base = asyncio.ProactorEventLoop
else:
    import uvloop

    _Base = uvloop.Loop


class _Loop(_Base):
    @override
    async def create_server(  # type: ignore[override] # four overloads, passed on as they come
        self, *args: Any, **options: Any
    ) -> asyncio.AbstractServer:
        if options.get("ssl") is not None:
            options.setdefault("ssl_handshake_timeout", HANDSHAKE_S)
        return await super().create_server(*args, **options)


def new_loop() -> asyncio.AbstractEventLoop:
    """A loop for a server."""
    return _Loop()
