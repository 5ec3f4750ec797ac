"""What a supervisor counts at a station: orders, work done, scans, returns, places.

Part of `ports.Work`; implemented by `app.cache.boards`. Numbers of orders, returns and places are
the site's, as the ledger told them and with what was recorded here since. Work done and scans are
this station's alone: the ledger tells nobody when another station did something.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Stand(StrEnum):
    """Where an order stands."""

    OPEN = "open"
    IN_WORK = "in_work"
    PACKED = "packed"
    HELD = "held"
    SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class OrderGroup:
    """Orders of the site that stand alike.

    Attributes:
        stand: Open: nobody has begun; in work: somebody has, or holds it; packed: nothing is left
            to pack, not handed over; held by the office; shipped: those this book still has.
        hour: Of their cut-off (`2026-11-23T14`, local); empty without one.
        late: The cut-off is past, and they have not left.
        orders: How many.
        left: Units still to be packed.
    """

    stand: Stand
    hour: str
    late: bool
    orders: int
    left: int


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that has not left.

    Attributes:
        order: Its number.
        ship_before: Local time of the site, or empty.
        units: Ordered.
        done: Packed or declared short.
        stand: Where it stands.
        station: Who holds it, or empty.
    """

    order: str
    ship_before: str
    units: int
    done: int
    stand: Stand
    station: str

    @property
    def left(self) -> int:
        """Units still to be packed."""
        return max(0, self.units - self.done)


@dataclass(frozen=True, slots=True)
class DoneHour:
    """What this station packed and handed over in one hour (`2026-11-23T14`, UTC)."""

    hour: str
    units: int
    orders: int


@dataclass(frozen=True, slots=True)
class ScanHour:
    """Scans of goods and documents in one hour (UTC): all that were answered, and wrong ones."""

    hour: str
    scans: int
    wrong: int


@dataclass(frozen=True, slots=True)
class WrongScan:
    """One scan that was refused; `scan` is where the next page goes on."""

    scan: int
    at: str
    shown: str
    why: str


@dataclass(frozen=True, slots=True)
class Waits:
    """One operation the ledger has not confirmed; `n` is where the next page goes on."""

    n: int
    at: str
    kind: str
    about: str
    transport: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Places:
    """Storage places, and how many hold something."""

    all: int
    filled: int


class BoardWork(Protocol):
    """The part of a transaction that counts."""

    def order_groups(self, now: str) -> tuple[OrderGroup, ...]:
        """Orders by where they stand and when they are due; `now` is local, ISO 8601."""
        ...

    def open_orders(
        self, limit: int, after: tuple[str, str] | None = None, until: str = ""
    ) -> tuple[OpenOrder, ...]:
        """Orders that have not left by `(cut-off, number)`, those without a cut-off last.

        Args:
            limit: At most so many.
            after: Where the page before ended.
            until: Only cut-offs before this, local; empty for all.
        """
        ...

    def open_order(self, order: str) -> OpenOrder | None:
        """One of them; None when it has left or is unknown."""
        ...

    def done_hours(self, since: str) -> tuple[DoneHour, ...]:
        """What this station packed by hour since a moment (UTC); what was taken back is off."""
        ...

    def scan_hours(self, since: str) -> tuple[ScanHour, ...]:
        """Scans at this station by hour since a moment (UTC); cards and bounces do not count."""
        ...

    def wrong_scans(self, since: str, limit: int, before: int = 0) -> tuple[WrongScan, ...]:
        """Refused scans since a moment (UTC), the latest first."""
        ...

    def outbox(self, limit: int, after: int = 0) -> tuple[Waits, ...]:
        """What the ledger has not confirmed, the oldest first."""
        ...

    def dispositions(self) -> Mapping[str, int]:
        """Returned units by what was decided of them: good, hold, damaged, scrapped."""
        ...

    def held_by(self) -> Mapping[str, int]:
        """Documents in hand by station."""
        ...

    def storage(self) -> Places:
        """Places for goods, and how many are filled."""
        ...

    def empty_places(self, limit: int, after: str = "") -> tuple[str, ...]:
        """Storage places that hold nothing, by name."""
        ...
