"""What a supervisor counts: sums of the book, each in one statement that an index answers.

Bodies are never read: what is counted of an operation stands beside it (`operation.units`).
"""

from collections import Counter
from typing import Any

from sqlalchemy import Row, Select, func, select, union_all
from sqlalchemy import text as sql

from app.cache.lookups import Lookups
from app.cache.moments import first_since
from app.cache.tables import OPEN, claim, operation, pending_tally, scan, tally
from app.domain.document import DocumentKind, Measure
from app.station.boards import (
    DoneHour,
    OpenOrder,
    OrderGroup,
    Places,
    ScanHour,
    Stand,
    Waits,
    WrongScan,
)

# Places where goods are kept; benches, docks and the like are ways through.
STORAGE = "bin"
# `2026-11-23T14` of an ISO moment.
_HOUR = 13
_DECIDED = (Measure.GOOD, Measure.HOLD, Measure.DAMAGED, Measure.SCRAPPED)
_LAST = "\U0010ffff"


class BoardRows(Lookups):
    """Implements `app.station.boards.BoardWork`."""

    def order_groups(self, now: str) -> tuple[OrderGroup, ...]:
        """Orders by where they stand and when they are due."""
        return tuple(
            OrderGroup(Stand(row.stand), row.hour, bool(row.late), row.orders, row.left)
            for row in self.connection.execute(_GROUPS, {"now": now})
        )

    def open_orders(
        self, limit: int, after: tuple[str, str] | None = None, until: str = ""
    ) -> tuple[OpenOrder, ...]:
        """Orders that have not left, by cut-off."""
        due, number = after or ("", "")
        values = {
            "due": (due or _LAST) if after else "",
            "number": number,
            "until": until or _LAST + _LAST,
            "limit": limit,
        }
        return tuple(_open_order(row) for row in self.connection.execute(_OPEN_ORDERS, values))

    def open_order(self, order: str) -> OpenOrder | None:
        """One of them."""
        row = self.connection.execute(_OPEN_ORDER, {"order": order}).one_or_none()
        return None if row is None else _open_order(row)

    def done_hours(self, since: str) -> tuple[DoneHour, ...]:
        """What this station packed by hour."""
        first = first_since(self.connection, operation.c.n, operation.c.recorded_at, since)
        values = {"first": first, "since": since}
        units: Counter[str] = Counter()
        orders: Counter[str] = Counter()
        for row in self.connection.execute(_DONE, values):
            units[row.hour] += row.units
            orders[row.hour] += row.orders
        for row in self.connection.execute(_UNDONE, values):
            units[row.hour] -= row.units
        return tuple(DoneHour(hour, units[hour], orders[hour]) for hour in sorted(units))

    def scan_hours(self, since: str) -> tuple[ScanHour, ...]:
        """Scans at this station by hour."""
        first = first_since(self.connection, scan.c.id, scan.c.at, since)
        rows = self.connection.execute(_SCANS, {"first": first, "since": since})
        return tuple(ScanHour(row.hour, row.scans, row.wrong) for row in rows)

    def wrong_scans(self, since: str, limit: int, before: int = 0) -> tuple[WrongScan, ...]:
        """Refused scans, the latest first."""
        s = scan.c
        first = first_since(self.connection, s.id, s.at, since)
        wanted = select(s.id, s.at, s.shown, s.why).where(
            s.id >= first, s.at >= since, s.fate == "refused"
        )
        if before:
            wanted = wanted.where(s.id < before)
        rows = self.connection.execute(wanted.order_by(s.id.desc()).limit(limit))
        return tuple(WrongScan(*row) for row in rows)

    def outbox(self, limit: int, after: int = 0) -> tuple[Waits, ...]:
        """What the ledger has not confirmed, the oldest first."""
        o = operation.c
        wanted = select(o.n, o.recorded_at, o.kind, o.about, o.transport, o.attempts)
        rows = self.connection.execute(wanted.where(OPEN, o.n > after).order_by(o.n).limit(limit))
        return tuple(Waits(*row) for row in rows)

    def dispositions(self) -> dict[str, int]:
        """Returned units by what was decided of them."""
        found = {row.measure: int(row.units) for row in self.connection.execute(_DECIDED_UNITS)}
        return {one.value: found.get(one.value, 0) for one in _DECIDED}

    def held_by(self) -> dict[str, int]:
        """Documents in hand by station."""
        c = claim.c
        rows = self.connection.execute(
            select(c.station, func.count().label("n"))
            .where(c.state == "claimed", c.station != "")
            .group_by(c.station)
            .order_by(c.station)
        )
        return {row.station: row.n for row in rows}

    def storage(self) -> Places:
        """Places for goods, and how many are filled."""
        row = self.connection.execute(_STORAGE).one()
        return Places(row.all, row.filled or 0)

    def empty_places(self, limit: int, after: str = "") -> tuple[str, ...]:
        """Storage places that hold nothing, by name."""
        rows = self.connection.execute(_EMPTY, {"after": after, "limit": limit})
        return tuple(row.location for row in rows)


def _open_order(row: Row[Any]) -> OpenOrder:
    return OpenOrder(row.order, row.ship_before, row.units, row.done, Stand(row.stand), row.station)


# How far each order has come, by all stations as told and by this one as recorded, and where it
# stands. A seek for each order: 5,000 orders of five lines take 5 ms.
_DONE_OF = " + ".join(
    f'coalesce((SELECT sum(p.packed + p.short) FROM {table} p WHERE p."order" = d."order"), 0)'
    for table in ("progress", "advance")
)
_ORDERS = f"""orders AS (
  SELECT d."order", d.state, d.ship_before, d.units, coalesce(c.station, '') AS station,
         c.document IS NOT NULL AS claimed, {_DONE_OF} AS done
    FROM order_document d
    LEFT JOIN claim c ON c.kind = 'order' AND c.document = d."order" AND c.state = 'claimed'
   WHERE d.state IN ('released', 'held')),
standing AS (
  SELECT *, CASE WHEN state = 'held' THEN 'held' WHEN done >= units THEN 'packed'
                 WHEN done > 0 OR claimed THEN 'in_work' ELSE 'open' END AS stand
    FROM orders)"""
_GROUPS = sql(
    f"""WITH {_ORDERS}
SELECT stand, substr(ship_before, 1, {_HOUR}) AS hour,
       ship_before > '' AND ship_before < :now AS late,
       count(*) AS orders, sum(max(units - done, 0)) AS "left"
  FROM standing GROUP BY 1, 2, 3
 UNION ALL
SELECT 'shipped', '', 0, count(*), 0 FROM order_document WHERE state = 'shipped'"""
)
# What has no cut-off comes after everything that has one.
_LATER = f"CASE ship_before WHEN '' THEN '{_LAST}' ELSE ship_before END"
_OPEN_ORDERS = sql(
    f"""WITH {_ORDERS}
SELECT "order", ship_before, units, done, stand, station
  FROM standing
 WHERE ({_LATER}, "order") > (:due, :number) AND {_LATER} < :until
 ORDER BY {_LATER}, "order" LIMIT :limit"""
)
_OPEN_ORDER = sql(f"""WITH {_ORDERS} SELECT * FROM standing WHERE "order" = :order""")
_DONE = sql(
    f"""SELECT substr(recorded_at, 1, {_HOUR}) AS hour,
       sum(CASE kind WHEN 'pack' THEN units WHEN 'unpack' THEN -units ELSE 0 END) AS units,
       count(DISTINCT CASE kind WHEN 'ship' THEN about END) AS orders
  FROM operation
 WHERE kind IN ('pack', 'unpack', 'ship') AND n >= :first AND recorded_at >= :since
 GROUP BY 1"""
)
_UNDONE = sql(
    f"""SELECT substr(r.recorded_at, 1, {_HOUR}) AS hour,
       sum(CASE o.kind WHEN 'pack' THEN o.units ELSE -o.units END) AS units
  FROM operation r JOIN operation o ON o.id = r.reverses
 WHERE r.kind = 'reverse' AND r.n >= :first AND r.recorded_at >= :since
   AND o.kind IN ('pack', 'unpack')
 GROUP BY 1"""
)
_SCANS = sql(
    f"""SELECT substr(at, 1, {_HOUR}) AS hour, count(*) AS scans, sum(fate = 'refused') AS wrong
  FROM scan
 WHERE id >= :first AND at >= :since AND fate IN ('applied', 'refused', 'held')
   AND why NOT LIKE 'interrupted%'
 GROUP BY 1 ORDER BY 1"""
)
_HOLDS = """EXISTS (SELECT 1 FROM balance b WHERE b.location = l.location AND b.quantity > 0)"""
_STORAGE = sql(
    f"""SELECT count(*) AS "all", sum({_HOLDS}) AS filled
  FROM location l WHERE l.kind = '{STORAGE}'"""
)
_EMPTY = sql(
    f"""SELECT l.location FROM location l
 WHERE l.kind = '{STORAGE}' AND l.location > :after AND NOT {_HOLDS}
 ORDER BY l.location LIMIT :limit"""
)


def _returned() -> Select[tuple[str, int]]:
    both = union_all(
        *(
            select(table.c.measure, table.c.quantity).where(
                table.c.kind == DocumentKind.RETURN.value
            )
            for table in (tally, pending_tally)
        )
    ).subquery()
    return select(both.c.measure, func.sum(both.c.quantity).label("units")).group_by(both.c.measure)


_DECIDED_UNITS = _returned()
