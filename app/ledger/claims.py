"""Who packs what: every released order is assigned to one station of its site.

Assignments go to the station with the least of them. A claimed order stays with whoever claimed it;
a silent station's unstarted orders go to others when the site's hold time is over.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from heapq import heapify, heapreplace

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import ClaimRow, FeedBody
from app.domain.document import DocumentKind
from app.domain.order import OrderState
from app.ledger import feed
from app.ledger.book import OrderBook
from app.ledger.clock import stamp
from app.ledger.database import Database
from app.ledger.locks import lock_orders
from app.ledger.sites import SiteRef, claim_hold
from app.ledger.tables import claim, document, enrolment, progress

_RELEASED = OrderState.RELEASED.value
ORDER = DocumentKind.ORDER.value


def assign(
    database: Database,
    connection: Connection,
    site: SiteRef,
    numbers: Sequence[str],
    *,
    without: Iterable[int] = (),
) -> list[FeedBody]:
    """Assign released orders that are locked; returns the rows the feed must tell.

    Args:
        database: The ledger's.
        connection: Its transaction.
        site: Whose orders.
        numbers: Orders without an owner.
        without: Enrolments that get nothing now.
    """
    stations = _active(connection, site.n, set(without))
    if not stations or not numbers:
        return []
    c = claim.c
    loads: dict[int, int] = {
        row[0]: row[1]
        for row in connection.execute(
            sa.select(c.enrolment_n, sa.func.count())
            .where(c.site_n == site.n, c.kind == ORDER, c.state == "assigned")
            .group_by(c.enrolment_n)
        )
    }
    heap = [(loads.get(n, 0), n) for n in sorted(stations)]
    heapify(heap)
    rows: list[FeedBody] = []
    changed = []
    for number in numbers:
        load, n = heap[0]
        heapreplace(heap, (load + 1, n))
        id_, station = stations[n]
        rows.append(ClaimRow(document=number, state="assigned", enrolment=id_, station=station))
        changed.append((site.n, ORDER, number, "assigned", n, ""))
    database.upsert(connection, claim, changed)
    return rows


def hand_over(
    database: Database,
    connection: Connection,
    site: SiteRef,
    leaving: Sequence[int],
    heir: int | None,
) -> None:
    """Give the orders of enrolments that are gone to their successor, or to the others.

    Orders nobody has are shared out as well: the first station of a site gets them all.
    """
    c, d = claim.c, document.c
    mine = list(
        connection.execute(
            sa.select(c.document)
            .where(
                c.site_n == site.n,
                c.kind == ORDER,
                database.in_set(c.enrolment_n, leaving),
                c.state.in_(("assigned", "claimed") if heir else ("assigned",)),
            )
            .order_by(c.document)
        ).scalars()
    )
    nobodys = list(
        connection.execute(
            sa.select(d.document)
            .outerjoin(
                claim,
                sa.and_(c.site_n == d.site_n, c.kind == d.kind, c.document == d.document),
            )
            .where(
                d.site_n == site.n,
                d.kind == ORDER,
                d.state == _RELEASED,
                sa.or_(c.document.is_(None), c.state == "free"),
            )
            .order_by(d.document)
        ).scalars()
    )
    locked = lock_orders(database, connection, site.n, sorted({*mine, *nobodys}))
    rows: list[FeedBody] = []
    if heir is not None and mine:
        rows.extend(_inherit(database, connection, site, sorted(locked.keys() & set(mine)), heir))
        mine = []
    free = [number for number in sorted({*mine, *nobodys}) if _is_open(locked, number)]
    rows.extend(assign(database, connection, site, free, without=leaving))
    if rows:
        feed.append(database, connection, site.n, rows)


def silent_orders(
    database: Database, connection: Connection, site: SiteRef, now: datetime
) -> list[FeedBody]:
    """Reassign the unstarted orders of stations not heard of for the site's hold time."""
    c, e, p = claim.c, enrolment.c, progress.c
    silent = list(
        connection.execute(
            sa.select(e.n).where(
                e.site_n == site.n,
                e.kind == "station",
                e.seen_at < stamp(now - claim_hold(connection, site)),
            )
        ).scalars()
    )
    started = (
        sa.select(p.document)
        .where(p.site_n == c.site_n, p.document == c.document, p.packed > 0)
        .exists()
    )
    unstarted = (
        sa.select(c.document)
        .where(
            c.site_n == site.n,
            c.kind == ORDER,
            database.in_set(c.enrolment_n, silent),
            c.state.in_(("assigned", "claimed")),
            ~started,
        )
        .order_by(c.document)
    )
    found = list(connection.execute(unstarted).scalars())
    locked = lock_orders(database, connection, site.n, found)
    # Asked again under the locks: somebody may have begun meanwhile.
    left = [number for number in connection.execute(unstarted).scalars() if number in locked]
    return assign(
        database,
        connection,
        site,
        [number for number in left if _is_open(locked, number)],
        without=silent,
    )


def _inherit(
    database: Database, connection: Connection, site: SiteRef, numbers: Sequence[str], heir: int
) -> list[FeedBody]:
    c, e = claim.c, enrolment.c
    who = connection.execute(sa.select(e.id, e.station).where(e.n == heir)).one()
    rows = connection.execute(
        sa.select(c.document, c.state, c.until)
        .where(c.site_n == site.n, c.kind == ORDER, database.in_set(c.document, numbers))
        .order_by(c.document)
    ).all()
    database.upsert(
        connection,
        claim,
        [(site.n, ORDER, row.document, row.state, heir, row.until) for row in rows],
    )
    return [
        ClaimRow(
            document=row.document,
            state=row.state,
            enrolment=who.id,
            station=who.station,
            until=row.until,
        )
        for row in rows
    ]


def _active(connection: Connection, site_n: int, without: set[int]) -> dict[int, tuple[str, str]]:
    e = enrolment.c
    rows = connection.execute(
        sa.select(e.n, e.id, e.station).where(
            e.site_n == site_n, e.kind == "station", e.state == "active"
        )
    )
    return {row.n: (row.id, row.station) for row in rows if row.n not in without}


def _is_open(locked: Mapping[str, OrderBook], number: str) -> bool:
    order = locked.get(number)
    return order is not None and order.row.state == _RELEASED
