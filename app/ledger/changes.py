"""A site's feed after a cursor, and the bell that wakes whoever waits for more of it."""

from collections.abc import Callable, Collection, Iterable
from threading import Condition

import msgspec
import sqlalchemy as sa

from app.contract.messages import MAX_PAGE_ROWS, ChangesAnswer, ChangesPage, ChangesQuery, FeedRow
from app.ledger import feed
from app.ledger.arrivals import PROTOCOL_MIN, too_old
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.posting import epoch_changed
from app.ledger.sites import SiteRef
from app.ledger.tables import enrolment
from app.ledger.tables import feed as feed_table

# A page of the longest rows stays well below what a station accepts at once.
MAX_PAGE_BYTES = 4 << 20
# Another process may have written; asking again this often keeps "seen within a second".
RECHECK_S = 0.2

_FEED = feed_table.c
_ROWS = (
    sa.select(_FEED.seq, _FEED.body, _FEED.master, _FEED.chain)
    .where(_FEED.site_n == sa.bindparam("site_n"), _FEED.seq > sa.bindparam("cursor"))
    .order_by(_FEED.seq)
    .limit(sa.bindparam("limit"))
)
_READERS = sa.select(enrolment.c.n).where(
    enrolment.c.site_n == sa.bindparam("site_n"), enrolment.c.state != "revoked"
)


def page(database: Database, clock: Clock, site: SiteRef, query: ChangesQuery) -> ChangesAnswer:
    """The rows after `query.cursor`, as many as fit; does not wait."""
    with database.read() as connection:
        return _page(connection, clock, site, query)


def _page(
    connection: sa.Connection, clock: Clock, site: SiteRef, query: ChangesQuery
) -> ChangesAnswer:
    if query.protocol < PROTOCOL_MIN:
        return too_old()
    limit = min(query.limit, MAX_PAGE_ROWS)
    asked = {"site_n": site.n, "cursor": query.cursor, "limit": limit}
    rows = connection.execute(_ROWS, asked).all()
    # Read after the rows: no row is beyond the head, or needs master rows beyond theirs.
    stands = feed.standing(connection, site.n, query.cursor)
    same = stands.chain == query.chain or (query.cursor == 0 and not query.chain)
    if query.epoch != stands.epoch or not same:
        return epoch_changed(stands.epoch)
    size, given = 0, 0
    for row in rows:
        size += len(row.body)
        if given and size > MAX_PAGE_BYTES:
            break
        given += 1
    last = rows[given - 1] if given else None
    return ChangesPage(
        epoch=stands.epoch,
        rows=tuple(
            FeedRow(seq=row.seq, body=msgspec.Raw(row.body), master=row.master)
            for row in rows[:given]
        ),
        cursor=last.seq if last else query.cursor,
        chain=last.chain if last else query.chain,
        head=stands.head,
        master_head=stands.master,
        at=stamp(clock.now()),
    )


def is_news(page: ChangesPage, begun: ChangesPage | None) -> bool:
    """Whether a page is worth telling to whoever has waited since `begun`, their first one.

    Master data counts too: a person who was revoked must not stay one for the rest of a long-poll.
    """
    return bool(page.rows) or (begun is not None and page.master_head != begun.master_head)


def page_and_readers(
    database: Database, clock: Clock, site: SiteRef, query: ChangesQuery
) -> tuple[ChangesAnswer, Collection[int]]:
    """A page for all who ask the same, and the enrolments of the site that may see it."""
    with database.read() as connection:
        readers = frozenset(connection.execute(_READERS, {"site_n": site.n}).scalars())
        return _page(connection, clock, site, query), readers


class Bell:
    """Rings when a feed of this process has grown."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._rung = 0
        self._listeners: list[Callable[[Iterable[int]], None]] = []

    def listen(self, listener: Callable[[Iterable[int]], None]) -> None:
        """Call `listener` at every ring, from the thread that rings; it must not block."""
        self._listeners.append(listener)

    def ring(self, sites: Iterable[int] = ()) -> None:
        """Something was committed, at the sites of these numbers; perhaps anywhere without any."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()
        for listener in self._listeners:
            listener(sites)

    @property
    def count(self) -> int:
        """How often it has rung; take it before looking, hand it to `wait` after."""
        return self._rung

    def wait(self, since: int, timeout_s: float) -> None:
        """Return when it has rung since `since`, or after `timeout_s`."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung != since, timeout_s)
