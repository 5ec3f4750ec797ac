"""Requests that wait, in the book: told by the ledger, or recorded here and expected to wait.

A row goes when the ledger says what became of the request. `decided` names the decision made here;
when the ledger refuses that, the request waits again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.cache.lookups import Lookups
from app.cache.tables import operation, waiting
from app.contract.chain import content_hash
from app.contract.messages import Operation, OutcomeRow, Signed, WaitingRow, operation_body
from app.domain.operation import Kind, Outcome
from app.station.ports import Settlement
from app.station.waiting import WAITS, Waiting

_signatures = msgspec.json.Decoder(tuple[Signed, ...])
# What ends a request.
_ENDS = frozenset({Outcome.POSTED.value, Outcome.REFUSED.value})
# What ends a decision without its having counted.
_LOST = frozenset({Outcome.REFUSED.value, Outcome.CONFLICT.value})
# The code of a decision that came second.
OVER = "already_decided"
DECIDING = (Kind.DECIDE.value, Kind.WITHDRAW.value)


class WaitingRows(Lookups):
    """Implements `app.station.waiting.WaitingWork`."""

    def waiting(self, limit: int) -> tuple[Waiting, ...]:
        """What waits, the oldest first."""
        rows = self.connection.execute(select(waiting).order_by(waiting.c.n).limit(limit))
        return tuple(map(_waiting, rows))

    def waiting_count(self) -> int:
        """How many requests wait for a decision that was not made here."""
        return int(
            self.connection.execute(
                select(func.count()).select_from(waiting).where(waiting.c.decided == "")
            ).scalar_one()
        )

    def waiting_of(self, request: str) -> Waiting | None:
        """One of them."""
        row = self.connection.execute(select(waiting).where(waiting.c.id == request)).one_or_none()
        return None if row is None else _waiting(row)

    def wait(self, request: str, station: str, code: str) -> None:
        """An own request that was just recorded is expected to wait."""
        own = select(operation).where(operation.c.id == request)
        row = self.connection.execute(own).one()
        self.connection.execute(insert(waiting), [_own(row, station, code, _next(self.connection))])

    def set_decided(self, request: str, decision: str) -> None:
        """Note the decision made here; empty when there is none any more."""
        self.connection.execute(
            update(waiting).where(waiting.c.id == request).values(decided=decision)
        )

    def adjusted_on(self, day: str, persons: Collection[str]) -> Sequence[Operation]:
        """Adjustments recorded here on a day by these accounts, alone and not refused."""
        rows = self.connection.execute(
            select(operation.c.body).where(
                operation.c.kind == Kind.ADJUST.value,
                operation.c.recorded_at.startswith(day),
                operation.c.outcome.in_(("", Outcome.POSTED.value)),
            )
        )
        found = [operation_body.decode(raw) for raw in rows.scalars()]
        return [one for one in found if one.actor in persons and not one.evidence.get(WAITS)]


def follow(
    connection: Connection,
    told: Mapping[str, tuple[int, WaitingRow]],
    outcomes: Mapping[str, Sequence[tuple[int, OutcomeRow]]],
) -> None:
    """Apply a page: what waits now, and what does not any more.

    Args:
        connection: The transaction.
        told: Rows by id, with their places.
        outcomes: Every outcome of the page by id, in order.
    """
    if told:
        connection.execute(_PUT, [_told(row, seq) for seq, row in told.values()])
    if not _any(connection):
        return
    ended = [
        {"b_id": id_}
        for id_, rows in outcomes.items()
        if rows[-1][1].outcome in _ENDS and (id_ not in told or told[id_][0] < rows[-1][0])
    ]
    if ended:
        connection.execute(delete(waiting).where(waiting.c.id == bindparam("b_id")), ended)


def settle(connection: Connection, settled: Iterable[Settlement]) -> None:
    """Own decisions the ledger has answered: what it refused waits again, unless it is over."""
    for one in settled:
        here = waiting.c.decided == one.operation
        if one.outcome in _LOST and one.code != OVER:
            connection.execute(update(waiting).where(here).values(decided=""))
        elif one.outcome != Outcome.HELD:
            connection.execute(delete(waiting).where(here))


def put_all(connection: Connection, rows: Collection[WaitingRow]) -> None:
    """What waits according to a picture; nothing else does, but for what is recorded here."""
    unanswered = select(operation.c.id).where(operation.c.outcome == "")
    connection.execute(delete(waiting).where(waiting.c.decided.not_in(unanswered)))
    if rows:
        connection.execute(_PUT, [_told(row, n) for n, row in enumerate(rows, 1)])
    restore(connection)


def restore(connection: Connection) -> None:
    """Own requests and decisions that the ledger has not answered, put back into the table."""
    rows = connection.execute(
        select(operation)
        .where(
            operation.c.kind.in_((Kind.ADJUST.value, Kind.REVERSE.value, *DECIDING)),
            operation.c.outcome.in_(("", Outcome.WAITING.value)),
        )
        .order_by(operation.c.n)
    ).all()
    known = set(connection.execute(select(waiting.c.id)).scalars())
    for row in rows:
        body = operation_body.decode(row.body)
        if row.kind in DECIDING:
            original = body.reference.original if body.reference else ""
            decided = update(waiting).where(waiting.c.id == original)
            connection.execute(decided.values(decided=row.id))
        elif body.evidence.get(WAITS) and row.id not in known:
            code = str(body.evidence[WAITS])
            connection.execute(insert(waiting), [_own(row, "", code, _next(connection))])


def _any(connection: Connection) -> bool:
    return connection.execute(select(waiting.c.id).limit(1)).first() is not None


def _next(connection: Connection) -> int:
    return int(connection.execute(select(func.max(waiting.c.n))).scalar() or 0) + 1


def _told(row: WaitingRow, n: int) -> dict[str, Any]:
    return {
        "id": row.id,
        "n": n,
        "station": row.station,
        "content_hash": row.content_hash,
        "code": row.code,
        "sentence": row.sentence,
        "body": row.body.encode(),
        "signatures": msgspec.json.encode(row.signatures),
    }


def _own(row: Any, station: str, code: str, n: int) -> dict[str, Any]:
    return {
        "id": row.id,
        "n": n,
        "station": station,
        "content_hash": row.content_hash,
        "code": code,
        "sentence": "",
        "body": row.body,
        "signatures": row.signatures or b"[]",
    }


_NEW = upsert(waiting)
# What was decided here stays so until the ledger answers that.
_PUT = _NEW.on_conflict_do_update(
    index_elements=["id"],
    set_={
        name: _NEW.excluded[name]
        for name in ("n", "station", "content_hash", "code", "sentence", "body", "signatures")
    },
)


def _waiting(row: Any) -> Waiting:
    return Waiting(
        id=row.id,
        station=row.station,
        content_hash=row.content_hash,
        seen=content_hash(row.body),
        code=row.code,
        operation=operation_body.decode(row.body),
        signatures=_signatures.decode(row.signatures or b"[]"),
        decided=row.decided,
    )
