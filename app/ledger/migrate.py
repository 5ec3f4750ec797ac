"""Bringing the ledger's database to this program's schema, or saying in words why not.

Alembic takes a third of a second to import and is needed only when the schema moves, so it is
imported here, late.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import Engine

from app.errors import Trouble
from app.paths import migrations_dir

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0004"
# Any number will do, but the same in every process: one migrates, the others wait.
_ADVISORY_LOCK = 7_150_001


def to_head(engine: Engine) -> None:
    """Run the migrations that are missing, all or none.

    Raises:
        Trouble: The database was written by a newer program.
    """
    if _version(engine) == HEAD:
        return
    from alembic import command

    config = chain()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Another process may be at it, and a large book takes minutes.
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        _refuse_newer(config, _version_in(connection))
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def chain() -> "Config":
    """The ledger's migration chain."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(chain_dir()).replace("%", "%%"))
    return config


def chain_dir() -> Path:
    """Folder of the ledger's migration chain."""
    return migrations_dir() / "ledger"


def _refuse_newer(config: "Config", version: str) -> None:
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    if not version:
        return
    try:
        known = ScriptDirectory.from_config(config).get_revision(version) is not None
    except CommandError:
        known = False
    if not known:
        raise Trouble(
            "This ledger's database was written by a newer Packhouse than this one. Nothing was "
            "changed. Install the newer program.",
            detail=f"schema {version}, this program knows up to {HEAD}",
        )


def _version(engine: Engine) -> str:
    with engine.connect() as connection:
        return _version_in(connection)


def _version_in(connection: sa.Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return str(row[0]) if row else ""
