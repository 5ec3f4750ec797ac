"""Long-polls without threads: stations wait in the event loop, one look at the counters wakes all.

The process's own posts ring at once; what another process wrote (a second server, an import from
the command line) is seen by asking for the counters every RECHECK_S, while somebody waits.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from app.errors import PackhouseError
from app.ledger.changes import RECHECK_S, Bell

Heads = dict[int, int]


class Watch:
    """Wakes waiting requests when any feed has grown.

    Args:
        bell: Rings from the posting thread.
        heads: Reads the last row of every site's feed, off the loop.
    """

    def __init__(self, bell: Bell, heads: Callable[[], Awaitable[Heads]]) -> None:
        self._heads = heads
        self._loop = asyncio.get_running_loop()
        self._grown = asyncio.Event()
        self._waiting = 0
        self._closed = False
        self._looker: asyncio.Task[None] | None = None
        bell.listen(self._ring)

    @property
    def mark(self) -> asyncio.Event:
        """Take it before looking at the feed, hand it to `wait` after."""
        return self._grown

    async def wait(self, mark: asyncio.Event, timeout_s: float) -> None:
        """Return when something has grown since `mark`, at closing time, or after `timeout_s`."""
        if self._closed:
            return
        self._waiting += 1
        if self._looker is None or self._looker.done():
            self._looker = asyncio.create_task(self._look())
        try:
            async with asyncio.timeout(timeout_s):
                await mark.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting -= 1

    @property
    def closed(self) -> bool:
        """Whether the server is stopping: nobody should wait any more."""
        return self._closed

    def close(self) -> None:
        """Let everybody go; callable from any thread."""
        self._closed = True
        self._ring()

    def _ring(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()

    async def _look(self) -> None:
        before: Heads | None = None
        while self._waiting and not self._closed:
            now = before
            # A database that is away comes back; who waits goes on waiting meanwhile.
            with suppress(PackhouseError):
                now = await self._heads()
            if now != before:
                # The first time, too: it may have grown between a waiter's look and this one.
                before = now
                self._wake()
            await asyncio.sleep(RECHECK_S)
