"""One Alembic chain under test: run it anywhere, compare what it made with what the tables say."""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory


@dataclass(frozen=True, slots=True)
class Chain:
    """A folder of revisions and the tables its head must equal.

    Attributes:
        folder: Where `env.py` and `versions/` lie.
        tables: What the program believes the schema is.
    """

    folder: Path
    tables: sa.MetaData

    def revisions(self) -> list[Script]:
        """Every revision, oldest first."""
        return list(reversed(list(self._script().walk_revisions())))

    def heads(self) -> list[str]:
        """Ends of the chain; more than one is a fork."""
        return list(self._script().get_heads())

    def upgrade(self, engine: sa.Engine, revision: str = "head") -> None:
        """Run the chain up to *revision*, in one transaction."""
        with engine.begin() as connection:
            command.upgrade(self._config(connection), revision)

    def downgrade(self, engine: sa.Engine, revision: str) -> None:
        """Undo everything after *revision*, in one transaction."""
        with engine.begin() as connection:
            command.downgrade(self._config(connection), revision)

    def differences(self, engine: sa.Engine) -> list[object]:
        """What a new revision would have to change to make the database equal the tables."""
        with engine.connect() as connection:
            # Alembic takes SQLite's empty-text defaults for changed; `defaults_of` compares them.
            defaults = engine.dialect.name != "sqlite"
            context = MigrationContext.configure(
                connection,
                opts={
                    "compare_type": True,
                    "compare_server_default": defaults,
                    "include_name": is_of_the_program,
                },
            )
            return list(compare_metadata(context, self.tables))

    def _script(self) -> ScriptDirectory:
        return ScriptDirectory(str(self.folder))

    def _config(self, connection: sa.Connection) -> Config:
        config = Config()
        config.set_main_option("script_location", str(self.folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        return config


def made_by_fts(table: str | None) -> bool:
    """Whether SQLite keeps this table itself: a full-text index and what lies behind it."""
    return str(table).startswith("item_search")


def is_of_the_program(name: str | None, kind: str, _parents: object) -> bool:
    """What Alembic compares: everything but what SQLite keeps itself."""
    return kind != "table" or not made_by_fts(name)


def defaults_of(engine: sa.Engine) -> dict[str, str | None]:
    """What each column holds when nothing is given, in the database's own words."""
    inspector = sa.inspect(engine)
    return {
        f"{table}.{column['name']}": column["default"]
        for table in inspector.get_table_names()
        if table != "alembic_version" and not made_by_fts(table)
        for column in inspector.get_columns(table)
    }


def schema_of(engine: sa.Engine) -> dict[str, str]:
    """All the database says about its schema, by name; Alembic's own table left out."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(
                "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master"
                " WHERE tbl_name <> 'alembic_version' ORDER BY 1"
            )
            return {str(name): " ".join(str(text).split()) for name, text in rows}
        rows = connection.exec_driver_sql(_POSTGRESQL)
        return {str(name): str(text) for name, text in rows}


_POSTGRESQL = """
SELECT 'column ' || table_name || '.' || column_name,
       concat_ws(' ', data_type, is_nullable, column_default, is_identity)
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
UNION ALL
SELECT 'constraint ' || conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
  FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass
UNION ALL
SELECT 'index ' || indexname, indexdef
  FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
UNION ALL
SELECT 'trigger ' || tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
  FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'function ' || proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
ORDER BY 1
"""
