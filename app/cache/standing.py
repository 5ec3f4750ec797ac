"""Exceptions and claims as the ledger told them, and what was done about them here meanwhile."""

from typing import Any

import msgspec
from sqlalchemy import Result, Row, func, select, tuple_

from app.cache.lookups import Lookups
from app.cache.tables import OPEN, UNSOLVED, claim, exception, operation
from app.contract.messages import Operation, operation_body
from app.domain.document import DocumentKind
from app.domain.operation import Kind
from app.station.standing import Cause, Held, Trouble

_ways = msgspec.json.Decoder(tuple[str, ...]).decode


class StandingRows(Lookups):
    """Exceptions and claims within one transaction."""

    def causes(self) -> tuple[Cause, ...]:
        """Open exceptions by code, the most urgent first."""
        e = exception.c
        first = func.min(e.deadline)
        rows = self.connection.execute(
            select(e.code, func.count().label("n"), first.label("first"))
            .where(UNSOLVED)
            .group_by(e.code)
            .order_by(first, e.code)
        )
        return tuple(Cause(row.code, row.n, row.first) for row in rows)

    def troubles(
        self, code: str, limit: int, after: tuple[str, str] | None = None
    ) -> tuple[Trouble, ...]:
        """Open exceptions of a code by deadline."""
        e = exception.c
        wanted = select(exception).where(UNSOLVED, e.code == code)
        if after is not None:
            wanted = wanted.where(tuple_(e.deadline, e.exception) > after)
        rows = self.connection.execute(wanted.order_by(e.deadline, e.exception).limit(limit))
        return tuple(_trouble(row) for row in rows)

    def trouble(self, id_: str) -> Trouble | None:
        """One open exception."""
        row = self.connection.execute(
            select(exception).where(UNSOLVED, exception.c.exception == id_)
        ).one_or_none()
        return None if row is None else _trouble(row)

    def steps_here(self) -> dict[str, Operation]:
        """What was done here about exceptions and is not confirmed."""
        return {row.about: operation_body.decode(row.body) for row in self._open(Kind.RESOLVE)}

    def claims(self, limit: int, after: tuple[str, str] | None = None) -> tuple[Held, ...]:
        """Claimed and assigned documents."""
        c = claim.c
        wanted = select(claim).where(c.state != "free")
        if after is not None:
            wanted = wanted.where(tuple_(c.kind, c.document) > after)
        rows = self.connection.execute(wanted.order_by(c.kind, c.document).limit(limit))
        return tuple(_held(row) for row in rows)

    def claim_of(self, kind: str, document: str) -> Held | None:
        """Who has one document."""
        c = claim.c
        row = self.connection.execute(
            select(claim).where(c.kind == kind, c.document == document, c.state != "free")
        ).one_or_none()
        return None if row is None else _held(row)

    def claims_here(self) -> dict[tuple[str, str], Operation]:
        """Claims asked for here and not confirmed."""
        found = {}
        for row in self._open(Kind.CLAIM):
            body = operation_body.decode(row.body)
            kind = body.reference.document_kind if body.reference else ""
            found[kind or DocumentKind.ORDER.value, row.about] = body
        return found

    def _open(self, kind: Kind) -> Result[tuple[str, bytes]]:
        return self.connection.execute(
            select(operation.c.about, operation.c.body)
            .where(OPEN, operation.c.kind == kind.value)
            .order_by(operation.c.n)
        )


def _held(row: Row[Any]) -> Held:
    return Held(row.kind, row.document, row.state, row.enrolment, row.station, row.until)


def _trouble(row: Row[Any]) -> Trouble:
    return Trouble(
        row.exception,
        row.code,
        row.severity,
        row.state,
        row.sentence,
        row.operation,
        row.document,
        row.deadline,
        row.owner,
        _ways(row.ways),
        row.seen,
    )
