"""A board of a supervisor on a book of five thousand orders and a million scans.

What is measured is everything a board asks, in one transaction, as the station's thread asks it.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from app.cache.database import Book
from app.cache.store import CacheStore
from app.station.ports import Work
from bench.processes import Neighbours
from bench.rows import Beside, Row, median, spread

ORDERS, LINES, OPERATIONS, SCANS, PLACES = 5_000, 5, 300_000, 1_000_000, 5_000
# Two months of work; today is the last day of it.
DAYS = 60
TODAY = "2026-03-01T00:00:00.000Z"
LOOKS = 40
_NUMBERS = "WITH RECURSIVE c(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c WHERE n < {most})"
_AT = (
    "strftime('%Y-%m-%dT%H:%M:%S.000Z', '2026-01-01', "
    "'+' || cast({n} * {days} * 86400.0 / {most} AS INTEGER) || ' seconds')"
)
_FILL = (
    (
        ORDERS,
        """INSERT INTO order_document
SELECT printf('ORD-%05d', n), 1, CASE WHEN n % 5 THEN 'released' ELSE 'shipped' END, n % 9,
       printf('2026-03-01T%02d:00:00', 8 + n % 12), {lines}, randomblob(900) FROM c""",
    ),
    (
        ORDERS * LINES,
        """INSERT INTO progress
SELECT printf('ORD-%05d', n / {lines} + 1), n % {lines}, n % 2, 0 FROM c""",
    ),
    (
        OPERATIONS,
        """INSERT INTO operation (n, id, kind, body, content_hash, enrolment, seq, digest, job,
  about, recorded_at, transport, outcome, actor, units)
SELECT n, 'op-' || n, CASE n % 7 WHEN 0 THEN 'ship' WHEN 1 THEN 'move' ELSE 'pack' END,
       randomblob(600), '', 'enr', n, '', '', printf('ORD-%05d', n / 60), {at}, 'confirmed',
       'posted', 'p-' || (n % 9), 1 FROM c""",
    ),
    (
        SCANS,
        """INSERT INTO scan (id, at, device, raw, shown, fate)
SELECT n, {at}, 'scanner-1', randomblob(14), '4006381333931',
       CASE WHEN n % 211 = 0 THEN 'refused' WHEN n % 9 = 0 THEN 'command' ELSE 'applied' END
  FROM c""",
    ),
    (PLACES, "INSERT INTO location SELECT printf('A-%05d', n), 'bin' FROM c"),
    (
        PLACES * 20,
        """INSERT INTO balance SELECT printf('A-%05d', n % {places}), 'SKU-' || n, '', '', 'good',
       n % 3 FROM c""",
    ),
)


def measure() -> Iterator[Row]:
    """Fill a book, then look at its board again and again."""
    with TemporaryDirectory(prefix="packhouse-bench-") as folder:
        book = Book(Path(folder) / "book.db", b"\x05" * 32)
        with book.writer.connect() as connection:
            _fill(connection)
            connection.commit()
        store, took, used = CacheStore(book), [], []
        neighbours, cpu = Neighbours(), time.process_time()
        for _ in range(LOOKS):
            begun, busy = time.perf_counter(), time.process_time()
            with store.begin() as work:
                look(work)
            took.append((time.perf_counter() - begun) * 1e3)
            used.append((time.process_time() - busy) * 1e3)
        others = neighbours.percent(time.process_time() - cpu)
        book.close()
    beside: Beside = {"orders": ORDERS, "scans": SCANS, "operations": OPERATIONS}
    beside["others_cpu_percent"] = others
    yield from spread("board", "ms", took, **beside)
    yield Row("board_cpu_ms", median(used), "ms", len(used), beside)


def look(work: Work) -> None:
    """Everything the board asks."""
    work.order_groups("2026-03-01T10:00:00")
    work.done_hours(TODAY)
    work.scan_hours(TODAY)
    work.outbox_state()
    work.waiting_count()
    work.causes()
    work.dispositions()
    work.held_by()
    work.storage()


def _fill(connection: Connection) -> None:
    for most, words in _FILL:
        at = _AT.format(n="n", days=DAYS, most=most)
        said = words.format(lines=LINES, places=PLACES, at=at)
        connection.exec_driver_sql(_with(most, said))


def _with(most: int, words: str) -> str:
    head, _, tail = words.partition("SELECT")
    return f"{head}{_NUMBERS.format(most=most)} SELECT{tail}"
