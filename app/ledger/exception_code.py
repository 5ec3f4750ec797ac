"""What a code of an exception is; the codes themselves are in `exception_codes`."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Severity(StrEnum):
    """How soon somebody must look."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


DEADLINES = {
    Severity.HIGH: timedelta(hours=1),
    Severity.MEDIUM: timedelta(hours=4),
    Severity.LOW: timedelta(hours=24),
}

# The last way out of everything, for who may close exceptions: no code is a dead end.
CLOSE = "close_with_note"


@dataclass(frozen=True, slots=True)
class Code:
    """One code.

    Attributes:
        severity: How soon somebody must look.
        meaning: What happened, for the list of codes.
        steps: Safe next steps, best first: words of `WAYS`, without the last one of all.
        ends: What makes it close by itself; empty when only a person can close it.
        shown_by: The promise or the test that opens it and shows a way out.
    """

    severity: Severity
    meaning: str
    steps: tuple[str, ...]
    ends: str
    shown_by: str

    @property
    def ways(self) -> tuple[str, ...]:
        """All safe next steps, best first."""
        return (*self.steps, CLOSE)
