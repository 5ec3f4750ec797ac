"""What a book says of places when somebody chooses which to count.

Part of `ports.Work`; implemented by `app.cache.choosing`.
"""

from collections.abc import Mapping
from typing import Protocol


class ChoosingWork(Protocol):
    """The part of a transaction that finds places to count."""

    def places_between(self, first: str, last: str, limit: int) -> tuple[str, ...]:
        """Locations from one name to another, both of them too; at most `limit`."""
        ...

    def places_of_class(self, letter: str, limit: int) -> tuple[tuple[str, str], ...]:
        """Places and items of class a, b or c, the most value first; at most `limit`.

        Items by what they are worth on hand: a is the first 80 % of it, b the next 15 %, c the
        rest. Where nobody has said what anything costs, by units.
        """
        ...

    def places_with_stock(self, limit: int) -> tuple[str, ...]:
        """Locations in which something lies, by name; at most `limit`."""
        ...

    def counted_here(self, limit: int) -> Mapping[str, str]:
        """When each place was counted last at this station, by its latest `limit` counts."""
        ...
