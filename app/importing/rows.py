"""What a good line of an import file becomes; columns and limits are in `docs/import.md`.

Every value here has been checked by itself. Whether a SKU or location exists is not known here:
that is asked of the ledger, which answers with the same row numbers.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.operation import Condition
from app.domain.order import Policy


class Unit(StrEnum):
    """Base unit of an item; every quantity is a whole number of it."""

    EACH = "each"
    GRAM = "g"
    MILLILITRE = "ml"
    MILLIMETRE = "mm"


class LocationKind(StrEnum):
    """What a location is for."""

    DOCK = "dock"
    BIN = "bin"
    BENCH = "bench"
    QUARANTINE = "quarantine"
    RETURNS = "returns"
    STAGING = "staging"


@dataclass(frozen=True, slots=True)
class Pack:
    """A barcode that stands for `units` base units."""

    gtin14: str
    units: int = 1


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item.

    Attributes:
        sku: Article number.
        name: Name as shown to the clerk.
        unit: Base unit.
        packs: Its barcodes; the piece itself is the one with `units` 1.
        weight_mg: Milligrams per base unit, or None when nobody has weighed it yet.
        spread_mg: How far one unit may be off, milligrams.
        length_mm: Longest side, or None.
        width_mm: Second side, or None.
        height_mm: Shortest side, or None.
        lot_tracked: Every move names a lot.
        serial_tracked: Every unit names a serial.
        expiry_tracked: Every lot names a date.
        home: Location it is usually put away to, or empty.
        row: Line of the file it came from.
        unsaid: Columns the file does not have: it says nothing of them.
    """

    sku: str
    name: str
    unit: Unit = Unit.EACH
    packs: tuple[Pack, ...] = ()
    weight_mg: int | None = None
    spread_mg: int = 0
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    lot_tracked: bool = False
    serial_tracked: bool = False
    expiry_tracked: bool = False
    home: str = ""
    row: int = 0
    unsaid: frozenset[str] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class LocationRow:
    """A location: its code as printed, what it is for, and a name where the code needs one."""

    code: str
    kind: LocationKind
    name: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class StockRow:
    """Opening stock at one stock key; `expiry` is an ISO date or None."""

    location: str
    sku: str
    quantity: int
    lot: str = ""
    serial: str = ""
    expiry: str | None = None
    condition: Condition = Condition.GOOD
    row: int = 0


@dataclass(frozen=True, slots=True)
class OrderLineRow:
    """One line of an order; `line_no` is unique within it."""

    line_no: int
    sku: str
    quantity: int
    row: int = 0


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order.

    Attributes:
        order: Order number.
        priority: 1 (first) to 9; 5 when the file does not say.
        ship_before: Cut-off, ISO 8601 local time of the site, or empty.
        carrier: Carrier and service as shown and printed.
        ship_to: Address lines, recipient first, country last.
        policy: How lines are packed.
        note: For the packer.
        lines: In order of line number.
        row: Line of the file where the order begins.
    """

    order: str
    ship_to: tuple[str, ...]
    lines: tuple[OrderLineRow, ...]
    priority: int = 5
    ship_before: str = ""
    carrier: str = ""
    policy: Policy = Policy.EACH
    note: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class InboundLineRow:
    """One expected line of an inbound.

    Attributes:
        line_no: Unique within it.
        sku: What.
        quantity: Base units.
        lot: Of which lot, or empty.
        expiry: When that expires, as an ISO date, or None.
        over_permille: How much more may come without an exception; -1 leaves it to item and site.
        row: Line of the file it came from.
    """

    line_no: int
    sku: str
    quantity: int
    lot: str = ""
    expiry: str | None = None
    over_permille: int = -1
    row: int = 0


@dataclass(frozen=True, slots=True)
class InboundRow:
    """An announced delivery (ASN): who sends what, and when it is expected."""

    inbound: str
    supplier: str
    lines: tuple[InboundLineRow, ...]
    expected: str | None = None
    row: int = 0


@dataclass(frozen=True, slots=True)
class BoxRow:
    """A box preset at the bench: inner sides in millimetres, tare with its filling."""

    box: str
    name: str
    tare_mg: int
    length_mm: int
    width_mm: int
    height_mm: int
    max_weight_mg: int
    row: int = 0


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Someone who may sign in. The secrets are for whoever wraps the keys, and for nobody else."""

    user: str
    name: str
    role: str
    badge: str = field(repr=False)
    pin: str = field(repr=False)
    row: int = 0
