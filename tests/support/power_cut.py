"""A power cut for one station's book: work on it, cut, and open what is left.

    with PowerCut(tmp_path) as bench:
        with bench.store.begin() as work:
            work.set_note("box", "M")
            work.commit()
        after = bench.cut()          # the same key, a new process, only what was synced

What survives follows the pragma in force (`app.simulation.disk`): with synchronous=FULL every
commit that returned, below it only what a checkpoint has synced.
"""

from pathlib import Path
from typing import Self

from app.cache.database import Book
from app.cache.store import CacheStore
from app.simulation.bench import FILE, KEY, empty_book
from app.simulation.disk import Disk
from app.simulation.watch import WatchedStore, WatchedWork


class PowerCut:
    """A book on a disk that can lose power.

    Args:
        folder: An empty one.
        synchronous: `FULL` as in the program; anything less is a control.
    """

    def __init__(self, folder: Path, *, synchronous: str = "FULL") -> None:
        self.disk = Disk(folder / "disk", FILE)
        self.disk.path.write_bytes(empty_book())
        self._synchronous = synchronous
        self.open()

    def open(self) -> CacheStore:
        """Start the program on what lies there."""
        self.book = Book(self.disk.path, KEY, synchronous=self._synchronous)
        with self.book.writer.connect() as connection:
            level = int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
        self.disk.opened(level)
        self.store = WatchedStore(self.book, self)
        return self.store

    def cut(self, *, power: bool = True) -> CacheStore:
        """The power goes (or the process is killed), then everything starts again."""
        self.disk.die(power=power)
        self.book.close()
        return self.open()

    def before_commit(self, work: WatchedWork) -> None:
        """Nothing is promised yet."""

    def after_commit(self, work: WatchedWork) -> None:
        """The disk notes what is safe now."""
        self.disk.committed()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.book.close()
