"""A transfer as one of its ends works on it: what is open at each line, and where goods are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

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
# What did not arrive and was resolved.
_GONE = (Measure.SHORT, Measure.LOST, Measure.RETURNED)


@dataclass(frozen=True, slots=True)
class Part:
    """So many of a line.

    Attributes:
        line: Number of the line; 0 for what nobody asked for.
        quantity: Base units.
    """

    line: int
    quantity: int


class Figures(NamedTuple):
    """One line in base units: asked for here, done, resolved without arriving."""

    wanted: int
    done: int
    short: int

    @property
    def open(self) -> int:
        """What is still to do of it."""
        return max(self.wanted - self.done - self.short, 0)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One version of a transfer with what the book knew of its goods when it was opened.

    Attributes:
        row: The document.
        names: Of its items; an unknown one is missing.
        places: Where its items are best taken from, at the end they leave.
        by_item: Its lines by SKU, in order.
    """

    row: DocumentRow
    names: Mapping[str, str]
    places: Mapping[str, str]
    by_item: Mapping[str, tuple[DocumentLine, ...]]

    @classmethod
    def load(cls, work: Work, row: DocumentRow, *, leaves: bool) -> "Manifest":
        """Read what its lines need from the book, once for all of them."""
        by_item: dict[str, list[DocumentLine]] = {}
        for line in row.lines:
            by_item.setdefault(line.item, []).append(line)
        names = {sku: item.name for sku, item in work.items(by_item).items()}
        places = work.places(by_item) if leaves else {}
        return cls(row, names, places, {sku: tuple(lines) for sku, lines in by_item.items()})


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer, seen from one end.

    Attributes:
        manifest: Its latest version.
        counted: Tallies of its lines, own work included.
        leaves: Whether this is the end the goods leave.
        figures: What stands at each line, by its number.
        left: Units still to do.
    """

    manifest: Manifest
    counted: Mapping[int, Counted]
    leaves: bool
    figures: Mapping[int, Figures]
    left: int

    @property
    def row(self) -> DocumentRow:
        """The document."""
        return self.manifest.row

    @property
    def transit(self) -> str:
        """Where the goods are while they are at neither end."""
        return TRANSIT_PREFIX + self.row.document

    @property
    def other(self) -> str:
        """The other site."""
        return self.row.destination if self.leaves else self.row.origin

    @property
    def current(self) -> int:
        """The first line with something to do; 0 when there is none."""
        lines = self.row.lines if self.left else ()
        return next((one.line for one in lines if self.figures[one.line].open), 0)

    def open_of(self, line: DocumentLine) -> int:
        """What is still to do of a line."""
        return self.figures[line.line].open

    def open_units(self, sku: str) -> int:
        """What is still to do of an item."""
        return sum(map(self.open_of, self.manifest.by_item.get(sku, ())))

    def has(self, sku: str) -> bool:
        """Whether an item is on the manifest at all."""
        return sku in self.manifest.by_item

    def parts(self, sku: str, lot: str, units: int) -> tuple[Part, ...]:
        """Where units count: open lines one after the other, what is too much at line 0.

        Lines that ask for the very lot come first, as the ledger fills them.
        """
        named = self.manifest.by_item.get(sku, ())
        parts = []
        for line in sorted(
            (one for one in named if one.lot in ("", lot)), key=lambda one: one.lot != lot
        ):
            part = min(units, self.open_of(line))
            if part:
                parts.append(Part(line.line, part))
                units -= part
        return (*parts, Part(0, units)) if units else tuple(parts)


def find_transfer(
    work: Work, number: str, site: str, before: Transfer | None = None
) -> Transfer | None:
    """A transfer of this number that this site is an end of; None when there is none.

    Args:
        work: The book.
        number: Its number.
        site: This site.
        before: The same as it was seen last: of it is used again what is as it was. A transfer of
            5,000 lines changes by one with every scan.
    """
    version = work.document_version(TRANSFER, number) if number else None
    if version is None:
        return None
    known = before.manifest if before is not None else None
    if known is None or (known.row.document, known.row.version) != (number, version):
        before, row = None, work.document(TRANSFER, number)
        if row is None or site not in (row.origin, row.destination):
            return None
        known = Manifest.load(work, row, leaves=row.origin == site)
    counted = work.counted(TRANSFER, number)
    return _counted(known, counted, known.row.origin == site, before)


def after(work: Work, transfer: Transfer, lines: Collection[int]) -> Transfer:
    """A transfer that was read in this turn, after its own record counted at these lines."""
    now = work.counted(TRANSFER, transfer.row.document, lines)
    counted = {**transfer.counted, **now}
    return _counted(transfer.manifest, counted, transfer.leaves, transfer)


def _counted(
    manifest: Manifest, counted: Mapping[int, Counted], leaves: bool, before: Transfer | None
) -> Transfer:
    if before is None:
        figures = {line.line: _figures(line, counted, leaves) for line in manifest.row.lines}
        return Transfer(
            manifest, counted, leaves, figures, sum(one.open for one in figures.values())
        )
    then = before.counted
    changed = {line for line, tallies in counted.items() if then.get(line) != tallies}
    changed |= then.keys() - counted.keys()
    if not changed:
        return before
    figures, left = dict(before.figures), before.left
    lines = manifest.row.lines
    for line in [one for one in lines if one.line in changed]:
        now = _figures(line, counted, leaves)
        left += now.open - figures[line.line].open
        figures[line.line] = now
    return Transfer(manifest, counted, leaves, figures, left)


def _figures(line: DocumentLine, counted: Mapping[int, Counted], leaves: bool) -> Figures:
    tallies = counted.get(line.line, NOTHING_YET)
    dispatched = tallies.get(Measure.DISPATCHED.value, 0)
    if leaves:
        return Figures(line.quantity, dispatched, 0)
    short = sum(tallies.get(measure.value, 0) for measure in _GONE)
    return Figures(dispatched, tallies.get(Measure.ACCEPTED.value, 0), short)


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
