"""The real clock, ids and chance: the only place of the station that asks the machine for them."""

import secrets
import time
from datetime import UTC, datetime

_RANDOM_BITS = 74


class SystemClock:
    """Wall time in UTC, and monotonic nanoseconds."""

    def now(self) -> datetime:
        """Aware UTC time."""
        return datetime.now(UTC)

    def monotonic_ns(self) -> int:
        """Nanoseconds that only grow."""
        return time.monotonic_ns()


class UuidSource:
    """UUIDv7 (RFC 9562 §5.7): sortable by capture time, 74 random bits."""

    def new_id(self) -> str:
        """A fresh id, lower case with hyphens."""
        return uuid7(time.time_ns() // 1_000_000, secrets.randbits(_RANDOM_BITS))


def uuid7(unix_ms: int, chance: int) -> str:
    """The UUIDv7 of a millisecond and 74 bits of chance."""
    high, low = chance >> 62, chance & ((1 << 62) - 1)
    value = (unix_ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | (high & 0xFFF) << 64 | 0b10 << 62 | low
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
