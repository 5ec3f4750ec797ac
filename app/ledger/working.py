"""Who works on what: as a supervisor sees it and takes it over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import Reference, Result
from app.domain.document import DocumentKind
from app.domain.operation import Kind
from app.domain.order import OrderState
from app.errors import Refusal
from app.ledger.database import Database
from app.ledger.office import Office, Wish
from app.ledger.rules.claiming import STATION, TAKE_OVER
from app.ledger.sites import SiteRef
from app.ledger.tables import claim, document, enrolment, parcel, progress, tally

ORDER = DocumentKind.ORDER.value
# Claims of closed documents forgotten in one transaction.
FORGOTTEN_AT_ONCE = 1_000

_CLOSED = (OrderState.SHIPPED.value, OrderState.CANCELLED.value, "closed", "done", "rejected")


@dataclass(frozen=True, slots=True)
class ClaimSeen:
    """Who has a document, and the evidence that somebody has begun.

    Attributes:
        kind: Of the document.
        document: Its number.
        state: assigned, claimed or free.
        station: Who; empty when nobody.
        enrolment: The station's enrolment.
        since: When it was claimed; empty when it is only assigned.
        until: When the claim ends.
        seen_at: When the station was last heard of.
        units: What was packed for an order, or counted at another document.
        parcels: Parcels begun for an order.
    """

    kind: str
    document: str
    state: str
    station: str
    enrolment: str
    since: str
    until: str
    seen_at: str
    units: int
    parcels: int

    @property
    def started(self) -> bool:
        """Whether anything was done."""
        return self.units > 0 or self.parcels > 0


class Working:
    """Claims of a site.

    Args:
        database: The ledger's.
        office: Records what a supervisor takes over.
    """

    def __init__(self, database: Database, office: Office) -> None:
        self._database = database
        self._office = office

    def claims(
        self,
        where: SiteRef,
        *,
        after: tuple[str, str] = ("", ""),
        limit: int = 100,
        station: str = "",
    ) -> list[ClaimSeen]:
        """Who has which open document of a site, by kind and number; of one station if named."""
        c = claim.c
        later = sa.or_(c.kind > after[0], sa.and_(c.kind == after[0], c.document > after[1]))
        with self._database.read() as connection:
            return self._seen(connection, where, later, limit, station)

    def claim(self, where: SiteRef, kind: str, number: str) -> ClaimSeen:
        """Who has one document.

        Raises:
            Refusal: `unknown_claim`: nobody has it, or it is closed.
        """
        this = sa.and_(claim.c.kind == kind, claim.c.document == number)
        with self._database.read() as connection:
            found = self._seen(connection, where, this, 1)
        if not found:
            raise Refusal("unknown_claim", "Nobody works on an open document of this number here.")
        return found[0]

    def take_over(
        self,
        where: SiteRef,
        about: tuple[str, str],
        *,
        station: str,
        actor: str,
        key: str = "",
        correlation_id: str = "",
    ) -> Result:
        """Give a document to another station, whoever has it and however far it has come.

        What the first one recorded, and will still send, stands.

        Args:
            where: The site.
            about: Kind and number of the document.
            station: Who goes on with it.
            actor: In whose name; somebody who may take over.
            key: The same key makes the same operation.
            correlation_id: The request it belongs to.

        Raises:
            Refusal: With the code the claim was refused with.
            Trouble: The ledger could not take it now.
        """
        wish = Wish(
            Kind.CLAIM,
            actor,
            reference=Reference(document_kind=about[0], document=about[1]),
            reason=TAKE_OVER,
            evidence={STATION: station},
        )
        result = self._office.record(where, wish, key=key, correlation_id=correlation_id)
        if result.outcome != "posted":
            raise Refusal(result.code, result.sentence)
        return result

    def forget(self, where: SiteRef) -> None:
        """The job: claims of closed documents go; stations know by the documents' states."""
        c, d = claim.c, document.c
        over = (
            sa.select(c.kind, c.document)
            .join(
                document,
                sa.and_(d.site_n == c.site_n, d.kind == c.kind, d.document == c.document),
            )
            .where(c.site_n == where.n, d.state.in_(_CLOSED))
            .limit(FORGOTTEN_AT_ONCE)
        )
        with self._database.write() as connection:
            for kind, numbers in _by_kind(connection.execute(over).all()).items():
                connection.execute(
                    sa.delete(claim).where(
                        c.site_n == where.n,
                        c.kind == kind,
                        self._database.in_set(c.document, numbers),
                    )
                )

    def _seen(
        self,
        connection: Connection,
        where: SiteRef,
        which: sa.ColumnElement[bool],
        limit: int,
        station: str = "",
    ) -> list[ClaimSeen]:
        c, d, e, p, t, b = claim.c, document.c, enrolment.c, progress.c, tally.c, parcel.c
        packed = (
            sa.select(sa.func.coalesce(sa.func.sum(p.packed), 0))
            .where(p.site_n == c.site_n, p.document == c.document)
            .scalar_subquery()
        )
        counted = (
            sa.select(sa.func.coalesce(sa.func.sum(t.quantity), 0))
            .where(t.site_n == c.site_n, t.kind == c.kind, t.document == c.document)
            .scalar_subquery()
        )
        parcels = (
            sa.select(sa.func.count())
            .where(b.site_n == c.site_n, b.document == c.document, c.kind == ORDER)
            .scalar_subquery()
        )
        query = (
            sa.select(
                c.kind,
                c.document,
                c.state,
                sa.func.coalesce(e.station, ""),
                sa.func.coalesce(e.id, ""),
                c.since,
                c.until,
                sa.func.coalesce(e.seen_at, ""),
                sa.case((c.kind == ORDER, packed), else_=counted),
                parcels,
            )
            .join(
                document,
                sa.and_(d.site_n == c.site_n, d.kind == c.kind, d.document == c.document),
            )
            .outerjoin(enrolment, e.n == c.enrolment_n)
            .where(c.site_n == where.n, d.state.not_in(_CLOSED), which)
            .order_by(c.kind, c.document)
            .limit(limit)
        )
        if station:
            query = query.where(e.station == station)
        rows: Sequence[Any] = connection.execute(query).all()
        return [ClaimSeen(*row) for row in rows]


def _by_kind(rows: Iterable[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, number in rows:
        found.setdefault(kind, []).append(number)
    return {kind: sorted(numbers) for kind, numbers in sorted(found.items())}
