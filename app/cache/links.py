"""The chain of a book, followed link by link: bodies by their hashes, links by the ones before.

Operations that were linked anew in another enrolment stand in two places; both are followed.
"""

from collections.abc import Iterator
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import Connection, select

from app.cache.tables import former_link, operation
from app.contract import chain

# Operations read at a time: bodies are a kilobyte, so memory stays at a megabyte.
PORTION = 1_000


class End(Protocol):
    """Where a chain ends, by what the book keeps of it."""

    @property
    def enrolment(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def digest(self) -> str: ...


def broken(connection: Connection, since: int, upto: int) -> Iterator[tuple[int, str]]:
    """Each body has its hash, and each link follows the one before it: where that is not so.

    Args:
        connection: On a book.
        since: Operations up to this number of the book were found sound before.
        upto: The last that is looked at now.

    Yields:
        Number in the chain, and what is wrong there, in words for IT.
    """
    before: dict[str, tuple[int, str]] = {}
    for row in _links(connection, since, upto):
        if chain.content_hash(row.body) != row.content_hash:
            yield row.seq, f"operation {row.id} is not what was recorded"
        seq, digest = before.get(row.enrolment, (0, ""))
        known = {digest} if seq and seq == row.seq - 1 else _before(connection, row)
        before[row.enrolment] = (row.seq, row.digest)
        links = {chain.next_digest(one, row.enrolment, row.seq, row.content_hash) for one in known}
        if row.digest not in links:
            yield row.seq, f"the chain is broken at operation {row.id}"


def holes(connection: Connection) -> Iterator[str]:
    """The numbers of an enrolment follow each other: what is sent has no gap."""
    places = _places().subquery()
    rows = connection.execute(
        select(places.c.enrolment)
        .group_by(places.c.enrolment)
        .having(sa.func.count() != sa.func.max(places.c.seq) - sa.func.min(places.c.seq) + 1)
    )
    for row in rows:
        yield f"the numbers of enrolment {row.enrolment} have a hole"


def has_wrong_end(connection: Connection, end: End | None) -> bool:
    """Whether the chain ends otherwise than the book says: new operations are linked to its end."""
    if end is None or not end.seq:
        return False
    return _digest_at(connection, end.enrolment, end.seq) != end.digest


def last(connection: Connection) -> int:
    """Number in the book of the last operation; 0 without any."""
    return connection.execute(select(sa.func.max(operation.c.n))).scalar_one() or 0


def _places() -> sa.CompoundSelect[Any]:
    """Where operations stand, and where they stood before they were linked anew."""
    return sa.union_all(
        *(
            select(table.c.n, table.c.enrolment, table.c.seq, table.c.digest)
            for table in (operation, former_link)
        )
    )


def _links(connection: Connection, since: int, upto: int) -> Iterator[sa.Row[*tuple[Any, ...]]]:
    """Where operations stand and stood, a portion of operations at a time."""
    for after in range(since, upto, PORTION):
        for table in (former_link, operation):
            yield from connection.execute(_portion_of(table, after, upto)).all()


def _portion_of(table: sa.Table, after: int, upto: int) -> sa.Select[*tuple[Any, ...]]:
    links = select(
        operation.c.id,
        table.c.enrolment,
        table.c.seq,
        table.c.digest,
        operation.c.content_hash,
        operation.c.body,
    ).where(table.c.n > after, table.c.n <= min(after + PORTION, upto))
    if table is not operation:
        links = links.join_from(table, operation, table.c.n == operation.c.n)
    return links.order_by(table.c.enrolment, table.c.seq)


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
