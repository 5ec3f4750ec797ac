"""Ends of stations' chains as their device keys signed them, batch by batch: the ledger's evidence.

Whoever rewrites a chain in this database has not the key of the station that signed it. One row a
batch is enough, because a digest covers everything before it.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from app.ledger.book import Sender
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.tables import station_mark

# Each mark for so long; of older ones the last of every hour, which covers the others of it.
KEPT_FOR = timedelta(days=30)
_HOUR = len("2026-11-21T11")


def keep(
    database: Database,
    connection: Connection,
    senders: Iterable[Sender],
    signatures: Mapping[int, str],
    now: str,
) -> None:
    """Keep where chains end now, with one statement.

    Args:
        database: The ledger's.
        connection: The transaction in which they moved.
        senders: Whose chains, at their new ends.
        signatures: Of the device keys, by number of the enrolment; the others have not moved.
        now: When.
    """
    database.insert(
        connection,
        station_mark,
        [
            (sender.n, sender.seq, sender.digest, signature, now)
            for sender in senders
            if (signature := signatures.get(sender.n, ""))
        ],
    )


def thin_out(database: Database, clock: Clock) -> int:
    """Let go of old marks that a later one of the same hour covers.

    Returns:
        How many.
    """
    m, later = station_mark.c, station_mark.alias()
    old = stamp(clock.now() - KEPT_FOR)
    covered = sa.exists().where(
        later.c.enrolment_n == m.enrolment_n,
        later.c.seq > m.seq,
        sa.func.substr(later.c.received_at, 1, _HOUR) == sa.func.substr(m.received_at, 1, _HOUR),
    )
    with database.write() as connection:
        gone = connection.execute(sa.delete(station_mark).where(m.received_at < old, covered))
    return int(gone.rowcount)
