"""An order as somebody who asks sees it: its version, its stage, its lines and its parcels."""

from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import Answer, OrderRow
from app.domain.document import DocumentKind, Measure
from app.domain.order import LineCount, stage
from app.errors import Refusal
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.sites import SiteRef
from app.ledger.tables import (
    balance,
    claim,
    document,
    enrolment,
    parcel,
    posting,
    progress,
    reservation,
    tally,
)

ORDER = DocumentKind.ORDER.value


class LineShown(Answer, frozen=True):
    """A line and all that is counted at it, in base units.

    `reserved` is promised and still on a shelf, `picked` lies in totes, `shipped` has left in a
    parcel, `backordered` is wanted and not promised.
    """

    line: int
    item: str
    ordered: int
    reserved: int = 0
    picked: int = 0
    packed: int = 0
    short: int = 0
    shipped: int = 0
    backordered: int = 0


class Inside(Answer, frozen=True, array_like=True):
    """What is, or was when it left, in a parcel for an order line."""

    line: int
    item: str
    quantity: int


class ParcelShown(Answer, frozen=True):
    """A parcel: `seal` is empty for one that never was sealed, else sealed or reopened."""

    parcel: str
    seal: str
    shipped: bool
    inside: tuple[Inside, ...] = ()


class OrderShown(Answer, frozen=True):
    """An order: what was asked for, how far it has come, and who has it."""

    order: OrderRow
    stage: str
    lines: tuple[LineShown, ...]
    parcels: tuple[ParcelShown, ...] = ()
    shipped: int = 0
    station: str = ""
    claimed_until: str = ""


class OrderView:
    """Reads orders.

    Args:
        database: The ledger's.
        clock: Decides whether a claim still holds.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def show(self, where: SiteRef, number: str) -> OrderShown:
        """One order of a site as it is now, all of one moment.

        Raises:
            Refusal: `unknown_document`.
        """
        d = document.c
        with self._database.frozen() as connection:
            row = connection.execute(
                sa.select(d.body, d.shipped).where(
                    d.site_n == where.n, d.kind == ORDER, d.document == number
                )
            ).first()
            if row is None:
                raise Refusal("unknown_document", "There is no order of this number at this site.")
            order = msgspec.json.decode(row.body, type=OrderRow)
            counts = _counts(connection, where, order)
            parcels = self._parcels(connection, where, number)
            holder = _holder(connection, where, number)
        claimed = holder is not None and holder[1] > stamp(self._clock.now())
        gone: dict[int, int] = {}
        for one in parcels:
            for inside in one.inside if one.shipped else ():
                gone[inside.line] = gone.get(inside.line, 0) + inside.quantity
        return OrderShown(
            order=order,
            stage=stage(list(counts.values()), claimed=claimed, shipped=row.shipped).value,
            lines=tuple(
                _line(line.line, line.item, counts[line.line], gone.get(line.line, 0))
                for line in order.lines
            ),
            parcels=tuple(one for one in parcels if one.inside),
            shipped=row.shipped,
            station=holder[0] if holder is not None else "",
            claimed_until=holder[1] if holder is not None else "",
        )

    def _parcels(self, connection: Connection, where: SiteRef, number: str) -> list[ParcelShown]:
        p, b, m = parcel.c, balance.c, posting.c
        boxes = connection.execute(
            sa.select(p.parcel, p.seal, p.shipped)
            .where(p.site_n == where.n, p.document == number)
            .order_by(p.parcel)
        ).all()
        if not boxes:
            return []
        moved = connection.execute(
            sa.select(b.location, m.order_line, b.item, sa.func.sum(m.quantity))
            .join(posting, m.stock == b.stock)
            .where(
                b.site_n == where.n,
                self._database.in_set(b.location, [box.parcel for box in boxes]),
                m.order_line > 0,
            )
            .group_by(b.location, m.order_line, b.item)
            .order_by(b.location, m.order_line)
        ).all()
        inside: dict[str, list[Inside]] = {}
        for location, line, item, quantity in moved:
            if quantity:
                inside.setdefault(location, []).append(Inside(line, item, int(quantity)))
        return [
            ParcelShown(
                parcel=box.parcel,
                seal=box.seal,
                shipped=box.shipped > 0,
                inside=tuple(inside.get(box.parcel, ())),
            )
            for box in boxes
        ]


def _line(number: int, item: str, count: LineCount, shipped: int) -> LineShown:
    return LineShown(
        line=number,
        item=item,
        ordered=count.ordered,
        reserved=count.reserved,
        picked=count.picked,
        packed=count.packed,
        short=count.short,
        shipped=shipped,
        backordered=count.backordered,
    )


def _counts(connection: Connection, where: SiteRef, order: OrderRow) -> dict[int, LineCount]:
    p, r, t = progress.c, reservation.c, tally.c
    done = _by_line(
        connection.execute(
            sa.select(p.line, p.packed, p.short).where(
                p.site_n == where.n, p.document == order.order
            )
        )
    )
    promised = _by_line(
        connection.execute(
            sa.select(r.line, r.promised).where(r.site_n == where.n, r.document == order.order)
        )
    )
    picked = _by_line(
        connection.execute(
            sa.select(t.line, t.quantity).where(
                t.site_n == where.n,
                t.kind == ORDER,
                t.document == order.order,
                t.measure == Measure.PICKED.value,
            )
        )
    )
    return {
        line.line: LineCount(
            line.quantity,
            promised.get(line.line, (0,))[0],
            picked.get(line.line, (0,))[0],
            *done.get(line.line, (0, 0)),
        )
        for line in order.lines
    }


def _by_line(rows: Iterable[Any]) -> dict[int, tuple[int, ...]]:
    return {line: tuple(counts) for line, *counts in rows}


def _holder(connection: Connection, where: SiteRef, number: str) -> tuple[str, str] | None:
    """The station an order is with, and until when it is claimed there; empty: only assigned."""
    c, e = claim.c, enrolment.c
    row = connection.execute(
        sa.select(e.station, c.until)
        .join(enrolment, e.n == c.enrolment_n)
        .where(c.site_n == where.n, c.kind == ORDER, c.document == number)
    ).first()
    return (row.station, row.until) if row is not None else None
