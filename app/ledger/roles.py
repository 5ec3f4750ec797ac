"""PostgreSQL's roles: an owner who migrates, and an app role that can add but not edit history.

The rights of the app role derive from the tables and from `app.ledger.kept`, so a new table has
them as soon as this is run again. The owner and superusers can always do more; that is noticed by
digest chains, the feed chain and signed marks held elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.errors import Refusal, Trouble
from app.ledger.database import Database
from app.ledger.kept import APP_ROLE, KEPT
from app.ledger.tables import metadata

_VERSION_TABLE = "alembic_version"
_TOO_STRONG = """
SELECT r.rolsuper OR r.rolcreaterole OR r.rolbypassrls OR EXISTS (
         SELECT 1 FROM pg_class c
          WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
            AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
  FROM pg_roles r WHERE r.rolname = %(role)s
"""


@dataclass(frozen=True, slots=True)
class Right:
    """What the app role may do with a table.

    Attributes:
        table: Its name.
        words: As GRANT writes them.
    """

    table: str
    words: str


def rights() -> list[Right]:
    """Every right of the app role, table by table."""
    return [Right(table.name, _words(table)) for table in metadata.sorted_tables]


def grant(database: Database, role: str = APP_ROLE) -> list[Right]:
    """Give a role exactly the rights the program needs; it is made when it is not there.

    Args:
        database: Opened as the owner of its tables.
        role: Who serves.

    Raises:
        Refusal: `no_roles` on SQLite, `role_too_strong` for a role that could do more anyway.
        Trouble: This account may not do it.
    """
    if database.is_sqlite:
        raise Refusal(
            "no_roles",
            "An embedded ledger has no roles; its connections are sealed instead. Roles are for "
            "--database postgresql://…",
        )
    granted = rights()
    try:
        with database.writer.begin() as connection:
            _refuse_strong(connection, role)
            for statement in _statements(connection, role, granted):
                connection.exec_driver_sql(statement)
    except sa.exc.DBAPIError as error:
        raise Trouble(
            "This account may not give rights on the ledger's tables. Use the account that owns "
            "them, and that may create roles, or create the role first.",
            detail=str(error.orig),
        ) from error
    return granted


def _refuse_strong(connection: Connection, role: str) -> None:
    too_strong = connection.exec_driver_sql(_TOO_STRONG, {"role": role}).scalar_one_or_none()
    if too_strong:
        raise Refusal(
            "role_too_strong",
            f"The role {role} owns the tables or is an administrator, so it could edit what was "
            "recorded. Name another role with --role.",
        )


def _statements(connection: Connection, role: str, granted: list[Right]) -> Iterator[str]:
    name = _quoted(connection, role)
    schema = _quoted(connection, connection.exec_driver_sql("SELECT current_schema()").scalar_one())
    known = connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).first()
    if known is None:
        yield f"CREATE ROLE {name} LOGIN"
    for everyone in (name, "PUBLIC"):
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {everyone}"
        yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {everyone}"
        yield f"REVOKE CREATE ON SCHEMA {schema} FROM {everyone}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {name}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}"
    yield f"GRANT SELECT ON {_VERSION_TABLE} TO {name}"
    for right in granted:
        yield f'GRANT {right.words} ON "{right.table}" TO {name}'


def _words(table: sa.Table) -> str:
    settled = KEPT.get(table.name)
    if settled is None:
        return "SELECT, INSERT, UPDATE, DELETE"
    columns = ", ".join(column.name for column in table.columns if column.name in settled)
    return f"SELECT, INSERT, UPDATE ({columns})" if columns else "SELECT, INSERT"


def _quoted(connection: Connection, name: Any) -> str:
    return str(connection.dialect.identifier_preparer.quote_identifier(name))
