"""Whether what was signed still holds: marks of stations, checkpoints of the feed, the journal.

The part of the nightly check that a rewritten and rehashed chain does not pass: the signatures are
of keys this database does not have, or were given away long ago.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from app.contract import chain
from app.ledger import feed
from app.ledger.checking import PIECE, Counted, Difference
from app.ledger.database import Database
from app.ledger.journal import event_bytes, event_of
from app.ledger.sites import SiteRef
from app.ledger.tables import (
    device_key,
    enrolment,
    link,
    operation,
    site_mark,
    station_mark,
)
from app.ledger.tables import feed as feed_table
from app.ledger.tables import journal as journal_table


def marks(database: Database, site: SiteRef, counted: Counted) -> Iterator[Difference]:
    """What stations signed is what their chains are; the last mark of each is by its own key."""
    e = enrolment.c
    with database.read() as connection:
        found = connection.execute(
            sa.select(e.n, e.id, e.station, e.public_key).where(e.site_n == site.n).order_by(e.n)
        ).all()
    for one in found:
        after = 0
        while True:
            with database.frozen() as connection:
                piece = _marks(connection, one.n, after)
                keys = _keys(connection, one)
            for row in piece:
                if row.digest != row.stands:
                    yield Difference(
                        check="mark", name=f"{one.station} {row.seq}", expected=row.digest,
                        found=row.stands or "nothing",
                    )  # fmt: skip
            counted(len(piece))
            if piece and len(piece) < PIECE:
                yield from _signed(one, piece[-1], keys)
            if len(piece) < PIECE:
                break
            after = piece[-1].seq


def checkpoints(database: Database, site: SiteRef, counted: Counted) -> Iterator[Difference]:
    """The feed is at every place what the ledger signed of it in this epoch."""
    s, f = site_mark.c, feed_table.c
    with database.frozen() as connection:
        rows = connection.execute(
            sa.select(s.seq, s.chain, f.chain.label("stands"))
            .outerjoin(feed_table, sa.and_(f.site_n == s.site_n, f.seq == s.seq))
            .where(s.site_n == site.n, s.epoch == feed.epoch(connection), s.seq > 0)
            .order_by(s.seq)
        ).all()
    for row in rows:
        if row.chain != row.stands:
            yield Difference(
                check="checkpoint", name=f"row {row.seq}", expected=row.chain,
                found=row.stands or "nothing",
            )  # fmt: skip
    counted(len(rows))


def journal(database: Database, counted: Counted) -> Iterator[Difference]:
    """The journal is one chain, and its events are what was chained."""
    j = journal_table.c
    last, digest = 0, chain.GENESIS
    while True:
        with database.frozen() as connection:
            piece = connection.execute(
                sa.select(journal_table).where(j.n > last).order_by(j.n).limit(PIECE)
            ).all()
        for row in piece:
            follows = chain.next_chain(digest, event_bytes(event_of(row)))
            if (row.n, row.hash) != (last + 1, follows):
                yield Difference(
                    check="journal", name=f"event {row.n}", expected=f"{last + 1} {follows}",
                    found=f"{row.n} {row.hash}",
                )  # fmt: skip
            last, digest = row.n, row.hash
        counted(len(piece))
        if len(piece) < PIECE:
            return


def _marks(connection: Connection, enrolment_n: int, after: int) -> Sequence[Any]:
    m, o, k = station_mark.c, operation.c, link.c
    return connection.execute(
        sa.select(
            m.seq, m.digest, m.signature, sa.func.coalesce(o.digest, k.digest).label("stands")
        )
        .outerjoin(operation, sa.and_(o.enrolment_n == m.enrolment_n, o.seq == m.seq))
        .outerjoin(link, sa.and_(k.enrolment_n == m.enrolment_n, k.seq == m.seq))
        .where(m.enrolment_n == enrolment_n, m.seq > after)
        .order_by(m.seq)
        .limit(PIECE)
    ).all()


def _keys(connection: Connection, one: Any) -> list[str]:
    """Every key this enrolment ever had."""
    d = device_key.c
    former = connection.execute(sa.select(d.public_key).where(d.enrolment_n == one.n)).scalars()
    return [one.public_key, *former]


def _signed(one: Any, row: Any, keys: Sequence[str]) -> Iterator[Difference]:
    message = chain.head_bytes(one.id, row.seq, row.digest)
    if not any(_is_by(key, row.signature, message) for key in keys):
        yield Difference(
            check="mark", name=f"{one.station} {row.seq}", expected="signed by the station",
            found="another signature",
        )  # fmt: skip


def _is_by(key: str, signature: str, message: bytes) -> bool:
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
