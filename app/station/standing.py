"""What stands at the site and needs a person: exceptions, and who holds which work.

Part of `ports.Work`; implemented by `app.cache.standing`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from app.contract.messages import Operation


@dataclass(frozen=True, slots=True)
class Cause:
    """Open exceptions of one code: how many, and when the first must be looked at."""

    code: str
    count: int
    deadline: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """One open exception, as the ledger told it."""

    id: str
    code: str
    severity: str
    state: str
    sentence: str
    operation: str
    document: str
    deadline: str
    owner: str
    ways: tuple[str, ...]
    seen: int


@dataclass(frozen=True, slots=True)
class Held:
    """A document somebody works on, or is to."""

    kind: str
    document: str
    state: str
    enrolment: str
    station: str
    until: str


class StandingWork(Protocol):
    """The part of a transaction that is about exceptions and claims."""

    def causes(self) -> tuple[Cause, ...]:
        """Open exceptions by code, the most urgent first."""
        ...

    def troubles(
        self, code: str, limit: int, after: tuple[str, str] | None = None
    ) -> tuple[Trouble, ...]:
        """Open exceptions of a code by deadline, after `(deadline, id)`; at most `limit`."""
        ...

    def trouble(self, id_: str) -> Trouble | None:
        """One of them; None when it is closed or unknown."""
        ...

    def steps_here(self) -> Mapping[str, Operation]:
        """What was done here about exceptions and is not confirmed: the latest of each."""
        ...

    def claims(self, limit: int, after: tuple[str, str] | None = None) -> tuple[Held, ...]:
        """Claimed and assigned documents after `(kind, document)`; at most `limit`."""
        ...

    def claim_of(self, kind: str, document: str) -> Held | None:
        """Who has one; None when nobody does."""
        ...

    def claims_here(self) -> Mapping[tuple[str, str], Operation]:
        """Claims asked for here and not confirmed, by kind and document."""
        ...
