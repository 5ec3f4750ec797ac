"""Stock keys and their numbers: found, registered and locked, many at a time.

A key gets its number once and keeps it, so numbers may be remembered in the process; quantities may
not, other processes change them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.domain.operation import PARCEL_PREFIX, TOTE_PREFIX, StockKey
from app.ledger.book import Cell
from app.ledger.database import Database, as_json
from app.ledger.tables import balance

# Of each site; about 100 MB of memory. With more live keys some are merely looked up again.
MAX_REMEMBERED = 200_000

# Goods in parcels and totes are in one station's hands.
_IN_HAND = (PARCEL_PREFIX, TOTE_PREFIX)

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
        self, connection: Connection, keys: Mapping[int, Iterable[StockKey]]
    ) -> dict[int, dict[StockKey, Cell]]:
        """The balance at each key of each site, locked in the order of the sites' numbers.

        New keys that others may need are registered first, sorted. New keys of parcels and totes,
        which are in one station's hands, only get a number: their rows are written once, with
        their quantity. What is learnt may be rolled back: `remember` it once committed.
        """
        cells: dict[int, dict[StockKey, Cell]] = {}
        new: list[tuple[int, StockKey]] = []
        for site_n, wanted in sorted(keys.items()):
            cells[site_n], unwritten = self._lock_site(connection, site_n, wanted)
            new += [(site_n, key) for key in unwritten]
        # After the last row is registered: SQLite numbers new rows from the highest there is.
        for (site_n, key), number in zip(new, self._reserve(connection, len(new)), strict=True):
            cells[site_n][key] = Cell(key, number, 0, fresh=True)
        return cells

    def _lock_site(
        self, connection: Connection, site_n: int, keys: Iterable[StockKey]
    ) -> tuple[dict[StockKey, Cell], list[StockKey]]:
        """The balances of one site, and the keys that only need a number."""
        cells: dict[StockKey, Cell] = {}
        new: list[StockKey] = []
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
            unknown.sort()
            shared = [key for key in unknown if not key.location.startswith(_IN_HAND)]
            if shared:
                cells = self._register(connection, site_n, shared)
            found = self._find(connection, site_n, [key for key in unknown if key not in cells])
            numbers.update(found)
            known = {key: number for number, key in found.items()}
            new = [key for key in unknown if key not in cells and key not in known]
        b = balance.c
        rows = connection.execute(
            sa.select(b.stock, b.quantity)
            .where(self._database.in_set(b.stock, sorted(numbers)))
            .order_by(b.stock)
            .with_for_update()
        ).all()
        for stock, quantity in rows:
            key = numbers[stock]
            cells[key] = Cell(key, stock, quantity)
        return cells, new

    def remember(self, site_n: int, cells: dict[StockKey, Cell]) -> None:
        """Keep numbers that are committed."""
        known = self._numbers.setdefault(site_n, {})
        if len(known) + len(cells) > MAX_REMEMBERED:
            known.clear()
        for key, cell in cells.items():
            # A fresh key nothing was moved to, because its operation was held, got no row.
            if cell.moved or not cell.fresh:
                known[key] = cell.stock

    def forget(self) -> None:
        """Ask the database again for every number."""
        self._numbers = {}

    def _register(
        self, connection: Connection, site_n: int, keys: Sequence[StockKey]
    ) -> dict[StockKey, Cell]:
        """Give numbers to keys that have none yet; nobody else sees them before the commit."""
        source, values = self._listed(site_n, keys)
        rows = connection.exec_driver_sql(
            f"INSERT INTO balance (site_n, {_COLUMNS}) {source} ON CONFLICT DO NOTHING "
            f"RETURNING stock, {_COLUMNS}",
            values,
        ).all()
        cells: dict[StockKey, Cell] = {}
        for stock, *parts in rows:
            key = StockKey(*parts)
            cells[key] = Cell(key, stock, 0)
        return cells

    def _reserve(self, connection: Connection, count: int) -> Sequence[int]:
        """Numbers for keys whose rows are written later in this transaction."""
        if not count:
            return ()
        if self._database.is_sqlite:
            last = connection.exec_driver_sql("SELECT max(stock) FROM balance").scalar() or 0
            return range(last + 1, last + 1 + count)
        numbers = connection.exec_driver_sql(
            "SELECT nextval(pg_get_serial_sequence('balance', 'stock')) "
            "FROM generate_series(1, %(count)s)",
            {"count": count},
        )
        return numbers.scalars().all()

    def _find(
        self, connection: Connection, site_n: int, keys: Sequence[StockKey]
    ) -> dict[int, StockKey]:
        if not keys:
            return {}
        source, values = self._listed(site_n, keys)
        join = "CROSS JOIN" if self._database.is_sqlite else "JOIN"
        rows = connection.exec_driver_sql(
            f"SELECT b.stock, {', '.join(f'b.{part}' for part in _PARTS)} "
            f"FROM ({source}) k {join} balance b ON {_JOIN}",
            values,
        ).all()
        return {stock: StockKey(*parts) for stock, *parts in rows}

    def _listed(self, site_n: int, keys: Sequence[StockKey]) -> tuple[str, Any]:
        """Keys as a source of rows in their order, and its parameters."""
        if self._database.is_sqlite:
            # WHERE, because SQLite would take ON CONFLICT for the end of a join.
            return f"{_SQLITE_KEYS} WHERE true", (site_n, as_json(keys))
        lists = zip(*keys, strict=True)
        return _POSTGRESQL_KEYS, {
            "site": site_n,
            **{part: list(values) for part, values in zip(_PARTS, lists, strict=True)},
        }
