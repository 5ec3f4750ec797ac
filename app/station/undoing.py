"""What was recorded here, as somebody looks back on it to take it back.

Part of `ports.Work`; implemented by `app.cache.undoing`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from app.contract.messages import Operation


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The reversal of an operation that counts, or may yet.

    Attributes:
        at: When it was recorded.
        outcome: What became of it; empty while the ledger has not said.
    """

    at: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Done:
    """An operation recorded here.

    Attributes:
        place: Its place in the book; the next page of a list begins before it.
        job: Correlation id of the job it belongs to.
        operation: What it says.
        transport: How far it has come on its way to the ledger.
        outcome: What became of it there; empty while that is not known.
        taken_back: Its reversal, if it has one.
    """

    place: int
    job: str
    operation: Operation
    transport: str
    outcome: str
    taken_back: TakenBack | None = None


class UndoWork(Protocol):
    """The part of a transaction that looks back."""

    def done(self, kinds: Collection[str], limit: int, before: int = 0) -> tuple[Done, ...]:
        """Operations of these kinds, the latest first; `before` a place, or 0 for all."""
        ...

    def done_of(self, operation: str) -> Done | None:
        """One of them."""
        ...

    def done_in(self, job: str, kind: str) -> tuple[Done, ...]:
        """Those of one kind in a job, the latest first."""
        ...

    def labels_of(self, sscc: str) -> tuple[tuple[str, str], ...]:
        """Print jobs of a parcel's label, each with what the printer said."""
        ...
