"""What stands at given places of an enrolment's chain: operations first sent there, and links."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from app.ledger.tables import link, operation


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a chain."""

    id: str
    digest: str
    outcome: str
    feed_seq: int


def places_of(connection: Connection, enrolment_n: int, first: int, last: int) -> dict[int, Place]:
    """The places `first` to `last` of a chain."""
    found: dict[int, Place] = {}
    for table in (operation, link):
        c = table.c
        rows = connection.execute(
            sa.select(c.seq, c.id, c.digest, c.outcome, c.feed_seq).where(
                c.enrolment_n == enrolment_n, c.seq.between(first, last)
            )
        )
        found.update((row[0], Place(*row[1:])) for row in rows)
    return found
