"""Bringing a book to this program's schema, or saying in words why not.

Alembic takes a third of a second to import and is needed only when the schema moves, so it is
imported here and nowhere else.
"""

from pathlib import Path

from sqlalchemy import Engine

from app.errors import Trouble
from app.paths import migrations_dir

HEAD = "0009"


def upgrade(engine: Engine, version: str) -> None:
    """Run the migrations after `version` ("" for a new file) in one transaction.

    Raises:
        Trouble: The book was written by a newer program.
    """
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(chain_dir()))
    script = ScriptDirectory.from_config(config)
    if version:
        try:
            known = script.get_revision(version) is not None
        except CommandError:
            known = False
        if not known:
            raise Trouble(
                "This book was written by a newer Packhouse than this one. Nothing was changed. "
                "Install the newer program again.",
                detail=f"schema {version}, this program knows up to {HEAD}",
            )
    from alembic import command

    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def chain_dir() -> Path:
    """Folder of the station's migration chain."""
    return migrations_dir() / "cache"
