"""What of an item is at a site, and how much of it can still be promised: sums the database makes.

Available = on hand − not good − reserved. *On hand* is what lies on real places outside parcels and
totes; *reserved* is the open part of all promises (`app.domain.order.LineCount.reserved` says the
same for one line). Both are summed by one statement, because a unit that is packed between two
statements would be seen on the shelf by the first, and as used up by the second.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.domain.document import DocumentKind, Measure
from app.domain.operation import TOTE_PREFIX, TRANSIT_PREFIX, VIRTUAL, Condition
from app.ledger.database import Database
from app.ledger.tables import (
    SHELF,
    balance,
    location,
    lot,
    parcel,
    progress,
    reservation,
    tally,
)

# Kinds of places whose goods are promised to nobody.
SET_APART = ("quarantine",)

_ON_HAND, _GOOD, _RESERVED = "on_hand", "good", "reserved"
_TOTES, _PARCELS, _TRANSIT = "totes", "parcels", "transit"


@dataclass(frozen=True, slots=True)
class Availability:
    """One item at one site, in base units.

    Attributes:
        item: SKU.
        on_hand: On real places outside parcels and totes, in any condition.
        not_good: Of these: damaged, on hold, expired, of a lot that is not good, in quarantine.
        reserved: Promised to orders and still on a shelf.
        in_totes: In totes.
        in_parcels: In parcels of open orders that have not left.
        in_transit: On its way to this site.
    """

    item: str
    on_hand: int = 0
    not_good: int = 0
    reserved: int = 0
    in_totes: int = 0
    in_parcels: int = 0
    in_transit: int = 0

    @property
    def available(self) -> int:
        """What can still be promised; below zero when promises cannot be kept."""
        return self.on_hand - self.not_good - self.reserved


class Lines:
    """Order lines with their promises and their progress, as SQL.

    Args:
        database: For the words in which the two databases differ.
        site_n: Whose orders.
    """

    def __init__(self, database: Database, site_n: int) -> None:
        r, p, t = reservation.c, progress.c, tally.c
        least = sa.func.min if database.is_sqlite else sa.func.least
        most = sa.func.max if database.is_sqlite else sa.func.greatest
        packed, short = sa.func.coalesce(p.packed, 0), sa.func.coalesce(p.short, 0)
        picked = sa.func.coalesce(t.quantity, 0)
        kept = least(r.promised, r.ordered - short)
        self.reserved: sa.ColumnElement[int] = most(0, kept - picked - packed)
        self.wanted: sa.ColumnElement[int] = most(0, r.ordered - short - picked - packed)
        # Promised, but of no use since the line was cut or declared short.
        self.surplus: sa.ColumnElement[int] = r.promised - kept
        self.backordered: sa.ColumnElement[int] = self.wanted - self.reserved
        self.source = reservation.outerjoin(
            progress,
            sa.and_(p.site_n == r.site_n, p.document == r.document, p.line == r.line),
        ).outerjoin(
            tally,
            sa.and_(
                t.site_n == r.site_n,
                t.kind == DocumentKind.ORDER.value,
                t.document == r.document,
                t.line == r.line,
                t.measure == Measure.PICKED.value,
            ),
        )
        self.here = r.site_n == site_n


def free(
    database: Database, connection: Connection, site_n: int, items: Iterable[str], today: str
) -> dict[str, int]:
    """What of each item can still be promised at a site; `today` decides what has expired."""
    wanted = sorted(items)
    parts = [
        _shelf(database, site_n, wanted, _GOOD, _is_good(today)),
        _reserved(database, site_n, wanted),
    ]
    sums = _sums(connection, parts)
    return {sku: sums.get((sku, _GOOD), 0) - sums.get((sku, _RESERVED), 0) for sku in wanted}


def availability(
    database: Database, connection: Connection, site_n: int, items: Sequence[str], today: str
) -> list[Availability]:
    """Where each of `items` is at a site, and what of it can still be promised."""
    parts = [
        _shelf(database, site_n, items, _ON_HAND, sa.true()),
        _shelf(database, site_n, items, _GOOD, _is_good(today)),
        _reserved(database, site_n, items),
        _held_at(database, site_n, items, _TOTES, TOTE_PREFIX),
        _held_at(database, site_n, items, _TRANSIT, TRANSIT_PREFIX),
        _in_parcels(database, site_n, items),
    ]
    sums = _sums(connection, parts)
    return [
        Availability(
            item=sku,
            on_hand=sums.get((sku, _ON_HAND), 0),
            not_good=sums.get((sku, _ON_HAND), 0) - sums.get((sku, _GOOD), 0),
            reserved=sums.get((sku, _RESERVED), 0),
            in_totes=sums.get((sku, _TOTES), 0),
            in_parcels=sums.get((sku, _PARCELS), 0),
            in_transit=sums.get((sku, _TRANSIT), 0),
        )
        for sku in items
    ]


def on_shelf() -> sa.ColumnElement[bool]:
    """Real places outside parcels and totes; said so that the partial index is used."""
    b = balance.c
    return sa.and_(
        sa.text(SHELF),
        b.location.not_in(sorted(VIRTUAL)),
        sa.not_(_under(b.location, TRANSIT_PREFIX)),
    )


def is_usable(today: str) -> sa.ColumnElement[bool]:
    """Good goods of a good lot, outside quarantine."""
    return _is_good(today)


def _is_good(today: str) -> sa.ColumnElement[bool]:
    b, k, p = balance.c, lot.c, location.c
    expired = sa.and_(k.expiry != "", k.expiry < today)
    bad_lot = (
        sa.select(k.lot)
        .where(k.item == b.item, k.lot == b.lot, sa.or_(k.state != "good", expired))
        .correlate(balance)
        .exists()
    )
    apart = (
        sa.select(p.kind)
        .where(p.site_n == b.site_n, p.location == b.location, p.kind.in_(SET_APART))
        .correlate(balance)
        .exists()
    )
    return sa.and_(
        b.condition == Condition.GOOD.value,
        sa.or_(b.lot == "", sa.not_(bad_lot)),
        sa.not_(apart),
    )


def _shelf(
    database: Database,
    site_n: int,
    items: Sequence[str],
    what: str,
    which: sa.ColumnElement[bool],
) -> sa.Select[Any]:
    b = balance.c
    return (
        sa.select(b.item, sa.literal(what).label("what"), sa.func.sum(b.quantity).label("units"))
        .where(b.site_n == site_n, database.in_set(b.item, items), on_shelf(), which)
        .group_by(b.item)
    )


def _reserved(database: Database, site_n: int, items: Sequence[str]) -> sa.Select[Any]:
    lines, r = Lines(database, site_n), reservation.c
    return (
        sa.select(
            r.item, sa.literal(_RESERVED).label("what"), sa.func.sum(lines.reserved).label("units")
        )
        .select_from(lines.source)
        .where(lines.here, database.in_set(r.item, items))
        .group_by(r.item)
    )


def _held_at(
    database: Database, site_n: int, items: Sequence[str], what: str, prefix: str
) -> sa.Select[Any]:
    b = balance.c
    return (
        sa.select(b.item, sa.literal(what).label("what"), sa.func.sum(b.quantity).label("units"))
        .where(b.site_n == site_n, _under(b.location, prefix), database.in_set(b.item, items))
        .group_by(b.item)
    )


def _in_parcels(database: Database, site_n: int, items: Sequence[str]) -> sa.Select[Any]:
    """Through the open orders: parcels that have left stay in the book for ever."""
    b, r, p = balance.c, reservation.c, parcel.c
    asked = (
        sa.select(r.document, r.item)
        .where(r.site_n == site_n, database.in_set(r.item, items))
        .distinct()
        .subquery()
    )
    return (
        sa.select(
            asked.c.item, sa.literal(_PARCELS).label("what"), sa.func.sum(b.quantity).label("units")
        )
        .select_from(
            asked.join(parcel, sa.and_(p.site_n == site_n, p.document == asked.c.document)).join(
                balance,
                sa.and_(b.site_n == site_n, b.location == p.parcel, b.item == asked.c.item),
            )
        )
        .group_by(asked.c.item)
    )


def _under(column: sa.ColumnElement[str], prefix: str) -> sa.ColumnElement[bool]:
    """Names that begin with a prefix, as a range an index can be read in."""
    return sa.and_(column >= prefix, column < prefix[:-1] + chr(ord(prefix[-1]) + 1))


def _sums(connection: Connection, parts: Sequence[sa.Select[Any]]) -> dict[tuple[str, str], int]:
    """One statement, so that all sums are of one moment."""
    rows = connection.execute(sa.union_all(*parts)).all()
    return {(item, what): int(units) for item, what, units in rows}
