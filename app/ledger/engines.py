"""Connections to SQLite and PostgreSQL as the ledger wants them: durable, patient, never for ever.

SQLite runs in WAL with synchronous=FULL: an answer that was given survives a power cut.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlcipher3 import dbapi2 as sqlite

from app.errors import Fault, Trouble

# The WAL-reset corruption bug is fixed from here on (security.md finding 3).
SQLITE_MIN = (3, 51, 3)
POSTGRESQL_MIN = 150_000
# The longest transaction is one group of batches; ten times that, then the station is told to wait.
BUSY_TIMEOUT_MS = 10_000
# A WAL that stays larger than this after a checkpoint is cut back to it.
JOURNAL_LIMIT_BYTES = 64 << 20
# Pages of 4 KiB in the WAL before it is folded in: at the default of 1,000 every group would do it.
CHECKPOINT_PAGES = 8_000
# 8,192 pages of 4 KiB: the upper levels of every index of a year's book.
CACHE_KIB = 32 << 10
# Readers: changes, master and snapshot of the threads of one server process.
READERS = 8
# PostgreSQL: the same, and three that post.
CONNECTIONS = READERS + 3
# PostgreSQL, unless the URL says otherwise: a server that does not answer, or a network that
# swallows packets, is noticed within half a minute instead of hours.
_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
# insufficient_privilege
_NO_RIGHT = "42501"


def sqlite_engine(url: str, *, read_only: bool) -> Engine:
    """One writer, or many readers that cannot write."""
    engine = sa.create_engine(
        url,
        module=sqlite,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
        pool_size=READERS if read_only else 1,
        max_overflow=0,
        # Values of a statement that failed would stand in the log.
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",
            "trusted_schema=OFF",
            "cell_size_check=ON",
            f"journal_size_limit={JOURNAL_LIMIT_BYTES}",
            f"wal_autocheckpoint={CHECKPOINT_PAGES}",
            f"cache_size=-{CACHE_KIB}",
            *(("query_only=ON",) if read_only else ()),
        ):
            cursor.execute(f"PRAGMA {pragma}").fetchall()
        cursor.close()

    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def postgresql_engine(url: str) -> Engine:
    """Readers and writers in one pool.

    Raises:
        Trouble: The URL is of another kind of database.
    """
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] not in {"postgresql", "postgres"}:
        raise Trouble(
            f"“{scheme}” is not a database the ledger knows. Use postgresql://… or --data-dir."
        )
    address = sa.make_url(f"postgresql+psycopg://{rest}")
    # Asked before use: a server that was restarted is noticed here, not by a station.
    engine = sa.create_engine(
        address,
        connect_args={
            name: limit for name, limit in _PATIENCE.items() if name not in address.query
        },
        pool_size=CONNECTIONS,
        max_overflow=0,
        hide_parameters=True,
        pool_pre_ping=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # A lock somebody forgot must not hold every poster for ever; nor may it on SQLite.
        connection.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
        connection.commit()

    return engine


def not_opened(url: str, error: sa.exc.DBAPIError) -> Trouble:
    """Why a database cannot be used, without its password."""
    where = sa.make_url(url).render_as_string(hide_password=True)
    if getattr(error.orig, "sqlstate", None) == _NO_RIGHT:
        return Trouble(
            f"The tables in {where} are not of this program's version, and this account may not "
            "change them. Run once as their owner: packhouse ledger roles --database URL",
            detail=str(error.orig),
        )
    return Trouble(
        f"The database {where} cannot be opened. Check that it is there and that this account may "
        "use it.",
        detail=str(error.orig),
    )


def refuse_old(connection: Connection) -> None:
    """Refuse an engine that is older than what the ledger relies on.

    Raises:
        Fault: SQLite was built in with a bug that loses data.
        Trouble: PostgreSQL is too old.
    """
    if connection.dialect.name == "sqlite":
        if sqlite.sqlite_version_info < SQLITE_MIN:
            raise Fault(
                "This program was built with an SQLite that can lose data. Install the current "
                "one.",
                detail=str(sqlite.sqlite_version),
            )
        return
    version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    if version < POSTGRESQL_MIN:
        raise Trouble(
            "This PostgreSQL is older than version 15. Point --database at a newer server.",
            detail=str(version),
        )
