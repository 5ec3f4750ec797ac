"""Documents as a flow reads them: what is expected, asked for or planned, and how far it has come.

Part of `ports.Work`; implemented by `app.cache.documents`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from app.contract.messages import DocumentRow, LotRow, PartyRow

# Counted at one line: measure of `app.domain.document.Measure` to base units, own work included.
Counted = Mapping[str, int]
NOTHING_YET: Counted = {}


@dataclass(frozen=True, slots=True)
class Mark:
    """When somebody looked at what is counted: so far a log of the book had come.

    One that was taken in a transaction that failed is to be forgotten with it.
    """

    log: int
    at: int


@dataclass(frozen=True, slots=True)
class CountedSince:
    """What was counted since a look before.

    Attributes:
        mark: The moment of this look; None where the next one has to read everything again.
        counted: Lines whose counts may have changed, as they are now.
        whole: Whether these are all lines that have any; the look before counts no more.
    """

    mark: Mark | None
    counted: Mapping[int, Counted]
    whole: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a list begins: after the last row of the page before it."""

    due: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """A document as a list shows it; its lines are read when it is opened.

    Attributes:
        units: Base units of all its lines.
    """

    document: str
    party: str
    due: str
    units: int

    @property
    def place(self) -> Place:
        """Where the list goes on behind it."""
        return Place(self.due, self.document)


class DocumentWork(Protocol):
    """The part of a transaction that is about documents other than orders."""

    def document(self, kind: str, number: str) -> DocumentRow | None:
        """The latest version of one; None when this book has none of that number."""
        ...

    def document_version(self, kind: str, number: str) -> int | None:
        """Number of the latest version, without reading it; None when there is none."""
        ...

    def kinds_of(self, number: str) -> tuple[str, ...]:
        """Kinds of documents that have this number, in the order of their names."""
        ...

    def documents(
        self, kind: str, states: Collection[str], limit: int, after: Place | None = None
    ) -> tuple[DocumentRow, ...]:
        """Documents of a kind in these states, the most urgent first; at most `limit`."""
        ...

    def document_heads(
        self, kind: str, states: Collection[str], limit: int, after: Place | None = None
    ) -> tuple[DocumentHead, ...]:
        """The same without their lines, of which a delivery has thousands."""
        ...

    def document_count(self, kind: str, states: Collection[str]) -> int:
        """How many there are in all."""
        ...

    def counted(self, kind: str, number: str, lines: Collection[int] = ()) -> Mapping[int, Counted]:
        """What was counted at each line, confirmed and pending; lines without any are missing.

        With `lines`, only at these.
        """
        ...

    def counted_since(self, kind: str, number: str, since: Mark | None) -> CountedSince:
        """The same, but only where something was counted after a look before."""
        ...

    def lot(self, item: str, lot: str) -> LotRow | None:
        """What is known of a lot."""
        ...

    def party(self, party: str) -> PartyRow | None:
        """Supplier, customer or carrier."""
        ...

    def places_of_kind(self, kind: str, limit: int) -> tuple[str, ...]:
        """Locations of a kind, by name; at most `limit`."""
        ...
