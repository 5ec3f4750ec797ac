"""Thresholds, and the job that looks at them: tasks for pick locations, alerts for the site.

Nothing is looked at while goods are moved. The job compares all thresholds with the balances by one
statement, and only when the site's feed has moved on since it last looked.
"""

from dataclasses import dataclass

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import (
    CONTRACT_VERSION,
    MAX_QUANTITY,
    AsOf,
    DocumentRow,
    Line,
    Operation,
    Reference,
)
from app.domain.document import DocumentKind
from app.domain.operation import Condition, Kind
from app.errors import Refusal
from app.ledger import feed
from app.ledger.availability import availability
from app.ledger.book import Book
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.contradictions import Contradiction
from app.ledger.database import Database
from app.ledger.filling import CANCELLED, OPEN, REPLENISH, task_number, was_cancelled
from app.ledger.own import LEDGER, OwnEnrolment
from app.ledger.pages import Closing, Pages
from app.ledger.promises import day_of
from app.ledger.reservations import SOURCE
from app.ledger.shelves import filling
from app.ledger.sites import SiteRef
from app.ledger.tables import balance, document, exception, item, location, threshold
from app.ledger.writing import Writer

TASK = DocumentKind.TASK.value
REORDER = "reorder"

_row = msgspec.json.Decoder(DocumentRow)


@dataclass(frozen=True, slots=True)
class Threshold:
    """When a place is filled up.

    Attributes:
        item: SKU.
        location: The pick location; empty: the reorder point of the whole site.
        low: At so many units or fewer.
        fill_to: How many there shall be then; without a meaning for a reorder point.
        actor: Who decided it.
        at: When.
    """

    item: str
    location: str
    low: int
    fill_to: int
    actor: str = ""
    at: str = ""


class Replenishment:
    """Thresholds of sites.

    Args:
        database: The ledger's.
        clock: Dates thresholds, and decides what has expired.
        ids: Names operations and exceptions.
        own: Records what the ledger asks for.
    """

    def __init__(self, database: Database, clock: Clock, ids: IdSource, own: OwnEnrolment) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._own = own
        self._writer = Writer(database, ids)
        # Where each site's feed stood when its thresholds were last compared.
        self._compared: dict[int, int] = {}

    # ------------------------------------------------------------------ thresholds

    def put(self, where: SiteRef, wanted: Threshold, actor: str) -> Threshold:
        """Set a threshold, or change it.

        Raises:
            Refusal: `unknown_item`, `unknown_location`, or `bad_threshold`.
        """
        if not 0 <= wanted.low <= MAX_QUANTITY or not 0 <= wanted.fill_to <= MAX_QUANTITY:
            raise Refusal("bad_threshold", "A threshold counts units from 0. Correct it.")
        if wanted.location and wanted.fill_to <= wanted.low:
            raise Refusal(
                "bad_threshold", "A place is filled to more than where it is low. Correct it."
            )
        made = Threshold(
            wanted.item,
            wanted.location,
            wanted.low,
            wanted.fill_to,
            actor,
            stamp(self._clock.now()),
        )
        with self._database.write() as connection:
            _check(connection, where, wanted)
            row = (where.n, made.location, made.item, made.low, made.fill_to, made.actor, made.at)
            self._database.upsert(connection, threshold, [row])
        self._compared.pop(where.n, None)
        return made

    def remove(self, where: SiteRef, sku: str, place: str) -> None:
        """Forget a threshold.

        Raises:
            Refusal: `unknown_threshold`.
        """
        t = threshold.c
        with self._database.write() as connection:
            gone = connection.execute(
                sa.delete(threshold).where(t.site_n == where.n, t.location == place, t.item == sku)
            )
        if not gone.rowcount:
            raise Refusal("unknown_threshold", "There is no such threshold. Nothing was changed.")
        self._compared.pop(where.n, None)

    def thresholds(
        self, where: SiteRef, after: tuple[str, str] = ("", ""), limit: int = 100
    ) -> list[Threshold]:
        """Thresholds of a site, by item and location, from the first after `after`."""
        t = threshold.c
        later = sa.or_(t.item > after[0], sa.and_(t.item == after[0], t.location > after[1]))
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(t.item, t.location, t.low, t.fill_to, t.actor, t.at)
                .where(t.site_n == where.n, later if any(after) else sa.true())
                .order_by(t.item, t.location)
                .limit(limit)
            ).all()
        return [Threshold(*row) for row in rows]

    # ------------------------------------------------------------------ the job

    def compare(self, where: SiteRef) -> int:
        """The job: ask for what is low at a pick location, alert for what is low at the site.

        Returns:
            How many tasks were asked for and how many alerts opened or closed, together.
        """
        with self._database.read() as connection:
            head = feed.head(connection, where.n)[0]
            if self._compared.get(where.n) == head:
                return 0
            wishes = self._wishes(connection, where)
        self._own.record(where, LEDGER, wishes)
        count = len(wishes) + self._alert(where)
        self._compared[where.n] = head
        return count

    def _wishes(self, connection: Connection, where: SiteRef) -> list[Operation]:
        low = self._low(connection, where)
        numbers = {task_number(REPLENISH, row.location, row.item): row for row in low}
        d = document.c
        # The rule asks again under the lock; here it only keeps the feed free of refusals.
        busy = connection.execute(
            sa.select(d.document, d.body).where(
                d.site_n == where.n,
                d.kind == TASK,
                d.state.in_((OPEN, CANCELLED)),
                self._database.in_set(d.document, sorted(numbers)),
            )
        )
        now = self._clock.now()
        for number, body in busy.all():
            task = _row.decode(body)
            if task.state == OPEN or was_cancelled(task, now):
                del numbers[number]
        items = {row.item for row in numbers.values()}
        found = filling(self._database, connection, where.n, items, day_of(now))
        job = self._ids.new_id()
        return [
            Operation(
                id=self._ids.new_id(),
                kind=Kind.REQUEST.value,
                contract_version=CONTRACT_VERSION,
                site=where.site,
                actor=LEDGER,
                role=LEDGER,
                source_system=SOURCE,
                correlation_id=job,
                recorded_at=stamp(now),
                as_of=AsOf(epoch="", cursor=0),
                reference=Reference(document_kind=TASK, document=number),
                lines=(Line(item=row.item, quantity=row.fill_to - row.low, target=row.location),),
            )
            for number, row in sorted(numbers.items())
            if any(found.taken(row.item, row.location, 1))
        ]

    def _low(self, connection: Connection, where: SiteRef) -> list[Threshold]:
        """Pick locations at or below their threshold; `low` is what lies there now."""
        t, b = threshold.c, balance.c
        there = sa.func.coalesce(sa.func.sum(b.quantity), 0)
        rows = connection.execute(
            sa.select(t.item, t.location, there, t.fill_to)
            .select_from(
                threshold.outerjoin(
                    balance,
                    sa.and_(
                        b.site_n == t.site_n,
                        b.location == t.location,
                        b.item == t.item,
                        b.condition == Condition.GOOD.value,
                    ),
                )
            )
            .where(t.site_n == where.n, t.location != "")
            .group_by(t.item, t.location, t.low, t.fill_to)
            .having(there <= t.low)
        ).all()
        return [Threshold(sku, place, int(units), fill_to) for sku, place, units, fill_to in rows]

    def _alert(self, where: SiteRef) -> int:
        """Open alerts of items that are low at the site, close those of items that are not."""
        t, x, now = threshold.c, exception.c, self._clock.now()
        with self._database.read() as connection:
            points: dict[str, int] = {
                row.item: row.low
                for row in connection.execute(
                    sa.select(t.item, t.low).where(t.site_n == where.n, t.location == "")
                )
            }
            stock = availability(self._database, connection, where.n, sorted(points), day_of(now))
            known = set(
                connection.execute(
                    sa.select(x.cause).where(
                        x.site_n == where.n, x.code == REORDER, x.state != "closed"
                    )
                ).scalars()
            )
        low = {}
        for one in stock:
            units = one.on_hand - one.not_good + one.in_transit
            if units <= points[one.item]:
                low[f"{REORDER}\n{one.item}"] = reorder(one.item, units, points[one.item])
        pages = Pages()
        pages.rows.extend((low[cause], "") for cause in sorted(low.keys() - known))
        pages.rows.extend(Closing(cause) for cause in sorted(known - low.keys()))
        if pages.rows:
            with self._database.write() as connection:
                self._writer.write(connection, Book(where.n, where.site, now), pages)
        return len(pages.rows)


def reorder(sku: str, units: int, low: int) -> Contradiction:
    """An item runs out at a site."""
    return Contradiction(
        "reorder",
        f"{REORDER}\n{sku}",
        f"{units} of {sku} are left, its reorder point is {low}. Order more.",
    )


def _check(connection: Connection, where: SiteRef, wanted: Threshold) -> None:
    known = connection.execute(sa.select(item.c.sku).where(item.c.sku == wanted.item)).first()
    if known is None:
        raise Refusal("unknown_item", f"Item {wanted.item} is not known. Import items first.")
    place = connection.execute(
        sa.select(location.c.location).where(
            location.c.site_n == where.n, location.c.location == wanted.location
        )
    ).first()
    if wanted.location and place is None:
        raise Refusal(
            "unknown_location",
            f"Location {wanted.location} is not known at {where.site}. Import locations first.",
        )
