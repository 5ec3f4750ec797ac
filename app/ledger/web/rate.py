"""How often a bearer may ask: token buckets, on the loop's thread, without a lock.

Questions of other systems and of people: 20 a second, bursts of 100 (security.md §2.8). The sync
protocol has a bucket of its own, ten times as large: a draining station sends one batch after the
other as fast as it is answered, and that is what the ledger is for; it is held back by its batches
waiting in the queue. Only a station that loops without thinking meets this limit.
"""

from dataclasses import dataclass
from time import monotonic

from app.errors import Refusal

# Buckets remembered; the one that was made first is forgotten first, and is full again when it
# comes back.
MAX_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second, and how many at once after a rest."""

    per_s: int
    burst: int


ASKING = Rate(20, 100)
SYNCING = Rate(200, 1_000)


class Limiter:
    """Buckets by bearer.

    Args:
        rate: Of each.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        # Tokens left, and when that was counted.
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, caller: str) -> None:
        """Take one token.

        Raises:
            Refusal: `too_many_requests`.
        """
        now = monotonic()
        left, then = self._buckets.get(caller, (float(self._rate.burst), now))
        left = min(float(self._rate.burst), left + (now - then) * self._rate.per_s)
        if left < 1:
            self._buckets[caller] = (left, now)
            raise Refusal(
                "too_many_requests",
                f"More than {self._rate.per_s} requests a second. Wait a second, then go on.",
            )
        if caller not in self._buckets and len(self._buckets) >= MAX_BUCKETS:
            self._buckets.pop(next(iter(self._buckets)))
        self._buckets[caller] = (left - 1, now)
