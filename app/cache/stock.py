"""Confirmed + pending, computed when asked for and never stored (law 7)."""

from collections.abc import Iterable

from sqlalchemy import Connection, Select, bindparam, func, select, union_all

from app.cache.tables import advance, balance, effect, progress
from app.contract.digest import Digest, digest
from app.contract.messages import BalanceRow
from app.domain.operation import PARCEL_PREFIX, TOTE_PREFIX, Condition, is_virtual
from app.domain.order import Progress

_KEY = ("location", "item", "lot", "serial", "condition")


def _both(column: str) -> Select[tuple[str, str, str, str, str, int]]:
    confirmed = select(*(balance.c[name] for name in _KEY), balance.c.quantity).where(
        balance.c[column] == bindparam("value")
    )
    pending = select(*(effect.c[name] for name in _KEY), effect.c.quantity).where(
        effect.c[column] == bindparam("value")
    )
    rows = union_all(confirmed, pending).subquery()
    total = func.sum(rows.c.quantity)
    return (
        select(*(rows.c[name] for name in _KEY), total.label("quantity"))
        .group_by(*(rows.c[name] for name in _KEY))
        .having(total != 0)
        .order_by(rows.c.location, rows.c.item, rows.c.lot)
    )


_STOCK_OF = _both("item")
_STOCK_AT = _both("location")


def stock_of(connection: Connection, sku: str) -> list[BalanceRow]:
    """Where an item is."""
    return _rows(connection, _STOCK_OF, sku)


def stock_at(connection: Connection, place: str) -> list[BalanceRow]:
    """What is at a place."""
    return _rows(connection, _STOCK_AT, place)


def _rows(
    connection: Connection, statement: Select[tuple[str, str, str, str, str, int]], value: str
) -> list[BalanceRow]:
    return [
        BalanceRow(row.location, row.item, int(row.quantity), row.lot, row.serial, row.condition)
        for row in connection.execute(statement, {"value": value})
    ]


_PROGRESS = select(progress.c.line, progress.c.packed, progress.c.short).where(
    progress.c.order == bindparam("value")
)
_ADVANCE = select(advance.c.line, advance.c.packed, advance.c.short).where(
    advance.c.order == bindparam("value")
)
_ALL = union_all(_PROGRESS, _ADVANCE).subquery()
_PROGRESS_OF = select(
    _ALL.c.line, func.sum(_ALL.c.packed).label("packed"), func.sum(_ALL.c.short).label("short")
).group_by(_ALL.c.line)

_DONE_OF = select(func.coalesce(func.sum(_ALL.c.packed + _ALL.c.short), 0))


def progress_of(connection: Connection, order: str) -> dict[int, Progress]:
    """How far each line of an order has come."""
    return {
        row.line: Progress(int(row.packed), int(row.short))
        for row in connection.execute(_PROGRESS_OF, {"value": order})
    }


def done_of(connection: Connection, order: str) -> int:
    """Units of an order that are packed or declared short."""
    return int(connection.execute(_DONE_OF, {"value": order}).scalar_one())


# SQLite binds at most 32,766 values; 500 a statement keeps plans small.
_CHUNK = 500


def places_of(connection: Connection, skus: Iterable[str]) -> dict[str, str]:
    """The real place that holds most good stock of each item; items without any are missing."""
    wanted = sorted(set(skus))
    best: dict[str, tuple[int, str]] = {}
    for start in range(0, len(wanted), _CHUNK):
        totals: dict[tuple[str, str], int] = {}
        for table in (balance, effect):
            rows = connection.execute(
                select(table.c.item, table.c.location, func.sum(table.c.quantity))
                .where(
                    table.c.item.in_(wanted[start : start + _CHUNK]),
                    table.c.condition == Condition.GOOD.value,
                )
                .group_by(table.c.item, table.c.location)
            )
            for sku, place, quantity in rows:
                totals[sku, place] = totals.get((sku, place), 0) + int(quantity)
        for (sku, place), quantity in totals.items():
            if quantity > 0 and _is_shelf(place) and (quantity, place) > best.get(sku, (0, "")):
                best[sku] = (quantity, place)
    return {sku: place for sku, (_, place) in best.items()}


def _is_shelf(place: str) -> bool:
    return not is_virtual(place) and not place.startswith((PARCEL_PREFIX, TOTE_PREFIX))


def confirmed_digest(connection: Connection) -> Digest:
    """Digest of what the ledger has told of stock, for comparing with the ledger's own book."""
    rows = connection.execute(select(*(balance.c[name] for name in _KEY), balance.c.quantity))
    return digest((tuple(key), int(quantity)) for *key, quantity in rows)
