"""Data from outside, applied: master rows, orders as documents, opening stock as operations.

Rows come in checked by themselves (`app.importing`); here they meet what the ledger knows. All or
nothing, unless good rows are wanted without the bad ones. Everything may be sent twice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
import sqlalchemy as sa

from app.contract.messages import BoxRow, ItemRow, LocationRow, OrderRow, PersonRow
from app.ledger.changelog import IMPORT
from app.ledger.database import Database
from app.ledger.ids import named_id
from app.ledger.masterdata import MasterData, Over, replaced
from app.ledger.orders import Orders
from app.ledger.own import OwnEnrolment
from app.ledger.sites import SiteRef, find_site
from app.ledger.sweeping import Sweeper
from app.ledger.tables import item, location, operation, site

R = TypeVar("R")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class StockLine:
    """Opening stock at one stock key."""

    location: str
    item: str
    quantity: int
    lot: str = ""
    serial: str = ""
    expiry: str = ""
    condition: str = "good"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row cannot be taken.

    Attributes:
        index: Its place among the rows handed in, from 0.
        column: Which value is at fault.
        sentence: What is wrong and what to do.
    """

    index: int
    column: str
    sentence: str


@dataclass(slots=True)
class Applied:
    """What an import came to."""

    written: int = 0
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)


class Imports:
    """Applies rows.

    Args:
        database: The ledger's.
        master: Writes master data.
        orders: Writes orders.
        own: Posts opening stock.
        sweeper: Closes what an import has answered.
    """

    def __init__(
        self,
        database: Database,
        master: MasterData,
        orders: Orders,
        own: OwnEnrolment,
        sweeper: Sweeper,
    ) -> None:
        self._database = database
        self.master = master
        self._orders = orders
        self._own = own
        self._sweeper = sweeper

    # ------------------------------------------------------------------ master data

    def items(
        self, rows: Sequence[ItemRow], *, partial: bool = False, over: Over = replaced
    ) -> Applied:
        """Add items, or new versions of those that differ.

        Args:
            rows: As wanted.
            partial: Take the good rows when there are bad ones.
            over: What a known item becomes when a row comes over it.
        """
        applied = Applied()
        good = self._without_flaws(rows, applied)
        if applied.problems and not partial:
            return applied
        with self._database.write() as connection:
            applied.written = self.master.put_items(connection, good, IMPORT, over)
        applied.unchanged = len({row.sku for row in good}) - applied.written
        self._sweeper.sweep()
        return applied

    def locations(self, rows: Sequence[LocationRow], *, partial: bool = False) -> Applied:
        """Add locations, or change what they are for."""
        applied = Applied()
        with self._database.read() as connection:
            found = connection.execute(sa.select(site.c.site, site.c.n))
            numbers: dict[str, int] = {row.site: row.n for row in found}
        _good(
            rows,
            lambda row: (
                ""
                if row.site in numbers
                else f"There is no site {row.site}. Add it with: packhouse ledger site add"
            ),
            "site",
            applied,
        )
        good = [row for row in self._without_flaws(rows, applied) if row.site in numbers]
        if applied.problems and not partial:
            return applied
        with self._database.write() as connection:
            applied.written = self.master.put_locations(
                connection, [(numbers[row.site], row) for row in good], IMPORT
            )
        applied.unchanged = len(good) - applied.written
        return applied

    def people(self, rows: Sequence[PersonRow]) -> Applied:
        """Add people, or what changed about them."""
        return self._things("person", {row.person: row for row in rows})

    def boxes(self, rows: Sequence[BoxRow]) -> Applied:
        """Add box presets, or what changed about them."""
        return self._things("box", {row.box: row for row in rows})

    def _things(self, kind: str, rows: Mapping[str, PersonRow | BoxRow]) -> Applied:
        with self._database.write() as connection:
            written = self.master.put_things(connection, kind, rows, IMPORT)
        return Applied(written, len(rows) - written)

    def _without_flaws(self, rows: Sequence[R], applied: Applied) -> list[R]:
        """The rows that keep every rule; what is wrong with the others goes to `applied`."""
        flaws = self.master.flaws(rows)
        applied.problems.extend(
            RowProblem(flaw.index, flaw.column, flaw.sentence) for flaw in flaws
        )
        bad = {flaw.index for flaw in flaws}
        return [row for index, row in enumerate(rows) if index not in bad]

    # ------------------------------------------------------------------ orders and stock

    def orders(self, site_name: str, rows: Sequence[OrderRow], *, partial: bool = False) -> Applied:
        """Add orders, or new versions of those that differ, and assign new ones to stations."""
        applied = Applied()
        with self._database.read() as connection:
            where = find_site(connection, site_name)
            skus = self._known_items(connection, {line.item for row in rows for line in row.lines})
        good = _good(
            rows,
            lambda row: _missing(skus, (line.item for line in row.lines)),
            "sku",
            applied,
        )
        if applied.problems and not partial:
            return applied
        applied.written, applied.unchanged, closed = self._orders.put(where, good)
        places = {row.order: index for index, row in enumerate(rows)}
        applied.problems.extend(
            RowProblem(
                places[number],
                "order",
                f"Order {number} is shipped or cancelled already; it was left as it is.",
            )
            for number in closed
        )
        return applied

    def stock(
        self,
        site_name: str,
        lines: Sequence[StockLine],
        *,
        partial: bool = False,
        progress: Progress | None = None,
    ) -> Applied:
        """Post opening stock, once for ever at each stock key.

        Interrupted half-way, the same import again posts the rest.

        Args:
            site_name: Where.
            lines: What lies where.
            partial: Post the good lines when there are bad ones.
            progress: Told how many of how many are posted.
        """
        applied = Applied()
        with self._database.read() as connection:
            where = find_site(connection, site_name)
            skus = self._known_items(connection, {line.item for line in lines})
            places = set(
                connection.execute(
                    sa.select(location.c.location).where(location.c.site_n == where.n)
                ).scalars()
            )
            before = self._opened(connection, [opening_id(where, line) for line in lines])
        fresh: list[StockLine] = []
        for index, line in enumerate(lines):
            problem = _stock_problem(line, skus, places, before.get(opening_id(where, line)))
            if problem is not None:
                applied.problems.append(RowProblem(index, *problem))
            elif opening_id(where, line) in before:
                applied.unchanged += 1
            else:
                fresh.append(line)
        if applied.problems and not partial:
            return applied
        self._own.post_stock(where, [(opening_id(where, line), line) for line in fresh], progress)
        applied.written = len(fresh)
        return applied

    def _known_items(self, connection: sa.Connection, skus: set[str]) -> set[str]:
        found = sa.select(item.c.sku).where(self._database.in_set(item.c.sku, sorted(skus)))
        return set(connection.execute(found).scalars())

    def _opened(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, int]:
        """Quantities of opening stock that was posted before, by id."""
        rows = connection.execute(
            sa.select(operation.c.id, operation.c.body).where(
                self._database.in_set(operation.c.id, ids)
            )
        )
        return {row.id: int(msgspec.json.decode(row.body)["lines"][0]["quantity"]) for row in rows}


def opening_id(where: SiteRef, line: StockLine) -> str:
    """The one id opening stock at a stock key can have, whoever imports it."""
    parts = (where.site, line.location, line.item, line.lot, line.serial, line.condition)
    return named_id("packhouse opening stock 1", *parts)


def _stock_problem(
    line: StockLine, skus: set[str], places: set[str], before: int | None
) -> tuple[str, str] | None:
    if line.item not in skus:
        return "sku", f"Item {line.item} is not known. Import items first."
    if line.location not in places:
        return "location", f"Location {line.location} is not known. Import locations first."
    if before is not None and before != line.quantity:
        return (
            "quantity",
            f"Opening stock of {line.item} at {line.location} was posted before with {before}. "
            "Count the place instead.",
        )
    return None


def _missing(known: set[str], skus: Iterable[str]) -> str:
    missing = next((sku for sku in skus if sku not in known), None)
    return f"Item {missing} is not known. Import items first." if missing else ""


def _good(rows: Sequence[R], problem: Callable[[R], str], column: str, applied: Applied) -> list[R]:
    good: list[R] = []
    for index, row in enumerate(rows):
        sentence = problem(row)
        if sentence:
            applied.problems.append(RowProblem(index, column, sentence))
        else:
            good.append(row)
    return good
