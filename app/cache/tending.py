"""Looking after the book while people work: backups, room on the disk, the size of the journal.

One thread of its own, started and joined by the composition root. It never touches the writer's
connection: a backup is a reader like any other.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from app.cache.backing_up import BackupMaker, DamagedCopyError
from app.cache.database import Book
from app.cache.readers import Readers
from app.cache.store import RESTORED, read_note
from app.domain.text import Text, text
from app.errors import PackhouseError
from app.storage.space import Free, Reserve, Room, free_bytes, room

log = logging.getLogger(__name__)

# Often enough to warn before a disk that fills at 1 GB a minute is full; costs two calls.
ROUND_S = 60.0
# What can be lost with the disk: an hour of what could not be sent in that hour.
BACKUP_EVERY = timedelta(hours=1)
# After trouble sooner than at the next hour, and not at every round.
RETRY_AFTER = timedelta(minutes=10)
# People hear of it when three backups in a row are missing: one may fail while the key changes.
MISSING_AFTER = timedelta(hours=3)
# A checkpoint keeps the journal at 4 MB; it grows beyond this only behind a reader that stays.
WAL_ALARM_BYTES = 64 << 20
_MB = 1 << 20

Now = Callable[[], datetime]
Tell = Callable[[Text | None], None]


class Tender:
    """Makes a round a minute; says what is wrong when it changes.

    Args:
        book: The opened book.
        maker: Makes its backups.
        reserve: Room put aside for a full disk.
        now: Wall time.
        tell: Hears what is wrong, or None; called on this thread.
        free: Tells the room on a disk.

    Attributes:
        other: What is wrong beside the book, and matters less; the composition root has it look at
            the keys.
    """

    def __init__(
        self,
        book: Book,
        maker: BackupMaker,
        reserve: Reserve,
        now: Now,
        tell: Tell,
        *,
        free: Free = free_bytes,
    ) -> None:
        self._book, self._maker, self._reserve = book, maker, reserve
        self._now, self._tell, self._free = now, tell, free
        self.other: Callable[[], Text | None] = lambda: None
        self._readers = Readers(book.reader)
        self._began = now()
        self._tried: datetime | None = None
        self._damaged = False
        self._said: Text | None = None

    def run(self, stopping: Event) -> None:
        """The thread's body: until `stopping` is set."""
        while not stopping.wait(ROUND_S):
            try:
                self.round()
            except (PackhouseError, OSError):
                # The folder itself may be gone for a while; the next round looks again.
                log.exception("a round of looking after the book was given up")

    def round(self) -> None:
        """Look at everything once."""
        free = self._free(self._book.path.parent)
        space = room(free)
        if space is Room.FINE:
            self._reserve.fill()
        if space is not Room.SHORT:
            self._back_up()
        warning = self._wrong(free, space)
        if warning != self._said:
            self._said = warning
            if warning is not None:
                log.warning("the book: %s %s", warning.code, dict(warning.params))
            self._tell(warning)

    def _back_up(self) -> None:
        now = self._now()
        if not self._is_time(now):
            return
        try:
            if self._maker.is_due(self._book):
                made = self._maker.make(self._book)
                log.info("backup %s in %d ms", made.path.name, made.about.ms)
            self._tried, self._damaged = None, False
        except DamagedCopyError as error:
            self._tried, self._damaged = now, True
            log.error("%s", error)  # noqa: TRY400 - the sentence says it all
        except PackhouseError as error:
            self._tried = now
            log.warning("no backup: %s", error)

    def _is_time(self, now: datetime) -> bool:
        """An hour after the last one, or a while after trouble; a clock set back waits for none."""
        if self._tried is not None:
            return not timedelta(0) <= now - self._tried < RETRY_AFTER
        newest = self._maker.newest()
        return newest is None or not timedelta(0) <= now - newest.made_at < BACKUP_EVERY

    def _wrong(self, free: int, space: Room) -> Text | None:
        """The worst of what is wrong."""
        if self._damaged:
            return text("storage.damaged")
        if space is Room.SHORT:
            return text("storage.short", mb=free // _MB)
        book = self._restored() or self._missing() or self._grown() or self._low(free, space)
        return book or self.other()

    def _restored(self) -> Text | None:
        with self._book.reader.connect() as connection:
            restored = read_note(connection, RESTORED)
        return None if restored is None else text("storage.restored")

    def _missing(self) -> Text | None:
        if self._tried is None:
            return None
        newest = self._maker.newest()
        since = self._now() - (newest.made_at if newest is not None else self._began)
        if since < MISSING_AFTER:
            return None
        return text("storage.no_backup", hours=int(since.total_seconds() // 3_600))

    def _grown(self) -> Text | None:
        wal = self._book.path.with_name(f"{self._book.path.name}-wal")
        reader = self._readers.longest()
        # Without a reader the next checkpoint folds it in, and the file is cut back after that.
        if reader is None or not wal.exists() or wal.stat().st_size <= WAL_ALARM_BYTES:
            return None
        return text("storage.wal", reader=reader.name, minutes=reader.seconds // 60)

    def _low(self, free: int, space: Room) -> Text | None:
        return text("storage.low", mb=free // _MB) if space is Room.LOW else None
