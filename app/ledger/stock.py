"""The stock of a site while a transaction posts to it: locked as a whole, remembered between.

Stations of one site meet at the same shelves in nearly every group of batches, so one lock for the
site costs no waiting that single rows would not, and saves a lock and a log record per row. And who
holds it can know what another process did: every posting has rows in the site's feed. As long as
the feed stands where this process left it, the quantities it remembers are the database's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.domain.operation import PARCEL_PREFIX, TOTE_PREFIX, StockKey
from app.ledger.book import Cell, Head
from app.ledger.database import Database, as_json
from app.ledger.locks import lock_stock
from app.ledger.tables import balance

# Of all sites together; about 100 MB of memory. With more live keys the sites at which nothing has
# been posted for longest are forgotten, and merely looked up again.
MAX_REMEMBERED = 200_000

# Goods in parcels and totes come once and leave once; empty ones are seldom asked for again.
_PASSING = (PARCEL_PREFIX, TOTE_PREFIX)

_PARTS = ("location", "item", "lot", "serial", "condition")
_JOIN = " AND ".join(f"b.{part} = k.{part}" for part in _PARTS)
_SQLITE_FIND = (
    f"SELECT b.stock, b.quantity, {', '.join(f'b.{part}' for part in _PARTS)} FROM (SELECT "
    + ", ".join(f"value->>{n} AS {part}" for n, part in enumerate(_PARTS))
    # CROSS, because SQLite would read the whole table rather than ask its index key by key.
    + f" FROM json_each(?2)) k CROSS JOIN balance b ON b.site_n = ?1 AND {_JOIN}"
)


@dataclass(slots=True)
class _Shelf:
    """What is remembered of a site.

    Attributes:
        head: Where its feed stood when `cells` were true.
        cells: Balances; whoever takes one to change it takes it out.
        numbers: Numbers of keys whose quantities are not known any more.
        turn: Held while this is looked at or changed.
    """

    head: Head | None = None
    cells: dict[StockKey, Cell] = field(default_factory=dict)
    numbers: dict[StockKey, int] = field(default_factory=dict)
    turn: Lock = field(default_factory=Lock)

    def take(self, head: Head, keys: Iterable[StockKey]) -> tuple[list[Cell], dict[int, StockKey]]:
        """What is known of `keys` with the feed at `head`: balances, and mere numbers."""
        with self.turn:
            if head != self.head:
                self.numbers.update((key, cell.stock) for key, cell in self.cells.items())
                self.cells.clear()
                self.head = head
            taken = [self.cells.pop(key) for key in keys if key in self.cells]
            numbers = self.numbers
            return taken, {numbers[key]: key for key in keys if key in numbers}

    def put_back(self, found: Head, left: Head, cells: Iterable[Cell]) -> None:
        """Keep balances that were true at `left`, and were `found` when they were taken."""
        with self.turn:
            if self.head not in {found, left}:
                return  # another thread has been here since
            self.head = left
            for cell in cells:
                cell.moved = cell.fresh = False
                self.numbers.pop(cell.key, None)
                if cell.quantity or not cell.key.location.startswith(_PASSING):
                    self.cells[cell.key] = cell

    @property
    def size(self) -> int:
        """How many keys are remembered."""
        return len(self.cells) + len(self.numbers)


class StockKeys:
    """Balances and the numbers of their keys.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        # The one that was used last stands last.
        self._shelves: dict[int, _Shelf] = {}
        self._turn = Lock()

    def lock(
        self, connection: Connection, keys: Mapping[int, Iterable[StockKey]]
    ) -> dict[int, tuple[Head, dict[StockKey, Cell]]]:
        """Lock the stock of each site named, in the order of the sites' numbers.

        New keys only get a number: their rows are written once, with their quantity. What is
        learnt may be rolled back: `remember` it once committed.

        Returns:
            Where each site's feed stands, and the balance at each key.
        """
        locked: dict[int, tuple[Head, dict[StockKey, Cell]]] = {}
        new: list[tuple[int, StockKey]] = []
        for site_n, named in sorted(keys.items()):
            wanted = set(named)
            _, cells = locked[site_n] = self._lock_site(connection, site_n, wanted)
            new += [(site_n, key) for key in sorted(wanted - cells.keys())]
        # For all sites at once: SQLite numbers new rows from the highest there is.
        for (site_n, key), number in zip(new, self._reserve(connection, len(new)), strict=True):
            locked[site_n][1][key] = Cell(key, number, 0, fresh=True)
        return locked

    def _lock_site(
        self, connection: Connection, site_n: int, keys: set[StockKey]
    ) -> tuple[Head, dict[StockKey, Cell]]:
        """The balances of one site that have a row."""
        head = lock_stock(self._database, connection, site_n)
        taken, numbers = self._shelf(site_n).take(head, keys)
        cells = {cell.key: cell for cell in taken}
        if numbers:
            b = balance.c
            rows = connection.execute(
                sa.select(b.stock, b.quantity).where(
                    self._database.in_set(b.stock, sorted(numbers))
                )
            )
            for stock, quantity in rows.all():
                cells[numbers[stock]] = Cell(numbers[stock], stock, quantity)
        unknown = sorted(keys - cells.keys())
        if unknown:
            cells.update(self._find(connection, site_n, unknown))
        return head, cells

    def remember(self, site_n: int, found: Head, left: Head, cells: Iterable[Cell]) -> None:
        """Keep balances that are committed.

        Args:
            site_n: Where.
            found: The head that `lock` told.
            left: The head after this transaction.
            cells: What `lock` gave, as it was written.
        """
        shelf = self._shelf(site_n)
        # A fresh key nothing was moved to, because its operation was held, got no row.
        shelf.put_back(found, left, [cell for cell in cells if cell.moved or not cell.fresh])
        with self._turn:
            while self.remembered > MAX_REMEMBERED:
                self._shelves.pop(next(iter(self._shelves)))

    @property
    def remembered(self) -> int:
        """How many balances, or mere numbers of them."""
        return sum(one.size for one in self._shelves.values())

    def forget(self) -> None:
        """Ask the database again for every number."""
        with self._turn:
            self._shelves = {}

    def _shelf(self, site_n: int) -> _Shelf:
        with self._turn:
            shelf = self._shelves[site_n] = self._shelves.pop(site_n, _Shelf())
            return shelf

    def _reserve(self, connection: Connection, count: int) -> Sequence[int]:
        """Numbers for keys whose rows are written later in this transaction."""
        if not count:
            return ()
        if self._database.is_sqlite:
            last = connection.exec_driver_sql("SELECT max(stock) FROM balance").scalar() or 0
            return range(last + 1, last + 1 + count)
        numbers: list[int] = connection.exec_driver_sql(
            "SELECT array_agg(nextval(pg_get_serial_sequence('balance', 'stock'))) "
            "FROM generate_series(1, %(count)s)",
            {"count": count},
        ).scalar_one()
        return numbers

    def _find(
        self, connection: Connection, site_n: int, keys: Sequence[StockKey]
    ) -> dict[StockKey, Cell]:
        if self._database.is_sqlite:
            rows = connection.exec_driver_sql(_SQLITE_FIND, (site_n, as_json(keys)))
        else:
            rows = connection.exec_driver_sql(*_postgresql_find(site_n, keys))
        cells: dict[StockKey, Cell] = {}
        for stock, quantity, *parts in rows.all():
            key = StockKey(*parts)
            cells[key] = Cell(key, stock, quantity)
        return cells


def _postgresql_find(site_n: int, keys: Sequence[StockKey]) -> tuple[str, dict[str, Any]]:
    """The balances at `keys`; a part they all share goes over as one value, not as an array."""
    values: dict[str, Any] = {"site": site_n}
    lists: list[str] = []
    where = ["b.site_n = %(site)s"]
    for part, column in zip(_PARTS, zip(*keys, strict=True), strict=True):
        if part in {"lot", "serial", "condition"} and len(set(column)) == 1:
            values[part] = column[0]
            where.append(f"b.{part} = %({part})s")
        else:
            values[part] = list(column)
            lists.append(part)
            where.append(f"b.{part} = k.{part}")
    arrays = ", ".join(f"%({part})s::text[]" for part in lists)
    # No statistics tell how many rows unnest gives; the index is asked key by key all the same.
    return (
        f"SELECT b.stock, b.quantity, {', '.join(f'b.{part}' for part in _PARTS)} "
        f"FROM unnest({arrays}) AS k({', '.join(lists)}) JOIN balance b "
        f"ON {' AND '.join(where)}"
    ), values
