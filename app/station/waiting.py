"""Requests that wait for a decision, as this station's book knows them: its own and the site's.

Part of `ports.Work`; implemented by `app.cache.waiting`.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.contract.messages import Operation, Signed
from app.domain.operation import MOVING, Kind, Posting, mirror, postings

# Evidence of an adjustment, or of its reversal: why the station expects it to wait. It has no
# effect until then.
WAITS = "waits"
# Evidence of a decision: it took effect here before the ledger had it.
PROVISIONAL = "provisional"
# Evidence of a request: it was recorded without a link; how many pictures belong to it.
OFFLINE, PHOTOS = "offline", "photos"
APPROVE, REJECT = "approve", "reject"

Find = Callable[[str], Operation | None]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits.

    Attributes:
        id: Its id.
        station: Who recorded it.
        content_hash: What a decision must name.
        seen: Hash of the bytes this book has: what was looked at.
        code: Why it waits.
        operation: What it says.
        signatures: Of people over it.
        decided: The decision or withdrawal made here that the ledger has not confirmed, or empty.
    """

    id: str
    station: str
    content_hash: str
    seen: str
    code: str
    operation: Operation
    signatures: tuple[Signed, ...] = ()
    decided: str = ""


class WaitingWork(Protocol):
    """The part of a transaction that is about what waits."""

    def waiting(self, limit: int) -> tuple[Waiting, ...]: ...
    def waiting_count(self) -> int: ...
    def waiting_of(self, request: str) -> Waiting | None: ...
    def wait(self, request: str, station: str, code: str) -> None: ...
    def set_decided(self, request: str, decision: str) -> None: ...
    def adjusted_on(self, day: str, persons: Collection[str]) -> Sequence[Operation]: ...


def effects_of(body: Operation, find: Find) -> list[Posting]:
    """What an operation does to the stock here before the ledger has it.

    An adjustment that will wait does nothing; a provisional approval does what it approves.

    Args:
        body: The operation.
        find: Other operations this book knows: own ones, and those that wait.
    """
    match body.kind:
        case Kind.ADJUST | Kind.REVERSE if body.evidence.get(WAITS):
            return []
        case Kind.DECIDE if body.evidence.get(PROVISIONAL) is True and body.reason == APPROVE:
            asked = find(body.reference.original) if body.reference else None
            return [] if asked is None else moves_of(asked, find)
        case _:
            return moves_of(body, find)


def moves_of(body: Operation, find: Find) -> list[Posting]:
    """What an operation moves once it is posted."""
    if body.kind == Kind.REVERSE:
        original = find(body.reference.original) if body.reference else None
        return [] if original is None else mirror(moves_of(original, find))
    return postings(body.lines) if body.kind in MOVING else []
