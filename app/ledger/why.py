"""Why is this number 7? The operations behind a balance, at any position of the feed.

Read backwards from the balance itself: the newest posting first, each with the balance it left.
So a page costs the same however long the history is, and the numbers cannot disagree with the book.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import Answer, ItemRow, Operation, OutcomeRow, operation_body
from app.domain.operation import StockKey
from app.errors import Refusal
from app.ledger import feed
from app.ledger.database import Database
from app.ledger.sites import SiteRef
from app.ledger.tables import balance, enrolment, item, operation, posting
from app.ledger.tables import feed as feed_table

_row = msgspec.json.Decoder(OutcomeRow)
_item = msgspec.json.Decoder(ItemRow)


class Step(Answer, frozen=True):
    """One posting: what it did to the balance, and what is known of the operation behind it.

    `balance` is the quantity it left. `reversed_by` names the operation that took it back.
    """

    feed_seq: int
    n: int
    quantity: int
    balance: int
    operation: str
    kind: str
    actor: str
    station: str
    recorded_at: str
    document_kind: str
    document: str
    order_line: int
    reason: str
    reverses: str
    reversed_by: str


class Why(Answer, frozen=True):
    """A balance and the postings that made it, newest first.

    `quantity` is the balance at position `at`; `opening` is what it was before the oldest step
    shown: `opening` and all quantities shown sum to the balance of the newest step. `next` is the
    cursor of what came before, empty at the beginning of the book.
    """

    site: str
    location: str
    item: str
    lot: str
    serial: str
    condition: str
    at: int
    quantity: int
    opening: int
    steps: tuple[Step, ...]
    next: str = ""


class Explainer:
    """Reads histories of balances.

    Args:
        database: The ledger's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def why(
        self, site: SiteRef, key: StockKey, at: int, before: tuple[int, int, int] | None, limit: int
    ) -> Why:
        """The steps that led to a balance.

        Args:
            site: Where.
            key: Which balance.
            at: Position of the feed; 0 is the newest.
            before: Feed position and number of the oldest step shown before, and the balance it
                found; None for the newest.
            limit: Most steps.

        Raises:
            Refusal: `cursor_from_future`.
        """
        with self._database.frozen() as connection:
            head, _ = feed.head(connection, site.n)
            at = position(at, head)
            b = balance.c
            row = connection.execute(
                sa.select(b.stock, b.quantity).where(
                    b.site_n == site.n,
                    *(getattr(b, part) == value for part, value in key._asdict().items()),
                )
            ).first()
            stock, now = (row.stock, row.quantity) if row else (-1, 0)
            then = now - _moved_after(connection, stock, at)
            left = before[2] if before else then
            found = self._postings(connection, site, stock, before or (at + 1, 0, 0), limit)
            steps = self._told(connection, found, left)
        opening = steps[-1].balance - steps[-1].quantity if steps else left
        return Why(
            site=site.site,
            location=key.location,
            item=key.item,
            lot=key.lot,
            serial=key.serial,
            condition=key.condition,
            at=at,
            quantity=then,
            opening=opening,
            steps=tuple(steps),
        )

    def packs(self, sku: str) -> tuple[int, ...]:
        """Units of an item's packs; none of an item nobody knows."""
        with self._database.read() as connection:
            body = connection.execute(
                sa.select(item.c.body).where(item.c.sku == sku)
            ).scalar_one_or_none()
        return tuple(pack.units for pack in _item.decode(body).packs) if body is not None else ()

    def _postings(
        self,
        connection: Connection,
        site: SiteRef,
        stock: int,
        before: tuple[int, int, int],
        limit: int,
    ) -> list[Any]:
        p, f = posting.c, feed_table.c
        seq, n, _ = before
        earlier = sa.or_(p.feed_seq < seq, p.n < n)
        return list(
            connection.execute(
                sa.select(p.feed_seq, p.n, p.quantity, p.order_line, f.body)
                .join(feed_table, sa.and_(f.site_n == p.site_n, f.seq == p.feed_seq))
                .where(p.stock == stock, p.site_n == site.n, p.feed_seq <= seq, earlier)
                .order_by(p.feed_seq.desc(), p.n.desc())
                .limit(limit)
            )
        )

    def _told(self, connection: Connection, found: Iterable[Any], left: int) -> list[Step]:
        rows = [(row, _row.decode(row.body)) for row in found]
        ids = {told.id for _, told in rows}
        recorded = self._recorded(connection, ids)
        taken_back = self._taken_back(connection, ids)
        steps: list[Step] = []
        for row, told in rows:
            station, said = recorded.get(told.id, ("", None))
            about = told.reference
            steps.append(
                Step(
                    feed_seq=row.feed_seq,
                    n=row.n,
                    quantity=row.quantity,
                    balance=left,
                    operation=told.id,
                    kind=told.kind,
                    actor=told.actor,
                    station=station,
                    recorded_at=said.recorded_at if said else "",
                    document_kind=about.document_kind if about else "",
                    document=about.document if about else "",
                    order_line=row.order_line,
                    reason=told.reason,
                    reverses=about.original if about and told.kind == "reverse" else "",
                    reversed_by=taken_back.get(told.id, ""),
                )
            )
            left -= row.quantity
        return steps

    def _recorded(
        self, connection: Connection, ids: Iterable[str]
    ) -> dict[str, tuple[str, Operation | None]]:
        o = operation.c
        rows = connection.execute(
            sa.select(o.id, enrolment.c.station, o.body)
            .join(enrolment, enrolment.c.n == o.enrolment_n)
            .where(self._database.in_set(o.id, sorted(ids)))
        )
        # An old record may be in the archive only: what it did is told all the same.
        return {
            row.id: (row.station, operation_body.decode(row.body) if row.body else None)
            for row in rows
        }

    def _taken_back(self, connection: Connection, ids: Iterable[str]) -> dict[str, str]:
        o = operation.c
        rows = connection.execute(
            sa.select(o.original, o.id).where(
                self._database.in_set(o.original, sorted(ids)),
                o.original != "",
                o.outcome == "posted",
            )
        )
        return {row.original: row.id for row in rows}


def position(at: int, head: int) -> int:
    """A position of the feed that there is; 0 asks for the newest.

    Raises:
        Refusal: `cursor_from_future`.
    """
    if at > head:
        raise Refusal(
            "cursor_from_future",
            f"The feed ends at {head}. Ask for a position up to there, or for none.",
        )
    return at or head


def _moved_after(connection: Connection, stock: int, at: int) -> int:
    p = posting.c
    moved = connection.execute(
        sa.select(sa.func.coalesce(sa.func.sum(p.quantity), 0)).where(
            p.stock == stock, p.feed_seq > at
        )
    ).scalar_one()
    return int(moved)
