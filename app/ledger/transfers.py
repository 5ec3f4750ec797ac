"""Transfers between sites as the office sees them, and those whose goods are under way too long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from app.contract.messages import DocumentRow, Line, Reference, Result
from app.domain.document import DocumentKind
from app.domain.operation import Kind
from app.domain.transfer import TransferState
from app.errors import Refusal
from app.ledger.book import Book
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.database import Database
from app.ledger.exceptions import CLOSED
from app.ledger.office import Office, Wish
from app.ledger.pages import Pages
from app.ledger.policies import Policies
from app.ledger.rules.transfer_contradictions import OVERDUE, contradiction
from app.ledger.rules.transfer_requests import ORIGIN
from app.ledger.rules.transit import SENT_AT
from app.ledger.sites import SiteRef
from app.ledger.tables import balance, document, exception, site
from app.ledger.underway import place_of
from app.ledger.writing import Writer

TRANSFER = DocumentKind.TRANSFER.value
# Goods may be under way in these.
_MOVING = (
    TransferState.DISPATCHING.value,
    TransferState.IN_TRANSIT.value,
    TransferState.RECEIVING.value,
)

_row = msgspec.json.Decoder(DocumentRow)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Goods of a transfer that are at neither end; less than nothing when more arrived.

    Attributes:
        item: SKU.
        quantity: Base units.
        lot: Or empty.
        serial: Or empty.
        condition: As they were dispatched.
    """

    item: str
    quantity: int
    lot: str
    serial: str
    condition: str


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks through which request.

    Attributes:
        actor: The person behind the key.
        key: Names the operation, so that the same request makes the same.
        correlation_id: Of the request.
    """

    actor: str
    key: str = ""
    correlation_id: str = ""


class Transfers:
    """Asks, cancels, looks after.

    Args:
        database: The ledger's.
        clock: Says what is late.
        ids: Names exceptions.
        office: Records what other systems ask for.
        policies: How long goods may be under way.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ids: IdSource,
        office: Office,
        policies: Policies,
    ) -> None:
        self._database = database
        self._clock = clock
        self._writer = Writer(database, ids)
        self._office = office
        self._policies = policies

    def ask(self, where: SiteRef, wanted: DocumentRow, call: Call) -> Result:
        """Ask for a transfer; what the office asks for is approved.

        Args:
            where: One of its ends.
            wanted: Number, both ends, lines and note of it.
            call: Who asks.
        """
        other = wanted.destination if wanted.origin == where.site else wanted.origin
        wish = Wish(
            Kind.REQUEST.value,
            call.actor,
            reference=Reference(document_kind=TRANSFER, document=wanted.document, site=other),
            lines=[
                Line(item=line.item, quantity=line.quantity, lot=line.lot) for line in wanted.lines
            ],
            reason=wanted.note,
            evidence={ORIGIN: wanted.origin},
        )
        return self._office.record(where, wish, key=call.key, correlation_id=call.correlation_id)

    def cancel(self, where: SiteRef, number: str, place: str, call: Call) -> Result:
        """End a transfer; everything under way is at one place of this site now.

        Args:
            where: The end that records it.
            number: Of the transfer.
            place: Where the goods are; may be empty when none are under way.
            call: Who ends it.
        """
        lines = [
            Line(
                item=one.item,
                quantity=one.quantity,
                source=place_of(number),
                target=place,
                lot=one.lot,
                serial=one.serial,
                condition=one.condition,
            )
            for one in self.under_way(where, number)
            if place and one.quantity > 0
        ]
        wish = Wish(
            Kind.CANCEL.value,
            call.actor,
            reference=Reference(document_kind=TRANSFER, document=number),
            lines=lines,
        )
        return self._office.record(where, wish, key=call.key, correlation_id=call.correlation_id)

    def under_way(self, where: SiteRef, number: str) -> list[UnderWay]:
        """Goods of a transfer that are at neither end, as either end asks.

        Raises:
            Refusal: `unknown_document`.
        """
        b, d = balance.c, document.c
        with self._database.read() as connection:
            body = connection.execute(
                sa.select(d.body).where(
                    d.site_n == where.n, d.kind == TRANSFER, d.document == number
                )
            ).scalar_one_or_none()
            if body is None:
                raise Refusal("unknown_document", f"There is no transfer {number} at this site.")
            rows = connection.execute(
                sa.select(b.item, b.quantity, b.lot, b.serial, b.condition)
                .join(site, site.c.n == b.site_n)
                .where(
                    site.c.site == _row.decode(body).destination,
                    b.location == place_of(number),
                    b.quantity != 0,
                )
                .order_by(b.item, b.lot, b.serial, b.condition)
            ).all()
        return [UnderWay(*row) for row in rows]

    def overdue_transit(self, where: SiteRef, now: datetime | None = None) -> int:
        """Open an exception for each transfer to this site that is under way too long.

        Told once: while its exception is open, a transfer is not looked at again.

        Args:
            where: The destination.
            now: What counts as now; the clock's unless handed in.

        Returns:
            How many were found.
        """
        moment = now or self._clock.now()
        hours = self._policies.current(where).policy.transit_h
        limit = stamp(moment - timedelta(hours=hours))
        d, e = document.c, exception.c
        with self._database.write() as connection:
            bodies = connection.execute(
                sa.select(d.body)
                .where(d.site_n == where.n, d.kind == TRANSFER, d.state.in_(_MOVING))
                .order_by(d.document)
            ).scalars()
            late = [
                row.document
                for row in map(_row.decode, bodies)
                if row.destination == where.site and str(row.details.get(SENT_AT, limit)) < limit
            ]
            told = set(
                connection.execute(
                    sa.select(e.document).where(
                        e.site_n == where.n, e.code == OVERDUE, e.state != CLOSED
                    )
                ).scalars()
            )
            fresh = [number for number in late if number not in told]
            pages = Pages()
            pages.rows.extend((contradiction(OVERDUE, number), "") for number in fresh)
            self._writer.write(connection, Book(where.n, where.site, moment), pages)
        return len(fresh)
