"""The station's own chain as an auditor reads it: what was recorded here, and whether it is whole.

Part of `ports.Work`; implemented by `app.cache.audit_log`.
"""

from dataclasses import dataclass, fields
from typing import Protocol

from app.contract.messages import Operation, Signed


@dataclass(frozen=True, slots=True)
class Limits:
    """What the log is limited to; what is empty is not limited.

    Attributes:
        person: Account.
        item: SKU.
        document: Its number.
        kind: A word of `app.domain.operation.Kind`.
        day: Date by the clock on the wall, `2026-11-23`.
    """

    person: str = ""
    item: str = ""
    document: str = ""
    kind: str = ""
    day: str = ""

    def given(self) -> dict[str, str]:
        """What is limited, by name, in the order of the fields."""
        named = {one.name: str(getattr(self, one.name)) for one in fields(self)}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation as it stands in the chain.

    Attributes:
        n: Number in this book; the next page goes on from it.
        operation: What was recorded.
        enrolment: Whose chain it stands in, and `seq` its number there.
        content_hash: Of its bytes.
        digest: Of the chain up to it.
        signatures: Of the people who signed it.
        transport: Whether the ledger has it.
        outcome: What became of it there, or empty.
        sentence: The ledger's answer in words, or empty.
        feed_seq: Its place in the site's feed; 0 before it is known.
        reversed_by: Id of the operation that took it back, or empty.
    """

    n: int
    operation: Operation
    enrolment: str
    seq: int
    content_hash: str
    digest: str
    signatures: tuple[Signed, ...]
    transport: str
    outcome: str
    sentence: str
    feed_seq: int
    reversed_by: str


@dataclass(frozen=True, slots=True)
class Links:
    """How far a chain was followed.

    Attributes:
        upto: Number in this book of the last operation that was looked at.
        last: Number of the last there is.
        broken: Number in the chain of the first that is not what was recorded, or 0.
        at: When the last that was looked at was recorded, ISO 8601, or empty.
    """

    upto: int = 0
    last: int = 0
    broken: int = 0
    at: str = ""

    @property
    def whole(self) -> bool:
        """Whether everything was followed and nothing is broken."""
        return self.upto >= self.last and not self.broken


class AuditWork(Protocol):
    """The part of a transaction that reads the chain."""

    def entries(self, limits: Limits, limit: int, before: int = 0) -> tuple[Entry, ...]:
        """What was recorded here, the latest first; at most `limit`, before number `before`."""
        ...

    def entry(self, n: int) -> Entry | None:
        """One of them."""
        ...

    def entry_of(self, operation: str) -> Entry | None:
        """The one with this id."""
        ...

    def follow_links(self, known: Links, portion: int) -> Links:
        """Follow the chain on from where it is known to be whole, so many operations at most."""
        ...

    def is_about(self, document: str) -> bool:
        """Whether anything was recorded about a document of this number."""
        ...
