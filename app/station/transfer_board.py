"""A transfer as one of its ends works on it: what is open at each line, and where goods are."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.contract.messages import BalanceRow, DocumentLine, DocumentRow, Line
from app.domain.document import DocumentKind, Measure
from app.domain.operation import TRANSIT_PREFIX
from app.domain.transfer import TransferState as State
from app.station.documents import NOTHING_YET, Counted
from app.station.ports import Work

TRANSFER = DocumentKind.TRANSFER.value
# What may be worked on, at the end the goods leave and at the one they come to.
SHIPPABLE = (State.APPROVED.value, State.DISPATCHING.value)
RECEIVABLE = (State.DISPATCHING.value, State.IN_TRANSIT.value, State.RECEIVING.value)
_SETTLED = (Measure.ACCEPTED, Measure.SHORT, Measure.LOST, Measure.RETURNED)


@dataclass(frozen=True, slots=True)
class Part:
    """So many of a line.

    Attributes:
        line: Number of the line; 0 for what nobody asked for.
        quantity: Base units.
    """

    line: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer, seen from one end.

    Attributes:
        row: Its latest version.
        counted: Tallies of its lines, own work included.
        leaves: Whether this is the end the goods leave.
    """

    row: DocumentRow
    counted: Mapping[int, Counted]
    leaves: bool

    @property
    def transit(self) -> str:
        """Where the goods are while they are at neither end."""
        return TRANSIT_PREFIX + self.row.document

    @property
    def other(self) -> str:
        """The other site."""
        return self.row.destination if self.leaves else self.row.origin

    def tally(self, line: int, measure: Measure) -> int:
        """What was counted at a line."""
        return self.counted.get(line, NOTHING_YET).get(measure.value, 0)

    def wanted(self, line: DocumentLine) -> int:
        """What is asked for of a line here: to ship, or to receive of what was shipped."""
        return line.quantity if self.leaves else self.tally(line.line, Measure.DISPATCHED)

    def done(self, line: DocumentLine) -> int:
        """What has left, or arrived, of it."""
        return self.tally(line.line, Measure.DISPATCHED if self.leaves else Measure.ACCEPTED)

    def short(self, line: DocumentLine) -> int:
        """What did not arrive and was resolved."""
        if self.leaves:
            return 0
        gone = (Measure.SHORT, Measure.LOST, Measure.RETURNED)
        return sum(self.tally(line.line, measure) for measure in gone)

    def open_of(self, line: DocumentLine) -> int:
        """What is still to do of it."""
        return max(self.wanted(line) - self.done(line) - self.short(line), 0)

    @property
    def left(self) -> int:
        """Units still to do."""
        return sum(self.open_of(line) for line in self.row.lines)

    def has(self, sku: str) -> bool:
        """Whether an item is on the manifest at all."""
        return any(line.item == sku for line in self.row.lines)

    def parts(self, sku: str, lot: str, units: int) -> tuple[Part, ...]:
        """Where units count: open lines one after the other, what is too much at line 0.

        Lines that ask for the very lot come first, as the ledger fills them.
        """
        lines = [line for line in self.row.lines if line.item == sku and line.lot in ("", lot)]
        parts = []
        for line in sorted(lines, key=lambda one: one.lot != lot):
            part = min(units, self.open_of(line))
            if part:
                parts.append(Part(line.line, part))
                units -= part
        return (*parts, Part(0, units)) if units else tuple(parts)


def find_transfer(work: Work, number: str, site: str) -> Transfer | None:
    """A transfer of this number that this site is an end of; None when there is none."""
    row = work.document(TRANSFER, number) if number else None
    if row is None or site not in (row.origin, row.destination):
        return None
    return Transfer(row, work.counted(TRANSFER, number), row.origin == site)


def under_way(work: Work, transfer: Transfer) -> list[BalanceRow]:
    """What this book says is in transit to this site."""
    return [row for row in work.stock_at(transfer.transit) if row.quantity > 0]


def missing_lines(work: Work, transfer: Transfer, target: str) -> tuple[Line, ...]:
    """What is open of everything under way, put where somebody said it is.

    What was resolved here and the ledger has not confirmed is counted at the lines already, though
    the book still has it under way.
    """
    return tuple(
        Line(
            item=row.item,
            quantity=part.quantity,
            source=transfer.transit,
            target=target,
            lot=row.lot,
            serial=row.serial,
            condition=row.condition,
            order_line=part.line,
            uom_quantity=part.quantity,
        )
        for row in under_way(work, transfer)
        for part in transfer.parts(row.item, row.lot, row.quantity)
        if part.line
    )
