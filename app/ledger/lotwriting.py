"""Writing lots: the current version of each, who changed it and why, and the row stations get.

Under the master lock, which also decides a race: two sites that name a new lot in the same moment
insert it one after the other, and the second decides again.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from app.contract.messages import LotRow
from app.ledger import changelog, masterlog
from app.ledger.changelog import Editor
from app.ledger.database import Database
from app.ledger.goods import LotBook
from app.ledger.locks import lock_master
from app.ledger.tables import lot

KIND = "lot"


def write(database: Database, connection: Connection, lots: Iterable[LotBook], now: str) -> int:
    """Write those that changed.

    Returns:
        How many.
    """
    changed = sorted(
        (one for one in lots if one.row is not one.before), key=lambda one: _key(one.row)
    )
    if not changed:
        return 0
    lock_master(connection)
    database.insert(connection, lot, [_values(one.row) for one in changed if one.before is None])
    database.upsert(connection, lot, [_values(one.row) for one in changed if one.before])
    for editor in sorted({(one.actor, one.reason) for one in changed}):
        changes = [
            (name_of(one.row), one.before, one.row)
            for one in changed
            if (one.actor, one.reason) == editor
        ]
        changelog.record(database, connection, KIND, changes, Editor(*editor), now)
    masterlog.append(database, connection, [one.row for one in changed], now)
    return len(changed)


def name_of(row: LotRow) -> str:
    """A lot as references and the change log name it."""
    return f"{row.item}/{row.lot}"


def _key(row: LotRow) -> tuple[str, str]:
    return row.item, row.lot


def _values(row: LotRow) -> tuple[str, str, str, str, int]:
    return row.item, row.lot, row.expiry, row.state, row.version
