"""The book's file: encrypted, durable, never edited, and refused when it must be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.cache.database import Book
from app.cache.store import CacheStore
from app.cache.tables import metadata
from app.errors import Fault, Trouble
from app.station.inbox import Intent
from tests.migrations.chain import is_of_the_program
from tests.support.bench import MUG, TestBench
from tests.support.leaks import ExpectedLogs
from tests.support.people import BADGE

KEY = b"\x05" * 32


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    opened = Book(tmp_path / "book.db", KEY)
    yield opened
    opened.close()


def pragma(book: Book, name: str) -> object:
    with book.writer.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


def test_a_commit_waits_for_the_disk(book: Book) -> None:
    """With synchronous=NORMAL a power cut takes back what the clerk heard (law 2)."""
    assert pragma(book, "journal_mode") == "wal"
    assert pragma(book, "synchronous") == 2


def test_the_file_gives_nothing_away(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.sign_in()
    bench.scan("ORD-48213")
    bench.book.close()

    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for known in (b"SQLite format 3", MUG.name.encode(), b"ORD-48213", BADGE.encode(), b"A. Novak"):
        assert known not in content


def test_head_of_the_chain_equals_the_tables(book: Book) -> None:
    with book.writer.connect() as connection:
        opts = {"compare_type": True, "include_name": is_of_the_program}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2)])
def test_an_sqlite_that_can_lose_data_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]
) -> None:
    """E8: two connections and a checkpoint could destroy a WAL before 3.51.3."""
    monkeypatch.setattr("app.cache.database.sqlcipher.sqlite_version_info", version)

    with pytest.raises(Fault, match="can lose data"):
        Book(tmp_path / "book.db", KEY)

    assert list(tmp_path.iterdir()) == []


def test_another_key_is_told_in_words(tmp_path: Path) -> None:
    Book(tmp_path / "book.db", KEY).close()

    with pytest.raises(Trouble, match="cannot be opened with this station's key"):
        Book(tmp_path / "book.db", b"\x06" * 32)


def test_a_damaged_file_is_kept_and_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "book.db"
    path.write_bytes(b"not a database at all, but somebody's letter" * 200)

    with pytest.raises(Trouble, match="Keep it"):
        Book(path, KEY)

    assert path.read_bytes().startswith(b"not a database")


def test_a_book_newer_than_the_program_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "book.db"
    book = Book(path, KEY)
    with book.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    book.close()

    with pytest.raises(Trouble, match="newer Packhouse"):
        Book(path, KEY)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE operation SET body = x'00'",
        "UPDATE operation SET content_hash = 'forged'",
        "DELETE FROM operation",
        "REPLACE INTO operation SELECT * FROM operation WHERE n = 1",
        "UPDATE scan SET raw = x'00'",
        "UPDATE scan SET fate = 'applied' WHERE fate <> ''",
        "DELETE FROM scan",
    ],
)
def test_what_was_recorded_is_never_edited(tmp_path: Path, statement: str) -> None:
    bench = TestBench(tmp_path)
    bench.sign_in()
    with pytest.raises(sa.exc.DatabaseError), bench.book.writer.begin() as connection:
        connection.exec_driver_sql(statement)

    bench.book.close()


def test_readers_cannot_write(book: Book) -> None:
    with pytest.raises(sa.exc.DatabaseError), book.reader.begin() as connection:
        connection.exec_driver_sql("INSERT INTO note VALUES ('a', 'b')")


def test_a_work_left_without_commit_leaves_nothing(book: Book) -> None:
    store = CacheStore(book)
    with store.begin() as work:
        work.set_note("half", "done")

    with store.begin() as work:
        assert work.note("half") is None


def test_a_full_disk_loses_nothing_and_says_so(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("disk is full")
    bench = TestBench(tmp_path)
    bench.sign_in()
    bench.scan("ORD-48213")
    bench.scan("2900000000018")
    with bench.book.writer.connect() as connection:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {used}")
    for _ in range(200):
        bench.scan("2900000000025")
        if bench.title == "trouble.title":
            break
        bench.do(Intent.UNDO)
    assert bench.title == "trouble.title"
    done = bench.kinds()

    with bench.book.writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    bench.scan("2900000000049")

    assert bench.title == "pack.packed"
    assert bench.kinds()[: len(done)] == done
    bench.book.close()
