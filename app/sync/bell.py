"""A bell to wait at instead of sleeping: rung for work, for a link that is back, for the end."""

import time
from enum import IntEnum
from threading import Condition


class Ring(IntEnum):
    """Why it rings, the weakest reason first; a wait says which it heeds."""

    WORK = 1
    LINK_UP = 2
    STOP = 3


class Bell:
    """Remembers the strongest unheeded ring, so that none is missed between two waits."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._rung = 0

    def ring(self, why: Ring) -> None:
        """Wake whoever waits and heeds `why`. Callable from any thread."""
        with self._changed:
            self._rung = max(self._rung, why)
            self._changed.notify_all()

    @property
    def stopped(self) -> bool:
        """Whether it was rung for the end."""
        return self._rung == Ring.STOP

    def wait(self, seconds: float, heed: Ring) -> Ring | None:
        """Wait until rung for `heed` or something stronger, at most `seconds`.

        Returns:
            Why it rang, None when only time passed. A ring once returned is heeded; STOP stays.
        """
        until = time.monotonic() + seconds
        with self._changed:
            while self._rung < heed:
                left = until - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    break
            if self._rung < heed:
                return None
            why = Ring(self._rung)
            if why is not Ring.STOP:
                self._rung = 0
            return why
