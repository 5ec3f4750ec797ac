"""Reading a database file after the fact, with plain SQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher


class Rows:
    """Whole tables, as dicts.

    Args:
        connection: To one file.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def all(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table."""
        cursor = self._connection.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


@contextmanager
def read(path: Path, key: bytes = b"") -> Iterator[Rows]:
    """Open a file that nobody writes any more."""
    connection = sqlcipher.connect(str(path))
    try:
        if key:
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        yield Rows(connection)
    finally:
        connection.close()
