"""What is asked after every turn stays quick however much waits: an index answers it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, Update, event
from sqlalchemy.dialects import sqlite

from app.cache import counters, feed, outbox
from app.cache.database import Book
from app.cache.work import CacheWork

_LISTS = {"render_postcompile": True}
STATEMENTS: dict[str, Select[tuple[object, ...]] | Update] = {
    "the footer's counts": outbox._STATE,
    "the next batch": outbox._FIRST_UNSENT.limit(500),
}


def _steps(folder: Path, asked: Select[Any] | Update) -> list[str]:
    """How SQLite goes about it."""
    book = Book(folder / "book.db", b"\x05" * 32)
    # Parameters stay parameters, as in the program: a partial index is never used for one.
    compiled = asked.compile(dialect=sqlite.dialect(), compile_kwargs=_LISTS)
    values = tuple(compiled.params[name] for name in compiled.positiontup or ())
    with book.reader.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values).all()
    book.close()
    return [str(row[3]) for row in plan]


@pytest.mark.parametrize("asked", STATEMENTS)
def test_no_question_of_a_turn_reads_every_operation(tmp_path: Path, asked: str) -> None:
    steps = _steps(tmp_path, STATEMENTS[asked])

    on_operations = [step for step in steps if " operation" in step]
    assert on_operations
    assert all("ix_operation_" in step for step in on_operations), steps


def test_pending_counts_at_a_line_are_found_by_its_number(tmp_path: Path) -> None:
    book = Book(tmp_path / "book.db", b"\x05" * 32)
    asked: list[tuple[str, tuple[object, ...]]] = []

    @event.listens_for(book.writer, "before_cursor_execute")
    def note(*happened: Any) -> None:
        asked.append((happened[2], happened[3]))

    with book.writer.connect() as connection:
        CacheWork(connection).counted("inbound", "ASN-7001", [4])
        words, values = next(one for one in asked if "FROM pending_tally" in one[0])
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values).all()

    book.close()
    assert "(kind=? AND document=? AND line=?)" in str(plan[0][3]), plan


def test_what_takes_back_an_adjustment_is_found_without_reading_all_of_them(tmp_path: Path) -> None:
    back, first = sorted(_steps(tmp_path, counters.backs_of(["one", "other"])))

    assert ("ix_operation_reverses" in back, "autoindex_operation" in first) == (True, True)


def test_a_page_that_lost_nothing_looks_only_at_what_is_acknowledged(tmp_path: Path) -> None:
    book = Book(tmp_path / "book.db", b"\x05" * 32)
    seen: list[tuple[str, tuple[object, ...]]] = []

    @event.listens_for(book.writer, "before_cursor_execute")
    def note(*happened: Any) -> None:
        seen.append((happened[2], happened[3]))

    with book.writer.connect() as connection:
        feed._unsend_missing(connection, cursor=10, head=20)
        words, values = next(one for one in seen if one[0].startswith("UPDATE operation"))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values).all()

    book.close()
    assert all("ix_operation_acknowledged" in str(row[3]) for row in plan if "operation" in row[3])
    assert any("ix_operation_acknowledged" in str(row[3]) for row in plan), plan
