"""Promises to orders, as far as one transaction touches them: part of a `Book`."""

from dataclasses import dataclass, field

from app.domain.order import LineCount


@dataclass(slots=True)
class PromiseBook:
    """An order line that stock is promised to.

    Attributes:
        item: SKU.
        ordered: What the current version of the order asks for.
        promised: What is promised of it altogether.
        rank: Text that sorts the more urgent order first.
        picked: What lies in totes for it.
    """

    item: str
    ordered: int
    promised: int
    rank: str
    picked: int = 0

    def count(self, packed: int, short: int) -> LineCount:
        """Everything counted at the line."""
        return LineCount(self.ordered, self.promised, self.picked, packed, short)


@dataclass(slots=True)
class Promises:
    """What a transaction knows of promises, and what it adds.

    Attributes:
        lines: By order and line; those in `changed` have changed.
        free: What of each item can still be promised, as of the operations decided so far.
        picked: What is added to the totes' content by order and line.
        reopened: Orders that were closed and are open again: their lines may have been cleared.
    """

    lines: dict[tuple[str, int], PromiseBook] = field(default_factory=dict)
    changed: set[tuple[str, int]] = field(default_factory=set)
    free: dict[str, int] = field(default_factory=dict)
    picked: dict[tuple[str, int], int] = field(default_factory=dict)
    reopened: set[str] = field(default_factory=set)

    def add_picked(self, order: str, line: int, units: int) -> None:
        """Units were put into totes for an order line, or taken out."""
        where = (order, line)
        self.picked[where] = self.picked.get(where, 0) + units
        known = self.lines.get(where)
        if known is not None:
            known.picked += units
