"""Long-polls without threads: stations wait in the event loop, one look at the feed serves all.

The process's own posts ring at once; what another process wrote (a second server, an import from
the command line) is seen by asking for the counters every RECHECK_S, while somebody waits. Only who
waits at the site that has news is woken, and the more wait, the longer news is collected
first: telling a thousand stations of every single fact would cost more than posting it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from app.errors import PackhouseError
from app.ledger.changes import RECHECK_S, Bell

T = TypeVar("T")
Heads = dict[int, int]

# News is collected so long for each station that waits here, at whatever site: twice what telling
# one costs. At most a quarter of the second within which it is to be seen elsewhere.
COLLECT_EACH_S = 0.001
COLLECT_MOST_S = 0.25
# A page that was read is good for whoever asks the same so shortly after.
FRESH_S = 0.05
# And longer while the counters are looked at and have not moved: two thousand stations that ask
# every two seconds are a thousand reads a second otherwise, and posting waits behind them. Not for
# ever: a station that is revoked moves no counter.
CHECKED_S = 0.5
STILL_S = 2.0


@dataclass(slots=True)
class Mark:
    """What is waited for at a site: its feed grows.

    Attributes:
        grown: Set when it has.
        telling: Whether it is about to be set.
        looks: What is being read, or has just been read, by what was asked.
    """

    grown: asyncio.Event = field(default_factory=asyncio.Event)
    telling: bool = False
    looks: dict[Hashable, "_Look"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Look:
    """What is being read, or was read, and when that began."""

    task: "asyncio.Task[Any]"
    begun: float


class Watch:
    """Wakes waiting requests when the feed of their site has grown.

    Args:
        bell: Rings from the posting thread.
        heads: Reads the last row of every site's feed, off the loop.
    """

    def __init__(self, bell: Bell, heads: Callable[[], Awaitable[Heads]]) -> None:
        self._heads = heads
        self._loop = asyncio.get_running_loop()
        # One a site; replaced when it has been told.
        self._marks: dict[int, Mark] = {}
        self._waiting = 0
        self._closed = False
        self._looker: asyncio.Task[None] | None = None
        # When the last look at the counters began that had an answer.
        self._checked = float("-inf")
        bell.listen(self._ring)

    def mark(self, site_n: int) -> Mark:
        """Take it before looking at the feed, hand it to `wait` after."""
        return self._marks.setdefault(site_n, Mark())

    async def look(self, mark: Mark, asked: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        """Read something once for all who ask the same at the same moment.

        Args:
            mark: Taken before.
            asked: What; equal for those who may share the answer.
            read: Reads it, after the last news that came before `mark` was taken.
        """
        look = mark.looks.get(asked)
        if look is None or not self._is_good(look):
            look = mark.looks[asked] = _Look(asyncio.ensure_future(read()), self._loop.time())
            look.task.add_done_callback(
                lambda _: self._loop.call_later(STILL_S, _forget, mark, asked, look)
            )
        if look.task.done():
            return cast("T", look.task.result())
        # One who leaves does not take the answer away from the others.
        return cast("T", await asyncio.shield(look.task))

    def _is_good(self, look: _Look) -> bool:
        """Whether a look still shows how things stand; what has grown since is forgotten anyway."""
        if not look.task.done():
            return True
        if look.task.cancelled() or look.task.exception() is not None:
            return False
        now = self._loop.time()
        age_s, unchecked_s = now - look.begun, now - self._checked
        return age_s < FRESH_S or (age_s < STILL_S and unchecked_s < CHECKED_S)

    async def wait(self, mark: Mark, timeout_s: float) -> bool:
        """Wait until the site has grown since `mark`, for closing time, or for `timeout_s`.

        Returns:
            Whether there may be something to see that was not there at the mark.
        """
        if self._closed:
            return False
        self._waiting += 1
        if self._looker is None or self._looker.done():
            self._looker = asyncio.create_task(self._look_around())
        try:
            async with asyncio.timeout(timeout_s):
                await mark.grown.wait()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True

    @property
    def closed(self) -> bool:
        """Whether the server is stopping: nobody should wait any more."""
        return self._closed

    def close(self) -> None:
        """Let everybody go; callable from any thread."""
        self._closed = True
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._let_go)

    def _let_go(self) -> None:
        for site_n in list(self._marks):
            self._tell(site_n)

    def _ring(self, sites: Iterable[int]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._heard, tuple(sites))

    def _heard(self, sites: Iterable[int]) -> None:
        """There is news at `sites`; without any, perhaps everywhere."""
        for site_n in sites or list(self._marks):
            mark = self._marks.get(site_n)
            if mark is None:
                continue
            mark.looks.clear()
            if not mark.telling:
                mark.telling = True
                collect_s = min(self._waiting * COLLECT_EACH_S, COLLECT_MOST_S)
                self._loop.call_later(collect_s, self._tell, site_n)

    def _tell(self, site_n: int) -> None:
        mark = self._marks.pop(site_n, None)
        if mark is not None:
            mark.grown.set()

    async def _look_around(self) -> None:
        before: Heads | None = None
        while self._waiting and not self._closed:
            now, begun = before, self._loop.time()
            # A database that is away comes back; who waits goes on waiting meanwhile.
            with suppress(PackhouseError):
                now = await self._heads()
                self._checked = begun
            if now is not None and now != before:
                # The first time, too: it may have grown between a waiter's look and this one.
                known = before or {}
                grown = [site_n for site_n, head in now.items() if known.get(site_n) != head]
                if grown:
                    self._heard(grown)
                before = now
            await asyncio.sleep(RECHECK_S)


def _forget(mark: Mark, asked: Hashable, look: _Look) -> None:
    if mark.looks.get(asked) is look:
        del mark.looks[asked]
