"""What pages may ask of the book beside the current screen: read-only, on their own connections.

Implemented by `app.cache.queries`; asked through `ui.bridge`, never on the window's thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.station.audit_log import Entry


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One operation the ledger has not confirmed, or that needs a person.

    Attributes:
        seq: Number in the station's chain.
        operation: Its id.
        kind: What it is.
        recorded_at: ISO time of capture.
        about: The document or item it concerns.
        transport: `unsent`, `acknowledged` or `confirmed`.
        outcome: `posted`, `waiting`, `refused`, `held`, `conflict`, or empty while undecided.
        sentence: The ledger's answer in words, or empty.
        attempts: How often it was sent.
    """

    seq: int
    operation: str
    kind: str
    recorded_at: str
    about: str
    transport: str
    outcome: str
    sentence: str
    attempts: int


@dataclass(frozen=True, slots=True)
class ScanRow:
    """One line of the scan tape."""

    scan: int
    at: str
    device: str
    shown: str
    fate: str
    why_code: str


@dataclass(frozen=True, slots=True)
class Tally:
    """The sum every shift must meet: everything captured has exactly one of these outcomes."""

    captured: int
    posted: int
    waiting: int
    refused: int
    held: int
    conflict: int
    unsent: int

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        parts = (
            self.posted,
            self.waiting,
            self.refused,
            self.held,
            self.conflict,
            self.unsent,
        )
        return self.captured == sum(parts)


@dataclass(frozen=True, slots=True)
class Health:
    """The numbers of the health page that are not devices or link.

    Attributes:
        signed_at: When the ledger signed the last place of the feed that was followed, or empty.
        backup_at: When the newest backup was made, or empty; `backup_bytes` is its size.
        rows: Rows by table: what was pulled, and how much of it there is.
    """

    tally: Tally
    scans: int
    scan_fates: tuple[tuple[str, int], ...]
    cursor: int
    epoch: str
    master_cursor: int
    book_bytes: int
    enrolment: str
    numbers_left: int
    signed_at: str = ""
    backup_at: str = ""
    backup_bytes: int = 0
    rows: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Sending:
    """How sending stands.

    Attributes:
        next_try_s: Seconds until it is tried again; None while nothing went wrong, or no sync runs.
    """

    next_try_s: int | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One record of the outbox, whole; `name` is of who did it, as people say it."""

    entry: Entry
    name: str


class Views(Protocol):
    """Read-only questions to the book; each answer is one consistent read."""

    def outbox(self, limit: int) -> tuple[OutboxRow, ...]:
        """Unconfirmed operations and those that need a person, oldest first."""
        ...

    def recorded(self, operation: str) -> Recorded | None:
        """What was recorded here under an id."""
        ...

    def scans(self, limit: int) -> tuple[ScanRow, ...]:
        """The scan tape, newest first."""
        ...

    def health(self) -> Health:
        """Counts and positions."""
        ...

    def sending(self) -> Sending:
        """How sending stands at this moment."""
        ...

    def diagnose(self, devices: Sequence[str]) -> str:
        """Write what support asks for as a file without secrets; where it lies.

        Args:
            devices: Each device in one line, as the window knows it.

        Raises:
            Trouble: The disk refuses.
        """
        ...
