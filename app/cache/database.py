"""Opening the station's book: key, pragmas, schema; and refusing what must not be opened.

WAL with synchronous=FULL: a commit that returned survives a power cut (law 2; measured in
`docs/decisions/`). SQLCipher authenticates its pages, so damage is noticed on read.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry
from sqlcipher3 import dbapi2 as sqlcipher

from app.cache import counted_anew
from app.cache.gate import Gate
from app.cache.keying import BUSY_TIMEOUT_MS, rekey, set_key
from app.cache.migrate import HEAD, upgrade
from app.errors import Fault, Trouble

# The WAL-reset corruption bug is fixed from here on (security.md finding 3).
SQLITE_MIN = (3, 51, 3)
# What a pooled connection remembers: its key, and whether it is inside the gate.
_KEY, _INSIDE = "key", "inside"
# A WAL that stays larger than this after a checkpoint is cut back to it.
JOURNAL_LIMIT_BYTES = 64 << 20


class NotOpenedError(Trouble):
    """SQLCipher cannot make sense of the file: another key, or damage; it says the same to both."""


class DiskFullError(Trouble):
    """No room for another record."""


class Book:
    """The opened file: one engine for the writer, one for readers.

    Args:
        path: The database file; its folder is created.
        key: 32 bytes.
        synchronous: `FULL` in the program; the power-cut tests open it otherwise as a control.

    Raises:
        NotOpenedError: Another key, or a damaged file.
        Trouble: Newer than the program, or the disk refuses.
    """

    def __init__(self, path: Path, key: bytes, *, synchronous: str = "FULL") -> None:
        if sqlcipher.sqlite_version_info < SQLITE_MIN:
            raise Fault(
                "This program was built with an SQLite that can lose data. Install a newer one.",
                detail=sqlcipher.sqlite_version,
            )
        self.path = path
        self._key, self._gate = key, Gate()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.writer = self._engine(synchronous, read_only=False)
        self.reader = self._engine(synchronous, read_only=True)
        try:
            with self.writer.connect() as connection:
                version = _version(connection)
            if version != HEAD:
                upgrade(self.writer, version)
                # The next connection keeps its log on the tables as they are now.
                self.writer.dispose()
        except sa.exc.DatabaseError as error:
            self.close()
            _explain(path, error)
        except BaseException:
            self.close()
            raise

    def change_key(self, old: bytes, new: bytes) -> None:
        """Encrypt the book anew while the program runs; who wants a connection waits so long.

        Raises:
            Trouble: Somebody holds a connection too long, or the disk refuses; nothing changed.
        """
        with self._gate.shut():
            self.close()
            rekey(self.path, old, new)
            self._key = new

    def close(self) -> None:
        """Close every connection; SQLite folds the WAL into the file on the last one."""
        self.reader.dispose()
        self.writer.dispose()

    def _engine(self, synchronous: str, *, read_only: bool) -> Engine:
        # Readers are short and few (reader-1..2 and the window's start); the writer is one thread.
        engine = sa.create_engine(
            f"sqlite:///{self.path}",
            module=sqlcipher,
            connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
            pool_size=4 if read_only else 1,
            max_overflow=0,
            # Values of a statement that failed would stand in the log.
            hide_parameters=True,
        )
        begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, record: ConnectionPoolEntry) -> None:
            record.info[_KEY] = self._key
            connection.isolation_level = None
            cursor = connection.cursor()
            set_key(cursor, self._key)
            for pragma in _pragmas(synchronous, read_only=read_only):
                cursor.execute(f"PRAGMA {pragma}").fetchall()
            if not read_only:
                counted_anew.install(cursor, record.info)
            cursor.close()

        @event.listens_for(engine, "checkout")
        def enter(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
            if not _kept(record).get(_INSIDE):
                self._gate.enter()
                _kept(record)[_INSIDE] = True
            if record.info.get(_KEY) != self._key:
                # Made just before the key changed: the pool throws it away and makes another.
                raise sa.exc.DisconnectionError

        @event.listens_for(engine, "checkin")
        def leave(_connection: object, record: ConnectionPoolEntry) -> None:
            if _kept(record).pop(_INSIDE, False):
                self._gate.leave()

        @event.listens_for(engine, "begin")
        def start(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine


def trouble_of(error: sa.exc.DBAPIError) -> Trouble | None:
    """The `Trouble` a database error means, or None when it is our fault."""
    words = str(error.orig)
    if "disk is full" in words:
        return DiskFullError(
            "The disk is full. Nothing was counted. Free some space, then scan again.", detail=words
        )
    if "readonly" in words or "disk I/O" in words or "unable to open" in words:
        return Trouble(
            "The disk refused to write. Nothing was counted. Call IT; work on another station.",
            detail=words,
        )
    if "locked" in words:
        return Trouble(
            "The book is in use by another program. Nothing was counted. Close it and scan again.",
            detail=words,
        )
    return None


def _kept(record: ConnectionPoolEntry) -> dict[Any, Any]:
    """What the pool's entry remembers over a connection that broke and was replaced."""
    return record.record_info if record.record_info is not None else {}


def _pragmas(synchronous: str, *, read_only: bool) -> tuple[str, ...]:
    shared = (
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "trusted_schema=OFF",
        "cell_size_check=ON",
    )
    if read_only:
        return (*shared, "query_only=ON")
    return (
        "journal_mode=WAL",
        f"synchronous={synchronous}",
        f"journal_size_limit={JOURNAL_LIMIT_BYTES}",
        *shared,
    )


def _version(connection: Connection) -> str:
    exists = connection.exec_driver_sql(
        "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    ).scalar_one()
    if not exists:
        return ""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def _explain(path: Path, error: sa.exc.DatabaseError) -> NoReturn:
    words = str(error.orig)
    if "not a database" in words or "malformed" in words:
        raise NotOpenedError(
            f"The book {path} cannot be opened with this station's key: the key is another one, or "
            "the file is damaged. Keep it, restore the newest backup or enrol the station anew.",
            detail=words,
        ) from error
    known = trouble_of(error)
    if known is not None:
        raise known from error
    raise Fault(
        "The book could not be opened. Send the report to support.", detail=words
    ) from error


Opener = Callable[[], Book]
