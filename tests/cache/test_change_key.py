"""The book gets another key while the program runs, and nobody meets a page they cannot read."""

import threading
from pathlib import Path

import pytest

from app.cache import gate
from app.cache.database import Book
from app.cache.keying import opens
from app.cache.store import CacheStore
from app.errors import Trouble

OLD, NEW = b"\x05" * 32, b"\x06" * 32


def test_what_was_written_is_read_under_the_new_key_and_not_under_the_old(tmp_path: Path) -> None:
    book = Book(tmp_path / "book.db", OLD)
    store = CacheStore(book)
    with store.begin() as work:
        work.set_note("kettle", "ORD-48213")
        work.commit()

    book.change_key(OLD, NEW)

    with store.begin() as work:
        assert work.note("kettle") == "ORD-48213"
    book.close()
    assert (opens(book.path, OLD), opens(book.path, NEW)) == (False, True)


def test_who_reads_and_writes_meanwhile_waits_and_loses_nothing(tmp_path: Path) -> None:
    book = Book(tmp_path / "book.db", OLD)
    store, ended = CacheStore(book), threading.Event()
    written, errors = [0], list[Exception]()

    def write() -> None:
        try:
            while not ended.is_set():
                with store.begin() as work:
                    work.set_note(f"note-{written[0]}", "kept")
                    work.commit()
                written[0] += 1
        except Exception as error:  # noqa: BLE001 - told by the test
            errors.append(error)

    def read() -> None:
        try:
            while not ended.is_set():
                with book.reader.begin() as connection:
                    connection.exec_driver_sql("SELECT count(*) FROM note").scalar_one()
        except Exception as error:  # noqa: BLE001 - told by the test
            errors.append(error)

    threads = [threading.Thread(target=task) for task in (write, read, read)]
    for thread in threads:
        thread.start()
    keys = (OLD, NEW)
    for turn in range(10):
        book.change_key(keys[turn % 2], keys[(turn + 1) % 2])
    ended.set()
    for thread in threads:
        thread.join(10)

    assert errors == []
    with book.reader.begin() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM note WHERE value = 'kept'")
        assert rows.scalar_one() == written[0] > 0
    book.close()


def test_a_connection_that_is_never_given_back_only_puts_the_change_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "EMPTY_WAIT_S", 0.05)
    book = Book(tmp_path / "book.db", OLD)
    with book.reader.begin() as held:
        with pytest.raises(Trouble, match="another time"):
            book.change_key(OLD, NEW)
        assert held.exec_driver_sql("SELECT 1").scalar_one() == 1

    book.change_key(OLD, NEW)

    book.close()
    assert opens(book.path, NEW)
