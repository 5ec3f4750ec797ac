"""A station's book against the ledger's: by digest, and by rows where the digests differ.

The ledger is ahead of every station; the digest of what it posted after the station's cursor is
taken off again, so nothing old has to be rebuilt. A difference is told to people as well: the
station mends itself, but why it differed is worth knowing.
"""

from collections import Counter
from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract import digest
from app.contract.digest import Digest, Key
from app.contract.messages import BalanceRow, DigestAnswer, DigestPage, DigestQuery, NotNow
from app.ledger import feed
from app.ledger.arrivals import PROTOCOL_MIN, too_old
from app.ledger.book import Book
from app.ledger.checking import Difference
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.contradictions import Contradiction
from app.ledger.database import Database
from app.ledger.exceptions import CLOSED
from app.ledger.pages import Closing, Pages
from app.ledger.posting import epoch_changed
from app.ledger.reconciliation import DIFFERS, Report
from app.ledger.sites import Who
from app.ledger.tables import balance, exception, posting, report
from app.ledger.writing import Writer

# Balances in one answer, unless a single bucket has more: about half a megabyte.
MAX_ROWS = 5_000
# A station further behind than this pulls first; what it would repair is being told anyway.
MAX_BEHIND = 50_000
STATION = "station"

_encode = msgspec.json.Encoder().encode


class Digests:
    """Compares stations' books with the ledger's.

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

    def compare(self, who: Who, query: DigestQuery) -> DigestAnswer:
        """Where a station's book differs from the ledger's at the station's cursor."""
        if query.protocol < PROTOCOL_MIN:
            return too_old()
        theirs = digest.from_texts(query.buckets)
        with self._database.frozen() as connection:
            problem = _unfit(connection, who, query)
            if problem is not None:
                return problem
            later = list(_later(connection, who, query.cursor))
            ours, sizes = _digest(connection, who, later)
            differing = digest.differing(ours, theirs)
            told = _fitting(differing, sizes)
            rows = list(_rows(connection, who, later, frozenset(told)))
        self._note(who, query, differing, ours)
        return DigestPage(
            epoch=query.epoch,
            cursor=query.cursor,
            differing=differing,
            told=told,
            rows=tuple(rows),
        )

    def _note(self, who: Who, query: DigestQuery, differing: tuple[int, ...], ours: Digest) -> None:
        """Tell people of a difference, or that there is none any more."""
        cause, pages = f"station_differs\n{who.station}", Pages()
        if differing:
            pages.rows.append((station_differs(who, cause, len(differing)), ""))
        elif self._is_open(who, cause):
            pages.rows.append(Closing(cause))
        else:
            return
        now = self._clock.now()
        with self._database.write() as connection:
            if differing:
                made = self._report(who, query, differing, ours, stamp(now))
                row = (made.report, who.site.n, made.kind, made.state, made.at, _encode(made))
                self._database.insert(connection, report, [row])
            self._writer.write(connection, Book(who.site.n, who.site.site, now), pages)

    def _report(
        self, who: Who, query: DigestQuery, differing: tuple[int, ...], ours: Digest, at: str
    ) -> Report:
        texts = digest.to_texts(ours)
        return Report(
            report=self._ids.new_id(),
            site=who.site.site,
            kind=STATION,
            state=DIFFERS,
            at=at,
            until=query.cursor,
            checked={"buckets": digest.BUCKETS},
            found=len(differing),
            differences=tuple(
                Difference(
                    check="digest",
                    name=f"{who.station} bucket {bucket}",
                    expected=texts[bucket],
                    found=query.buckets[bucket],
                )
                for bucket in differing
            ),
        )

    def _is_open(self, who: Who, cause: str) -> bool:
        e = exception.c
        with self._database.read() as connection:
            found = connection.execute(
                sa.select(e.id).where(e.site_n == who.site.n, e.cause == cause, e.state != CLOSED)
            ).first()
        return found is not None


def station_differs(who: Who, cause: str, count: int) -> Contradiction:
    """A station's book was not what the ledger had told it."""
    return Contradiction(
        "station_differs",
        cause,
        f"The book of {who.station} differed from the ledger's in {count} of {digest.BUCKETS} "
        "parts. The station mends it from the ledger. If it comes back, keep its log and enrol it "
        "anew.",
    )


def _unfit(connection: Connection, who: Who, query: DigestQuery) -> NotNow | None:
    epoch = feed.epoch(connection)
    same = feed.is_same_history(connection, who.site.n, query.cursor, query.chain)
    if query.epoch != epoch or not same:
        return epoch_changed(epoch)
    head, _ = feed.head(connection, who.site.n)
    if head - query.cursor > MAX_BEHIND:
        return NotNow(
            problem="retry_later",
            sentence="This book is too far behind to be compared. Pull the changes, then ask.",
            retry_after_s=1,
        )
    return None


def _later(connection: Connection, who: Who, cursor: int) -> Iterator[tuple[Key, int]]:
    b, p = balance.c, posting.c
    rows = connection.execute(
        sa.select(b.location, b.item, b.lot, b.serial, b.condition, p.quantity)
        .join(balance, b.stock == p.stock)
        .where(p.site_n == who.site.n, p.feed_seq > cursor)
    )
    for location, item, lot, serial, condition, quantity in rows:
        yield (location, item, lot, serial, condition), quantity


def _now(connection: Connection, who: Who) -> Iterator[tuple[Key, int]]:
    b = balance.c
    rows = connection.execution_options(yield_per=MAX_ROWS).execute(
        sa.select(b.location, b.item, b.lot, b.serial, b.condition, b.quantity).where(
            b.site_n == who.site.n, b.quantity != 0
        )
    )
    for location, item, lot, serial, condition, quantity in rows:
        yield (location, item, lot, serial, condition), quantity


def _digest(
    connection: Connection, who: Who, later: list[tuple[Key, int]]
) -> tuple[Digest, Counter[int]]:
    """The digest at the cursor, and about how many balances each bucket has."""
    sizes: Counter[int] = Counter()

    def sized() -> Iterator[tuple[Key, int]]:
        for n, row in enumerate(_now(connection, who)):
            # Every eighth is enough to know which buckets fit an answer.
            if n % 8 == 0:
                sizes[digest.bucket_of(row[0])] += 8
            yield row

    now = digest.digest(sized())
    return digest.minus(now, digest.digest(later)), sizes


def _fitting(differing: tuple[int, ...], sizes: Counter[int]) -> tuple[int, ...]:
    """The first buckets whose balances fit one answer; at least one, if any differs."""
    told: list[int] = []
    size = 0
    for bucket in differing:
        size += sizes[bucket]
        if told and size > MAX_ROWS:
            break
        told.append(bucket)
    return tuple(told)


def _rows(
    connection: Connection, who: Who, later: list[tuple[Key, int]], buckets: frozenset[int]
) -> Iterator[BalanceRow]:
    if not buckets:
        return
    then: Counter[Key] = Counter()
    for key, quantity in _now(connection, who):
        if digest.bucket_of(key) in buckets:
            then[key] += quantity
    for key, quantity in later:
        if digest.bucket_of(key) in buckets:
            then[key] -= quantity
    for (location, item, lot, serial, condition), quantity in sorted(then.items()):
        if quantity:
            yield BalanceRow(
                location=location,
                item=item,
                quantity=quantity,
                lot=lot,
                serial=serial,
                condition=condition,
            )
