"""Where the ledger gets time and ids from; the simulation hands in its own.

Time orders nothing here (law 9): sequence numbers do. It is kept beside what happened, and decides
only deadlines, claim holds and the life of codes and tokens.
"""

import secrets
from datetime import UTC, datetime
from typing import Protocol

from app.clock import SystemClock, UuidSource


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


class SystemIds(UuidSource):
    """UUIDv7s and secrets from the operating system."""

    def random(self, count: int) -> bytes:
        """Unguessable bytes."""
        return secrets.token_bytes(count)


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


__all__ = ["Clock", "IdSource", "SystemClock", "SystemIds", "moment", "stamp"]
