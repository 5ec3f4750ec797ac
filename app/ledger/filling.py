"""Filling up pick locations, as far as one transaction touches it: part of a `Book`.

What is taken from where is decided here, without a database: what expires first goes first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from app.contract.messages import DocumentRow
from app.ledger.clock import stamp

REPLENISH, CHECK = "replenish", "count"
# In the details of a task: what is to be done, where to, what had been moved when it was opened.
WORK, TO, BEFORE, CANCELLED_AT = "work", "to", "before", "cancelled_at"
OPEN, DONE, CANCELLED = "open", "done", "cancelled"
# A task somebody cancelled is not opened again by the ledger for so long: they had a reason.
CANCELLED_FOR = timedelta(hours=8)


class Shelf(NamedTuple):
    """Good goods at a place; sorts by what expires first, then by place."""

    expiry: str
    location: str
    lot: str
    quantity: int


@dataclass(slots=True)
class Filling:
    """Stock and thresholds of the items that are asked for.

    Attributes:
        shelves: Good goods outside parcels and totes, by item, in the order they are taken.
        picked_from: Places with a threshold, by item: they are filled, not emptied.
    """

    shelves: dict[str, list[Shelf]] = field(default_factory=dict)
    picked_from: dict[str, set[str]] = field(default_factory=dict)

    def taken(self, item: str, target: str, wanted: int) -> Iterator[tuple[Shelf, int]]:
        """What to take from where, up to `wanted` units, and less when there is not enough."""
        barred = self.picked_from.get(item, set()) | {target}
        for shelf in self.shelves.get(item, []):
            units = min(wanted, shelf.quantity)
            if units <= 0:
                return
            if shelf.location not in barred:
                wanted -= units
                yield shelf, units


def task_number(work: str, location: str, item: str) -> str:
    """The one task of this kind a place and an item can have open at a time."""
    digest = sha256(f"{location}\n{item}".encode()).hexdigest()[:12]
    return f"{work.upper()}-{digest}"


def sorted_shelves(rows: Iterable[tuple[str, str, str, str, int]]) -> dict[str, list[Shelf]]:
    """Rows of item, expiry, location, lot and quantity; without an expiry it goes last."""
    found: dict[str, list[Shelf]] = {}
    for item, expiry, location, lot, quantity in rows:
        found.setdefault(item, []).append(Shelf(expiry or "~", location, lot, quantity))
    return {item: sorted(shelves) for item, shelves in found.items()}


def was_cancelled(task: DocumentRow, now: datetime) -> bool:
    """Whether somebody cancelled a task so lately that the ledger does not ask again."""
    since = str(task.details.get(CANCELLED_AT, ""))
    return task.state == CANCELLED and since > stamp(now - CANCELLED_FOR)
