"""One consistent picture of a site for a fresh station: taken once, kept as pages, never changed.

PostgreSQL reads it in one REPEATABLE READ transaction, SQLite in one read transaction; position in
the feed and balances therefore belong together, whatever is posted meanwhile.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import (
    BalanceRow,
    ClaimRow,
    ExceptionRow,
    NotNow,
    PolicyRow,
    ProgressRow,
    Signed,
    SnapshotAnswer,
    SnapshotPage,
    SnapshotQuery,
    TallyRow,
    WaitingRow,
)
from app.ledger import feed
from app.ledger.arrivals import PROTOCOL_MIN, too_old
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.database import Database
from app.ledger.exceptions import CLOSED, told
from app.ledger.sites import SiteRef
from app.ledger.tables import (
    balance,
    claim,
    document,
    enrolment,
    exception,
    operation,
    policy,
    progress,
    signed,
    snapshot_page,
    tally,
)
from app.ledger.tables import snapshot as snapshot_table

# About half a megabyte of JSON a page before compression; orders are longer than balances.
PAGE_ROWS = 5_000
PAGE_BYTES = 2 << 20
# Long enough for a slow line to fetch every page; a station that takes longer asks for a new one.
LIFE = timedelta(hours=1)
# Many stations starting together share one picture; what came after it they read from the feed.
FRESH = timedelta(seconds=60)
# Pictures kept of one site: one being fetched by many, and a few by stragglers.
MAX_KEPT = 4

_encode = msgspec.json.Encoder().encode
_rows = msgspec.json.Decoder(tuple[msgspec.Raw, ...])


_GONE = NotNow(
    problem="retry_later",
    sentence="This snapshot is no longer kept. Ask for a new one.",
    retry_after_s=1,
)


@dataclass(frozen=True, slots=True)
class _Head:
    id: str
    cursor: int
    chain: str
    master_cursor: int
    pages: int


class Snapshots:
    """Takes and serves pictures.

    Args:
        database: The ledger's.
        clock: Decides how long a picture lives.
        ids: Names pictures.
    """

    def __init__(self, database: Database, clock: Clock, ids: IdSource) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids

    def page(self, site: SiteRef, query: SnapshotQuery) -> SnapshotAnswer:
        """One page; of a new picture, or one taken a moment ago, when none is named."""
        if query.protocol < PROTOCOL_MIN:
            return too_old()
        now = self._clock.now()
        head = self._find(site, query.snapshot, now)
        if head is None and not query.snapshot:
            head = self._take(site, now)
        if head is None or query.page >= head.pages:
            return _GONE
        with self._database.read() as connection:
            epoch = feed.epoch(connection)
            rows = connection.execute(
                sa.select(snapshot_page.c.rows).where(
                    snapshot_page.c.snapshot == head.id, snapshot_page.c.page == query.page
                )
            ).scalar_one_or_none()
        if rows is None:
            # Somebody else has taken a new picture since it was found.
            return _GONE
        return SnapshotPage(
            snapshot=head.id,
            epoch=epoch,
            cursor=head.cursor,
            chain=head.chain,
            master_cursor=head.master_cursor,
            page=query.page,
            pages=head.pages,
            rows=_rows.decode(rows),
        )

    def _find(self, site: SiteRef, name: str, now: datetime) -> _Head | None:
        s = snapshot_table.c
        # Without a name: one that was taken less than FRESH ago, told by when it ends.
        wanted = s.id == name if name else s.expires_at > stamp(now + LIFE - FRESH)
        with self._database.read() as connection:
            row = connection.execute(
                sa.select(s.id, s.cursor, s.chain, s.master_cursor, s.pages)
                .where(s.site_n == site.n, s.expires_at > stamp(now), wanted)
                .order_by(s.expires_at.desc())
            ).first()
        return _Head(*row) if row else None

    def _take(self, site: SiteRef, now: datetime) -> _Head:
        with self._database.frozen() as connection:
            cursor, chain = feed.head(connection, site.n)
            master_cursor = feed.master_head(connection)
            pages = list(_pages(_bodies(connection, site.n)))
        head = _Head(self._ids.new_id(), cursor, chain, master_cursor, len(pages))
        with self._database.write() as connection:
            self._forget(connection, site, now)
            connection.execute(
                sa.insert(snapshot_table).values(
                    id=head.id,
                    site_n=site.n,
                    cursor=cursor,
                    chain=chain,
                    master_cursor=master_cursor,
                    pages=len(pages),
                    expires_at=stamp(now + LIFE),
                )
            )
            self._database.insert(
                connection, snapshot_page, [(head.id, n, page) for n, page in enumerate(pages)]
            )
        return head

    def _forget(self, connection: Connection, site: SiteRef, now: datetime) -> None:
        s = snapshot_table.c
        kept = connection.execute(
            sa.select(s.id)
            .where(s.site_n == site.n, s.expires_at > stamp(now))
            .order_by(s.expires_at.desc())
            .limit(MAX_KEPT - 1)
        ).scalars()
        connection.execute(
            sa.delete(snapshot_table).where(s.site_n == site.n, s.id.not_in(list(kept)))
        )


def _bodies(connection: Connection, site_n: int) -> Iterator[bytes]:
    """Every row of the picture: documents first, so that a station knows what progress is about."""
    d = document.c
    yield from connection.execute(sa.select(d.body).where(d.site_n == site_n)).scalars()
    for rows in (_policies, _progress, _tallies, _claims, _exceptions, _waiting, _balances):
        yield from map(_encode, rows(connection, site_n))


def _policies(connection: Connection, site_n: int) -> Iterator[PolicyRow]:
    """The version that holds, if anybody has decided one."""
    p = policy.c
    rows = connection.execute(
        sa.select(p.version, p.body).where(p.site_n == site_n).order_by(p.version.desc()).limit(1)
    )
    for version, body in rows:
        yield PolicyRow(version=version, body=msgspec.Raw(body))


def _progress(connection: Connection, site_n: int) -> Iterator[ProgressRow]:
    p = progress.c
    rows = connection.execute(
        sa.select(p.document, p.line, p.packed, p.short).where(p.site_n == site_n)
    )
    for order, line, packed, short in rows:
        yield ProgressRow(order=order, line=line, packed=packed, short=short)


def _tallies(connection: Connection, site_n: int) -> Iterator[TallyRow]:
    """What was counted and not taken back again."""
    t = tally.c
    rows = connection.execute(
        sa.select(t.kind, t.document, t.line, t.measure, t.quantity).where(
            t.site_n == site_n, t.quantity != 0
        )
    )
    for kind, number, line, measure, quantity in rows:
        yield TallyRow(kind=kind, document=number, line=line, measure=measure, quantity=quantity)


def _claims(connection: Connection, site_n: int) -> Iterator[ClaimRow]:
    c, e = claim.c, enrolment.c
    rows = connection.execute(
        sa.select(c.kind, c.document, c.state, e.id, e.station, c.until)
        .outerjoin(enrolment, e.n == c.enrolment_n)
        .where(c.site_n == site_n)
    )
    for kind, number, state, id_, station, until in rows:
        yield ClaimRow(
            document=number,
            state=state,
            enrolment=id_ or "",
            station=station or "",
            until=until,
            kind=kind,
        )


def _exceptions(connection: Connection, site_n: int) -> Iterator[ExceptionRow]:
    """Those that somebody must still look at."""
    x = exception.c
    rows = connection.execute(sa.select(exception).where(x.site_n == site_n, x.state != CLOSED))
    yield from map(told, rows)


def _waiting(connection: Connection, site_n: int) -> Iterator[WaitingRow]:
    """Requests that wait for a decision, in the order of their places in the feed."""
    o, e, s = operation.c, enrolment.c, signed.c
    # In these words, because the index of what is undecided is built with them.
    open_ = sa.and_(
        o.site_n == site_n,
        sa.text("operation.outcome IN ('waiting', 'held')"),
        o.outcome == "waiting",
    )
    by: dict[str, tuple[Signed, ...]] = {}
    over = sa.select(s.operation, s.person, s.version, s.signature).join(
        operation, o.id == s.operation
    )
    for id_, *parts in connection.execute(over.where(open_).order_by(s.operation, s.person)):
        by[id_] = (*by.get(id_, ()), Signed(*parts))
    rows = connection.execute(
        sa.select(o.id, o.content_hash, e.station, o.code, o.sentence, o.body)
        .join(enrolment, e.n == o.enrolment_n)
        .where(open_)
        .order_by(o.feed_seq)
    )
    for row in rows:
        yield WaitingRow(
            id=row.id,
            content_hash=row.content_hash,
            station=row.station,
            code=row.code,
            sentence=row.sentence,
            body=bytes(row.body).decode(),
            signatures=by.get(row.id, ()),
        )


def _balances(connection: Connection, site_n: int) -> Iterator[BalanceRow]:
    """Keys that are empty are not told: a station takes a missing balance for zero."""
    b = balance.c
    rows = connection.execute(
        sa.select(b.location, b.item, b.quantity, b.lot, b.serial, b.condition).where(
            b.site_n == site_n, b.quantity != 0
        )
    )
    for location, item, quantity, lot, serial, condition in rows:
        yield BalanceRow(
            location=location,
            item=item,
            quantity=quantity,
            lot=lot,
            serial=serial,
            condition=condition,
        )


def _pages(bodies: Iterator[bytes]) -> Iterator[bytes]:
    """JSON arrays within PAGE_ROWS and about PAGE_BYTES; an empty site is one empty page."""
    page: list[bytes] = []
    number = size = 0
    for body in bodies:
        page.append(body)
        size += len(body)
        if len(page) == PAGE_ROWS or size >= PAGE_BYTES:
            yield b"[" + b",".join(page) + b"]"
            number, size, page = number + 1, 0, []
    if page or not number:
        yield b"[" + b",".join(page) + b"]"
