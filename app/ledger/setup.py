"""What a ledger makes for itself: epoch and keys at first start, a new epoch after a restore."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.errors import Trouble
from app.ledger.clock import IdSource
from app.ledger.database import Database
from app.ledger.identity import SSCC_BLOCK
from app.ledger.pepper import SECRET
from app.ledger.tables import meta, site

EPOCH = "epoch"
# In a backup only: when it was made. Nothing is served from a database that has it.
BACKUP = "backup"
_LEDGER_KEY = "ledger_key"
# A restored ledger may have forgotten enrolments, each with a block of parcel numbers that are on
# labels already: so many blocks are left out at each site, but never more than this share of all.
FORGOTTEN_BLOCKS = 20
_SHARE = 100
_SSCC_SERIAL = 16


@dataclass(frozen=True, slots=True)
class Started:
    """Secrets of this ledger."""

    ledger_key: bytes
    code_key: bytes


def first_start(database: Database, ids: IdSource) -> Started:
    """Make what is missing; whichever process comes first decides.

    Raises:
        Trouble: It is a backup that nobody has restored.
    """
    with database.read() as connection:
        values = _values(connection)
    if BACKUP in values:
        raise Trouble(
            f"This is the backup of {values[BACKUP]}, put in place by hand. Run `packhouse ledger "
            "restored`, so that the stations send again what it has not seen."
        )
    if not {EPOCH, _LEDGER_KEY, SECRET} <= values.keys():
        made = {
            EPOCH: ids.new_id(),
            _LEDGER_KEY: ids.random(32).hex(),
            SECRET: ids.random(32).hex(),
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
    return Started(bytes.fromhex(values[_LEDGER_KEY]), bytes.fromhex(values[SECRET]))


def new_epoch(database: Database, ids: IdSource) -> str:
    """Begin a new epoch, after a restore: stations send again what this ledger has not seen."""
    epoch = ids.new_id()
    with database.write() as connection:
        connection.execute(sa.delete(meta).where(meta.c.name.in_((BACKUP, EPOCH))))
        connection.execute(sa.insert(meta).values(name=EPOCH, value=epoch))
        for row in connection.execute(sa.select(site.c.n, site.c.company_prefix)).all():
            connection.execute(
                sa.update(site)
                .where(site.c.n == row.n)
                .values(next_serial=site.c.next_serial + _forgotten(row.company_prefix))
            )
    return epoch


def _forgotten(company_prefix: str) -> int:
    """Parcel numbers that may have been given out and forgotten."""
    blocks = 10 ** (_SSCC_SERIAL - len(company_prefix)) // SSCC_BLOCK
    return min(FORGOTTEN_BLOCKS, int(blocks) // _SHARE) * SSCC_BLOCK


def _values(connection: sa.Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(sa.select(meta.c.name, meta.c.value))}
