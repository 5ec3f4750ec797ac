"""A site's feed: collected in memory, numbered and chained in the last statement group.

The counter row is taken last, so that other transactions wait for it only while rows are written
(measured: nothing lost, and three times the rate of taking it first).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract import chain
from app.contract.messages import FeedBody
from app.ledger.book import Head
from app.ledger.database import Database
from app.ledger.locks import HEAD, MASTER, lock_feed
from app.ledger.tables import counter, feed, meta, site_feed

_encode = msgspec.json.Encoder().encode

_SITE = site_feed.c.site_n == sa.bindparam("site_n")
_EPOCH = sa.select(meta.c.value).where(meta.c.name == "epoch")
_MASTER = sa.select(counter.c.seq).where(counter.c.name == MASTER)
_CHAIN_AT = sa.select(feed.c.chain).where(
    feed.c.site_n == sa.bindparam("site_n"), feed.c.seq == sa.bindparam("cursor")
)
_STANDING = sa.select(
    _EPOCH.scalar_subquery(),
    _CHAIN_AT.scalar_subquery(),
    sa.select(site_feed.c.seq).where(_SITE).scalar_subquery(),
    _MASTER.scalar_subquery(),
)
_GROW = (
    sa.update(site_feed)
    .where(site_feed.c.site_n == sa.bindparam("which"))
    .values(seq=sa.bindparam("to_seq"), chain=sa.bindparam("to_chain"))
)


def append(
    database: Database, connection: Connection, site_n: int, bodies: Sequence[FeedBody]
) -> tuple[int, Head]:
    """Number, chain and write rows; the transaction should do little after this.

    Returns:
        The feed position of the first row, and where the feed stands now.
    """
    before, head = lock_feed(connection, site_n)
    master = master_head(connection)

    def rows() -> Iterator[tuple[int, int, int, str, bytes]]:
        nonlocal head
        for seq, body in enumerate(bodies, before + 1):
            raw = _encode(body)
            head = chain.next_chain(head, raw)
            yield site_n, seq, master, head, raw

    database.insert(connection, feed, rows())
    now = before + len(bodies), head
    connection.execute(_GROW, {"which": site_n, "to_seq": now[0], "to_chain": now[1]})
    return before + 1, now


def epoch(connection: Connection) -> str:
    """Which history this is; changes when the ledger is restored."""
    return str(connection.execute(_EPOCH).scalar_one())


def master_head(connection: Connection) -> int:
    """The last row of the master feed that is committed, or written in this transaction."""
    return int(connection.execute(_MASTER).scalar_one())


def head(connection: Connection, site_n: int) -> tuple[int, str]:
    """The last row of a site's feed and the chain there, without a lock."""
    row = connection.execute(HEAD, {"site_n": site_n}).one()
    return row.seq, row.chain


def heads(database: Database) -> dict[int, int]:
    """The last row of every site's feed."""
    with database.read() as connection:
        rows = connection.execute(sa.select(site_feed.c.site_n, site_feed.c.seq))
        return {row[0]: row[1] for row in rows}


def news(database: Database) -> dict[int, int]:
    """A number for each site that grows with its feed and with the master feed, for who waits."""
    with database.read() as connection:
        master = sa.select(counter.c.seq).where(counter.c.name == MASTER).scalar_subquery()
        rows = connection.execute(sa.select(site_feed.c.site_n, site_feed.c.seq + master))
        return {row[0]: row[1] for row in rows}


def chain_at(connection: Connection, site_n: int, cursor: int) -> str | None:
    """The chain at a position, or None beyond the end."""
    if cursor == 0:
        return chain.GENESIS
    asked = {"site_n": site_n, "cursor": cursor}
    return connection.execute(_CHAIN_AT, asked).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where everything stands that a page of the feed tells.

    Attributes:
        epoch: Which history this is.
        chain: The chain at the cursor asked about; None beyond the end.
        head: The last row of the site's feed.
        master: The last row of the master feed.
    """

    epoch: str
    chain: str | None
    head: int
    master: int


def standing(connection: Connection, site_n: int, cursor: int) -> Standing:
    """Everything a page tells beside its rows, by one statement."""
    row = connection.execute(_STANDING, {"site_n": site_n, "cursor": cursor}).one()
    return Standing(row[0], row[1] if cursor else chain.GENESIS, row[2], row[3])


def is_same_history(connection: Connection, site_n: int, cursor: int, claimed: str) -> bool:
    """Whether a station's cursor and chain lie on this feed; an empty chain means the start."""
    if cursor == 0 and not claimed:
        return True
    return chain_at(connection, site_n, cursor) == claimed
