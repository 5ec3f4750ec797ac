"""The disk is full at any write: nothing recorded is lost, it is said, and work goes on (S3)."""

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.cache import soundness
from app.cache.database import Book
from app.cache.store import CacheStore
from app.errors import Trouble

KEY = b"\x05" * 32
ROOT = Path(__file__).resolve().parents[2]
# Limits that are tried.
POINTS = 120
# A frame of the WAL: 24 bytes and a page. Cut within frames, at their ends and between commits.
STEP = 1_031


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """As on a full disk, a write beyond this size is refused in its middle."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def record(store: CacheStore, number: int) -> None:
    """One commit of a few pages, as a scan makes."""
    with store.begin() as work:
        work.set_note(f"scan-{number}", f"{number:08d}" * 900)
        work.commit()


def notes(book: Book) -> set[int]:
    with book.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name FROM note WHERE name LIKE 'scan-%'")
        return {int(row[0].removeprefix("scan-")) for row in rows}


def test_refused_at_any_of_a_hundred_writes_nothing_recorded_is_lost(tmp_path: Path) -> None:
    book = Book(tmp_path / "book.db", KEY)
    store = CacheStore(book)
    wal = tmp_path / "book.db-wal"
    recorded: set[int] = set()
    refused, said = 0, set[str]()
    for point in range(POINTS):
        record(store, 10_000 + point)
        recorded.add(10_000 + point)
        with no_file_beyond(wal.stat().st_size + point * STEP % 20_000):
            for number in range(point * 10, point * 10 + 10):
                try:
                    record(store, number)
                except Trouble as trouble:
                    said.add(trouble.say)
                    refused += 1
                    break
                recorded.add(number)

        assert notes(book) == recorded
    book.close()

    again = Book(tmp_path / "book.db", KEY)
    assert refused >= 100
    assert all("Nothing was counted" in sentence for sentence in said)
    assert notes(again) == recorded
    with again.writer.connect() as connection:
        assert soundness.check_pages(connection).wrong == ()
    again.close()


# Within a user namespace, on a disk of 16 MB: the whole of the program's way with a full disk.
ON_A_SMALL_DISK = """
import json, os, sys
from pathlib import Path
from app.cache.database import Book, DiskFullError
from app.cache.store import CacheStore
from app.storage.space import Reserve

disk = Path(sys.argv[1])
book = Book(disk / "book.db", bytes([5]) * 32)
reserve = Reserve(disk, 6 << 20, lambda _: 1 << 40)
given = []
store = CacheStore(book, lambda: given.append(reserve.give()))
reserve.fill()
recorded, refused, after = [], 0, 0
def record(number):
    with store.begin() as work:
        work.set_note(f"scan-{number}", f"{number:08d}" * 2_000)
        work.commit()
for number in range(2_000):
    try:
        record(number)
        recorded.append(number)
        after += bool(given)
    except DiskFullError as error:
        refused += 1
        assert "Free some space" in error.say
        if refused > 100:
            break
with book.reader.connect() as connection:
    rows = connection.exec_driver_sql("SELECT name FROM note WHERE name LIKE 'scan-%'")
    there = sorted(int(row[0][5:]) for row in rows)
book.close()
again = Book(disk / "book.db", bytes([5]) * 32)
with again.reader.connect() as connection:
    rows = connection.exec_driver_sql("SELECT name FROM note WHERE name LIKE 'scan-%'")
    reopened = sorted(int(row[0][5:]) for row in rows)
again.close()
print(json.dumps([refused, given.count(True), after, there == recorded, reopened == recorded]))
"""


def can_mount() -> bool:
    """Whether this account may have a small disk of its own."""
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return tried.returncode == 0


@pytest.mark.skipif(not can_mount(), reason="no user namespaces here: the limit above stands in")
def test_on_a_full_disk_the_reserve_lets_work_go_on(tmp_path: Path) -> None:
    script = tmp_path / "small.py"
    script.write_text(ON_A_SMALL_DISK)
    disk = tmp_path / "disk"
    disk.mkdir()
    command = f"mount -t tmpfs -o size=16m none {disk} && exec {sys.executable} {script} {disk}"

    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    refused, given, after, there, reopened = json.loads(done.stdout)
    assert refused > 100
    assert given == 1
    assert after > 20  # recorded in the room that was put aside
    assert there
    assert reopened
