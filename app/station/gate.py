"""What stands between a person and a session: the unlocker, trusted time, counted tries."""

from dataclasses import dataclass

from app.station.attempts import Attempts
from app.station.ports import Clock, Unlocker
from app.station.trusted import TrustedTime


@dataclass(frozen=True, slots=True)
class Gate:
    """The station's own parts of signing in; memory only, beside what the book holds."""

    unlocker: Unlocker
    trusted: TrustedTime
    attempts: Attempts


def new_gate(unlocker: Unlocker, clock: Clock) -> Gate:
    """A gate as it is when the program starts."""
    return Gate(unlocker, TrustedTime(clock), Attempts(clock.monotonic_ns()))
