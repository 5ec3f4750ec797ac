"""What lies where: balances of a site, now or at a position of the feed that is past."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import Answer
from app.domain.operation import StockKey
from app.ledger import feed
from app.ledger.database import Database
from app.ledger.sites import SiteRef
from app.ledger.tables import SHELF, balance, posting
from app.ledger.why import position

KEY_START = ("", "", "", "", "")


class StockShown(Answer, frozen=True):
    """A balance that is not zero."""

    location: str
    item: str
    lot: str
    serial: str
    condition: str
    quantity: int

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """Its place in the list."""
        return self.location, self.item, self.lot, self.serial, self.condition


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which balances. Empty texts ask for all.

    Attributes:
        location: One place; without it parcels and totes are left out, unless `packed`.
        item: One SKU.
        condition: One condition.
        packed: Parcels and totes, too.
    """

    location: str = ""
    item: str = ""
    condition: str = ""
    packed: bool = False


class StockList:
    """Reads balances.

    Args:
        database: The ledger's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, site: SiteRef, wanted: Wanted, at: int, after: tuple[str, ...], limit: int
    ) -> tuple[int, list[StockShown], StockKey | None]:
        """Balances after a key, in the order of keys.

        Args:
            site: Where.
            wanted: Which.
            at: Position of the feed; 0 is the newest.
            after: The key the page before ended at.
            limit: Most balances looked at; at a past position fewer may be shown.

        Returns:
            The position, the balances, and the key the next page starts after, if there is one.

        Raises:
            Refusal: `cursor_from_future`.
        """
        b = balance.c
        key = (b.location, b.item, b.lot, b.serial, b.condition)
        with self._database.frozen() as connection:
            head, _ = feed.head(connection, site.n)
            at = position(at, head)
            query = (
                sa.select(b.stock, *key, b.quantity)
                .where(b.site_n == site.n, *_conditions(wanted))
                .where(sa.tuple_(*key) > sa.tuple_(*(after or KEY_START)))
                .order_by(*key)
                .limit(limit + 1)
            )
            if at == head:
                query = query.where(b.quantity != 0)
            rows = connection.execute(query).all()
            more, rows = len(rows) > limit, rows[:limit]
            moved = self._moved(connection, [row.stock for row in rows], at) if at < head else {}
        shown = [
            StockShown(
                location=row.location,
                item=row.item,
                lot=row.lot,
                serial=row.serial,
                condition=row.condition,
                quantity=quantity,
            )
            for row in rows
            if (quantity := row.quantity - moved.get(row.stock, 0))
        ]
        return at, shown, StockKey(*rows[-1][1:6]) if more else None

    def beside(self, site: SiteRef, key: StockKey) -> dict[str, int]:
        """What the book says of other lots and serials of an item at the same place, by name."""
        b = balance.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(b.lot, b.serial, b.quantity)
                .where(b.site_n == site.n, b.location == key.location, b.item == key.item)
                .where(b.condition == key.condition, b.quantity != 0)
                .where(sa.or_(b.lot != key.lot, b.serial != key.serial))
            )
            return {f"{row.lot} {row.serial}".strip(): row.quantity for row in rows}

    def _moved(self, connection: Connection, stocks: list[int], at: int) -> dict[int, int]:
        p = posting.c
        rows = connection.execute(
            sa.select(p.stock, sa.func.sum(p.quantity))
            .where(self._database.in_set(p.stock, stocks), p.feed_seq > at)
            .group_by(p.stock)
        )
        return {stock: int(quantity) for stock, quantity in rows}


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    b = balance.c
    parts = (
        (b.location, wanted.location),
        (b.item, wanted.item),
        (b.condition, wanted.condition),
    )
    found: list[sa.ColumnElement[bool]] = [column == text for column, text in parts if text]
    if not wanted.location and not wanted.packed:
        # In the words of the index over what is outside parcels and totes.
        found.append(sa.text(SHELF))  # type: ignore[arg-type]
    return found
