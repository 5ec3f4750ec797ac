"""Reversals of adjustments: requests, as adjustments are, with an effect only while those have one.

What is taken back before the ledger has it may turn out to wait: then nothing has moved, and the
reversal, wherever it is on its way, moves nothing either.
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, or_, select
from sqlalchemy import text as sql

from app.cache.tables import effect, operation
from app.contract.messages import operation_body
from app.domain.operation import Kind, Outcome, Posting, mirror, postings
from app.station.waiting import APPROVE, PROVISIONAL, WAITS

_FIRST = operation.alias("first")
_BACK = operation.alias("back")
# What an adjustment moved when the ledger has said so, or holds it.
_COUNTS = frozenset({Outcome.POSTED.value, Outcome.HELD.value})
_OPEN = sql("back.transport <> 'confirmed'")
_PAIRS = (
    select(_BACK.c.n, _BACK.c.id, _BACK.c.body, _FIRST.c.outcome, _FIRST.c.id.label("first"))
    .add_columns(_FIRST.c.body.label("adjusted"))
    .join(_FIRST, _FIRST.c.id == _BACK.c.reverses)
    .where(_BACK.c.kind == Kind.REVERSE.value, _FIRST.c.kind == Kind.ADJUST.value)
)


def counter_entries(connection: Connection, ids: Collection[str]) -> frozenset[str]:
    """Those of these reversals that take an adjustment back."""
    if not ids:
        return frozenset()
    rows = connection.execute(_PAIRS.where(_BACK.c.id.in_(ids)))
    return frozenset(row.id for row in rows)


def idle(connection: Connection) -> frozenset[str]:
    """Reversals on their way to the ledger whose adjustment has no effect here, nor have they."""
    rows = connection.execute(_PAIRS.where(_OPEN)).all()
    return frozenset(row.id for row in rows if not _in_effect(connection, row))


def follow(connection: Connection, settled: Collection[str]) -> None:
    """The ledger has answered adjustments or decisions of this station: what takes them back.

    Args:
        connection: The transaction.
        settled: Ids of what was answered.
    """
    decided = select(operation.c.reverses).where(
        operation.c.id.in_(settled), operation.c.kind == Kind.DECIDE.value
    )
    concerned = {*settled, *connection.execute(decided).scalars()}
    for row in connection.execute(backs_of(concerned)).all():
        connection.execute(delete(effect).where(effect.c.n == row.n))
        if _in_effect(connection, row):
            adjusted = operation_body.decode(row.adjusted)
            put_effects(connection, row.n, mirror(postings(adjusted.lines)))


def backs_of(originals: Collection[str]) -> Select[Any]:
    """What is on its way to the ledger and takes one of these back."""
    # In these words, because the index is built with them.
    return _PAIRS.where(_OPEN, sql("back.reverses <> ''"), _BACK.c.reverses.in_(originals))


def put_effects(connection: Connection, n: int, moves: Iterable[Posting]) -> None:
    """Index what a recorded operation moves until the ledger has confirmed it."""
    rows = [{"n": n, **move.key._asdict(), "quantity": move.quantity} for move in moves]
    if rows:
        connection.execute(insert(effect), rows)


def _in_effect(connection: Connection, row: Row[Any]) -> bool:
    """Whether the adjustment moves something here, and its reversal is not expected to wait."""
    if operation_body.decode(row.body).evidence.get(WAITS):
        return False
    if row.outcome in _COUNTS:
        return True
    waits = operation_body.decode(row.adjusted).evidence.get(WAITS)
    return (not row.outcome and not waits) or _approved_here(connection, row.first)


def _approved_here(connection: Connection, adjustment: str) -> bool:
    """Whether an approval made here without a link is in effect: not answered yet, or held."""
    bodies = connection.execute(
        select(_BACK.c.body).where(
            _BACK.c.reverses == adjustment,
            _BACK.c.kind == Kind.DECIDE.value,
            or_(_OPEN, _BACK.c.outcome == Outcome.HELD.value),
        )
    )
    found = map(operation_body.decode, bodies.scalars())
    return any(one.reason == APPROVE and one.evidence.get(PROVISIONAL) is True for one in found)
