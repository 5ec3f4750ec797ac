"""An order as the bench sees it: what was asked for, and how far it has come.

What was ordered is a document version from the ledger; progress derives from operations alone. The
state of the document is a decision (held, cancelled …); its stage is how far it has come.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.operation import TOTE_PREFIX, Kind, MovingLine

# Kinds that may put goods for an order into a tote, and take them out.
_INTO_TOTES = frozenset({Kind.PICK, Kind.UNPACK})
_OUT_OF_TOTES = frozenset({Kind.UNPICK, Kind.PACK})


class OrderState(StrEnum):
    """State of the document; progress is not part of it."""

    RELEASED = "released"
    HELD = "held"
    CANCELLED = "cancelled"
    SHIPPED = "shipped"


class Stage(StrEnum):
    """How far an order has come; derived, never stored."""

    RELEASED = "released"
    RESERVED = "reserved"
    CLAIMED = "claimed"
    PICKING = "picking"
    PACKING = "packing"
    PACKED = "packed"
    SHIPPED = "shipped"


class Policy(StrEnum):
    """How a unit is verified at the bench."""

    EACH = "each"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One ordered line; `quantity` in base units of `item`."""

    line: int
    item: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Order:
    """One version of an order.

    Attributes:
        order: Its number, as printed on the pick slip.
        version: Grows with every change of the document.
        state: Whether it may be packed.
        policy: Unit by unit, or quantity then scan.
        priority: 1 is most urgent.
        ship_before: ISO 8601 local time of the cut-off, or empty.
        carrier: Carrier and service as shown and printed.
        ship_to: Address lines, first the name.
        note: What the packer must know, or empty.
        lines: What was ordered.
    """

    order: str
    version: int
    state: OrderState
    policy: Policy
    priority: int
    ship_before: str
    carrier: str
    ship_to: tuple[str, ...]
    note: str
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one order line has come, in base units, confirmed and pending together."""

    packed: int = 0
    short: int = 0

    def open_of(self, ordered: int) -> int:
        """Units still to be packed; never below zero."""
        return max(0, ordered - self.packed - self.short)


@dataclass(frozen=True, slots=True)
class LineCount:
    """Everything that is counted at one order line, in base units.

    Attributes:
        ordered: What the current version of the order asks for.
        promised: What was promised of it, altogether; packing takes nothing away here.
        picked: What lies in totes for it.
        packed: What lies in parcels for it, or has left in them.
        short: What was declared not to be had.
    """

    ordered: int
    promised: int = 0
    picked: int = 0
    packed: int = 0
    short: int = 0

    @property
    def wanted(self) -> int:
        """Units that still have to come from a shelf; never below zero."""
        return max(0, self.ordered - self.short - self.picked - self.packed)

    @property
    def reserved(self) -> int:
        """Units on the shelves that nobody else may have: the open part of the promise.

        Packing and picking use a promise up, unpacking gives it back, declaring short or cutting
        the order sets it free, and none of them has to write it down.
        """
        kept = min(self.promised, self.ordered - self.short)
        return max(0, kept - self.picked - self.packed)

    @property
    def backordered(self) -> int:
        """Units wanted that no stock is promised to."""
        return self.wanted - self.reserved

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to pack."""
        return self.packed + self.short >= self.ordered

    def promised_with(self, units: int) -> int:
        """What is promised altogether once up to `units` more are."""
        more = min(units, self.backordered)
        return max(self.promised, self.picked + self.packed) + more if more > 0 else self.promised


def stage(lines: Sequence[LineCount], *, claimed: bool, shipped: int) -> Stage:
    """How far an order has come.

    Args:
        lines: Its lines.
        claimed: Whether a station has it in hand.
        shipped: Units handed over, all parcels together.
    """
    packed = sum(line.packed for line in lines)
    if lines and all(line.is_done for line in lines):
        return Stage.SHIPPED if 0 < packed <= shipped else Stage.PACKED
    if packed > 0 or shipped > 0:
        return Stage.PACKING
    if any(line.picked > 0 for line in lines):
        return Stage.PICKING
    if claimed:
        return Stage.CLAIMED
    if lines and all(line.backordered == 0 for line in lines):
        return Stage.RESERVED
    return Stage.RELEASED


def gathered(kind: str, lines: Iterable[MovingLine]) -> list[tuple[int, int]]:
    """What an operation puts into totes for order lines, or takes out: line and signed units."""
    if kind in _INTO_TOTES:
        return [
            (line.order_line, line.quantity)
            for line in lines
            if line.order_line and line.target.startswith(TOTE_PREFIX)
        ]
    if kind in _OUT_OF_TOTES:
        return [
            (line.order_line, -line.quantity)
            for line in lines
            if line.order_line and line.source.startswith(TOTE_PREFIX)
        ]
    return []
