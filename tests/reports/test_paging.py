"""Reports read the book page by page: the same rows by any page, along an index, in flat memory."""

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite

from app.cache import report_rows
from app.cache.report_rows import Wanted, operations, stock_rows
from app.domain.operation import StockKey
from app.reports import csv_file, workbook
from app.reports.report import Report, Row
from app.reports.sheet import Sheets
from tests.reports.test_files import STAMP, report, spoken
from tests.support.bench import TestBench


@pytest.mark.parametrize("page", [1, 2, 3, 1_000])
def test_pages_of_any_size_have_the_same_rows(day: TestBench, page: int) -> None:
    with day.book.reader.connect() as connection:
        whole = list(stock_rows(connection))
        told = [one.n for one in operations(connection, Wanted())]

        assert list(stock_rows(connection, page=page)) == whole
        assert [one.n for one in operations(connection, Wanted(), page)] == told
    keys = [(row.location, row.item, row.lot, row.serial, row.condition) for row in whole]
    assert keys == sorted(set(keys))
    assert told == sorted(told)


@pytest.mark.parametrize("place", ["", "A-04-2"])
def test_no_page_reads_what_stands_before_it_and_nothing_is_sorted(
    day: TestBench, place: str
) -> None:
    after, last = StockKey("A-04-2", "SKU-1"), StockKey("B-11-1", "SKU-9")
    asked: list[Select[*tuple[object, ...]]] = [
        report_rows._confirmed(after, "", place),
        report_rows._pending(after, last, "", place),
    ]
    with day.book.reader.connect() as connection:
        for statement in asked:
            compiled = statement.compile(
                dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
            )
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
            steps = " ".join(str(row[3]) for row in plan)
            assert "SEARCH" in steps
            assert "PRIMARY KEY" in steps or "ix_effect_location" in steps
            assert "SCAN" not in steps
            assert "TEMP B-TREE" not in steps


def _rows(count: int) -> Callable[[], Iterator[Row]]:
    def made() -> Iterator[Row]:
        for n in range(count):
            yield f"Bügelbrett {n}", n, n, n, "2026-11-23T07:31:00Z", None

    return made


def _csv(made: Report, folder: Path) -> None:
    csv_file.write(made, STAMP, spoken(), folder / "report.csv")


def _xlsx(made: Report, folder: Path) -> None:
    workbook.write(made, STAMP, spoken(), folder / "report.xlsx")


def _paper(made: Report, _folder: Path) -> None:
    assert sum(1 for _ in Sheets(made, STAMP, spoken()).pages()) > 1


@pytest.mark.parametrize("write", [_csv, _xlsx, _paper])
def test_ten_times_the_rows_need_no_more_memory(
    write: Callable[[Report, Path], None], tmp_path: Path
) -> None:
    """A hundred thousand are measured by `python -m bench reports`."""

    def peak(count: int) -> int:
        folder = tmp_path / str(count)
        folder.mkdir()
        tracemalloc.start()
        write(replace(report([]), rows=_rows(count)), folder)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)
    few, many = peak(300), peak(3_000)

    assert many < few + 300_000, (few, many)
