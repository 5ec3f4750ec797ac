"""A copy of a book under a key of its own: made through SQLite while the book is in use.

Copied by SQLite's backup interface alone: a file copied with `cp` while it is written is torn. The
reader of one moment holds up nobody; a writer goes on in the WAL.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlcipher3 import dbapi2 as sqlcipher

from app.cache.keying import BUSY_TIMEOUT_MS, set_key
from app.errors import Trouble

Counts = dict[str, int]
# What SQLite keeps beside a database; belongs to that database and to no other.
BESIDE = ("-wal", "-shm", "-journal")


class NotACopyError(Trouble):
    """A copy does not open with its key, or its pages do not make a book."""


def copy(source: Connection, target: Path, key: bytes) -> Counts:
    """Copy one moment of a book to a new file; rows by table at that moment.

    Args:
        source: A reader of the book, without a transaction.
        target: Where to; must not exist.
        key: 32 bytes; the copy opens with them and with nothing else.

    Raises:
        Trouble: The book cannot be read, or the disk refuses.
    """
    target.touch(mode=0o600, exist_ok=False)
    with told(target), closing(_open(target, key)) as new, source.begin():
        counts = count(source)
        driver: Any = source.connection.driver_connection
        driver.backup(new)
        # The copy brings the book's WAL mode along; a copy is one file.
        new.execute("PRAGMA journal_mode = DELETE").fetchall()
    return counts


@contextmanager
def opened(path: Path, key: bytes) -> Iterator[Connection]:
    """A copy, open on one connection that keeps everything in the one file.

    Raises:
        NotACopyError: It does not open with the key.
    """
    engine = sa.create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=lambda: _open(path, key),
        poolclass=sa.pool.StaticPool,
    )
    try:
        with told(path), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def count(connection: Connection) -> Counts:
    """Rows by table."""
    tables = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' "
        "ESCAPE '~' ORDER BY name"
    )
    return {
        name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()
        for (name,) in tables.all()
    }


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Say in words what the disk or SQLCipher said about a copy."""
    try:
        yield
    except (sqlcipher.DatabaseError, sa.exc.DBAPIError) as error:
        words = str(getattr(error, "orig", error))
        if "full" in words:
            raise Trouble(
                "The disk is full, and the copy was not finished. Free some space.", detail=words
            ) from error
        raise NotACopyError(
            f"{path.name} does not open: it is damaged, or belongs to other keys. Take another "
            "backup.",
            detail=words,
        ) from error
    except OSError as error:
        raise Trouble(
            f"{path} cannot be written or read. Check the disk and its rights.", detail=str(error)
        ) from error


def _open(path: Path, key: bytes) -> Any:
    connection = sqlcipher.connect(
        str(path),
        timeout=BUSY_TIMEOUT_MS / 1000,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        set_key(connection.cursor(), key)
        connection.execute("PRAGMA synchronous = FULL").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection
