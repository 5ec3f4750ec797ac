"""Whether the ledger's books agree with each other, checked piece by piece.

Balances are the sums of their postings; postings are what the feed tells; the feed is dense and
chained; plain facts are told as they were recorded; chains of enrolments hold; and of every item
there is zero over all places and sites. Each check reads a bounded piece at a time, each piece in
one moment of the database, so it runs beside posting and needs the same memory however long the
book is. Nothing is mended here: a book that was damaged is for people to look at.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract import chain
from app.contract.messages import Answer, OutcomeRow, operation_body, read_feed_row
from app.domain.operation import TRANSIT_PREFIX, Kind, Outcome, postings
from app.ledger import feed
from app.ledger.database import Database
from app.ledger.sites import SiteRef
from app.ledger.tables import balance, enrolment, link, operation, posting, site_feed
from app.ledger.tables import feed as feed_table

# Rows read at once: a few megabytes with their bodies.
PIECE = 1_000
_END = 2**62
# Kinds whose postings are their lines, whatever the book says.
_PLAIN = frozenset({Kind.MOVE, Kind.PICK, Kind.UNPICK, Kind.PACK, Kind.UNPACK, Kind.SHIP})

Line = tuple[str, str, str, str, str, int]
Counted = Callable[[int], None]
"""Told how many things were checked; raises to end the check."""


class Difference(Answer, frozen=True):
    """Two numbers or texts that should be the same: what is checked, where, and both."""

    check: str
    name: str
    expected: str | int
    found: str | int


def balances(
    database: Database, site: SiteRef, counted: Counted, since: int = 0
) -> Iterator[Difference]:
    """Each balance is the sum of its postings; only those moved after a position of the feed."""
    b, p = balance.c, posting.c
    total = sa.select(sa.func.coalesce(sa.func.sum(p.quantity), 0)).where(p.stock == b.stock)
    query = sa.select(
        b.stock, b.location, b.item, b.lot, b.serial, b.condition, b.quantity,
        total.scalar_subquery().label("posted"),
    ).where(b.site_n == site.n)  # fmt: skip
    if since:
        moved = sa.select(p.stock).where(p.site_n == site.n, p.feed_seq > since)
        query = query.where(b.stock.in_(moved))
    after = 0
    while True:
        piece = query.where(b.stock > after).order_by(b.stock).limit(PIECE)
        with database.frozen() as connection:
            rows = connection.execute(piece).all()
        for row in rows:
            if row.quantity != row.posted:
                yield Difference(
                    check="balance",
                    name=" ".join(filter(None, row[1:6])),
                    expected=int(row.posted),
                    found=row.quantity,
                )
        counted(len(rows))
        if len(rows) < PIECE:
            return
        after = rows[-1].stock


def rows(
    database: Database, site: SiteRef, counted: Counted, since: int = 0
) -> Iterator[Difference]:
    """The feed is dense and chained, and postings are what it tells; after a position of it."""
    with database.read() as connection:
        before = feed.chain_at(connection, site.n, since) or ""
    seq = since
    while True:
        with database.frozen() as connection:
            piece = _feed_piece(connection, site, seq)
            posted = _posted(connection, site, seq, _last(piece))
            recorded = _recorded(database, connection, piece)
            end, head = feed.head(connection, site.n)
        for row in piece:
            seq, before = seq + 1, chain.next_chain(before, row.body)
            if (row.seq, row.chain) != (seq, before):
                yield Difference(
                    check="feed", name=f"row {row.seq}", expected=f"{seq} {before}",
                    found=f"{row.seq} {row.chain}",
                )  # fmt: skip
                # From here on as it stands, so that one flaw is told once.
                seq, before = row.seq, row.chain
            yield from _told(row, posted.pop(row.seq, []), recorded)
        for stray, lines in posted.items():
            yield _lines("posting", f"row {stray}", [], lines)
        counted(len(piece))
        if len(piece) < PIECE:
            if (seq, before) != (end, head):
                yield Difference(
                    check="feed", name="end", expected=f"{seq} {before}", found=f"{end} {head}"
                )
            return


def chains(database: Database, site: SiteRef, counted: Counted) -> Iterator[Difference]:
    """Each enrolment's chain leads from its first operation to its end; bodies are as hashed."""
    e = enrolment.c
    with database.read() as connection:
        found = connection.execute(
            sa.select(e.n, e.id, e.station, e.seq, e.digest, e.previous)
            .where(e.site_n == site.n)
            .order_by(e.n)
        ).all()
    for one in found:
        yield from _chain(database, one, counted)


def totals(database: Database, counted: Counted) -> Iterator[Difference]:
    """Over all places and sites there is zero of every item: nothing came from nowhere."""
    b = balance.c
    total = sa.func.sum(b.quantity)
    query = sa.select(b.item, total).group_by(b.item).having(total != 0).order_by(b.item)
    with database.frozen() as connection:
        odd = connection.execute(query.limit(PIECE)).all()
        count = connection.execute(sa.select(sa.func.count(b.item.distinct()))).scalar_one()
    counted(count)
    for item, quantity in odd:
        yield Difference(check="item", name=item, expected=0, found=int(quantity))


def head_of(database: Database, site: SiteRef) -> int:
    """The last row of a site's feed."""
    with database.read() as connection:
        return int(
            connection.execute(
                sa.select(site_feed.c.seq).where(site_feed.c.site_n == site.n)
            ).scalar_one()
        )


def _feed_piece(connection: Connection, site: SiteRef, after: int) -> Sequence[Any]:
    f = feed_table.c
    return connection.execute(
        sa.select(f.seq, f.chain, f.body)
        .where(f.site_n == site.n, f.seq > after)
        .order_by(f.seq)
        .limit(PIECE)
    ).all()


def _last(piece: Sequence[Any]) -> int:
    """Up to where this piece answers for postings; the last piece for all that come after."""
    return int(piece[-1].seq) if len(piece) == PIECE else _END


def _posted(connection: Connection, site: SiteRef, after: int, last: int) -> dict[int, list[Line]]:
    p, b = posting.c, balance.c
    found = connection.execute(
        sa.select(
            p.feed_seq, b.location, b.item, b.lot, b.serial, b.condition, p.quantity
        )
        .outerjoin(balance, b.stock == p.stock)
        .where(p.site_n == site.n, p.feed_seq > after, p.feed_seq <= last)
        .order_by(p.feed_seq, p.n)
    )  # fmt: skip
    lines: dict[int, list[Line]] = {}
    for seq, *line in found:
        lines.setdefault(seq, []).append(
            (line[0] or "?", line[1] or "?", line[2], line[3], line[4], line[5])
        )
    return lines


def _recorded(
    database: Database, connection: Connection, piece: Iterable[Any]
) -> Mapping[str, bytes]:
    """Bodies of the plain facts that this piece of the feed tells."""
    ids = [
        told.id
        for row in piece
        if isinstance(told := read_feed_row(row.body), OutcomeRow) and _is_plain(told)
    ]
    o = operation.c
    found = connection.execute(sa.select(o.id, o.body).where(database.in_set(o.id, sorted(ids))))
    return {row.id: row.body for row in found}


def _is_plain(told: OutcomeRow) -> bool:
    """Whether its postings are its lines: goods in transit are partly in another site's feed."""
    return (
        told.kind in _PLAIN
        and told.outcome == Outcome.POSTED
        and not any(p.location.startswith(TRANSIT_PREFIX) for p in told.postings)
    )


def _told(row: Any, posted: list[Line], recorded: Mapping[str, bytes]) -> Iterator[Difference]:
    told = read_feed_row(row.body)
    if not isinstance(told, OutcomeRow):
        if posted:
            yield _lines("posting", f"row {row.seq}", [], posted)
        return
    lines = [(p.location, p.item, p.lot, p.serial, p.condition, p.quantity) for p in told.postings]
    if lines != posted:
        yield _lines("posting", f"row {row.seq}", lines, posted)
    if not _is_plain(told):
        return
    body = recorded.get(told.id)
    if body == b"":
        return  # in the archive only
    said = [] if body is None else postings(operation_body.decode(body).lines)
    expected = [(*posting_.key, posting_.quantity) for posting_ in said]
    if expected != lines:
        yield _lines("operation", told.id, expected, lines)


def _lines(check: str, name: str, expected: Sequence[Line], found: Sequence[Line]) -> Difference:
    def text(lines: Sequence[Line]) -> str:
        return "; ".join(" ".join(str(part) for part in line if part != "") for line in lines)

    return Difference(check=check, name=name, expected=text(expected), found=text(found))


def _chain(database: Database, one: Any, counted: Counted) -> Iterator[Difference]:
    digest, seq = ("" if one.previous else chain.GENESIS), 0
    while seq < one.seq:
        with database.frozen() as connection:
            piece = _links(connection, one.n, seq, min(seq + PIECE, one.seq))
        for row in piece:
            name = f"{one.station} {row.seq}"
            # An old record is in the archive only; its hash holds the chain together.
            if row.body and chain.content_hash(row.body) != row.content_hash:
                yield Difference(
                    check="body", name=f"{name} {row.id}", expected=row.content_hash,
                    found=chain.content_hash(row.body),
                )  # fmt: skip
            follows = chain.next_digest(digest, one.id, row.seq, row.content_hash)
            # What an enrolment in place of another begins with is known to that station alone.
            if row.seq != seq + 1 or (digest and follows != row.digest):
                yield Difference(
                    check="chain", name=name, expected=f"{seq + 1} {follows}",
                    found=f"{row.seq} {row.digest}",
                )  # fmt: skip
            digest, seq = row.digest, row.seq
        counted(len(piece))
        if not piece:
            break
    if seq and (seq, digest) != (one.seq, one.digest):
        yield Difference(
            check="chain", name=f"{one.station} end", expected=f"{seq} {digest}",
            found=f"{one.seq} {one.digest}",
        )  # fmt: skip


def _links(connection: Connection, enrolment_n: int, after: int, last: int) -> Sequence[Any]:
    """Places of a chain: operations, and links whose id was known before."""
    o, k = operation.c, link.c
    parts = (
        sa.select(c.seq, c.id, c.content_hash, c.digest, c.body).where(
            c.enrolment_n == enrolment_n, c.seq > after, c.seq <= last
        )
        for c in (o, k)
    )
    union = sa.union_all(*parts).subquery()
    return connection.execute(sa.select(union).order_by(union.c.seq)).all()
