"""Places to count: between two names, by what lies there, by when this station counted them."""

from sqlalchemy import bindparam, select
from sqlalchemy import text as sql

from app.cache.lookups import Lookups
from app.cache.tables import location, operation
from app.contract.messages import operation_body
from app.domain.operation import Kind

# Shares of the value on hand at which the classes end, in permille.
ENDS = {"a": (0, 800), "b": (800, 950), "c": (950, 1_000)}
# Evidence of a count: the place that was looked at as a whole.
PLACE = "place"


class ChoosingRows(Lookups):
    """Implements `app.station.choosing.ChoosingWork`."""

    def places_between(self, first: str, last: str, limit: int) -> tuple[str, ...]:
        """Locations from one name to another, whichever was named first."""
        low, high = sorted((first, last))
        rows = self.connection.execute(_BETWEEN, {"low": low, "high": high, "limit": limit})
        return tuple(rows.scalars())

    def places_of_class(self, letter: str, limit: int) -> tuple[tuple[str, str], ...]:
        """Places and items of a class, the most value first."""
        begins, ends = ENDS[letter]
        priced = self.connection.execute(_PRICED).scalar_one()
        about = {"begins": begins, "ends": ends, "priced": int(priced > 0), "limit": limit}
        rows = self.connection.execute(_OF_CLASS, about)
        return tuple((row.location, row.item) for row in rows)

    def places_with_stock(self, limit: int) -> tuple[str, ...]:
        """Locations in which something lies."""
        return tuple(self.connection.execute(_FILLED, {"limit": limit}).scalars())

    def counted_here(self, limit: int) -> dict[str, str]:
        """When each place was counted last at this station."""
        found: dict[str, str] = {}
        for row in self.connection.execute(_COUNTS.limit(limit)):
            body = operation_body.decode(row.body)
            places = {line.source for line in body.lines} | {str(body.evidence.get(PLACE, ""))}
            for place in places - {""}:
                found.setdefault(place, row.recorded_at)
        return found


_BETWEEN = (
    select(location.c.location)
    .where(location.c.location.between(bindparam("low"), bindparam("high")))
    .order_by(location.c.location)
    .limit(bindparam("limit"))
)
_COUNTS = (
    select(operation.c.body, operation.c.recorded_at)
    .where(operation.c.kind == Kind.COUNT.value)
    .order_by(operation.c.n.desc())
)
_FILLED = sql(
    """SELECT DISTINCT b.location FROM balance b JOIN location l ON l.location = b.location
 WHERE b.quantity > 0 ORDER BY b.location LIMIT :limit"""
)
_COST = "coalesce(json_extract(CAST(i.body AS TEXT), '$.cost'), 0)"
_WORTH = f"""SELECT b.item, sum(b.quantity) * CASE WHEN :priced THEN {_COST} ELSE 1 END AS worth
  FROM balance b JOIN location l ON l.location = b.location JOIN item i ON i.sku = b.item
 WHERE b.quantity > 0 GROUP BY b.item"""
_PRICED = sql(
    f"""SELECT coalesce(max({_COST}), 0)
  FROM balance b JOIN item i ON i.sku = b.item"""
)
# An item belongs to the class in which its own part of the running sum begins.
_OF_CLASS = sql(
    f"""WITH worth AS ({_WORTH}),
 ranked AS (SELECT item, worth,
       sum(worth) OVER (ORDER BY worth DESC, item) - worth AS before,
       sum(worth) OVER () AS whole FROM worth)
SELECT DISTINCT b.location, b.item, r.worth FROM ranked r JOIN balance b ON b.item = r.item
  JOIN location l ON l.location = b.location
 WHERE b.quantity > 0 AND r.before * 1000 >= r.whole * :begins
   AND r.before * 1000 < r.whole * :ends
 ORDER BY r.worth DESC, b.location, b.item LIMIT :limit"""
)
