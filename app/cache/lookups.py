"""What flows look up in the book: items, people, orders, stock; confirmed and pending together."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, func, select

from app.cache import outbox
from app.cache.stock import done_of, places_of, progress_of, stock_at, stock_of
from app.cache.tables import barcode, box, claim, item, location, order_document, person
from app.contract.messages import BalanceRow, BoxRow, ItemRow, OrderRow, PersonRow
from app.domain.document import DocumentKind
from app.domain.order import Order, OrderLine, OrderState, Policy, Progress
from app.station.ports import Attention, OutboxState, QueuedOrder


class Lookups:
    """Reads of one transaction.

    Args:
        connection: Where to read.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def item_by_gtin(self, gtin14: str) -> tuple[ItemRow, int] | None:
        """The item behind a barcode, and how many base units one scan of it stands for."""
        row = self.connection.execute(_BY_GTIN, {"gtin": gtin14}).one_or_none()
        return None if row is None else (_item(row.body), int(row.units))

    def item_by_sku(self, sku: str) -> ItemRow | None:
        """The item with this SKU."""
        raw = self.connection.execute(_BY_SKU, {"sku": sku}).scalar_one_or_none()
        return None if raw is None else _item(raw)

    def items(self, skus: Iterable[str]) -> dict[str, ItemRow]:
        """Items by SKU; unknown ones are missing."""
        wanted = list(set(skus))
        found: dict[str, ItemRow] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            for row in self.connection.execute(
                select(item.c.sku, item.c.body).where(item.c.sku.in_(part))
            ):
                found[row.sku] = _item(row.body)
        return found

    def location_kind(self, code: str) -> str | None:
        """Kind of a location of this site; None when there is none of that code."""
        return self.connection.execute(
            select(location.c.kind).where(location.c.location == code)
        ).scalar_one_or_none()

    def boxes(self) -> tuple[BoxRow, ...]:
        """Box presets, smallest first."""
        rows = self.connection.execute(select(box.c.body)).scalars()
        return tuple(sorted((msgspec.json.decode(raw, type=BoxRow) for raw in rows), key=_volume))

    def people(self) -> tuple[PersonRow, ...]:
        """Who may sign in, by name."""
        rows = self.connection.execute(
            select(person.c.body).where(person.c.active == 1).order_by(person.c.name)
        ).scalars()
        return tuple(msgspec.json.decode(raw, type=PersonRow) for raw in rows)

    def person(self, who: str) -> PersonRow | None:
        """Who an account is; None when nobody active."""
        raw = self.connection.execute(
            select(person.c.body).where(person.c.person == who, person.c.active == 1)
        ).scalar_one_or_none()
        return None if raw is None else msgspec.json.decode(raw, type=PersonRow)

    def person_by_badge(self, badge_hash: str) -> PersonRow | None:
        """Whose badge this is."""
        raw = self.connection.execute(
            select(person.c.body).where(person.c.badge_hash == badge_hash, person.c.active == 1)
        ).scalar_one_or_none()
        return None if raw is None else msgspec.json.decode(raw, type=PersonRow)

    def order(self, number: str) -> Order | None:
        """Latest version of an order."""
        raw = self.connection.execute(
            select(order_document.c.body).where(order_document.c.order == number)
        ).scalar_one_or_none()
        return None if raw is None else order_of(raw)

    def order_state(self, number: str) -> str:
        """State of an order without its lines; empty when this book has none of that number."""
        found = self.connection.execute(_ORDER_STATE, {"order": number}).scalar_one_or_none()
        return found or ""

    def claim(self, number: str) -> tuple[str, str] | None:
        """`(state, enrolment)` of the claim on an order."""
        row = self.connection.execute(
            select(claim.c.state, claim.c.enrolment).where(_ON_ORDER, claim.c.document == number)
        ).one_or_none()
        return None if row is None else (row.state, row.enrolment)

    def progress(self, number: str) -> dict[int, Progress]:
        """Confirmed and pending progress by order line."""
        return progress_of(self.connection, number)

    def stock_of(self, sku: str) -> list[BalanceRow]:
        """Confirmed and pending stock of an item, non-zero keys only."""
        return stock_of(self.connection, sku)

    def stock_at(self, place: str) -> list[BalanceRow]:
        """Confirmed and pending stock at a place, non-zero keys only."""
        return stock_at(self.connection, place)

    def queue(self, limit: int) -> tuple[tuple[QueuedOrder, ...], int]:
        """Released orders, most urgent first, and how many there are in all."""
        total = self.connection.execute(
            select(func.count())
            .select_from(order_document)
            .where(order_document.c.state == OrderState.RELEASED.value)
        ).scalar_one()
        rows = self.connection.execute(_QUEUE.limit(limit)).all()
        return tuple(self._queued(row) for row in rows), int(total)

    def _queued(self, row: Any) -> QueuedOrder:
        return QueuedOrder(
            order=row.order,
            carrier=_head_decoder.decode(row.body).carrier,
            ship_before=row.ship_before,
            priority=row.priority,
            units=row.units,
            done=done_of(self.connection, row.order),
            claim_state=row.state or "",
            claim_enrolment=row.enrolment or "",
        )

    def outbox_state(self) -> OutboxState:
        """What waits, and what needs a person."""
        return outbox.state(self.connection)

    def places(self, skus: Iterable[str]) -> dict[str, str]:
        """Where to take each item from: the real place that holds most of it."""
        return places_of(self.connection, skus)

    def attention(self, limit: int) -> tuple[Attention, ...]:
        """What a person must look at, most urgent first."""
        return outbox.attention(self.connection, limit)


# Claims on other documents are kept in the same table.
_ON_ORDER = claim.c.kind == DocumentKind.ORDER.value
_BY_GTIN = (
    select(item.c.body, barcode.c.units)
    .join(item, item.c.sku == barcode.c.sku)
    .where(barcode.c.gtin == bindparam("gtin"))
)
_ORDER_STATE = select(order_document.c.state).where(order_document.c.order == bindparam("order"))
_BY_SKU = select(item.c.body).where(item.c.sku == bindparam("sku"))
_QUEUE = (
    select(
        order_document.c.order,
        order_document.c.ship_before,
        order_document.c.priority,
        order_document.c.units,
        order_document.c.body,
        claim.c.state,
        claim.c.enrolment,
    )
    .outerjoin(claim, and_(_ON_ORDER, claim.c.document == order_document.c.order))
    .where(order_document.c.state == OrderState.RELEASED.value)
    .order_by(order_document.c.priority, order_document.c.ship_before, order_document.c.order)
)
_item_decoder = msgspec.json.Decoder(ItemRow)
_order_decoder = msgspec.json.Decoder(OrderRow)


class _Head(msgspec.Struct, frozen=True):
    """What the queue needs of a body; thousands of lines are passed over unread."""

    carrier: str


_head_decoder = msgspec.json.Decoder(_Head)


def _item(raw: bytes) -> ItemRow:
    return _item_decoder.decode(raw)


def _volume(row: BoxRow) -> tuple[int, str]:
    return row.length_mm * row.width_mm * row.height_mm, row.box


def order_of(raw: bytes) -> Order:
    """An order document as the domain knows it."""
    row = _order_decoder.decode(raw)
    return Order(
        order=row.order,
        version=row.version,
        state=OrderState(row.state),
        policy=Policy(row.policy),
        priority=row.priority,
        ship_before=row.ship_before,
        carrier=row.carrier,
        ship_to=row.ship_to,
        note=row.note,
        lines=tuple(OrderLine(line.line, line.item, line.quantity) for line in row.lines),
    )
