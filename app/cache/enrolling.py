"""An identity into the book: the first one, or another one in place; in one transaction.

In place, everything that was recorded stays. What the ledger has confirmed is not touched; the rest
is linked into the new enrolment's chain and sent from there. A kill leaves the old identity whole,
or the new one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from app.cache import relink
from app.cache.store import EMPTY, IDENTITY, POSITION, RESTORED, CacheStore
from app.cache.work import NUMBERS, CacheWork, Numbers
from app.contract.messages import Operation
from app.station.ports import Identity, Position

# What the sync holds against a ledger that tells another history; of an epoch that is over.
_CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it.

    Attributes:
        relinked: How many operations were linked anew; they will be sent again.
        again: Whether the book had an identity before.
    """

    relinked: int
    again: bool


def take(
    store: CacheStore,
    identity: Identity,
    numbers: Numbers,
    told: Callable[[Taken, Position], Operation],
) -> Taken:
    """Let the book be of this identity from now on.

    Args:
        store: The book; nobody else writes.
        identity: Who the station is.
        numbers: The new enrolment's; what is left of the old one's block is never used.
        told: Makes the event that is recorded in the same transaction.

    Raises:
        Trouble: The disk refuses; nothing was changed.
    """
    with store.begin() as work:
        before = work.note(IDENTITY)
        where = _position(work)
        if before is not None and where.epoch not in {"", identity.epoch}:
            # Not the history this book has followed: whatever it confirmed may be lost there.
            relink.forget_outcomes(work)
            where = Position(identity.epoch, 0, "", 0)
            work.set_note(POSITION, msgspec.json.encode(where).decode())
            work.set_note(_CHECKPOINT, None)
        taken = Taken(relink.begin(work, identity.enrolment), before is not None)
        work.set_note(IDENTITY, msgspec.json.encode(identity).decode())
        work.set_note(NUMBERS, msgspec.json.encode(numbers).decode())
        work.set_note(RESTORED, None)
        work.append(told(taken, where), (), "")
        work.commit()
    return taken


def last_link(store: CacheStore) -> tuple[str, str]:
    """Enrolment and last digest of the present chain; empty before the first."""
    with store.begin() as work:
        head = work.head()
    return ("", "") if head is None else (head.enrolment, head.digest)


def _position(work: CacheWork) -> Position:
    value = work.note(POSITION)
    return EMPTY if value is None else msgspec.json.decode(value, type=Position)
