"""A stock list of a hundred thousand rows as each kind of file: how long, and whether memory grows.

Each file is made by a process of its own, whose greatest size is read; ten thousand rows are the
comparison.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from app.cache.database import Book
from app.cache.store import IDENTITY, CacheStore
from app.catalogue import Catalogue
from app.reports.making import ReportMaker
from app.settings import paint_offscreen
from app.station.ports import Identity
from app.station.reporting import Filter, Format, ReportName, ReportRequest
from bench.processes import ROOT
from bench.rows import Row

FEW, MANY, ITEMS = 10_000, 100_000, 10_000
_KEY = b"\x05" * 32
_NUMBERS = "WITH RECURSIVE c(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM c WHERE n < {most} - 1)"
_STOCK = """INSERT INTO balance SELECT printf('A-%03d-%d', n / 300, n % 7),
  printf('SKU-%06d', n % {items}), printf('L%d', n / {items}), '', 'good', n % 50 + 1 FROM c"""
_ITEMS = """INSERT INTO item SELECT printf('SKU-%06d', n), printf('Bügelbrett „Größe %d“, blau', n),
  CAST(printf('{{"sku":"SKU-%06d","name":"Bügelbrett „Größe %d“, blau","cost":349}}', n, n) AS BLOB)
  FROM c"""


def measure() -> Iterator[Row]:
    """Every format; the time of the long one, and what it needs more than the short one."""
    with TemporaryDirectory(prefix="packhouse-bench-") as place:
        folder = Path(place)
        for rows in (FEW, MANY):
            _book(folder / f"{rows}.db", rows)
        for kind in Format:
            seen = {rows: _made(folder, rows, kind) for rows in (FEW, MANY)}
            (few_s, few_mb), (many_s, many_mb) = seen[FEW], seen[MANY]
            beside: dict[str, str | int | float] = {
                "rows": MANY,
                "s_10000": few_s,
                "peak_mb": round(many_mb, 1),
                "growth_mb": round(many_mb - few_mb, 1),
                "file_mb": round((folder / f"{MANY}.{kind}").stat().st_size / 1e6, 1),
            }
            yield Row(f"report_100000_{kind.value}_s", many_s, "s", 1, beside)


def _book(path: Path, rows: int) -> None:
    book = Book(path, _KEY)
    identity = Identity("enr-1", "PACK-03", "HAM", "epoch-one", "")
    with CacheStore(book).begin() as work:
        work.set_note(IDENTITY, msgspec.json.encode(identity).decode())
        work.commit()
    with book.writer.connect() as connection:
        for most, statement in ((rows, _STOCK), (ITEMS, _ITEMS)):
            # A CTE stands before the SELECT of an INSERT, not before the INSERT.
            head, _, tail = statement.format(most=most, items=ITEMS).partition(" SELECT ")
            words = f"{head} {_NUMBERS.format(most=most)} SELECT {tail}"
            connection.exec_driver_sql(words)
        connection.commit()
    book.close()


def _made(folder: Path, rows: int, kind: Format) -> tuple[float, float]:
    """Seconds of processor and megabytes at most of a process that makes one file."""
    arguments = (str(folder / f"{rows}.db"), str(folder / f"{rows}.{kind}"))
    done = subprocess.run(
        [sys.executable, "-m", "bench.reports", *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    seconds, megabytes = done.stdout.split()
    return float(seconds), float(megabytes)


def _child(book: Path, file: Path) -> None:
    kind = Format(file.suffix.removeprefix("."))
    drawing, paper = None, None
    if kind is Format.PDF:
        paint_offscreen()
        from PySide6.QtGui import QGuiApplication

        from ui.label_picture import pages_to_pdf
        from ui.theme import load_fonts

        drawing, paper = QGuiApplication(["bench"]), pages_to_pdf
        load_fonts()
    maker = ReportMaker(Book(book, _KEY), Catalogue.load("de"), paper)
    request = ReportRequest("bench", ReportName.STOCK_LIST, kind, Filter(), "2026-11-23T09:41:05Z")
    begun = time.process_time()
    made = maker.make(request, file)
    seconds = time.process_time() - begun
    del drawing
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if made.rows not in (FEW, MANY):
        raise RuntimeError(f"{made.rows} rows")
    print(f"{seconds:.3f} {peak:.1f}")


if __name__ == "__main__":
    _child(Path(sys.argv[1]), Path(sys.argv[2]))
