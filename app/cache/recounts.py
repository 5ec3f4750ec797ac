"""Counts of this station that the ledger wants another person to do again."""

from sqlalchemy import select

from app.cache.lookups import Lookups
from app.cache.tables import UNSOLVED, exception, operation
from app.contract.messages import Operation, operation_body
from app.domain.operation import Kind
from app.station.recounts import CODES

_AGAIN = (
    select(operation.c.body)
    .join(exception, exception.c.operation == operation.c.id)
    .where(UNSOLVED, exception.c.code.in_(CODES), operation.c.kind == Kind.COUNT.value)
    .group_by(operation.c.n)
    .order_by(operation.c.n)
)


class RecountRows(Lookups):
    """What is counted again, within one transaction."""

    def recounts(self, limit: int) -> tuple[Operation, ...]:
        """Counts whose places somebody must count again, the oldest first."""
        rows = self.connection.execute(_AGAIN.limit(limit)).scalars()
        return tuple(operation_body.decode(raw) for raw in rows)
