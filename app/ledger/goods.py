"""Lots, serials, items and what is expected of them, as far as one transaction touches them.

Part of a `Book`: mutable, and alive for one transaction only.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.contract.messages import DocumentLine, ItemRow, Line, LotRow

if TYPE_CHECKING:
    from app.ledger.book import Cell


@dataclass(slots=True)
class LotBook:
    """A lot.

    Attributes:
        row: As of the operations decided so far.
        before: As it was read; None when nobody has named it before.
        actor: Who changed it last.
        reason: Why.
    """

    row: LotRow
    before: LotRow | None
    actor: str = ""
    reason: str = ""


@dataclass(slots=True)
class SerialBook:
    """Where one unit is.

    Attributes:
        cells: Its balances at places in the building that this transaction may change.
        elsewhere: Other places that have it, at any site, and how often.
        twice: Whether it is in more than one place, or more than once in one.
    """

    cells: "list[Cell]" = field(default_factory=list)
    elsewhere: list[tuple[str, int]] = field(default_factory=list)
    twice: bool = False

    @property
    def units(self) -> int:
        """How many units of this serial the book has in buildings; one is right."""
        here = sum(cell.quantity for cell in self.cells if cell.quantity > 0)
        return here + sum(quantity for _, quantity in self.elsewhere)

    @property
    def places(self) -> list[str]:
        """Where they are."""
        here = {cell.key.location for cell in self.cells if cell.quantity > 0}
        return sorted(here | {place for place, _ in self.elsewhere})


@dataclass(slots=True)
class Expectation:
    """The lines of an inbound or a return, found by number and by item.

    Attributes:
        lines: By number.
        undone: Those of which not everything has come or was given up.
    """

    lines: dict[int, DocumentLine]
    undone: set[int]
    _by_item: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, line in sorted(self.lines.items()):
            self._by_item.setdefault(line.item, []).append(number)

    def place(self, line: Line) -> int:
        """The document's line that a line of an operation counts at; 0 when it has none for it.

        A station that does not say which gets the first line of this item that is still open.
        """
        if not self.lines:
            return line.order_line
        if line.order_line:
            named = self.lines.get(line.order_line)
            return line.order_line if named is not None and named.item == line.item else 0
        numbers = self._by_item.get(line.item, [0])
        return next((number for number in numbers if number in self.undone), numbers[-1])


@dataclass(slots=True)
class Goods:
    """What is known of the goods that are touched.

    Attributes:
        tracked: Whether any lot or serial is touched at all.
        lots: By item and lot.
        serials: By item and serial.
        items: The current version of items whose tolerance matters.
        expected: Inbounds and returns by kind and number, made when first needed.
    """

    tracked: bool = False
    lots: dict[tuple[str, str], LotBook] = field(default_factory=dict)
    serials: dict[tuple[str, str], SerialBook] = field(default_factory=dict)
    items: dict[str, ItemRow] = field(default_factory=dict)
    expected: dict[tuple[str, str], Expectation] = field(default_factory=dict)
