"""Making a backup of the book while the station works: copied, opened, checked, then named.

Killed at any moment, there is a whole verified backup more, or none.
"""

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic_ns

import sqlalchemy as sa
from sqlalchemy import Connection, select

from app.cache import backups, copies, soundness
from app.cache.backups import About, Backup, Keeper, Marks
from app.cache.database import Book
from app.cache.tables import note, operation, scan
from app.errors import Trouble
from app.storage import files
from app.storage.space import BLOCK_BYTES, Free, free_bytes

log = logging.getLogger(__name__)

_KEY_BYTES = 32
_POSITION = "position"

Now = Callable[[], datetime]


class DamagedCopyError(Trouble):
    """A copy of the book is not sound; then the book is not, as far as anybody can tell."""


class BackupMaker:
    """Makes and rotates the backups of one book. One thread at a time.

    Args:
        folder: Where backups lie; made when missing.
        keeper: Wraps their keys.
        now: Wall time, for their names.
        free: Tells the room on a disk.
    """

    def __init__(self, folder: Path, keeper: Keeper, now: Now, free: Free = free_bytes) -> None:
        self._folder, self._keeper, self._now, self._free = folder, keeper, now, free

    def newest(self) -> Backup | None:
        """The newest backup there is."""
        return next(iter(backups.listed(self._folder)), None)

    def is_due(self, book: Book) -> bool:
        """Whether the book has changed since the newest backup."""
        newest = self.newest()
        with book.reader.connect() as reader:
            return newest is None or marks_of(reader) != newest.about.marks

    def make(self, book: Book) -> Backup:
        """A new backup; the ones that need not be kept are removed.

        Raises:
            DamagedCopyError: The copy is not sound; it was not kept.
            Trouble: No room, or the disk refuses.
        """
        with copies.told(self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            backups.tidy(self._folder)
            self._refuse_without_room(book.path)
            made = self._make(book)
            backups.rotate(self._folder)
        return made

    def _make(self, book: Book) -> Backup:
        began = monotonic_ns()
        key = secrets.token_bytes(_KEY_BYTES)
        path, described = backups.paths_for(self._folder, self._now())
        part = path.with_name(f"{path.name}.part")
        with _no_remains(part):
            with book.reader.connect() as reader:
                counts = copies.copy(reader, part, key)
            marks = self._checked(part, key, counts)
            about = About(
                made_at=self._now().strftime("%Y-%m-%dT%H:%M:%SZ"),
                key=self._keeper.wrap(backups.PURPOSE, key),
                size=part.stat().st_size,
                counts=counts,
                marks=marks,
                ms=(monotonic_ns() - began) // 1_000_000,
            )
            files.write_whole(described, backups.encode(about))
            files.put_in_place(part, path)
        return Backup(path, about)

    def _checked(self, part: Path, key: bytes, counts: copies.Counts) -> Marks:
        """Open the copy with its key, check and count it."""
        newest = self.newest()
        with copies.opened(part, key) as connection:
            marks = marks_of(connection)
            # What the last backup proved of old operations does not change any more; a restore
            # proves everything.
            since = newest.about.marks.operations if newest is not None else 0
            found = soundness.check_everything(connection, since)
            counted = copies.count(connection)
        if found.wrong or counted != counts:
            said = found.wrong[0] if found.wrong else "it does not hold what was copied"
            raise DamagedCopyError(
                "The book of this station is damaged. Finish the order, then call IT: restore the "
                "newest backup with `packhouse station --restore`.",
                detail=said,
            )
        return marks

    def _refuse_without_room(self, book: Path) -> None:
        wal = book.with_name(f"{book.name}-wal")
        needed = sum(path.stat().st_size for path in (book, wal) if path.exists())
        if self._free(self._folder) - needed < BLOCK_BYTES:
            raise Trouble(
                "There is no backup: the disk is nearly full. Free some space; backups go on by "
                "themselves.",
                detail=f"{needed} bytes are needed beside {BLOCK_BYTES}",
            )


def marks_of(connection: Connection) -> Marks:
    """How far a book has come."""
    operations = connection.execute(select(sa.func.max(operation.c.n))).scalar_one()
    scans = connection.execute(select(sa.func.max(scan.c.id))).scalar_one()
    position = select(note.c.value).where(note.c.name == _POSITION)
    place = connection.execute(position).scalar_one_or_none()
    connection.rollback()
    return Marks(operations or 0, scans or 0, place or "")


@contextmanager
def _no_remains(part: Path) -> Iterator[None]:
    """Nothing half-made stays when it does not come to its end."""
    try:
        yield
    finally:
        for end in ("", *copies.BESIDE):
            part.with_name(part.name + end).unlink(missing_ok=True)
