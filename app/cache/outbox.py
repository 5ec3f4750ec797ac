"""The outbox: operations the ledger has not confirmed, in sequence."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from app.cache.tables import NOT_POSTED, OPEN, UNSENT, UNSOLVED, exception, operation
from app.station.ports import Attention, OutboxState


class UnsentRow(NamedTuple):
    """What the wire needs of one operation."""

    seq: int
    id: str
    digest: str
    body: bytes
    signatures: bytes


_FIRST_UNSENT = (
    select(
        operation.c.seq,
        operation.c.id,
        operation.c.digest,
        operation.c.body,
        operation.c.signatures,
    )
    .where(UNSENT)
    .order_by(operation.c.seq)
)


def first_unsent(connection: Connection, enrolment: str, limit: int) -> list[UnsentRow]:
    """The first run of unsent operations without a hole in it, at most `limit`."""
    statement = _FIRST_UNSENT.where(operation.c.enrolment == enrolment).limit(limit)
    rows = [UnsentRow(*row) for row in connection.execute(statement)]
    for place, row in enumerate(rows):
        if row.seq != rows[0].seq + place:
            return rows[:place]
    return rows


# What needs a person: it was not posted, and that is not what somebody here wished for.
_TROUBLE = (
    NOT_POSTED,
    operation.c.outcome != "waiting",
    operation.c.code.not_in(("withdrawn", "original_refused")),
)

# Asked after every turn, however much waits: built once, counted on the index alone, and the oldest
# is the first in sequence (clocks order nothing).
_TROUBLED = select(func.count()).select_from(operation).where(*_TROUBLE)
_OPEN = select(func.count()).select_from(exception).where(UNSOLVED)
_OLDEST = select(operation.c.recorded_at).where(OPEN).order_by(operation.c.n).limit(1)
_STATE = select(
    select(func.count()).select_from(operation).where(OPEN).scalar_subquery(),
    _OLDEST.scalar_subquery(),
    _TROUBLED.scalar_subquery(),
    _OPEN.scalar_subquery(),
)


def state(connection: Connection) -> OutboxState:
    """Count and age of what waits, and how many things need a person."""
    waiting, oldest, troubled, exceptions = connection.execute(_STATE).one()
    return OutboxState(waiting, oldest or "", troubled + exceptions)


def attention(connection: Connection, limit: int) -> tuple[Attention, ...]:
    """Open exceptions by deadline, then own operations that were not posted."""
    exceptions = connection.execute(
        select(exception).where(UNSOLVED).order_by(exception.c.deadline).limit(limit)
    )
    found = [
        Attention(row.document or row.code, row.severity, row.sentence, row.deadline)
        for row in exceptions
    ]
    refused = connection.execute(
        select(operation.c.about, operation.c.kind, operation.c.sentence, operation.c.recorded_at)
        .where(*_TROUBLE)
        .order_by(operation.c.n.desc())
        .limit(limit)
    )
    found += [
        Attention(row.about or row.kind, "medium", row.sentence, row.recorded_at) for row in refused
    ]
    return tuple(found[:limit])
