"""What waits or is held, read and locked because something here decides it, or is decided by it.

A decision may come in before what it decides, and so may what takes a request back: after a
restore, stations refill the ledger in any order. It is held, and taken up when its original comes,
be that a request or a fact, in another transaction or in the same one.
"""

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from sqlalchemy import Connection

from app.domain.operation import Kind
from app.ledger import signing
from app.ledger.arrivals import Arrival, read_body
from app.ledger.book import Book, Sender, Undecided
from app.ledger.database import Database
from app.ledger.tables import enrolment, operation, site
from app.ledger.touched import Touched

# A released decision may itself be about something held: so many steps, and no more.
MAX_STEPS = 3
_EARLY = sa.and_(
    # In these words, because the index of what is undecided is built with them.
    sa.text("operation.outcome IN ('waiting', 'held')"),
    operation.c.code == "unknown_original",
    operation.c.kind.in_((Kind.DECIDE.value, Kind.WITHDRAW.value, Kind.REVERSE.value)),
)

Touch = Callable[[Arrival, Touched], None]


def read(
    database: Database, connection: Connection, book: Book, touched: Touched, touch: Touch
) -> None:
    """Read what is decided here, and what came before the requests it is about."""
    known: set[str] = set()
    for _ in range(MAX_STEPS):
        wanted = touched.settled - known
        if not wanted:
            break
        known |= wanted
        which = database.in_set(operation.c.id, sorted(wanted))
        for one, came in _undecided(database, connection, book, which):
            book.undecided[one.id] = one
            touch(came, touched)
    early = _early(connection, book, touched.ids)
    if early:
        which = database.in_set(operation.c.id, early)
        for one, came in _undecided(database, connection, book, which):
            book.came_early(one)
            touch(came, touched)


def _early(connection: Connection, book: Book, came: set[str]) -> list[str]:
    """What has waited for one of these; not locked, because mostly there is nothing."""
    o = operation.c
    held = connection.execute(sa.select(o.id, o.body).where(_EARLY, o.site_n == book.site_n))
    return sorted(id_ for id_, body in held if _about(id_, body) in came)


def _about(id_: str, body: bytes) -> str:
    said = read_body(0, id_, "", body, "").operation
    return said.reference.original if said is not None and said.reference is not None else ""


def _undecided(
    database: Database, connection: Connection, book: Book, which: sa.ColumnElement[bool]
) -> Iterator[tuple[Undecided, Arrival]]:
    o, e = operation.c, enrolment.c
    rows = connection.execute(
        sa.select(
            o.id, o.content_hash, o.body, o.outcome, o.code, o.seq, o.feed_seq,
            e.n, e.id.label("sender"), e.station, e.kind, e.state, site.c.claim_hold_s, e.protocol,
        )
        .join(enrolment, e.n == o.enrolment_n)
        .join(site, site.c.n == o.site_n)
        .where(which, o.site_n == book.site_n, o.outcome.in_(("waiting", "held")))
        .order_by(o.id)
        .with_for_update(of=operation)
    ).all()  # fmt: skip
    signatures = signing.kept(database, connection, [row.id for row in rows]) if rows else {}
    for row in rows:
        came = read_body(row.seq, row.id, "", row.body, row.content_hash)
        sender = Sender(
            row.n, row.sender, row.station, row.kind, row.state, row.seq, "", row.claim_hold_s,
            protocol=row.protocol,
        )  # fmt: skip
        one = Undecided(
            row.id, row.content_hash, came.operation, came.postings, sender, row.outcome, row.code,
            row.feed_seq, raw=row.body, signatures=signatures.get(row.id, ()),
        )  # fmt: skip
        yield one, came
