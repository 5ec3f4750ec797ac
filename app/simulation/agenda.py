"""What happens next, in order of virtual time: a heap of calls.

A request that waits for its answer lets the agenda go on meanwhile (`pass_ms`), so that a station
records, crashes or pulls while its push is under way, as it does with threads.
"""

from collections.abc import Callable
from heapq import heappop, heappush

from app.errors import Fault
from app.simulation.clock import Time

# One seed plays a few thousand calls; a million mean that something goes round in circles.
MAX_CALLS = 1_000_000
# Requests waiting within requests: a wait ends only when those begun during it have, and Python's
# stack has room for seventy. Every bench with both its loops in two lives needs no more than this.
MAX_DEPTH = 24


class Agenda:
    """Calls by time.

    Args:
        time: Moved forward by what is called.
    """

    def __init__(self, time: Time) -> None:
        self.time = time
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0
        self._depth = 0

    def after(self, ms: int, call: Callable[[], None]) -> None:
        """Do `call` in `ms` milliseconds."""
        self._count += 1
        if self._count > MAX_CALLS:
            raise Fault("The simulation goes round in circles.", detail=f"{self._count} calls")
        heappush(self._heap, (self.time.ms + max(0, ms), self._count, call))

    def pass_ms(self, ms: int) -> None:
        """Let time pass, and do what falls due; waits too deep in each other leave it for later."""
        end = self.time.ms + ms
        self._depth += 1
        try:
            while self._depth <= MAX_DEPTH and self._heap and self._heap[0][0] <= end:
                due, _, call = heappop(self._heap)
                # Calls made from within calls may have moved time past this one already.
                self.time.ms = max(self.time.ms, due)
                call()
        finally:
            self._depth -= 1
        self.time.ms = max(self.time.ms, end)
