"""Opening keys of people: at once, or on a thread of its own, because Argon2id is slow on purpose.

The screen must not stand still for a quarter of a second, so the program gives `UnlockThread.run` a
thread (`app.bootstrap`); simulations and tests, whose credentials are cheap, answer at once.
"""

import logging
import queue
from collections.abc import Callable

from typing_extensions import override

from app.contract.messages import CredentialRow
from app.identity import userkey
from app.identity.userkey import LEAST, Cost
from app.station.inbox import Unlocked
from app.station.ports import Unlock

log = logging.getLogger(__name__)

# Gives the site's pepper (bytes, empty when this station has none); its keeper is `app.keys`.
Pepper = Callable[[], bytes]
# A try costs a quarter of a second at a real cost: more than these at once is no person at a bench.
QUEUE_LIMIT = 16
# A signed credential that asks for more is a mistake, and would take the bench's memory.
MOST_MEMORY_KIB = 512 << 10
MOST_PASSES = 16


class DirectUnlocker:
    """Answers at once, on the caller's thread.

    Args:
        pepper: The site's.
        least: The cheapest credential that is tried at all.
    """

    def __init__(self, pepper: Pepper, least: Cost = LEAST) -> None:
        self._pepper = pepper
        self._least = least

    def takes(self, row: CredentialRow) -> bool:
        """Whether a credential costs enough to try, and not so much that it hurts."""
        least = self._least
        return (
            least.memory_kib <= row.memory_kib <= MOST_MEMORY_KIB
            and least.passes <= row.passes <= MOST_PASSES
        )

    def ask(self, unlock: Unlock) -> Unlocked | None:
        """Try it now."""
        return self._try(unlock)

    def _try(self, asked: Unlock) -> Unlocked:
        pepper = b"" if asked.badge else self._pepper()
        key = userkey.unlock(asked.row, asked.pin, badge=asked.badge, pepper=pepper)
        return Unlocked(asked.request, key)


class UnlockThread(DirectUnlocker):
    """Answers into the inbox; `run` is the body of its thread."""

    def __init__(self, pepper: Pepper, least: Cost = LEAST) -> None:
        super().__init__(pepper, least)
        self._asked: queue.Queue[Unlock | None] = queue.Queue(QUEUE_LIMIT)

    @override
    def ask(self, unlock: Unlock) -> Unlocked | None:
        """Queue it. When the queue is full the try counts as failed, at once."""
        try:
            self._asked.put_nowait(unlock)
        except queue.Full:
            return Unlocked(unlock.request, None)
        return None

    def run(self, put: Callable[[Unlocked], None]) -> None:
        """Try what was asked for, one after the other, until `stop`."""
        while (asked := self._asked.get()) is not None:
            try:
                answer = self._try(asked)
            except Exception:
                # Memory, or a keyring that is shut: somebody waits, and others come after them.
                log.exception("a key could not be tried")
                answer = Unlocked(asked.request, None)
            put(answer)

    def stop(self) -> None:
        """End the thread after what is in hand; the rest is not answered, nobody waits any more."""
        while True:
            try:
                self._asked.put_nowait(None)
            except queue.Full:
                self._asked.get_nowait()
            else:
                return
