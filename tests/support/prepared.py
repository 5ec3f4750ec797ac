"""Databases made once a process and copied: most tests want one, few want to see it made.

Migrating costs more than most tests do; `tests/migrations` and `tests/cache` go the whole way.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from app.cache.database import Book
from app.ledger.database import FILE_NAME, Database


def book(path: Path, key: bytes) -> Book:
    """The station's book at `path`, made when it is not there."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(_book(key))
    return Book(path, key)


def ledger(folder: Path) -> Database:
    """The ledger's embedded database in `folder`, made when it is not there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / FILE_NAME).exists():
        (folder / FILE_NAME).write_bytes(_ledger())
    return Database.in_folder(folder)


@cache
def _book(key: bytes) -> bytes:
    with TemporaryDirectory() as folder:
        made = Book(Path(folder) / "book.db", key)
        made.close()
        return made.path.read_bytes()


@cache
def _ledger() -> bytes:
    with TemporaryDirectory() as folder:
        Database.in_folder(Path(folder)).close()
        return (Path(folder) / FILE_NAME).read_bytes()
