"""The time that counts for whether somebody may still sign in: a clock set back lengthens nothing.

It is never earlier than the newest time the ledger signed, never earlier than it ever was, and runs
on monotonic time. A wall clock that is ahead counts, because a station may have slept; but not
while the ledger itself was heard a short while ago, so that a wrong clock locks nobody out of a
station that has a link.
"""

from datetime import UTC, datetime, timedelta

from app.station.ports import Clock, Work

# The highest time ever seen, in the book: what a restart with a clock set back starts from.
HIGHEST_NOTE = "trusted_time"
# Written no more often than this: one fsync a minute.
KEEP_EVERY = timedelta(minutes=1)
# Checkpoints come with every page of the feed and marks with every answer, at least hourly online.
CONTACT_NS = 2 * 3_600_000_000_000
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class TrustedTime:
    """Trusted time of a station; used on its thread only.

    Args:
        clock: Wall and monotonic time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._signed = _LONG_AGO
        self._anchor = _LONG_AGO
        self._anchor_ns = clock.monotonic_ns()
        self._contact_ns: int | None = None
        self._kept = _LONG_AGO

    @property
    def signed(self) -> datetime:
        """The newest time the ledger signed, as far as this station has seen."""
        return self._signed

    def now(self) -> datetime:
        """Trusted time; never runs back."""
        at_ns = self._clock.monotonic_ns()
        now = self._anchor + timedelta(microseconds=(at_ns - self._anchor_ns) // 1_000)
        fresh = self._contact_ns is not None and at_ns - self._contact_ns < CONTACT_NS
        if not fresh:
            now = max(now, self._clock.now())
        if now > self._anchor:
            self._anchor, self._anchor_ns = now, at_ns
        return self._anchor

    def start(self, work: Work, signed: str) -> None:
        """Begin where the last run ended.

        Args:
            work: Where the highest time is kept.
            signed: The newest time the ledger signed, ISO 8601, or empty.
        """
        self._signed = moment(signed)
        self._kept = moment(work.note(HIGHEST_NOTE) or "")
        self._anchor = max(self._signed, self._kept)
        self._anchor_ns = self._clock.monotonic_ns()

    def heard(self, signed: str) -> None:
        """The ledger signed a time just now; an old one says nothing.

        It is better evidence than a wall clock: a highest time that a wrong clock left is dropped.
        """
        at = moment(signed)
        if at <= self._signed:
            return
        self._signed = self._anchor = at
        self._anchor_ns = self._contact_ns = self._clock.monotonic_ns()
        self._kept = min(self._kept, at)

    @property
    def grown(self) -> bool:
        """Whether the highest time has grown by so much that it should be written."""
        return self.now() - self._kept >= KEEP_EVERY

    def keep(self, work: Work) -> None:
        """Write the highest time."""
        now = self.now()
        work.set_note(HIGHEST_NOTE, now.isoformat())
        self._kept = now


def moment(at: str) -> datetime:
    """An ISO 8601 time as aware UTC; long ago when it is empty or no time."""
    try:
        parsed = datetime.fromisoformat(at)
    except ValueError:
        return _LONG_AGO
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
