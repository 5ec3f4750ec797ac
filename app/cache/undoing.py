"""Looking back on what was recorded here: the latest first, each with the reversal that counts."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy import text as sql

from app.cache.lookups import Lookups
from app.cache.tables import operation, print_job
from app.contract.messages import operation_body
from app.domain.operation import Kind, Outcome
from app.station.undoing import Done, TakenBack

# A reversal with one of these did not count, and another may.
_FAILED = frozenset({Outcome.REFUSED.value, Outcome.CONFLICT.value})
# Refused because another one counts.
_OVER = "already_reversed"


class UndoRows(Lookups):
    """Implements `app.station.undoing.UndoWork`."""

    def done(self, kinds: Collection[str], limit: int, before: int = 0) -> tuple[Done, ...]:
        """Operations of these kinds, the latest first."""
        asked = _DONE.where(operation.c.kind.in_(sorted(kinds))).limit(limit)
        if before:
            asked = asked.where(operation.c.n < before)
        return self._done(self.connection.execute(asked).all())

    def done_of(self, operation_id: str) -> Done | None:
        """One of them."""
        asked = _DONE.where(operation.c.id == operation_id)
        found = self._done(self.connection.execute(asked).all())
        return found[0] if found else None

    def done_in(self, job: str, kind: str) -> tuple[Done, ...]:
        """Those of one kind in a job, the latest first."""
        asked = _DONE.where(operation.c.job == job, operation.c.kind == kind)
        return self._done(self.connection.execute(asked).all())

    def labels_of(self, sscc: str) -> tuple[tuple[str, str], ...]:
        """Print jobs of a parcel's label; what they print is only in their content."""
        asked = select(print_job.c.job, print_job.c.state).where(
            print_job.c.content.contains(f'"sscc":"{sscc}"', autoescape=True)
        )
        return tuple((row.job, row.state) for row in self.connection.execute(asked))

    def _done(self, rows: Sequence[Any]) -> tuple[Done, ...]:
        back = self._taken_back([row.id for row in rows])
        return tuple(
            Done(
                row.n,
                row.job,
                operation_body.decode(row.body),
                row.transport,
                row.outcome,
                back.get(row.id),
            )
            for row in rows
        )

    def _taken_back(self, ids: Collection[str]) -> dict[str, TakenBack]:
        o = operation.c
        asked = select(o.reverses, o.recorded_at, o.outcome, o.code).where(
            sql("reverses <> ''"), o.reverses.in_(ids), o.kind == Kind.REVERSE.value
        )
        return {
            row.reverses: TakenBack(row.recorded_at, row.outcome)
            for row in self.connection.execute(asked)
            if row.outcome not in _FAILED or row.code == _OVER
        }


_DONE = select(
    operation.c.n,
    operation.c.id,
    operation.c.job,
    operation.c.body,
    operation.c.transport,
    operation.c.outcome,
).order_by(operation.c.n.desc())
