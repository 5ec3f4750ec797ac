"""What counts are judged by: moves after a count's position, earlier counts of the same places.

Read only when a group has counts, decisions about them, or moves at places that were counted after
what their station had seen. A count says what was seen at a position of the book; which moves came
before it is told by positions alone, never by clocks.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import Operation, OutcomeRow
from app.domain.operation import StockKey
from app.ledger.database import Database
from app.ledger.tables import balance, counted, counter, feed, operation, posting

if TYPE_CHECKING:
    from app.ledger.arrivals import Arrival
    from app.ledger.book import Book, Effect
    from app.ledger.touched import Touched

_outcome = msgspec.json.Decoder(OutcomeRow).decode

# What becomes of a counted line. Nothing differs; it waits for silent stations, for another person,
# for the adjustment a controller accepted; it became one; a later count took its place; its
# position is of a lost epoch.
DONE = "done"
PROVISIONAL = "provisional"
RECOUNT = "recount"
ACCEPTED = "accepted"
ADJUSTED = "adjusted"
SUPERSEDED = "superseded"
LOST = "lost"
# Lines a later count of the same place takes over.
OPEN = frozenset({PROVISIONAL, RECOUNT, ACCEPTED})
# Lines a move that comes in late can put in doubt; of the open ones it is asked before they end.
ENDED = frozenset({DONE, ACCEPTED, ADJUSTED})


@dataclass(frozen=True, slots=True)
class Move:
    """A posting behind a count's position.

    Attributes:
        feed_seq: Where the feed tells it.
        quantity: Signed.
        enrolment: Who recorded it.
        seq: Its place in their chain.
        id: Its operation.
    """

    feed_seq: int
    quantity: int
    enrolment: str
    seq: int
    id: str


@dataclass(slots=True)
class Counted:
    """What a count saw at one stock key.

    Attributes:
        operation: The count.
        n: Which of its places.
        document: The count plan, or empty.
        key: Where.
        stock: Its number.
        quantity: Seen.
        expected: What the book said there and then.
        as_of: Position of the feed the count's station had seen.
        enrolment_n: Who recorded the count.
        seq: Its place in their chain.
        actor: Who counted.
        state: A word of this module.
        adjust: The adjustment it became.
        at: When the ledger had it.
        feed_seq: Where the feed tells of the count; 0 in its own transaction.
        changed: Whether this transaction made or changed it.
    """

    operation: str
    n: int
    document: str
    key: StockKey
    stock: int
    quantity: int
    expected: int
    as_of: int
    enrolment_n: int
    seq: int
    actor: str
    state: str
    adjust: str = ""
    at: str = ""
    feed_seq: int = 0
    changed: bool = False

    @property
    def variance(self) -> int:
        """How much more was seen than expected."""
        return self.quantity - self.expected


@dataclass(slots=True)
class Counting:
    """What is known of counts in one transaction.

    Attributes:
        active: Whether something here counts, so that what is posted must be noted.
        moves: By stock key, behind the earliest position counted from there.
        posted: What this transaction has posted: enrolment, place in its chain, effect.
        lines: Counted lines, by count and place.
        here: Open lines by stock key.
        watched: Ended lines whose count a station had not seen yet, by stock key.
    """

    active: bool = False
    moves: dict[StockKey, list[Move]] = field(default_factory=dict)
    posted: "list[tuple[str, int, Effect]]" = field(default_factory=list)
    lines: dict[tuple[str, int], Counted] = field(default_factory=dict)
    here: dict[StockKey, list[Counted]] = field(default_factory=dict)
    watched: dict[StockKey, list[Counted]] = field(default_factory=dict)

    def add(self, line: Counted) -> None:
        """Put a line into the book."""
        self.lines[line.operation, line.n] = line
        if line.state in OPEN:
            self.here.setdefault(line.key, []).append(line)

    @property
    def counts(self) -> set[str]:
        """Counts of this site that lines here are of."""
        return {operation for operation, _ in self.lines}

    def of(self, operation_id: str) -> list[Counted]:
        """The lines of one count, in order."""
        return [line for (id_, _), line in sorted(self.lines.items()) if id_ == operation_id]


def read(
    database: Database,
    connection: Connection,
    book: "Book",
    touched: "Touched",
    arrivals: Sequence["Arrival"],
) -> None:
    """Read what counts here, and what was counted where something moves late."""
    counting = book.counting
    if touched.counts or touched.settled or touched.count_adjusts:
        _read_lines(database, connection, book, touched)
    if touched.counts:
        counting.active = True
        _read_moves(database, connection, book, touched.counts)
    _read_watched(database, connection, book, arrivals)


def moves_behind(
    database: Database, connection: Connection, site_n: int, spots: Iterable[tuple[int, int]]
) -> dict[int, list[Move]]:
    """Postings at stock keys behind positions of the feed, by the keys' numbers.

    Args:
        database: The ledger's.
        connection: The transaction.
        site_n: Whose feed.
        spots: Numbers of stock keys and positions.
    """
    least: dict[int, int] = {}
    for stock, cursor in spots:
        least[stock] = min(cursor, least.get(stock, cursor))
    by_cursor: dict[int, list[int]] = defaultdict(list)
    for stock, cursor in least.items():
        by_cursor[cursor].append(stock)
    p, found = posting.c, defaultdict[int, list[Move]](list)
    for cursor, stocks in sorted(by_cursor.items()):
        rows = connection.execute(
            sa.select(p.stock, p.feed_seq, p.quantity, feed.c.body)
            .join(feed, sa.and_(feed.c.site_n == p.site_n, feed.c.seq == p.feed_seq))
            .where(
                p.site_n == site_n,
                database.in_set(p.stock, sorted(stocks)),
                p.feed_seq > cursor,
            )
            .order_by(p.feed_seq, p.n)
        )
        for stock, feed_seq, quantity, body in rows:
            told = _outcome(body)
            found[stock].append(Move(feed_seq, quantity, told.enrolment, told.seq, told.id))
    return found


def write(database: Database, connection: Connection, book: "Book") -> None:
    """Write lines that were made or changed."""
    changed = [line for _, line in sorted(book.counting.lines.items()) if line.changed]
    if not changed:
        return
    database.upsert(
        connection,
        counted,
        [
            (
                line.operation, line.n, book.site_n, line.document, line.stock, line.quantity,
                line.expected, line.as_of, line.enrolment_n, line.seq, line.actor, line.state,
                line.adjust, line.at,
            )
            for line in changed
        ],
    )  # fmt: skip


def note(database: Database, connection: Connection, book: "Book") -> None:
    """Note how far the site has been counted, once the feed is written."""
    if any(line.feed_seq == 0 for line in book.counting.lines.values()):
        seq, _ = book.left[book.site_n]
        database.upsert(connection, counter, [(_watch(book.site_n), seq)])


def line_of(row: Any) -> Counted:
    """A row of `lines_where`."""
    key = StockKey(row.location, row.item, row.lot, row.serial, row.condition)
    return Counted(
        row.operation, row.n, row.document, key, row.stock, row.quantity, row.expected, row.as_of,
        row.enrolment_n, row.seq, row.actor, row.state, row.adjust, row.at, row.feed_seq,
    )  # fmt: skip


def lines_where(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Counted lines with their stock keys and the feed positions of their counts."""
    b = balance.c
    return (
        sa.select(counted, operation.c.feed_seq, b.location, b.item, b.lot, b.serial, b.condition)
        .join(operation, operation.c.id == counted.c.operation)
        .join(balance, b.stock == counted.c.stock)
        .where(*conditions)
        .order_by(counted.c.operation, counted.c.n)
    )


def _read_lines(
    database: Database, connection: Connection, book: "Book", touched: "Touched"
) -> None:
    c = counted.c
    stocks = {book.cells[key].stock for key, _ in touched.counts}
    names = sorted(touched.settled | touched.count_adjusts)
    wanted = sa.or_(
        database.in_set(c.operation, names),
        sa.and_(database.in_set(c.stock, sorted(stocks)), c.state.in_(sorted(OPEN))),
    )
    rows = connection.execute(
        lines_where(c.site_n == book.site_n, wanted).with_for_update(of=counted)
    )
    for row in rows.all():
        book.counting.add(line_of(row))


def _read_moves(
    database: Database, connection: Connection, book: "Book", counts: Iterable[tuple[StockKey, int]]
) -> None:
    cells = book.cells
    spots = [(cells[key].stock, cursor) for key, cursor in counts]
    numbers = {cells[key].stock: key for key, _ in counts}
    found = moves_behind(database, connection, book.site_n, spots)
    book.counting.moves = {numbers[stock]: moves for stock, moves in found.items()}


def _read_watched(
    database: Database, connection: Connection, book: "Book", arrivals: Sequence["Arrival"]
) -> None:
    """Counts that stations had not seen when they recorded what moves here."""
    if not book.cells:
        return
    name = _watch(book.site_n)
    last = connection.execute(sa.select(counter.c.seq).where(counter.c.name == name)).scalar()
    if not last:
        return
    late = {
        book.cells[posted.key].stock
        for one in arrivals
        if one.postings and one.operation is not None and _is_late(one.operation, last, book.epoch)
        for posted in one.postings
        if posted.key in book.cells
    }
    if not late:
        return
    c = counted.c
    rows = connection.execute(
        lines_where(database.in_set(c.stock, sorted(late)), c.state.in_(sorted(ENDED)))
    )
    for row in rows.all():
        line = line_of(row)
        book.counting.watched.setdefault(line.key, []).append(line)


def _is_late(recorded: Operation, last: int, epoch: str) -> bool:
    """Whether something was recorded without having seen the last count."""
    return recorded.as_of.cursor < last or recorded.as_of.epoch != epoch


def _watch(site_n: int) -> str:
    """The counter that says where the feed stood after the last count of a site."""
    return f"counted {site_n}"
