"""Whether a book is whole: every page, every index, and what must be true of its rows.

Damage is found here before somebody meets it in the middle of an order. Nothing is repaired but the
index of pending effects, which can be made anew from what was recorded (law 7).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from time import monotonic_ns

from sqlalchemy import Connection, select

from app.cache import links
from app.cache.tables import advance, effect, pending_tally
from app.cache.work import CacheWork

# Complaints kept: one is enough to act on, a few help to understand; a broken index has thousands.
MOST_COMPLAINTS = 20


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
    yield from links.holes(connection)
    for _, said in links.broken(connection, since, links.last(connection)):
        yield said
    if links.has_wrong_end(connection, CacheWork(connection).head()):
        yield "the end of the chain is not the last operation"


def _index(connection: Connection) -> list[list[tuple[object, ...]]]:
    return [
        sorted(tuple(row) for row in connection.execute(select(table)))
        for table in (effect, advance, pending_tally)
    ]


def _timed(complaints: Iterator[str]) -> Finding:
    began = monotonic_ns()
    wrong = tuple(islice(complaints, MOST_COMPLAINTS))
    return Finding(wrong, (monotonic_ns() - began) // 1_000_000)
