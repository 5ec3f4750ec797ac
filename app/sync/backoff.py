"""Back-off with full jitter: how long to wait before trying again. Never gives up."""

from random import Random

# The first wait is below what a person notices; the cap keeps "back within half a minute" true.
BASE_S = 0.2
FACTOR = 2
CAP_S = 30.0
# 0.2 s doubled eight times passes the cap; counting further would only overflow in a year offline.
MAX_DOUBLINGS = 8


class Backoff:
    """Waits drawn evenly from zero to a growing bound, so that a hall of stations spreads out.

    Args:
        chance: Where the draw comes from.
    """

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._failures = 0

    @property
    def bound_s(self) -> float:
        """The longest the next wait can be."""
        return min(CAP_S, BASE_S * float(FACTOR**self._failures))

    def next_wait_s(self) -> float:
        """Seconds to wait after one more failure."""
        wait_s = self._chance.uniform(0.0, self.bound_s)
        self._failures = min(self._failures + 1, MAX_DOUBLINGS)
        return wait_s

    def reset(self) -> None:
        """It went well, or the world has changed: begin again with short waits."""
        self._failures = 0
