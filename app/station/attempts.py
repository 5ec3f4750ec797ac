"""How often a PIN may be tried: waits, a limit for each person, and one for everybody together.

Counters lie in the book and are raised before a PIN is tried; waits run on monotonic time alone, so
that no clock shortens them. What was left of a wait when the program stopped begins anew.
"""

from collections import deque
from dataclasses import dataclass

from app.station.people import Attempt
from app.station.ports import Work

SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
# NIST SP 800-63B-4 for activation secrets, PCI DSS 8.3.4: ten in a row, then a person must help.
MOST_FAILURES = 10
# After so many failures in a row the next try waits; the last wait holds for all after it.
WAITS_NS = {5: 30 * SECOND_NS, 6: MINUTE_NS, 7: 5 * MINUTE_NS, 8: 15 * MINUTE_NS}
LONGEST_NS = WAITS_NS[8]
# So many failures of all people within the window are somebody trying names, not forgetful people.
MOST_TOGETHER = 20
WINDOW_NS = 15 * MINUTE_NS
EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Why nobody may try now, or that they may.

    Attributes:
        disabled: Ten in a row: a supervisor or the ledger must help.
        wait_s: Seconds until this person may try again; 0 when they may.
        everybody_s: Seconds until anybody may try again; 0 when they may.
    """

    disabled: bool
    wait_s: int
    everybody_s: int

    @property
    def free(self) -> bool:
        """Whether a try is allowed."""
        return not (self.disabled or self.wait_s or self.everybody_s)


class Attempts:
    """The monotonic side of the counters; changed only after the counters are durable.

    Args:
        started_ns: When the program started: failures from before count as made then.
    """

    def __init__(self, started_ns: int) -> None:
        self._started_ns = started_ns
        self._last: dict[str, int] = {}
        self._together: deque[int] | None = None
        self._shut_ns: int | None = None

    def standing(self, work: Work, person: str, now_ns: int) -> Standing:
        """Whether this person may try a PIN now."""
        counted = work.attempt(person)
        since = self._last.get(person, self._started_ns)
        wait = WAITS_NS.get(counted.failures, LONGEST_NS if counted.failures > 8 else 0)
        return Standing(
            counted.failures >= MOST_FAILURES,
            _seconds(since + wait - now_ns),
            self.everybody_s(work, now_ns),
        )

    def everybody_s(self, work: Work, now_ns: int) -> int:
        """Seconds until anybody may try again."""
        self._recent(work)
        if self._shut_ns is None:
            return 0
        left = _seconds(self._shut_ns + WINDOW_NS - now_ns)
        if not left:
            self._shut_ns, self._together = None, deque()
        return left

    def raise_for(self, work: Work, person: str, at: str, now_ns: int) -> int:
        """Count a try before it is made; tell `raised` once that is durable. Failures in a row."""
        counted = work.attempt(person).failures + 1
        work.set_attempt(person, Attempt(counted, at))
        together = sum(now_ns - one < WINDOW_NS for one in self._recent(work)) + 1
        work.set_attempt(EVERYBODY, Attempt(together, at))
        return counted

    def raised(self, person: str, now_ns: int) -> None:
        """The raised counters are durable."""
        self._last[person] = now_ns
        recent = deque(one for one in self._together or () if now_ns - one < WINDOW_NS)
        recent.append(now_ns)
        self._together = recent
        if len(recent) >= MOST_TOGETHER:
            self._shut_ns = now_ns

    def forgive(self, work: Work, person: str, at: str) -> None:
        """The person proved themselves, or was let in; tell `forgiven` once that is durable."""
        work.set_attempt(person, None)
        work.set_attempt(EVERYBODY, Attempt(max(0, len(self._recent(work)) - 1), at))

    def forgiven(self, person: str) -> None:
        """The lowered counters are durable."""
        self._last.pop(person, None)
        if self._together:
            self._together.pop()
            if len(self._together) < MOST_TOGETHER:
                self._shut_ns = None

    def _recent(self, work: Work) -> deque[int]:
        """Times of the latest failures; after a start, all those counted are of that moment."""
        if self._together is None:
            before = work.attempt(EVERYBODY).failures
            self._together = deque([self._started_ns] * before)
            if before >= MOST_TOGETHER:
                self._shut_ns = self._started_ns
        return self._together


def _seconds(left_ns: int) -> int:
    return -(-left_ns // SECOND_NS) if left_ns > 0 else 0
