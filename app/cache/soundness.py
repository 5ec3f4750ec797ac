"""Whether a book is whole: every page, every index, and what must be true of its rows.

Damage is found here before somebody meets it in the middle of an order. Nothing is repaired but the
index of pending effects, which can be made anew from what was recorded (law 7).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from time import monotonic_ns
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, select

from app.cache.tables import advance, effect, former_link, operation, pending_tally
from app.cache.work import CacheWork
from app.contract import chain

# Complaints kept: one is enough to act on, a few help to understand; a broken index has thousands.
MOST_COMPLAINTS = 20
# Operations read at a time: bodies are a kilobyte, so memory stays at a megabyte.
PORTION = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check came to.

    Attributes:
        wrong: What is not as it must be, in words for IT; empty in a sound book.
        ms: How long it took.
    """

    wrong: tuple[str, ...]
    ms: int


def check_seals(connection: Connection) -> Finding:
    """Every page is one that was written, in its place; the file alone, 219 MB in 0.5 s."""
    return _timed(_seals(connection))


def check_structure(connection: Connection) -> Finding:
    """The pages make a database, read through the WAL."""
    return _timed(_structure(connection, "PRAGMA quick_check"))


def check_pages(connection: Connection) -> Finding:
    """The same, and the pages make a database (SQLite's quick check); 219 MB in 1.4 s."""
    return _timed(_pages(connection, "PRAGMA quick_check"))


def check_everything(connection: Connection, since: int = 0) -> Finding:
    """Pages, every index against its table, and the rows; 219 MB take 5 s.

    Args:
        connection: On a book or on a copy of one; asked without a transaction.
        since: Operations up to this number were found sound before, and keep what they say.
    """
    return _timed(_everything(connection, since))


def refresh_effects(connection: Connection) -> bool:
    """Make the index of pending effects anew; whether it was another one. The caller commits."""
    before = _index(connection)
    CacheWork(connection).rebuild_effects()
    return before != _index(connection)


def _everything(connection: Connection, since: int) -> Iterator[str]:
    pages = list(_pages(connection, "PRAGMA integrity_check"))
    yield from pages
    if not pages:
        yield from _rows(connection, since)


def _seals(connection: Connection) -> Iterator[str]:
    for row in connection.exec_driver_sql("PRAGMA cipher_integrity_check"):
        yield str(row[0])


def _pages(connection: Connection, question: str) -> Iterator[str]:
    yield from _seals(connection)
    yield from _structure(connection, question)


def _structure(connection: Connection, question: str) -> Iterator[str]:
    for row in connection.exec_driver_sql(question):
        if row[0] != "ok":
            yield str(row[0])


def _rows(connection: Connection, since: int) -> Iterator[str]:
    yield from _holes(connection)
    yield from _broken_links(connection, since)
    yield from _wrong_head(connection)


def _holes(connection: Connection) -> Iterator[str]:
    """The numbers of an enrolment follow each other: what is sent has no gap."""
    places = _places().subquery()
    rows = connection.execute(
        select(places.c.enrolment)
        .group_by(places.c.enrolment)
        .having(sa.func.count() != sa.func.max(places.c.seq) - sa.func.min(places.c.seq) + 1)
    )
    for row in rows:
        yield f"the numbers of enrolment {row.enrolment} have a hole"


def _broken_links(connection: Connection, since: int) -> Iterator[str]:
    """Each body has its hash, and each link follows the one before it."""
    last: dict[str, tuple[int, str]] = {}
    for row in _links(connection, since):
        if chain.content_hash(row.body) != row.content_hash:
            yield f"operation {row.id} is not what was recorded"
        seq, digest = last.get(row.enrolment, (0, ""))
        known = {digest} if seq and seq == row.seq - 1 else _before(connection, row)
        last[row.enrolment] = (row.seq, row.digest)
        links = {chain.next_digest(one, row.enrolment, row.seq, row.content_hash) for one in known}
        if row.digest not in links:
            yield f"the chain is broken at operation {row.id}"


def _wrong_head(connection: Connection) -> Iterator[str]:
    """New operations are linked to the last one there is."""
    head = CacheWork(connection).head()
    if head is None or not head.seq:
        return
    if _digest_at(connection, head.enrolment, head.seq) != head.digest:
        yield "the end of the chain is not the last operation"


def _places() -> sa.CompoundSelect[Any]:
    """Where operations stand, and where they stood before they were linked anew."""
    return sa.union_all(
        *(
            select(table.c.n, table.c.enrolment, table.c.seq, table.c.digest)
            for table in (operation, former_link)
        )
    )


def _links(connection: Connection, since: int) -> Iterator[sa.Row[*tuple[Any, ...]]]:
    """Where operations stand and stood, a portion of operations at a time."""
    after, last = since, _last(connection)
    while after < last:
        for table in (former_link, operation):
            yield from connection.execute(_portion_of(table, after)).all()
        after += PORTION


def _portion_of(table: sa.Table, after: int) -> sa.Select[*tuple[Any, ...]]:
    links = select(
        operation.c.id,
        table.c.enrolment,
        table.c.seq,
        table.c.digest,
        operation.c.content_hash,
        operation.c.body,
    ).where(table.c.n > after, table.c.n <= after + PORTION)
    if table is not operation:
        links = links.join_from(table, operation, table.c.n == operation.c.n)
    return links.order_by(table.c.enrolment, table.c.seq)


def _last(connection: Connection) -> int:
    return connection.execute(select(sa.func.max(operation.c.n))).scalar_one() or 0


def _before(connection: Connection, row: sa.Row[*tuple[Any, ...]]) -> set[str]:
    """The digests a link may follow: the one before it, or the end of any chain for the first."""
    if row.seq > 1:
        return {_digest_at(connection, row.enrolment, row.seq - 1)}
    places = _places().subquery()
    others = select(places.c.digest).where(places.c.enrolment != row.enrolment)
    return {chain.GENESIS, *connection.execute(others).scalars()}


def _digest_at(connection: Connection, enrolment: str, seq: int) -> str:
    """A link of the book; empty when it never had it."""
    places = _places().subquery()
    found = select(places.c.digest).where(places.c.enrolment == enrolment, places.c.seq == seq)
    return connection.execute(found).scalars().first() or ""


def _index(connection: Connection) -> list[list[tuple[object, ...]]]:
    return [
        sorted(tuple(row) for row in connection.execute(select(table)))
        for table in (effect, advance, pending_tally)
    ]


def _timed(complaints: Iterator[str]) -> Finding:
    began = monotonic_ns()
    wrong = tuple(islice(complaints, MOST_COMPLAINTS))
    return Finding(wrong, (monotonic_ns() - began) // 1_000_000)
