"""The one order in which the ledger takes row locks, and the statements that take them.

    1 enrolments   by id             the end of a chain; of the ledger's own: a site's promises
    2 operations   by id             implicit, on insert: a raced id fails, and everything is redone
    3 documents    by number         orders with their progress and claims
    4 lots         by item and lot   those whose expiry or status may change
    5 stock        of each site concerned, by site number: all its balances at once
                                    then what people have adjusted today, and counted places
    6 site feeds   by site number    last statement group: counter, chain, numbered rows
    7 master       one row           new lots are inserted under it: a raced one fails and is redone
    8 journal      its end           of acts that are no operations; see `app.ledger.journal`

Every transaction takes what it needs in this order, each step sorted, so that no two wait for each
other in a circle. SQLite has one writer (BEGIN IMMEDIATE) and takes no row locks; the same
statements simply read.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.chain import GENESIS
from app.contract.messages import OrderRow
from app.domain.document import DocumentKind
from app.ledger.book import Head, OrderBook, Sender
from app.ledger.database import Database
from app.ledger.tables import counter, document, enrolment, journal, site, site_feed

MASTER = "master"
ORDER = DocumentKind.ORDER.value
# Class of the advisory locks of step 5; the object is the site.
_STOCK = 0x5041434B
# Class of the advisory lock of step 8.
_JOURNAL = 0x4A4F5552

_order = msgspec.json.Decoder(OrderRow)

# Where a site's feed stands, without a lock.
HEAD = sa.select(site_feed.c.seq, site_feed.c.chain).where(
    site_feed.c.site_n == sa.bindparam("site_n")
)
_HEAD_LOCKED = HEAD.with_for_update()
_MASTER_LOCKED = sa.select(counter.c.seq).where(counter.c.name == MASTER).with_for_update()


def _senders(database: Database) -> sa.Select[Any]:
    e = enrolment.c
    return (
        sa.select(
            e.n, e.id, e.station, e.kind, e.state, e.seq, e.digest, site.c.claim_hold_s,
            e.public_key, e.protocol, e.contract,
        )
        .join(site, site.c.n == e.site_n)
        .where(database.in_listed(e.id, "ids"))
        .order_by(e.id)
        .with_for_update(of=enrolment)
    )  # fmt: skip


def _orders(database: Database) -> sa.Select[Any]:
    d = document.c
    return (
        sa.select(d.document, d.body, d.shipped)
        .where(
            d.site_n == sa.bindparam("site_n"),
            d.kind == ORDER,
            database.in_listed(d.document, "numbers"),
        )
        .order_by(d.document)
        .with_for_update()
    )


def lock_senders(
    database: Database, connection: Connection, ids: Iterable[str]
) -> dict[str, Sender]:
    """Step 1: enrolments and the ends of their chains."""
    rows = connection.execute(database.kept(_senders), {"ids": database.listed(ids)})
    return {row.id: Sender(*row) for row in rows}


def lock_orders(
    database: Database, connection: Connection, site_n: int, numbers: Iterable[str]
) -> dict[str, OrderBook]:
    """Step 3: orders; whoever holds one may change its progress and its claim."""
    asked = {"site_n": site_n, "numbers": database.listed(numbers)}
    rows = connection.execute(database.kept(_orders), asked)
    return {row.document: OrderBook(_order.decode(row.body), row.shipped) for row in rows}


def lock_stock(database: Database, connection: Connection, site_n: int) -> Head:
    """Step 5: all balances of a site; tells where its feed stands with them.

    The head is read by a statement of its own: one that has waited for the lock would still see
    the moment before.
    """
    if not database.is_sqlite:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s, %s)", (_STOCK, site_n))
    row = connection.execute(HEAD, {"site_n": site_n}).one()
    return row.seq, row.chain


def lock_feed(connection: Connection, site_n: int) -> Head:
    """Step 6: the last row of a site's feed, and the chain there."""
    row = connection.execute(_HEAD_LOCKED, {"site_n": site_n}).one()
    return row.seq, row.chain


def lock_master(connection: Connection) -> int:
    """Step 7: the last row of the master feed."""
    return int(connection.execute(_MASTER_LOCKED).scalar_one())


def lock_journal(database: Database, connection: Connection) -> tuple[int, str]:
    """Step 8: the last row of the journal, and its hash; read behind the lock, as in step 5."""
    if not database.is_sqlite:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s, 0)", (_JOURNAL,))
    j = journal.c
    row = connection.execute(sa.select(j.n, j.hash).order_by(j.n.desc()).limit(1)).first()
    return (row.n, row.hash) if row else (0, GENESIS)
