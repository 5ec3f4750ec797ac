"""Who packs what: every released order is assigned to one station of its site.

Assignments go to the station with the least of them; a new station gets its share of what nobody
has begun. A claimed order stays with whoever claimed it; a silent station's unstarted orders go to
others when the site's hold time is over.
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
    loads = _loads(connection, site)
    heap = [(loads.get(n, 0), n) for n in sorted(stations)]
    heapify(heap)
    rows: list[FeedBody] = []
    changed = []
    for number in numbers:
        load, n = heap[0]
        heapreplace(heap, (load + 1, n))
        id_, station = stations[n]
        rows.append(ClaimRow(document=number, state="assigned", enrolment=id_, station=station))
        changed.append((site.n, ORDER, number, "assigned", n, "", ""))
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
    c = claim.c
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
    nobodys = nobodys_orders(connection, site)
    # An heir goes on with what its predecessor had; a station that is new begins with its share.
    share = [] if mine or heir is None else _surplus(connection, site, heir)
    locked = lock_orders(database, connection, site.n, sorted({*mine, *nobodys, *share}))
    rows: list[FeedBody] = []
    if heir is not None and mine:
        rows.extend(_inherit(database, connection, site, sorted(locked.keys() & set(mine)), heir))
        mine = []
    free = [number for number in sorted({*mine, *nobodys}) if is_open(locked, number)]
    rows.extend(assign(database, connection, site, free, without=leaving))
    if share and heir is not None:
        # Asked again under the locks: somebody may have begun meanwhile.
        left = set(_surplus(connection, site, heir)) & locked.keys()
        rows.extend(_give(database, connection, site, sorted(left), heir))
    if rows:
        feed.append(database, connection, site.n, rows)


def silent_orders(
    database: Database, connection: Connection, site: SiteRef, now: datetime
) -> list[FeedBody]:
    """Reassign the unstarted orders of stations not heard of for the site's hold time."""
    c, e = claim.c, enrolment.c
    silent = list(
        connection.execute(
            sa.select(e.n).where(
                e.site_n == site.n,
                e.kind == "station",
                e.seen_at < stamp(now - claim_hold(connection, site)),
            )
        ).scalars()
    )
    unstarted = (
        sa.select(c.document)
        .where(
            c.site_n == site.n,
            c.kind == ORDER,
            database.in_set(c.enrolment_n, silent),
            c.state.in_(("assigned", "claimed")),
            ~_is_started(),
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
        [number for number in left if is_open(locked, number)],
        without=silent,
    )


def nobodys_orders(connection: Connection, site: SiteRef) -> list[str]:
    """Released orders no station has."""
    c, d = claim.c, document.c
    return list(
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


def unowned(
    database: Database, connection: Connection, site: SiteRef, numbers: Iterable[str]
) -> list[str]:
    """Those of these orders that no station has."""
    c, wanted = claim.c, sorted(numbers)
    owned = connection.execute(
        sa.select(c.document).where(
            c.site_n == site.n,
            c.kind == ORDER,
            c.state != "free",
            database.in_set(c.document, wanted),
        )
    )
    had = set(owned.scalars())
    return [number for number in wanted if number not in had]


def _is_started() -> sa.ColumnElement[bool]:
    """Whether anything is packed for a claimed order."""
    c, p = claim.c, progress.c
    return (
        sa.select(p.document)
        .where(p.site_n == c.site_n, p.document == c.document, p.packed > 0)
        .exists()
    )


def _of_released(site: SiteRef) -> sa.ColumnElement[bool]:
    """Assignments of orders that are still to be packed."""
    c, d = claim.c, document.c
    return sa.and_(
        c.site_n == site.n,
        c.kind == ORDER,
        c.state == "assigned",
        sa.select(d.document)
        .where(
            d.site_n == c.site_n,
            d.kind == c.kind,
            d.document == c.document,
            d.state == _RELEASED,
        )
        .exists(),
    )


def _loads(connection: Connection, site: SiteRef) -> dict[int, int]:
    """How many orders each enrolment has before it."""
    c = claim.c
    rows = connection.execute(
        sa.select(c.enrolment_n, sa.func.count()).where(_of_released(site)).group_by(c.enrolment_n)
    )
    return {row[0]: row[1] for row in rows}


def _surplus(connection: Connection, site: SiteRef, newcomer: int) -> list[str]:
    """Orders others have beyond their fair share: assigned, not claimed, not begun; the last first.

    Those with the highest numbers go: the first ones are being picked already.
    """
    stations = _active(connection, site.n, set())
    loads = {n: load for n, load in _loads(connection, site).items() if n in stations}
    fair = sum(loads.values()) // max(1, len(stations))
    c = claim.c
    given: list[str] = []
    for n, load in sorted(loads.items(), key=lambda of: (-of[1], of[0])):
        spare = min(load - fair, fair - loads.get(newcomer, 0) - len(given))
        if n == newcomer or spare <= 0:
            continue
        given.extend(
            connection.execute(
                sa.select(c.document)
                .where(_of_released(site), c.enrolment_n == n, ~_is_started())
                .order_by(c.document.desc())
                .limit(spare)
            ).scalars()
        )
    return given


def _give(
    database: Database, connection: Connection, site: SiteRef, numbers: Sequence[str], heir: int
) -> list[FeedBody]:
    e = enrolment.c
    who = connection.execute(sa.select(e.id, e.station).where(e.n == heir)).one()
    database.upsert(
        connection,
        claim,
        [(site.n, ORDER, number, "assigned", heir, "", "") for number in numbers],
    )
    return [
        ClaimRow(document=number, state="assigned", enrolment=who.id, station=who.station)
        for number in numbers
    ]


def _inherit(
    database: Database, connection: Connection, site: SiteRef, numbers: Sequence[str], heir: int
) -> list[FeedBody]:
    c, e = claim.c, enrolment.c
    who = connection.execute(sa.select(e.id, e.station).where(e.n == heir)).one()
    rows = connection.execute(
        sa.select(c.document, c.state, c.until, c.since)
        .where(c.site_n == site.n, c.kind == ORDER, database.in_set(c.document, numbers))
        .order_by(c.document)
    ).all()
    database.upsert(
        connection,
        claim,
        [(site.n, ORDER, row.document, row.state, heir, row.until, row.since) for row in rows],
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


def is_open(locked: Mapping[str, OrderBook], number: str) -> bool:
    """Whether an order that is locked is still to be packed."""
    order = locked.get(number)
    return order is not None and order.row.state == _RELEASED
