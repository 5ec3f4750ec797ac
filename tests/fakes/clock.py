"""A clock and ids that move only when told: the fakes of `app.station.ports`."""

from datetime import UTC, datetime, timedelta

from app.clock import uuid7


class FakeClock:
    """Starts on a Monday morning; `pass_ms` moves both times."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
        self._monotonic_ns = 1_000_000_000_000

    def now(self) -> datetime:
        return self._now

    def monotonic_ns(self) -> int:
        return self._monotonic_ns

    def pass_ms(self, milliseconds: int) -> None:
        """Let time pass."""
        self._now += timedelta(milliseconds=milliseconds)
        self._monotonic_ns += milliseconds * 1_000_000


class CountingIds:
    """UUIDv7s that differ only in a counter, which begins behind `after`."""

    def __init__(self, after: int = 0) -> None:
        self._count = after

    def new_id(self) -> str:
        self._count += 1
        return uuid7(1_800_000_000_000 + self._count, self._count)
