"""What a new ledger makes for itself at first start: its epoch, its key, the key of its codes."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.ledger.clock import IdSource
from app.ledger.database import Database
from app.ledger.tables import meta

EPOCH = "epoch"
_LEDGER_KEY = "ledger_key"
_CODE_KEY = "code_key"


@dataclass(frozen=True, slots=True)
class Started:
    """Secrets of this ledger."""

    ledger_key: bytes
    code_key: bytes


def first_start(database: Database, ids: IdSource) -> Started:
    """Make what is missing; whichever process comes first decides."""
    with database.read() as connection:
        values = _values(connection)
    if not {EPOCH, _LEDGER_KEY, _CODE_KEY} <= values.keys():
        made = {
            EPOCH: ids.new_id(),
            _LEDGER_KEY: ids.random(32).hex(),
            _CODE_KEY: ids.random(32).hex(),
        }
        with database.write() as connection:
            for name, value in made.items():
                connection.exec_driver_sql(
                    "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING"
                    if database.is_sqlite
                    else "INSERT INTO meta (name, value) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                    (name, value),
                )
            values = _values(connection)
    return Started(bytes.fromhex(values[_LEDGER_KEY]), bytes.fromhex(values[_CODE_KEY]))


def new_epoch(database: Database, ids: IdSource) -> str:
    """Begin a new epoch, after a restore: stations send again what this ledger has not seen."""
    epoch = ids.new_id()
    with database.write() as connection:
        connection.execute(sa.update(meta).where(meta.c.name == EPOCH).values(value=epoch))
    return epoch


def _values(connection: sa.Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(sa.select(meta.c.name, meta.c.value))}
