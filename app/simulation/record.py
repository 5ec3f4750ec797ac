"""What really happened at one book, written down beside it: the oracle's own notes.

Taken at the moment of commit and of announcement, from outside; nothing here asks the book.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Captured:
    """One operation as it was committed.

    Attributes:
        id: Its id.
        seq: Its number in the chain of its enrolment.
        body: The canonical bytes.
        bench: Where.
        enrolment: Whose chain it was recorded in; linked anew, it stands in another one, too.
        place: Its number in this book, over all chains.
    """

    id: str
    seq: int
    body: bytes
    bench: str
    enrolment: str = ""
    place: int = 0


@dataclass(slots=True)
class Record:
    """Everything one book must hold.

    Attributes:
        operations: Committed ones by id.
        shown: Ids whose recording reached the person.
        scans: Journaled scans by number, with the fate committed for each, or "".
        told: Fates that reached the person, by scan.
        wishes: How somebody wants the window, by name, as far as they saw it kept.
    """

    operations: dict[str, Captured] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    scans: dict[int, str] = field(default_factory=dict)
    told: dict[int, str] = field(default_factory=dict)
    wishes: dict[str, dict[str, str]] = field(default_factory=dict)

    def copy(self) -> "Record":
        """The record of a copy of the book, from here on on its own."""
        return Record(
            dict(self.operations),
            set(self.shown),
            dict(self.scans),
            dict(self.told),
            {person: dict(wishes) for person, wishes in self.wishes.items()},
        )
