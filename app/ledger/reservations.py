"""Promises of stock to orders: made when an order is released, kept right as stock comes and goes.

What is asked is found here without a lock; how much is promised is decided when it is posted
(`app.ledger.rules.reserving`). Nothing is written while an order is packed: the open part of a
promise derives from its progress (docs/decisions/0205).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import CONTRACT_VERSION, MAX_LINES, AsOf, Line, Operation, Reference
from app.domain.document import DocumentKind
from app.domain.operation import Kind
from app.domain.order import OrderState
from app.ledger.availability import Availability, Lines, availability, free
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.database import Database
from app.ledger.own import LEDGER, OwnEnrolment
from app.ledger.policies import Policies
from app.ledger.promises import day_of
from app.ledger.sites import SiteRef
from app.ledger.tables import document, reservation

ORDER = DocumentKind.ORDER.value
SOURCE = "packhouse-ledger"
# Orders looked at by one run of the job; the rest are looked at by the next, seconds later.
MAX_ORDERS = 5_000
# Orders of which the lines are cleared away in one transaction, which holds them.
CLEARED_AT_ONCE = 1_000

_RELEASED = OrderState.RELEASED.value
_CANCELLED = OrderState.CANCELLED.value
_CLOSED = (OrderState.SHIPPED.value, _CANCELLED)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A line for which something is to be asked; a negative quantity sets free."""

    order: str
    line: int
    item: str
    units: int


class Reservations:
    """Promises.

    Args:
        database: The ledger's.
        clock: Decides what has expired.
        ids: Names operations and jobs.
        own: Records what is asked, in the ledger's own enrolment.
        policies: Whether held orders keep what is promised to them.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ids: IdSource,
        own: OwnEnrolment,
        policies: Policies,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._own = own
        self._policies = policies

    def lock(self, connection: Connection, where: SiteRef) -> None:
        """Take a site's promises; for a transaction that will `look` after it locked orders."""
        self._own.lock(connection, where, LEDGER)

    def available(self, where: SiteRef, items: Sequence[str]) -> list[Availability]:
        """Where each item is at a site, and what of it can still be promised."""
        today = day_of(self._clock.now())
        with self._database.read() as connection:
            return availability(self._database, connection, where.n, items, today)

    def look(self, where: SiteRef, numbers: Iterable[str]) -> int:
        """Promise to these orders what is free, and set free what they need no more.

        Returns:
            How many operations that took.
        """
        keeps = self._policies.current(where).policy.held_keeps_stock
        with self._database.read() as connection:
            rows = self._rows(connection, where, reservation.c.document, sorted(set(numbers)))
            asked = [one for row in rows for one in _too_much(row, held_keeps=keeps)]
            asked += self._wishes(connection, where, rows)
        return self._record(where, asked)

    def settle(self, where: SiteRef) -> int:
        """The job: take back what cannot be kept, promise what came in, forget what is done.

        Returns:
            How many operations that took.
        """
        count = self.look(where, self._left_over(where))
        r, lines = reservation.c, Lines(self._database, where.n)
        today = day_of(self._clock.now())
        with self._database.read() as connection:
            wanting = connection.execute(
                sa.select(r.item, sa.func.sum(lines.backordered))
                .select_from(lines.source)
                .where(lines.here)
                .group_by(r.item)
            ).all()
            there = free(self._database, connection, where.n, [row[0] for row in wanting], today)
            lacking = {item for item, _ in wanting if there[item] < 0}
            coming = sorted(item for item, units in wanting if units > 0 and there[item] > 0)
            rows = self._rows(connection, where, r.item, sorted(lacking))
            asked = list(_cannot_keep(rows, there))
            rows = self._rows(connection, where, r.item, coming, limit=MAX_ORDERS)
            asked += _share(rows, there)
        count += self._record(where, asked)
        self._clear(where)
        return count

    def _rows(
        self,
        connection: Connection,
        where: SiteRef,
        column: sa.ColumnElement[str],
        values: Sequence[str],
        limit: int | None = None,
    ) -> Sequence[Any]:
        """Lines of orders or of items, the most urgent first."""
        if not values:
            return []
        r, d, lines = reservation.c, document.c, Lines(self._database, where.n)
        of = sa.and_(d.site_n == r.site_n, d.kind == ORDER, d.document == r.document)
        query = (
            sa.select(
                r.document,
                r.line,
                r.item,
                r.ordered,
                r.promised,
                lines.reserved.label("reserved"),
                lines.backordered.label("backordered"),
                lines.surplus.label("surplus"),
                d.state,
            )
            .select_from(lines.source.join(document, of))
            .where(lines.here, self._database.in_set(column, values))
            .order_by(r.rank, r.document, r.line)
        )
        if limit is not None:
            query = query.where(lines.backordered > 0, d.state == _RELEASED).limit(limit)
        return connection.execute(query).all()

    def _wishes(
        self, connection: Connection, where: SiteRef, rows: Sequence[Any]
    ) -> Iterable[_Asked]:
        wanting = [row for row in rows if row.backordered > 0 and row.state == _RELEASED]
        if not wanting:
            return ()
        items, today = {row.item for row in wanting}, day_of(self._clock.now())
        return _share(wanting, free(self._database, connection, where.n, items, today))

    def _left_over(self, where: SiteRef) -> list[str]:
        """Orders that have more promised than they ask for, because somebody was interrupted."""
        r = reservation.c
        with self._database.read() as connection:
            return list(
                connection.execute(
                    sa.select(r.document)
                    .where(r.site_n == where.n, r.promised > r.ordered)
                    .distinct()
                    .limit(MAX_ORDERS)
                ).scalars()
            )

    def _record(self, where: SiteRef, asked: Sequence[_Asked]) -> int:
        """Ask: what sets free goes first, an operation an order."""
        job, now = self._ids.new_id(), stamp(self._clock.now())
        by_order: dict[tuple[str, str], list[_Asked]] = {}
        for one in sorted(asked, key=lambda one: one.units > 0):
            kind = Kind.RESERVE if one.units > 0 else Kind.UNRESERVE
            by_order.setdefault((kind.value, one.order), []).append(one)
        operations = [
            Operation(
                id=self._ids.new_id(),
                kind=kind,
                contract_version=CONTRACT_VERSION,
                site=where.site,
                actor=LEDGER,
                role=LEDGER,
                source_system=SOURCE,
                correlation_id=job,
                recorded_at=now,
                as_of=AsOf(epoch="", cursor=0),
                reference=Reference(document_kind=ORDER, document=order),
                lines=tuple(
                    Line(item=one.item, quantity=abs(one.units), order_line=one.line)
                    for one in lines[start:][:MAX_LINES]
                ),
            )
            for (kind, order), lines in by_order.items()
            for start in range(0, len(lines), MAX_LINES)
        ]
        self._own.record(where, LEDGER, operations)
        return len(operations)

    def _clear(self, where: SiteRef) -> None:
        """Forget the lines of orders that are closed: they want nothing any more."""
        r, d = reservation.c, document.c
        closed = (
            sa.select(r.document)
            .join(
                document,
                sa.and_(d.site_n == r.site_n, d.kind == ORDER, d.document == r.document),
            )
            .where(r.site_n == where.n, d.state.in_(_CLOSED))
            .distinct()
            .order_by(r.document)
            .limit(CLEARED_AT_ONCE)
        )
        while True:
            with self._database.write() as connection:
                found = list(connection.execute(closed).scalars())
                # Asked again under the lock (step 3): a parcel may have come back meanwhile.
                still = (
                    sa.select(d.document)
                    .where(
                        d.site_n == where.n,
                        d.kind == ORDER,
                        d.state.in_(_CLOSED),
                        self._database.in_set(d.document, found),
                    )
                    .order_by(d.document)
                    .with_for_update()
                )
                done = list(connection.execute(still).scalars())
                connection.execute(
                    sa.delete(reservation).where(
                        r.site_n == where.n, self._database.in_set(r.document, done)
                    )
                )
            if len(found) < CLEARED_AT_ONCE or not done:
                return


def _too_much(row: Any, *, held_keeps: bool) -> Iterable[_Asked]:
    """What an order has promised and needs no more."""
    units = row.promised if row.state == _CANCELLED else row.promised - row.ordered
    if row.state == OrderState.HELD and not held_keeps and row.reserved > 0:
        units = row.reserved + row.surplus
    if units > 0:
        yield _Asked(row.document, row.line, row.item, -units)


def _share(rows: Iterable[Any], there: dict[str, int]) -> list[_Asked]:
    """Divide what is free among lines that want it, in their order."""
    left = dict(there)
    asked: list[_Asked] = []
    for row in rows:
        units = min(row.backordered, left.get(row.item, 0))
        if units > 0:
            left[row.item] -= units
            asked.append(_Asked(row.document, row.line, row.item, units))
    return asked


def _cannot_keep(rows: Sequence[Any], there: dict[str, int]) -> Iterable[_Asked]:
    """Take promises back from the least urgent, as far as goods are missing."""
    missing = {item: -units for item, units in there.items() if units < 0}
    for row in reversed(rows):
        units = min(row.reserved, missing.get(row.item, 0))
        if units > 0:
            missing[row.item] -= units
            yield _Asked(row.document, row.line, row.item, -units - row.surplus)
