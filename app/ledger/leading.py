"""Which of several server processes does what only time brings: the one that holds a lock.

On PostgreSQL an advisory lock of a connection of its own, so that it ends with the process or its
connection, whatever happened to it. An embedded ledger has one server.
"""

import logging
from typing import Any

import sqlalchemy as sa

from app.ledger.database import Database

# Any number, the same in every process: the eight bytes of "packjobs".
_LOCK = 0x7061636B6A6F6273

log = logging.getLogger(__name__)


class Leader:
    """Tries to be the one.

    Args:
        database: The ledger's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        # The driver's own: it is no part of the pool that requests wait for.
        self._connection: Any = None

    def is_mine(self) -> bool:
        """Whether this process is the one, and still is; a database in distress has no leader."""
        if self._database.is_sqlite:
            return True
        driver: Any = self._database.writer.dialect.dbapi
        try:
            return self._still() or self._take()
        except (sa.exc.SQLAlchemyError, driver.Error) as error:
            log.warning("nobody leads while the database cannot be asked: %s", error)
            self.give_up()
            return False

    def give_up(self) -> None:
        """Let another process be the one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _still(self) -> bool:
        if self._connection is None:
            return False
        self._connection.execute("SELECT 1")
        return True

    def _take(self) -> bool:
        pooled = self._database.writer.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        try:
            connection.autocommit = True
            (taken,) = connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
        except BaseException:
            connection.close()
            raise
        if taken:
            self._connection = connection
        else:
            connection.close()
        return bool(taken)
