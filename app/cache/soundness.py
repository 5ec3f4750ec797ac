"""Whether a book is whole: every page, every index, and what must be true of its rows.

Damage is found here before somebody meets it in the middle of an order. Nothing is repaired but the
index of pending effects, which can be made anew from what was recorded (law 7).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from time import monotonic_ns

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, select

from app.cache.tables import advance, effect, operation
from app.cache.work import HEAD, CacheWork, Head
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


def check_pages(connection: Connection) -> Finding:
    """Every page is the one that was written, and the pages make a database (SQLite's quick check).

    The first is asked of the file alone: fold the WAL into it before. 219 MB take 1.4 s.
    """
    return _timed(_pages(connection, "PRAGMA quick_check"))


def check_everything(connection: Connection, since: int = 0) -> Finding:
    """Pages, every index against its table, and the rows; 219 MB take 5 s.

    Args:
        connection: On a book or on a copy of one; what is tried out is rolled back.
        since: Operations up to this number were found sound before, and keep what they say.
    """
    return _timed(_everything(connection, since))


def check_rows(connection: Connection, since: int = 0) -> Finding:
    """What must be true of the rows of any book."""
    return _timed(_rows(connection, since))


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


def _pages(connection: Connection, question: str) -> Iterator[str]:
    for row in connection.exec_driver_sql("PRAGMA cipher_integrity_check"):
        yield str(row[0])
    for row in connection.exec_driver_sql(question):
        if row[0] != "ok":
            yield str(row[0])


def _rows(connection: Connection, since: int) -> Iterator[str]:
    yield from _holes(connection)
    yield from _broken_links(connection, since)
    yield from _wrong_head(connection)
    if refresh_effects(connection):
        yield "the index of pending effects is not what the operations say"
    connection.rollback()


def _holes(connection: Connection) -> Iterator[str]:
    """The numbers of an enrolment follow each other: what is sent has no gap."""
    least, most = sa.func.min(operation.c.seq), sa.func.max(operation.c.seq)
    rows = connection.execute(
        select(operation.c.enrolment)
        .group_by(operation.c.enrolment)
        .having(sa.func.count() != most - least + 1)
    )
    for row in rows:
        yield f"the numbers of enrolment {row.enrolment} have a hole"


def _broken_links(connection: Connection, since: int) -> Iterator[str]:
    """Each body has its hash, and each link follows the one before it."""
    last: dict[str, tuple[int, str]] = {}
    for row in _links(connection, since):
        if chain.content_hash(row.body) != row.content_hash:
            yield f"operation {row.id} is not what was recorded"
        seq, before = last.get(row.enrolment, (0, chain.GENESIS))
        if seq != row.seq - 1:
            before = _digest_before(connection, row.enrolment, row.seq)
        last[row.enrolment] = (row.seq, row.digest)
        if chain.next_digest(before, row.enrolment, row.seq, row.content_hash) != row.digest:
            yield f"the chain is broken at operation {row.id}"


def _wrong_head(connection: Connection) -> Iterator[str]:
    """New operations are linked to the last one there is."""
    value = CacheWork(connection).note(HEAD)
    if value is None:
        return
    head = msgspec.json.decode(value, type=Head)
    if head.seq and _digest_before(connection, head.enrolment, head.seq + 1) != head.digest:
        yield "the end of the chain is not the last operation"


def _links(
    connection: Connection, since: int
) -> Iterator[sa.Row[int, str, str, int, str, str, bytes]]:
    after = since
    while True:
        rows = connection.execute(
            select(
                operation.c.n,
                operation.c.id,
                operation.c.enrolment,
                operation.c.seq,
                operation.c.digest,
                operation.c.content_hash,
                operation.c.body,
            )
            .where(operation.c.n > after)
            .order_by(operation.c.n)
            .limit(PORTION)
        ).all()
        yield from rows
        if len(rows) < PORTION:
            return
        after = rows[-1].n


def _digest_before(connection: Connection, enrolment: str, seq: int) -> str:
    """The link before one; empty when this book never had it."""
    found = connection.execute(
        select(operation.c.digest).where(
            operation.c.enrolment == enrolment, operation.c.seq == seq - 1
        )
    ).scalar_one_or_none()
    return found or ""


def _index(connection: Connection) -> list[list[tuple[object, ...]]]:
    return [
        sorted(tuple(row) for row in connection.execute(select(table)))
        for table in (effect, advance)
    ]


def _timed(complaints: Iterator[str]) -> Finding:
    began = monotonic_ns()
    wrong = tuple(islice(complaints, MOST_COMPLAINTS))
    return Finding(wrong, (monotonic_ns() - began) // 1_000_000)
