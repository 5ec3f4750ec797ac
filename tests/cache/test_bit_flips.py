"""E1: a flipped bit anywhere in a closed book is noticed; SQLite alone lets most through."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from app.cache.database import Book
from app.cache.keying import set_key

KEY = b"\x05" * 32
ROWS = 2_000
QUESTION = "SELECT name, value FROM note ORDER BY name"


def rows() -> list[tuple[str, str]]:
    return [(f"note-{number:05}", f"SKU-{number} at A-04-2 " * 8) for number in range(ROWS)]


def opened(path: Path, key: bytes | None) -> Any:
    connection = sqlcipher.connect(str(path))
    if key is not None:
        set_key(connection.cursor(), key)
    return connection


def noticed(path: Path, key: bytes | None, check: str) -> bool:
    """Whether opening, checking or reading it tells that something is wrong."""
    connection = opened(path, key)
    try:
        found = connection.execute(f"PRAGMA {check}").fetchall()
        connection.execute(QUESTION).fetchall()
    except sqlcipher.DatabaseError:
        return True
    finally:
        connection.close()
    return found not in ([], [("ok",)])


def is_the_same(path: Path, key: bytes | None) -> bool:
    connection = opened(path, key)
    try:
        return bool(connection.execute(QUESTION).fetchall() == rows())
    finally:
        connection.close()


def flips(path: Path, key: bytes | None, check: str, count: int) -> int:
    """How many of so many flips nobody noticed although what is read has changed."""
    whole, chance, silent = path.read_bytes(), Random(count), 0
    for _ in range(count):
        changed = bytearray(whole)
        changed[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        if not noticed(path, key, check) and not is_the_same(path, key):
            silent += 1
    path.write_bytes(whole)
    return silent


@pytest.mark.parametrize("check", ["cipher_integrity_check", "quick_check"])
def test_no_flipped_bit_of_the_book_stays_silent(tmp_path: Path, check: str) -> None:
    book = Book(tmp_path / "book.db", KEY)
    with book.writer.begin() as connection:
        for row in rows():
            connection.exec_driver_sql("INSERT INTO note VALUES (?, ?)", row)
    book.close()

    assert flips(book.path, KEY, check, 600) == 0


def test_without_the_cipher_most_flips_stay_silent(tmp_path: Path) -> None:
    """The control: what is counted here can be counted."""
    path = tmp_path / "plain.db"
    connection = opened(path, None)
    connection.execute("CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT)")
    connection.executemany("INSERT INTO note VALUES (?, ?)", rows())
    connection.commit()
    connection.close()

    assert flips(path, None, "quick_check", 60) > 20
