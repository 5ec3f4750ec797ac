"""Stock keys and their numbers: found, registered and locked, many at a time.

A key gets its number once and keeps it, so numbers may be remembered in the process; quantities may
not, other processes change them.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.domain.operation import StockKey
from app.ledger.book import Cell
from app.ledger.database import Database
from app.ledger.tables import balance

# About 100 MB of memory; a site with more live keys merely looks some of them up again.
MAX_REMEMBERED = 200_000

_PARTS = ("location", "item", "lot", "serial", "condition")
_COLUMNS = ", ".join(_PARTS)

_SQLITE_KEYS = (
    "SELECT ?1 AS site_n, "
    + ", ".join(f"value->>{n} AS {part}" for n, part in enumerate(_PARTS))
    + " FROM json_each(?2)"
)
_POSTGRESQL_KEYS = (
    "SELECT %(site)s::bigint AS site_n, * FROM unnest("
    + ", ".join(f"%({part})s::text[]" for part in _PARTS)
    + f") AS k({_COLUMNS})"
)
_JOIN = " AND ".join(f"b.{part} = k.{part}" for part in ("site_n", *_PARTS))


class StockKeys:
    """Numbers of stock keys.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._numbers: dict[int, dict[StockKey, int]] = {}

    def lock(
        self, connection: Connection, site_n: int, keys: Iterable[StockKey]
    ) -> dict[StockKey, Cell]:
        """The balance at each key, locked in order of numbers; new keys are registered.

        What is learnt may be rolled back with the transaction: `remember` it once committed.
        """
        numbers: dict[int, StockKey] = {}
        unknown: list[StockKey] = []
        known = self._numbers.get(site_n, {})
        for key in keys:
            number = known.get(key)
            if number is None:
                unknown.append(key)
            else:
                numbers[number] = key
        if unknown:
            numbers.update(self._register(connection, site_n, sorted(unknown)))
        b = balance.c
        rows = connection.execute(
            sa.select(b.stock, b.quantity)
            .where(self._database.in_set(b.stock, sorted(numbers)))
            .order_by(b.stock)
            .with_for_update()
        )
        return {
            key: Cell(key, stock, quantity) for stock, quantity in rows for key in (numbers[stock],)
        }

    def remember(self, site_n: int, cells: dict[StockKey, Cell]) -> None:
        """Keep numbers that are committed."""
        if len(self._numbers) + len(cells) > MAX_REMEMBERED:
            self._numbers.clear()
        known = self._numbers.setdefault(site_n, {})
        for key, cell in cells.items():
            known[key] = cell.stock

    def _register(
        self, connection: Connection, site_n: int, keys: Sequence[StockKey]
    ) -> dict[int, StockKey]:
        lists = [[getattr(key, part) for key in keys] for part in _PARTS]
        if self._database.is_sqlite:
            values: Any = (site_n, json.dumps(list(zip(*lists, strict=True))))
            source, ordered = _SQLITE_KEYS, f"{_SQLITE_KEYS} WHERE true"
            find = (
                f"SELECT b.stock, {', '.join(f'b.{part}' for part in _PARTS)} "
                f"FROM ({source}) k CROSS JOIN balance b ON {_JOIN}"
            )
        else:
            values = {"site": site_n, **dict(zip(_PARTS, lists, strict=True))}
            source = _POSTGRESQL_KEYS
            ordered = f"{source} ORDER BY {_COLUMNS}"
            find = (
                f"SELECT b.stock, {', '.join(f'b.{part}' for part in _PARTS)} "
                f"FROM ({source}) k JOIN balance b ON {_JOIN}"
            )
        connection.exec_driver_sql(
            f"INSERT INTO balance (site_n, {_COLUMNS}) {ordered} ON CONFLICT DO NOTHING", values
        )
        rows = connection.exec_driver_sql(find, values)
        return {row[0]: StockKey(*row[1:]) for row in rows}
