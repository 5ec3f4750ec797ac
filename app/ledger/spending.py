"""What people have adjusted without anybody's approval today, and what items are worth.

Read and locked only when something in a group may be adjusted by somebody the ledger knows, so that
twenty small adjustments are seen as one large one, also when two processes post them at once. The
day is the ledger's: a station's clock put back opens no new one, and what was recorded offline over
several days counts on the day it arrives.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import ItemRow
from app.domain.operation import Kind
from app.ledger.database import Database
from app.ledger.tables import balance, counted, item, spent

if TYPE_CHECKING:
    from app.ledger.book import Book
    from app.ledger.touched import Touched

_item = msgspec.json.Decoder(ItemRow).decode


@dataclass(slots=True)
class Spent:
    """What one person has adjusted of one item today: so far, and by this transaction."""

    quantity: int = 0
    value: int = 0
    more_quantity: int = 0
    more_value: int = 0


@dataclass(slots=True)
class Spending:
    """What adjustments are judged by.

    Attributes:
        costs: Value of one base unit by SKU; 0 when nobody has said.
        spent: By person (one word for all accounts of a person) and SKU.
        counted: Who has counted which place today, person and location.
    """

    costs: dict[str, int] = field(default_factory=dict)
    spent: dict[tuple[str, str], Spent] = field(default_factory=dict)
    counted: set[tuple[str, str]] = field(default_factory=set)

    def of(self, person: str, sku: str) -> Spent:
        """What this person has adjusted of an item today."""
        return self.spent.setdefault((person, sku), Spent())

    def spend(self, person: str, amounts: Mapping[str, int]) -> None:
        """Note what was adjusted without approval: units by SKU."""
        for sku, quantity in amounts.items():
            now, value = self.of(person, sku), quantity * self.costs.get(sku, 0)
            now.quantity += quantity
            now.value += value
            now.more_quantity += quantity
            now.more_value += value


def read(
    database: Database,
    connection: Connection,
    book: "Book",
    touched: "Touched",
    person_of: Mapping[str, str],
) -> None:
    """Read and lock what concerns the adjustments that are touched.

    Args:
        database: The ledger's.
        connection: The transaction.
        book: Gets `spending`.
        touched: Names adjustments and reversals, each with who asks.
        person_of: One word for each actor who is somebody here; others always wait.
    """
    asked = set(_asked(book, touched))
    if not asked:
        return
    i, s = item.c, spent.c
    skus = sorted({sku for _, sku in asked})
    bodies = connection.execute(sa.select(i.body).where(database.in_set(i.sku, skus))).scalars()
    book.spending.costs = {row.sku: row.cost for row in map(_item, bodies)}
    wanted = {(person_of[actor], sku) for actor, sku in asked if actor in person_of}
    if not wanted:
        return
    _read_counted(database, connection, book, touched, person_of)
    # A row nobody has written yet cannot be locked: made first, with nothing in it.
    day = book.now[:10]
    database.upsert(
        connection,
        spent,
        [(book.site_n, person, sku, day, 0, 0) for person, sku in sorted(wanted)],
        adding=("quantity", "value"),
    )
    rows = connection.execute(
        sa.select(s.person, s.item, s.quantity, s.value).where(
            s.site_n == book.site_n,
            s.day == day,
            database.in_set(s.person, sorted({person for person, _ in wanted})),
            database.in_set(s.item, skus),
        )
    )
    for person, sku, quantity, value in rows:
        book.spending.spent[person, sku] = Spent(quantity, value)


def _read_counted(
    database: Database,
    connection: Connection,
    book: "Book",
    touched: "Touched",
    person_of: Mapping[str, str],
) -> None:
    """Who has counted today where something is adjusted: it should be another person."""
    places = {key.location for key in touched.keys}
    rows = connection.execute(
        sa.select(counted.c.actor, balance.c.location)
        .join(balance, balance.c.stock == counted.c.stock)
        .where(
            balance.c.site_n == book.site_n,
            database.in_set(balance.c.location, sorted(places)),
            counted.c.at >= book.now[:10],
        )
    )
    for actor, location in rows:
        book.spending.counted.add((person_of.get(actor, actor), location))


def _asked(book: "Book", touched: "Touched") -> Iterable[tuple[str, str]]:
    """Who may adjust what here: directly, or by taking an adjustment back."""
    yield from touched.adjusted
    for actor, original in touched.taken_back:
        row = book.told.get(original)
        if row is not None and row.kind == Kind.ADJUST:
            yield from ((actor, posted.item) for posted in row.postings)
        elif original in touched.ids or original in touched.settled:
            yield from ((actor, sku) for _, sku in touched.adjusted)


def write(database: Database, connection: Connection, book: "Book") -> None:
    """Add what this transaction has spent."""
    database.upsert(
        connection,
        spent,
        [
            (book.site_n, person, sku, book.now[:10], now.more_quantity, now.more_value)
            for (person, sku), now in sorted(book.spending.spent.items())
            if now.more_quantity or now.more_value
        ],
        adding=("quantity", "value"),
    )
