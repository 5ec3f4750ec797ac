"""What one transaction has read of a site, and how decisions change it in memory.

Later operations of a batch see earlier ones here; the database sees all at once, afterwards.
Mutable on purpose, and alive for one transaction only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.contract.messages import (
    DocumentRow,
    ExceptionRow,
    Operation,
    OrderRow,
    OutcomeRow,
    PersonRow,
    Signed,
)
from app.domain.operation import Posting, StockKey
from app.domain.policy import DEFAULT, Policy
from app.ledger.absences import Absences
from app.ledger.boxed import ParcelBook, Step
from app.ledger.clock import stamp
from app.ledger.countbook import Counting
from app.ledger.filling import Filling
from app.ledger.goods import Goods
from app.ledger.promised import Promises
from app.ledger.signing import Signing
from app.ledger.spending import Spending

# Where a site's feed stands: its last row, and the chain there.
Head = tuple[int, str]

# Several enrolments packed this line.
SEVERAL = "*"


@dataclass(slots=True)
class Sender:
    """An enrolment and the end of its chain.

    `protocol` is the newest it has spoken, `contract` the newest version its records had.
    """

    n: int
    id: str
    station: str
    kind: str
    state: str
    seq: int
    digest: str
    claim_hold_s: int
    public_key: str = ""
    protocol: int = 1
    contract: int = 1


@dataclass(slots=True)
class Known:
    """An operation that was decided, before this transaction or earlier in it.

    `entry` is its place among this transaction's feed rows until those are numbered; `site_n` is 0
    for what is decided here.
    """

    content_hash: str
    kind: str
    outcome: str
    code: str
    sentence: str
    feed_seq: int
    original: str = ""
    site_n: int = 0
    entry: int = -1


@dataclass(slots=True)
class Undecided:
    """An operation that waits for a decision or is held: what settling it needs.

    Attributes:
        id: Its id.
        content_hash: What a decision must name.
        operation: What it says; None when it cannot be read.
        postings: What its lines move.
        sender: Who sent it; a copy, its `seq` is the operation's own place.
        outcome: Waiting or held.
        code: Why.
        feed_seq: Where the feed told it last; 0 when it came in this transaction.
        then: What the book said at its keys when it was asked for.
        raw: Its bytes.
        signatures: Of people, as they came in.
    """

    id: str
    content_hash: str
    operation: Operation | None
    postings: Sequence[Posting]
    sender: Sender
    outcome: str
    code: str
    feed_seq: int = 0
    then: dict[StockKey, int] = field(default_factory=dict)
    raw: bytes = b""
    signatures: tuple[Signed, ...] = ()


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
    processes may pack it at once. `fresh` says that no row was found.
    """

    packed: int = 0
    short: int = 0
    packer: str = ""
    more_packed: int = 0
    more_short: int = 0
    fresh: bool = False


@dataclass(slots=True)
class DocumentBook:
    """A document that is not an order, as of the operations decided so far.

    Attributes:
        row: Its current version.
        sites: Numbers of the sites that keep it: one, or both of a transfer.
        tallies: What was counted, by line and measure.
        more: What this transaction adds to them.
        changed: Whether this transaction made a version.
        fresh: Whether it was made here and nowhere else: that another transaction made it at the
            same time is a race.
    """

    row: DocumentRow
    sites: tuple[int, ...]
    tallies: dict[tuple[int, str], int] = field(default_factory=dict)
    more: dict[tuple[int, str], int] = field(default_factory=dict)
    changed: bool = False
    fresh: bool = False

    def tally(self, line: int, measure: str) -> int:
        """What was counted of `measure` at a line."""
        return self.tallies.get((line, measure), 0)


@dataclass(slots=True)
class Story:
    """An exception somebody does something about.

    Attributes:
        row: As it stands.
        changed: Whether this transaction changed it.
        closed_by: Who closed it; empty while it is open.
    """

    row: ExceptionRow
    changed: bool = False
    closed_by: str = ""


@dataclass(slots=True)
class ClaimBook:
    """Who may work on a document."""

    state: str
    enrolment_n: int
    enrolment: str
    station: str
    until: str
    since: str = ""


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
    """What a posted operation did, as its feed row tells it.

    Attributes:
        postings: Cell, signed quantity, order line.
        progress: Order, line, packed, short.
        shipped: Order and units handed over.
        abroad: Site number, cell, signed quantity, line: what it did at the other site.
        tallies: Kind, document, line, measure, signed quantity.
        boxes: What it did to parcels beside what it put in or took out.
        final: Whether no mirror of it takes it back.
    """

    postings: list[tuple[Cell, int, int]] = field(default_factory=list)
    progress: list[tuple[str, int, int, int]] = field(default_factory=list)
    shipped: tuple[str, int] = ("", 0)
    abroad: list[tuple[int, Cell, int, int]] = field(default_factory=list)
    tallies: list[tuple[str, str, int, str, int]] = field(default_factory=list)
    boxes: list[Step] = field(default_factory=list)
    final: bool = False


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
        told_abroad: The same in the feeds of other sites, with the site's number.
        reversed: Ids with an effective reversal.
        undecided: Waiting and held operations that something here is about, and those decided so
            in this transaction.
        early: Held, by what they are about: decisions, withdrawals, reversals. It comes only here.
        cells: Balances by stock key.
        abroad: Balances at other sites.
        found: Where the feed of each site whose balances are here stood when they were locked.
        left: Where this transaction leaves the feeds it wrote to.
        orders: Orders by number; those in `changed_orders` have changed.
        progress: By order, then by line; those in `advanced` have changed.
        documents: Other documents by kind and number.
        promises: What is promised to orders, and what lies in totes for them.
        parcels: Parcels by location.
        claims: By kind and document; those in `changed_claims` have changed.
        filling: Stock and thresholds of items that are wanted at a place.
        stations: Number and id of the stations that work here and are named, by name.
        stories: Exceptions somebody does something about, by id.
        items: SKUs that are known.
        people: Everybody who may sign in, or could once, by id.
        accounts: One word for all accounts of a person, by account.
        absences: When people were not allowed to sign in, of those who once were not.
        policy: What the site has decided beforehand.
        spending: What adjustments are judged by.
        counting: What counts are judged by.
        epoch: Which history this is.
        sites: Numbers of all sites by name.
        partners: Numbers of the other sites of transfers that are touched.
        taken: Numbers of transfers that other sites use for something else, with the site's number.
        goods: Lots, serials and tolerances of what is touched.
        signing: What proves that people asked and decided.
        now: Stamp of `at`.
    """

    site_n: int
    site: str
    at: datetime
    known: dict[str, Known] = field(default_factory=dict)
    effects: dict[str, Effect] = field(default_factory=dict)
    told: dict[str, OutcomeRow] = field(default_factory=dict)
    told_abroad: dict[str, list[tuple[int, OutcomeRow]]] = field(default_factory=dict)
    reversed: set[str] = field(default_factory=set)
    undecided: dict[str, Undecided] = field(default_factory=dict)
    early: dict[str, list[Undecided]] = field(default_factory=dict)
    cells: dict[StockKey, Cell] = field(default_factory=dict)
    abroad: dict[int, dict[StockKey, Cell]] = field(default_factory=dict)
    found: dict[int, Head] = field(default_factory=dict)
    left: dict[int, Head] = field(default_factory=dict)
    orders: dict[str, OrderBook] = field(default_factory=dict)
    changed_orders: set[str] = field(default_factory=set)
    progress: dict[str, dict[int, LineBook]] = field(default_factory=dict)
    advanced: set[tuple[str, int]] = field(default_factory=set)
    documents: dict[tuple[str, str], DocumentBook] = field(default_factory=dict)
    promises: Promises = field(default_factory=Promises)
    parcels: dict[str, ParcelBook] = field(default_factory=dict)
    claims: dict[tuple[str, str], ClaimBook] = field(default_factory=dict)
    filling: Filling = field(default_factory=Filling)
    stations: dict[str, tuple[int, str]] = field(default_factory=dict)
    changed_claims: set[tuple[str, str]] = field(default_factory=set)
    stories: dict[str, Story] = field(default_factory=dict)
    items: set[str] = field(default_factory=set)
    people: Mapping[str, PersonRow] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    absences: Mapping[str, Absences] = field(default_factory=dict)
    policy: Policy = DEFAULT
    spending: Spending = field(default_factory=Spending)
    counting: Counting = field(default_factory=Counting)
    epoch: str = ""
    sites: Mapping[str, int] = field(default_factory=dict)
    partners: set[int] = field(default_factory=set)
    taken: set[tuple[int, str]] = field(default_factory=set)
    goods: Goods = field(default_factory=Goods)
    signing: Signing = field(default_factory=Signing)
    now: str = field(init=False)

    def __post_init__(self) -> None:
        self.now = stamp(self.at)

    def came_early(self, what: Undecided) -> None:
        """Keep what is about an operation that has not come, for when it does."""
        if what.operation is not None and what.operation.reference is not None:
            self.early.setdefault(what.operation.reference.original, []).append(what)
