"""Counts that another person must do again, as this station's book knows them.

Part of `ports.Work`; implemented by `app.cache.recounts`.
"""

from typing import Protocol

from app.contract.messages import Operation

# Codes of the ledger that end with a good count of the place.
CODES = (
    "count_differs",
    "recount_by_same_person",
    "moved_before_count",
    "recount_needed",
)


class RecountWork(Protocol):
    """The part of a transaction that is about counting again."""

    def recounts(self, limit: int) -> tuple[Operation, ...]:
        """Counts of this station whose places somebody must count again, the oldest first."""
        ...


def asked_again(work: RecountWork, limit: int) -> dict[str, tuple[str, ...]]:
    """Places to be counted again, and who has counted them so far."""
    found: dict[str, tuple[str, ...]] = {}
    for count in work.recounts(limit):
        for place in dict.fromkeys(line.source for line in count.lines):
            found[place] = (*found.get(place, ()), count.actor)
    return found
