"""What one transaction has read of a site, and how decisions change it in memory.

Later operations of a batch see earlier ones here; the database sees all at once, afterwards.
Mutable on purpose, and alive for one transaction only.
"""

from dataclasses import dataclass, field
from datetime import datetime

from app.contract.messages import OrderRow, OutcomeRow
from app.domain.operation import StockKey
from app.ledger.clock import stamp

# Several enrolments packed this line.
SEVERAL = "*"


@dataclass(slots=True)
class Sender:
    """An enrolment and the end of its chain."""

    n: int
    id: str
    station: str
    kind: str
    state: str
    seq: int
    digest: str
    claim_hold_s: int


@dataclass(slots=True)
class Known:
    """An operation that was decided, before this transaction or earlier in it.

    `entry` is its place among this transaction's feed rows until those are numbered.
    """

    content_hash: str
    kind: str
    outcome: str
    code: str
    sentence: str
    feed_seq: int
    original: str = ""
    entry: int = -1


@dataclass(slots=True)
class OrderBook:
    """The current version of an order."""

    row: OrderRow
    shipped: int
    ordered: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.ordered = {line.line: line.quantity for line in self.row.lines}


@dataclass(slots=True)
class LineBook:
    """Progress of one order line, and what this transaction adds to it.

    Only the addition is written: an order nobody has imported yet has no row to lock, and two
    processes may pack it at once.
    """

    packed: int = 0
    short: int = 0
    packer: str = ""
    more_packed: int = 0
    more_short: int = 0


@dataclass(slots=True)
class ClaimBook:
    """Who may work on a document."""

    state: str
    enrolment_n: int
    enrolment: str
    station: str
    until: str


@dataclass(slots=True)
class Cell:
    """The balance at one stock key.

    Attributes:
        key: Where.
        stock: Number of the key.
        quantity: Units there, as of the operations decided so far.
        moved: Whether this transaction changed it.
        fresh: Whether the key has a number, but no row yet.
    """

    key: StockKey
    stock: int
    quantity: int
    moved: bool = False
    fresh: bool = False


@dataclass(slots=True)
class Effect:
    """What a posted operation did, as its feed row tells it: signed postings and progress."""

    postings: list[tuple[Cell, int, int]] = field(default_factory=list)
    progress: list[tuple[str, int, int, int]] = field(default_factory=list)
    shipped: tuple[str, int] = ("", 0)


@dataclass(slots=True)
class Book:
    """One site, as far as a batch touches it.

    Attributes:
        site_n: Its number.
        site: Its name.
        at: Moment of this transaction.
        known: Operations by id.
        effects: Effects of operations decided here, by id.
        told: Feed rows of originals decided earlier, by id.
        reversed: Ids with an effective reversal.
        cells: Balances by stock key.
        orders: Orders by number; those in `changed_orders` have changed.
        progress: By order, then by line; those in `advanced` have changed.
        claims: By document; those in `changed_claims` have changed.
        items: SKUs that are known.
        now: Stamp of `at`.
    """

    site_n: int
    site: str
    at: datetime
    known: dict[str, Known] = field(default_factory=dict)
    effects: dict[str, Effect] = field(default_factory=dict)
    told: dict[str, OutcomeRow] = field(default_factory=dict)
    reversed: set[str] = field(default_factory=set)
    cells: dict[StockKey, Cell] = field(default_factory=dict)
    orders: dict[str, OrderBook] = field(default_factory=dict)
    changed_orders: set[str] = field(default_factory=set)
    progress: dict[str, dict[int, LineBook]] = field(default_factory=dict)
    advanced: set[tuple[str, int]] = field(default_factory=set)
    claims: dict[str, ClaimBook] = field(default_factory=dict)
    changed_claims: set[str] = field(default_factory=set)
    items: set[str] = field(default_factory=set)
    now: str = field(init=False)

    def __post_init__(self) -> None:
        self.now = stamp(self.at)
