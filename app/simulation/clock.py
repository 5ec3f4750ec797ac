"""Virtual time and ids of a simulation: one number that only the agenda moves, and drawn ids."""

from datetime import UTC, datetime, timedelta
from random import Random

from app.clock import uuid7

MORNING = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
_RANDOM_BITS = 74


class Time:
    """Milliseconds since the morning the simulation began."""

    def __init__(self) -> None:
        self.ms = 0


class SimClock:
    """A wall clock that may go wrong, and a monotonic one that does not.

    Args:
        time: The one true time.
        skew_ms: How far this wall clock is ahead of it.
    """

    def __init__(self, time: Time, skew_ms: int = 0) -> None:
        self._time = time
        self.skew_ms = skew_ms

    def now(self) -> datetime:
        """What the clock on the wall shows."""
        return MORNING + timedelta(milliseconds=self._time.ms + self.skew_ms)

    def monotonic_ns(self) -> int:
        """Nanoseconds that only grow."""
        return (self._time.ms + 1) * 1_000_000


class SimIds:
    """UUIDv7s and secrets from the seed.

    Args:
        clock: Gives the leading bits.
        chance: Gives the rest.
    """

    def __init__(self, clock: SimClock, chance: Random) -> None:
        self._clock = clock
        self._chance = chance

    def new_id(self) -> str:
        """A fresh id."""
        moment = int(self._clock.now().timestamp() * 1000)
        return uuid7(moment, self._chance.getrandbits(_RANDOM_BITS))

    def random(self, count: int) -> bytes:
        """Bytes nobody guesses, except who knows the seed."""
        return self._chance.randbytes(count)
