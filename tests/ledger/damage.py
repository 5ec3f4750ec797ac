"""Damage nothing of ours can do: the seals are broken by whoever owns the database file."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlcipher3 import dbapi2 as sqlite

from app.ledger.database import FILE_NAME
from app.ledger.service import LedgerService

Damage = Callable[[str], None]


@pytest.fixture
def damage(both: LedgerService, tmp_path: Path, request: pytest.FixtureRequest) -> Damage:
    """Runs a statement against the ledger's tables, past every trigger and seal."""
    if both.database.is_sqlite:
        return lambda statement: on_sqlite(tmp_path / "ledger" / FILE_NAME, statement)
    return lambda statement: on_postgresql(request.getfixturevalue("fresh_database"), statement)


def on_sqlite(path: Path, statement: str) -> None:
    """A statement against a file, its triggers dropped first."""
    connection = sqlite.connect(path)
    names = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    for (name,) in connection.execute(names).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    connection.commit()
    connection.close()


def on_postgresql(url: str, statement: str) -> None:
    """A statement as the owner, triggers off."""
    with psycopg.connect(url) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(statement)
