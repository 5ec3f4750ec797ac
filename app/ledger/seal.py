"""The seal on SQLite's connections: what the program itself may never do to what was recorded.

SQLite has no roles. Triggers keep rows from being edited; the seal also keeps the triggers, the
tables and the pragmas they depend on. Like an app role it guards against our own mistakes and an
injected statement, not against somebody who opens the file: digest chains, the feed chain and
signed marks held elsewhere do that.
"""

from typing import Any

from sqlcipher3 import dbapi2 as sqlite

from app.ledger.kept import KEPT

# Each would let a statement past the triggers, or write the schema as if it were rows.
_PRAGMAS = frozenset({"recursive_triggers", "writable_schema", "trusted_schema"})
_SCHEMA = frozenset(
    {
        sqlite.SQLITE_DROP_TABLE,
        sqlite.SQLITE_DROP_TRIGGER,
        sqlite.SQLITE_DROP_INDEX,
        sqlite.SQLITE_ALTER_TABLE,
        sqlite.SQLITE_CREATE_TRIGGER,
        sqlite.SQLITE_CREATE_TEMP_TRIGGER,
        sqlite.SQLITE_ATTACH,
    }
)


def seal(connection: Any) -> None:
    """Refuse what edits history, for as long as this connection of the driver lives."""
    connection.set_authorizer(_allow)


def _allow(doing: int, what: str | None, which: str | None, *_: object) -> int:
    """SQLite asks once for each thing a statement does, when it is prepared."""
    if doing in _SCHEMA:
        return int(sqlite.SQLITE_DENY)
    if doing == sqlite.SQLITE_DELETE:
        return int(sqlite.SQLITE_DENY if what in KEPT else sqlite.SQLITE_OK)
    if doing == sqlite.SQLITE_UPDATE:
        settled = what not in KEPT or which in KEPT[what]
        return int(sqlite.SQLITE_OK if settled else sqlite.SQLITE_DENY)
    if doing == sqlite.SQLITE_PRAGMA:
        sets = what in _PRAGMAS and which is not None
        return int(sqlite.SQLITE_DENY if sets else sqlite.SQLITE_OK)
    return int(sqlite.SQLITE_OK)
