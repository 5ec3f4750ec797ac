"""Writing the company-wide master feed: rows numbered under its lock, last in a transaction."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import MasterBody
from app.ledger.database import Database
from app.ledger.locks import MASTER, lock_master
from app.ledger.tables import counter, master

_encode = msgspec.json.Encoder().encode


def append(
    database: Database, connection: Connection, bodies: Sequence[MasterBody], now: str
) -> list[bytes]:
    """Number and write rows, last in a transaction; returns their bytes."""
    seq = lock_master(connection)
    encoded = [_encode(body) for body in bodies]
    database.insert(
        connection, master, [(seq + n, now, raw) for n, raw in enumerate(encoded, start=1)]
    )
    connection.execute(
        sa.update(counter).where(counter.c.name == MASTER).values(seq=seq + len(encoded))
    )
    return encoded
