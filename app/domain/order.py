"""An order as the bench sees it: what was asked for, and how far it has come.

What was ordered is a document version from the ledger; progress derives from operations alone.
"""

from dataclasses import dataclass
from enum import StrEnum


class OrderState(StrEnum):
    """State of the document; progress is not part of it."""

    RELEASED = "released"
    HELD = "held"
    CANCELLED = "cancelled"
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
