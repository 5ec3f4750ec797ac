"""When people were not allowed to sign in: spans of the master feed, by what stations had seen.

Whether somebody records facts at a station that has not heard of their revocation is nobody's
fault; at one that has, something is wrong there. Clocks say neither, places in the feed do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import PersonRow
from app.ledger.database import Database
from app.ledger.tables import credential, feed

if TYPE_CHECKING:
    from app.ledger.arrivals import Arrival
    from app.ledger.book import Book

_REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Absences:
    """Of one person.

    Attributes:
        spans: First place in the master feed, and the one they came back at; 0 for not yet.
    """

    spans: tuple[tuple[int, int], ...] = ()

    def holds_at(self, seen: int | None) -> bool:
        """Whether a station that had seen so much of the master feed knew of one."""
        if seen is None:
            return False
        return any(first <= seen and (not back or seen < back) for first, back in self.spans)


def known(connection: Connection, people: Iterable[PersonRow]) -> dict[str, Absences]:
    """Everybody who is revoked or once was."""
    c = credential.c
    rows = connection.execute(
        sa.select(c.person, c.state, c.issued_master, c.ended_master).order_by(c.person, c.version)
    )
    spans: dict[str, list[tuple[int, int]]] = {}
    for person, state, issued, ended in rows:
        of_person = spans.setdefault(person, [])
        if of_person and not of_person[-1][1]:
            of_person[-1] = (of_person[-1][0], issued)
        # The version that tells of a revocation ends where it begins.
        if state == _REVOKED and issued == ended:
            of_person.append((issued, 0))
    found = {person: Absences(tuple(of_person)) for person, of_person in spans.items() if of_person}
    gone = (row.person for row in people if not row.active)
    return {**{person: Absences() for person in gone}, **found}


def read(
    database: Database, connection: Connection, book: "Book", arrivals: Sequence["Arrival"]
) -> None:
    """How much of the master feed stations had seen when such people recorded something."""
    seen = {
        arrival.operation.as_of.cursor
        for arrival in arrivals
        if arrival.operation is not None and arrival.operation.actor in book.absences
    }
    if not seen:
        return
    f = feed.c
    rows = connection.execute(
        sa.select(f.seq, f.master).where(
            f.site_n == book.site_n, database.in_set(f.seq, sorted(seen))
        )
    )
    book.signing.masters.update((seq, master) for seq, master in rows)
