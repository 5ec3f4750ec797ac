"""Finding things again: items as somebody types, what was recorded here of one, who wants it.

Pages follow each other by key, never by number.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy import text as sql

from app.cache.lookups import Lookups
from app.cache.tables import advance, balance, effect, operation, trace
from app.contract.messages import ItemRow, OrderRow, operation_body
from app.domain.operation import is_virtual
from app.domain.order import OrderState
from app.station.searching import Hit, Pending, Told, Wanting

# The index knows every three letters that follow each other; shorter words are looked for by eye.
SHORTEST = 3
# Words of a search; more say nothing new.
MOST_WORDS = 8
# Orders that ask for something; others are done with.
ASKING = frozenset({OrderState.RELEASED.value, OrderState.HELD.value})
_CHUNK = 500


class SearchRows(Lookups):
    """Finding within one transaction."""

    def find_items(self, said: str, limit: int, after: int = 0) -> tuple[Hit, ...]:
        """Items whose number, name or barcode holds every word that was typed."""
        words = said.split()[:MOST_WORDS]
        if not words:
            return ()
        long = [word for word in words if len(word) >= SHORTEST]
        values: dict[str, Any] = {"after": after, "limit": limit}
        tests = []
        if long:
            values["match"] = " AND ".join(f'"{_quoted(word)}"' for word in long)
        for number, word in enumerate(one for one in words if len(one) < SHORTEST):
            values[f"like{number}"] = f"%{_escaped(word)}%"
            tests.append(rf"s.said LIKE :like{number} ESCAPE '\'")
        begin = _BY_INDEX if long else _BY_EYE
        order = "f.rowid" if long else "s.n"
        statement = sql(" AND ".join([begin, *tests]) + f" ORDER BY {order} LIMIT :limit")
        rows = self.connection.execute(statement, values)
        return tuple(Hit(row.n, row.sku, row.name) for row in rows)

    def on_hand(self, skus: Collection[str]) -> dict[str, int]:
        """Base units in the building, parcels and totes included."""
        found: Counter[str] = Counter()
        wanted_ = sorted(set(skus))
        for start in range(0, len(wanted_), _CHUNK):
            for table in (balance, effect):
                rows = self.connection.execute(
                    select(table.c.item, table.c.location, func.sum(table.c.quantity).label("n"))
                    .where(table.c.item.in_(wanted_[start : start + _CHUNK]))
                    .group_by(table.c.item, table.c.location)
                )
                for row in rows:
                    if not is_virtual(row.location):
                        found[row.item] += int(row.n)
        return dict(found)

    def pending_of(self, item: str) -> Pending:
        """What is recorded here of an item and not confirmed."""
        units: defaultdict[str, int] = defaultdict(int)
        numbers = set()
        for row in self.connection.execute(_PENDING, {"item": item}):
            numbers.add(row.n)
            units[row.location] += int(row.quantity)
        return Pending(len(numbers), dict(units))

    def moves_of(self, item: str, limit: int, before: int = 0) -> tuple[Told, ...]:
        """What was recorded here of an item, the latest first."""
        found = _MOVES if before else _LATEST
        rows = self.connection.execute(found, {"item": item, "before": before, "limit": limit})
        return tuple(
            Told(row.n, operation_body.decode(row.body), row.transport, row.outcome) for row in rows
        )

    def wanting(self, item: str, limit: int) -> tuple[tuple[Wanting, ...], int]:
        """Open orders that still ask for an item, the most urgent first."""
        rows = self.connection.execute(_WANTING, {"item": item}).all()
        pending = self._advanced(sorted({row.order for row in rows}))
        units: dict[str, Wanting] = {}
        for row in rows:
            open_ = row.quantity - row.done - pending[row.order, row.line]
            if open_ > 0:
                so_far = units[row.order].units if row.order in units else 0
                units[row.order] = Wanting(row.order, row.ship_before, so_far + open_)
        return tuple(units.values())[:limit], len(units)

    def _advanced(self, orders: Sequence[str]) -> Counter[tuple[str, int]]:
        """Units packed or declared short here and not confirmed, by order and line."""
        found: Counter[tuple[str, int]] = Counter()
        for start in range(0, len(orders), _CHUNK):
            part = advance.c.order.in_(orders[start : start + _CHUNK])
            for row in self.connection.execute(select(advance).where(part)):
                found[row.order, row.line] += row.packed + row.short
        return found

    def put_trace(self, n: int, items: Iterable[str]) -> None:
        """Which items an operation recorded here is about."""
        rows = [{"item": sku, "n": n} for sku in sorted(set(items))]
        if rows:
            self.connection.execute(_TRACE, rows)


def put_items(connection: Connection, rows: Iterable[ItemRow]) -> None:
    """Let these items be found by number, name and barcodes."""
    values = [
        {"sku": row.sku, "said": " ".join((row.sku, row.name, *(one.gtin for one in row.packs)))}
        for row in rows
    ]
    if values:
        connection.execute(_PUT_ITEM, values)


def put_wanted(connection: Connection, orders: Iterable[OrderRow]) -> None:
    """What these orders ask for from now on."""
    every = list(orders)
    if not every:
        return
    connection.execute(_FORGET, [{"order": row.order} for row in every])
    values = [
        {"item": line.item, "order": row.order, "line": line.line, "quantity": line.quantity}
        for row in every
        if row.state in ASKING
        for line in row.lines
    ]
    if values:
        connection.execute(_WANT, values)


def _quoted(word: str) -> str:
    return word.replace('"', '""')


def _escaped(word: str) -> str:
    return "".join("\\" + letter if letter in "%_\\" else letter for letter in word)


_BY_INDEX = """SELECT s.n, s.sku, i.name FROM item_search f
  JOIN item_said s ON s.n = f.rowid JOIN item i ON i.sku = s.sku
 WHERE f.item_search MATCH :match AND f.rowid > :after"""
_BY_EYE = """SELECT s.n, s.sku, i.name FROM item_said s JOIN item i ON i.sku = s.sku
 WHERE s.n > :after"""
_PUT_ITEM = sql(
    """INSERT INTO item_said (sku, said) VALUES (:sku, :said)
ON CONFLICT (sku) DO UPDATE SET said = excluded.said WHERE said <> excluded.said"""
)
_PENDING = select(effect.c.n, effect.c.location, effect.c.quantity).where(
    effect.c.item == bindparam("item")
)
_TRACE = sql("INSERT OR IGNORE INTO trace (item, n) VALUES (:item, :n)")
_FORGET = sql('DELETE FROM wanted WHERE "order" = :order')
_WANT = sql(
    'INSERT OR REPLACE INTO wanted (item, "order", line, quantity) '
    "VALUES (:item, :order, :line, :quantity)"
)
_LATEST = (
    select(operation.c.n, operation.c.body, operation.c.transport, operation.c.outcome)
    .join(trace, trace.c.n == operation.c.n)
    .where(trace.c.item == bindparam("item"))
    .order_by(trace.c.n.desc())
    .limit(bindparam("limit"))
)
_MOVES = _LATEST.where(trace.c.n < bindparam("before"))
_WANTING = sql(
    """SELECT w."order", w.line, w.quantity, d.ship_before,
       coalesce(p.packed + p.short, 0) AS done
  FROM wanted w JOIN order_document d ON d."order" = w."order"
  LEFT JOIN progress p ON p."order" = w."order" AND p.line = w.line
 WHERE w.item = :item
 ORDER BY d.priority, d.ship_before, w."order", w.line"""
)
