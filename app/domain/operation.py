"""Kinds of operations, what each may do, and the postings that follow from its lines.

An operation is one thing that happened or is asked for. Facts are never refused; requests may be.
Every stock-moving line moves a quantity from one place to another, so postings always sum to zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol


class Kind(StrEnum):
    """What an operation is. Stable words of the contract; new ones are added, none is renamed."""

    RECEIVE = "receive"
    MOVE = "move"
    PICK = "pick"
    UNPICK = "unpick"
    PACK = "pack"
    UNPACK = "unpack"
    SHIP = "ship"
    ADJUST = "adjust"
    RECLASSIFY = "reclassify"
    SHORT = "short"
    SEAL = "seal"
    REOPEN = "reopen"
    RETURN = "return"
    DISPATCH = "dispatch"
    ACCEPT = "accept"
    COUNT = "count"
    REVERSE = "reverse"
    CLAIM = "claim"
    RELEASE = "release"
    RESERVE = "reserve"
    UNRESERVE = "unreserve"
    REQUEST = "request"
    CANCEL = "cancel"
    DECIDE = "decide"
    WITHDRAW = "withdraw"
    IDENTIFY = "identify"
    RESOLVE = "resolve"
    EVENT = "event"


class Nature(StrEnum):
    """Whether the ledger may say no."""

    FACT = "fact"
    REQUEST = "request"


REQUESTS = frozenset(
    {
        Kind.ADJUST,
        Kind.CANCEL,
        Kind.CLAIM,
        Kind.DECIDE,
        Kind.IDENTIFY,
        Kind.RELEASE,
        Kind.REQUEST,
        Kind.RESERVE,
        Kind.RESOLVE,
        Kind.UNRESERVE,
        Kind.WITHDRAW,
    }
)

# Kinds whose lines move stock. The others carry lines as observations, or none at all.
MOVING = frozenset(
    {
        Kind.RECEIVE,
        Kind.MOVE,
        Kind.PICK,
        Kind.UNPICK,
        Kind.PACK,
        Kind.UNPACK,
        Kind.SHIP,
        Kind.ADJUST,
        Kind.RECLASSIFY,
        Kind.RETURN,
        Kind.DISPATCH,
        Kind.ACCEPT,
        Kind.CANCEL,
    }
)


def nature(kind: Kind) -> Nature:
    """Fact or request. A reversal has its original's nature; all reversible kinds are facts."""
    return Nature.REQUEST if kind in REQUESTS else Nature.FACT


class Condition(StrEnum):
    """State of goods; part of the stock key."""

    GOOD = "good"
    HOLD = "hold"
    DAMAGED = "damaged"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """What became of an operation at the ledger. Stored for ever under the operation's id."""

    POSTED = "posted"
    WAITING = "waiting"
    REFUSED = "refused"
    HELD = "held"
    CONFLICT = "conflict"


SUPPLIER = "supplier"
CUSTOMER = "customer"
ADJUSTMENT = "adjustment"
SCRAP = "scrap"
TRANSIT_PREFIX = "transit/"
PARCEL_PREFIX = "parcel/"
TOTE_PREFIX = "tote/"
VIRTUAL = frozenset({SUPPLIER, CUSTOMER, ADJUSTMENT, SCRAP})


def is_virtual(location: str) -> bool:
    """Places outside the building: their balances may be negative and are never counted."""
    return location in VIRTUAL or location.startswith(TRANSIT_PREFIX)


class MovingLine(Protocol):
    """The part of an operation's line that moves stock (`app.contract.messages.Line` has it)."""

    @property
    def item(self) -> str: ...
    @property
    def quantity(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def lot(self) -> str: ...
    @property
    def serial(self) -> str: ...
    @property
    def condition(self) -> str: ...
    @property
    def to_condition(self) -> str: ...
    @property
    def order_line(self) -> int: ...


class StockKey(NamedTuple):
    """Where a balance is kept, within one site. Empty lot or serial means "none".

    A tuple, not a dataclass: a ledger hashes a million of them in a few seconds.
    """

    location: str
    item: str
    lot: str = ""
    serial: str = ""
    condition: str = Condition.GOOD.value


class Posting(NamedTuple):
    """A signed quantity at one stock key, caused by one line.

    Attributes:
        key: The stock key.
        quantity: Base units; negative leaves the key.
        order_line: Number of the order line it serves, 0 when none.
    """

    key: StockKey
    quantity: int
    order_line: int = 0


def postings(lines: Iterable[MovingLine]) -> list[Posting]:
    """Two postings a line: out of the source, into the target. The sum is zero by construction."""
    result: list[Posting] = []
    for line in lines:
        out = StockKey(line.source, line.item, line.lot, line.serial, line.condition)
        into = StockKey(
            line.target,
            line.item,
            line.lot,
            line.serial,
            line.to_condition or line.condition,
        )
        result.append(Posting(out, -line.quantity, line.order_line))
        result.append(Posting(into, line.quantity, line.order_line))
    return result


@dataclass(frozen=True, slots=True)
class Advance:
    """What an operation changes in one order line, signed base units."""

    line: int
    packed: int = 0
    short: int = 0


def advances(kind: str, lines: Iterable[MovingLine]) -> list[Advance]:
    """Order progress of one operation: packing into and out of parcels, and declared shorts.

    Only lines that name an order line count; shipping a parcel names none: it was packed before.
    """
    result: list[Advance] = []
    for line in lines:
        if line.order_line == 0:
            continue
        if kind == Kind.SHORT:
            result.append(Advance(line.order_line, short=line.quantity))
        elif kind == Kind.PACK:
            result.append(Advance(line.order_line, packed=line.quantity))
        elif kind == Kind.UNPACK:
            result.append(Advance(line.order_line, packed=-line.quantity))
    return result


def mirror(original: Iterable[Posting]) -> list[Posting]:
    """The postings that take `original` back."""
    return [Posting(p.key, -p.quantity, p.order_line) for p in original]
