"""A board reads again only what was counted since it looked, and is never told too little."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cache import counted_anew
from app.cache.database import Book
from app.cache.store import CacheStore
from app.cache.tables import tally
from app.cache.work import CacheWork
from app.station.documents import CountedSince, Mark

KEY, OTHER_KEY = b"\x05" * 32, b"\x06" * 32
ASN = "ASN-7001"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    made = Book(tmp_path / "book.db", KEY)
    yield made
    made.close()


def count(work: CacheWork, *lines: int, document: str = ASN) -> None:
    about = {"kind": "inbound", "document": document, "measure": "received", "quantity": 1}
    work.connection.execute(tally.insert(), [about | {"line": line} for line in lines])


def look(store: CacheStore, since: Mark | None = None) -> CountedSince:
    with store.begin() as work:
        return work.counted_since("inbound", ASN, since)


def counted(store: CacheStore, *lines: int, document: str = ASN) -> None:
    with store.begin() as work:
        count(work, *lines, document=document)
        work.commit()


def test_only_lines_counted_since_the_last_look_are_read(book: Book) -> None:
    store = CacheStore(book)
    counted(store, 1, 2, 3)
    first = look(store)

    counted(store, 4)
    counted(store, 9, document="ASN-7002")
    second = look(store, first.mark)

    assert (first.whole, sorted(first.counted)) == (True, [1, 2, 3])
    assert second == CountedSince(second.mark, {4: {"received": 1}}, whole=False)
    assert look(store, second.mark).counted == {}


def test_a_count_that_is_gone_is_told_as_nothing(book: Book) -> None:
    store = CacheStore(book)
    counted(store, 1, 2)
    first = look(store)

    with store.begin() as work:
        work.connection.execute(tally.delete().where(tally.c.line == 2))
        work.commit()

    assert look(store, first.mark).counted == {2: {}}


def test_what_was_rolled_back_was_never_counted(book: Book) -> None:
    store = CacheStore(book)
    counted(store, 1)
    before = look(store)

    with store.begin() as work:
        count(work, 2, 3)
        inside = work.counted_since("inbound", ASN, before.mark)

    assert sorted(inside.counted) == [2, 3]
    assert look(store, before.mark).counted == {}
    # A mark of what never was is ahead of the log, and trusted with nothing.
    assert look(store, inside.mark) == CountedSince(before.mark, {1: {"received": 1}}, whole=True)


def test_another_connection_knows_nothing_of_the_log_before_it(book: Book) -> None:
    store = CacheStore(book)
    counted(store, 1)
    before = look(store)

    book.change_key(KEY, OTHER_KEY)
    counted(store, 2)

    again = look(store, before.mark)
    assert (again.whole, sorted(again.counted)) == (True, [1, 2])


@pytest.mark.parametrize("lines", [counted_anew.MOST_LINES + 1, counted_anew.KEPT + 1])
def test_who_missed_more_than_is_asked_for_reads_everything(book: Book, lines: int) -> None:
    store = CacheStore(book)
    counted(store, 0)
    before = look(store)

    counted(store, *range(1, lines + 1))
    counted(store, 0, document="ASN-7002")

    again = look(store, before.mark)
    assert (again.whole, len(again.counted)) == (True, lines + 1)
    with store.begin() as work:
        kept = work.connection.exec_driver_sql("SELECT count(*) FROM counted_anew").scalar_one()
    assert kept <= counted_anew.KEPT


def test_a_reader_has_no_log_and_reads_everything_each_time(book: Book) -> None:
    store = CacheStore(book)
    counted(store, 1, 2)
    mark = look(store).mark

    with book.reader.connect() as connection:
        seen = CacheWork(connection).counted_since("inbound", ASN, mark)

    assert seen == CountedSince(None, {1: {"received": 1}, 2: {"received": 1}}, whole=True)
