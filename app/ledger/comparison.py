"""The ledger against another system's list: stock by key, shipments by order, with thresholds.

Lists are compared by the parts of the key they have: one that knows no lots is compared with sums
over lots. A difference is a row of the report; more than the threshold of an item is an exception.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from app.domain.document import DocumentKind
from app.domain.operation import is_virtual
from app.ledger.book import Book
from app.ledger.checking import Difference
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.contradictions import Contradiction
from app.ledger.database import Database
from app.ledger.pages import Closing, Pages
from app.ledger.reconciliation import DIFFERS, EQUAL, MAX_TOLD, Report
from app.ledger.sites import SiteRef
from app.ledger.tables import balance, document, report
from app.ledger.writing import Writer

STOCK = "stock_list"
SHIPMENTS = "shipments"
PARTS = ("item", "location", "lot", "serial", "condition")
# Parts of a thousand of the larger number; what people agreed on before the first comparison.
PERMILLE = {STOCK: 2, SHIPMENTS: 5}
_PIECE = 5_000

Key = tuple[str, ...]
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Row:
    """A key whose quantity differs; `over`, when all of its item is beyond the threshold."""

    key: Key
    theirs: int
    ours: int
    over: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found: the report that is kept, and every row that differs."""

    report: Report
    rows: tuple[Row, ...]


class Comparison:
    """Compares.

    Args:
        database: The ledger's.
        clock: When.
        ids: Names reports and exceptions.
    """

    def __init__(self, database: Database, clock: Clock, ids: IdSource) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._writer = Writer(database, ids)

    def stock(self, site: SiteRef, parts: Sequence[str], theirs: Mapping[Key, int]) -> Compared:
        """Compare what lies in the building with a list of stock.

        Args:
            site: Where.
            parts: Words of `PARTS` the list's keys are made of; the first is the item.
            theirs: Units by key.
        """
        ours: Counter[Key] = Counter()
        for row in self._balances(site):
            ours[tuple(getattr(row, part) for part in parts)] += row.quantity
        return self._compared(site, STOCK, ours, theirs)

    def shipments(self, site: SiteRef, theirs: Mapping[Key, int]) -> Compared:
        """Compare units handed over, by order, with a list of shipments."""
        d = document.c
        with self._database.read() as connection:
            found = connection.execute(
                sa.select(d.document, d.shipped).where(
                    d.site_n == site.n, d.kind == DocumentKind.ORDER.value, d.shipped != 0
                )
            )
            ours: dict[Key, int] = {(number,): units for number, units in found}
        return self._compared(site, SHIPMENTS, ours, theirs)

    def _balances(self, site: SiteRef) -> Iterator[Any]:
        b = balance.c
        query = sa.select(b.item, b.location, b.lot, b.serial, b.condition, b.quantity).where(
            b.site_n == site.n, b.quantity != 0
        )
        with self._database.frozen() as connection:
            for row in connection.execution_options(yield_per=_PIECE).execute(query):
                if not is_virtual(row.location):
                    yield row

    def _compared(
        self, site: SiteRef, kind: str, ours: Mapping[Key, int], theirs: Mapping[Key, int]
    ) -> Compared:
        keys = sorted({*ours, *theirs})
        over = _over(kind, keys, ours, theirs)
        rows = tuple(
            Row(key, theirs.get(key, 0), ours.get(key, 0), key[0] in over)
            for key in keys
            if ours.get(key, 0) != theirs.get(key, 0)
        )
        made = Report(
            report=self._ids.new_id(),
            site=site.site,
            kind=kind,
            state=DIFFERS if rows else EQUAL,
            at=stamp(self._clock.now()),
            until=0,
            checked={"keys": len(keys), "over": len(over)},
            found=len(rows),
            differences=tuple(
                Difference(check=kind, name=" ".join(row.key), expected=row.theirs, found=row.ours)
                for row in rows[:MAX_TOLD]
            ),
        )
        self._keep(site, made, sorted(over))
        return Compared(made, rows)

    def _keep(self, site: SiteRef, made: Report, over: Sequence[str]) -> None:
        pages = Pages()
        pages.rows.append((list_differs(made, over), "") if over else Closing(_cause(made.kind)))
        with self._database.write() as connection:
            row = (made.report, site.n, made.kind, made.state, made.at, _encode(made))
            self._database.insert(connection, report, [row])
            self._writer.write(connection, Book(site.n, site.site, self._clock.now()), pages)


def _over(
    kind: str, keys: Sequence[Key], ours: Mapping[Key, int], theirs: Mapping[Key, int]
) -> set[str]:
    """Items whose differences together are beyond the threshold; signs do not cancel out."""
    off: Counter[str] = Counter()
    here: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for key in keys:
        off[key[0]] += abs(ours.get(key, 0) - theirs.get(key, 0))
        here[key[0]] += abs(ours.get(key, 0))
        there[key[0]] += abs(theirs.get(key, 0))
    return {
        name
        for name, units in off.items()
        if units * 1_000 > PERMILLE[kind] * max(here[name], there[name])
    }


def _cause(kind: str) -> str:
    return f"list_differs\n{kind}"


def list_differs(made: Report, over: Sequence[str]) -> Contradiction:
    """Another system's list and the ledger are further apart than agreed."""
    what = "stock" if made.kind == STOCK else "shipments"
    return Contradiction(
        "list_differs",
        _cause(made.kind),
        f"Another system's list of {what} is further from the ledger than agreed, for {len(over)} "
        f"of its numbers: {', '.join(name[:40] for name in over[:5])}. See report {made.report}.",
    )
