"""What is found and told when something is looked up: items, moves, open orders.

Part of `ports.Work`; implemented by `app.cache.search`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from app.contract.messages import Operation


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that fits what was typed; `place` is where the next page goes on."""

    place: int
    sku: str
    name: str


@dataclass(frozen=True, slots=True)
class Pending:
    """What is recorded here of an item and not confirmed by the ledger.

    Attributes:
        operations: How many.
        units: Signed base units by place.
    """

    operations: int
    units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Told:
    """An operation recorded here, and what became of it; `place` is where the next page goes on."""

    place: int
    operation: Operation
    transport: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Wanting:
    """An order that still asks for an item."""

    order: str
    ship_before: str
    units: int


class SearchWork(Protocol):
    """The part of a transaction that finds things again."""

    def find_items(self, said: str, limit: int, after: int = 0) -> tuple[Hit, ...]:
        """Items whose number, name or barcode holds every word that was typed; at most `limit`."""
        ...

    def on_hand(self, skus: Collection[str]) -> Mapping[str, int]:
        """Base units of each item in the building, confirmed and pending."""
        ...

    def pending_of(self, item: str) -> Pending:
        """What is recorded here of an item and not confirmed."""
        ...

    def moves_of(self, item: str, limit: int, before: int = 0) -> tuple[Told, ...]:
        """What was recorded here of an item, the latest first; at most `limit`."""
        ...

    def wanting(self, item: str, limit: int) -> tuple[tuple[Wanting, ...], int]:
        """Open orders that still ask for an item, the most urgent first; and how many in all."""
        ...
