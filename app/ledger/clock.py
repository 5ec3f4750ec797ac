"""Where the ledger gets time and ids from; the simulation hands in its own.

Time orders nothing here (law 9): sequence numbers do. It is kept beside what happened, and decides
only deadlines, claim holds and the life of codes and tokens.
"""

import secrets
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time."""

    def now(self) -> datetime:
        """Aware UTC time."""
        ...


class IdSource(Protocol):
    """Ids (UUIDv7, lower case) and secrets."""

    def new_id(self) -> str:
        """A fresh id."""
        ...

    def random(self, count: int) -> bytes:
        """Unguessable bytes."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Aware UTC time."""
        return datetime.now(UTC)


class SystemIds:
    """UUIDv7 (RFC 9562) by the clock, secrets by the operating system.

    Args:
        clock: Gives the leading 48 bits, so that ids made together lie together in an index.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def new_id(self) -> str:
        """A fresh id."""
        return uuid7(self._clock.now(), secrets.token_bytes(10))

    def random(self, count: int) -> bytes:
        """Unguessable bytes."""
        return secrets.token_bytes(count)


def uuid7(at: datetime, random: bytes) -> str:
    """A UUIDv7 from a moment and ten random bytes."""
    milliseconds = int(at.timestamp() * 1000) & (2**48 - 1)
    tail = int.from_bytes(random, "big")
    number = milliseconds << 80 | 0x7 << 76 | (tail >> 68 & 0xFFF) << 64
    number |= 0b10 << 62 | tail & (2**62 - 1)
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def stamp(at: datetime) -> str:
    """ISO 8601 UTC with milliseconds; sorts as text."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime:
    """The moment behind a stamp.

    Raises:
        ValueError: Not an ISO 8601 time with a zone.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return at.astimezone(UTC)
