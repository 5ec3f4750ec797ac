"""Putting a backup in the place of the book: the old one or the restored one, never half of both.

First a whole new book is made beside the old one, under the book's own key, checked, and marked as
restored. The moment it gets its name (`restored-<time>.db`) is the moment of the restore: from then
on every start finishes it by moving the old files aside, journals and all, and the new one in.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import Connection, update

from app.cache import backups, copies, soundness
from app.cache.backups import Backup, Keeper
from app.cache.store import RESTORED
from app.cache.tables import print_job
from app.cache.work import NUMBERS, CacheWork, Numbers
from app.station import open_task
from app.station.inbox import PrintState
from app.station.sessions import SESSION_NOTE
from app.storage import files

log = logging.getLogger(__name__)

_READY = "restored-"
_ASIDE = "damaged-"
# Parcel numbers that may have been used since the backup: a bench seals fewer than these an hour,
# whatever it packs, and the first thousand stand for a clock that was wrong.
NUMBERS_AT_LEAST, NUMBERS_AN_HOUR = 1_000, 500
# Notes of the moment: nobody is signed in, and no order is open, at a station that was restored.
_OF_THE_MOMENT = (SESSION_NOTE, open_task.NOTE)
_STAMP = "%Y%m%dT%H%M%SZ"


class Restored(msgspec.Struct, frozen=True):
    """What a restored book says of itself.

    Attributes:
        at: When it was restored, ISO 8601, UTC.
        made_at: When the backup was made.
    """

    at: str
    made_at: str


def prepare(book: Path, key: bytes, keeper: Keeper, source: Backup, now: datetime) -> Path:
    """Make the new book from a backup; the old one is as it was until this returns.

    Args:
        book: Where the book lies, or lay.
        key: Of the book; the new one opens with it.
        keeper: Unwraps the backup's key.
        source: Which backup.
        now: Wall time.

    Returns:
        The finished new book; `finish` puts it in place.

    Raises:
        NotACopyError: The backup does not open, or is not what was backed up.
        Trouble: The disk refuses.
    """
    ready = book.with_name(f"{_READY}{now.strftime(_STAMP)}.db")
    part = ready.with_name(f"{ready.name}.part")
    forget_unfinished(book)
    try:
        with copies.opened(source.path, keeper.unwrap(backups.PURPOSE, source.about.key)) as old:
            counts = copies.copy(old, part, key)
        if counts != source.about.counts:
            raise copies.NotACopyError(
                f"{source.path.name} does not hold what was backed up. Take another backup."
            )
        with copies.opened(part, key) as connection:
            found = soundness.check_everything(connection)
            if found.wrong:
                raise copies.NotACopyError(
                    f"{source.path.name} is damaged. Take another backup.", detail=found.wrong[0]
                )
            _mark(connection, source, now)
        files.put_in_place(part, ready)
    finally:
        for end in ("", *copies.BESIDE):
            part.with_name(part.name + end).unlink(missing_ok=True)
    for earlier in _ready(book):
        if earlier != ready:
            earlier.unlink()
    return ready


def finish(book: Path) -> Path | None:
    """Finish a restore: the old files aside, the new book in. Every start does it first.

    Returns:
        Where the old files lie now; None when there was nothing to finish.
    """
    found = _ready(book)
    if not found:
        return None
    ready, *earlier = found
    # Left by a kill: at the next start it would come over everything done since this one.
    for one in earlier:
        one.unlink()
    aside = book.with_name(_ASIDE + ready.stem.removeprefix(_READY))
    aside.mkdir(mode=0o700, exist_ok=True)
    # The journals first: beside another book they would be taken for its own, and destroy it.
    for end in (*copies.BESIDE, ""):
        old = book.with_name(book.name + end)
        if old.exists():
            files.move(old, aside / old.name)
    for folder in (aside, book.parent):
        files.sync(folder)
    files.put_in_place(ready, book)
    log.warning("the book was restored; what lay there before is in %s", aside.name)
    return aside


def forget_unfinished(book: Path) -> None:
    """Remove new books that were not finished: their making was killed, nothing else happened."""
    for part in book.parent.glob(f"{_READY}*.part*"):
        part.unlink()


def restored_of(work: CacheWork) -> Restored | None:
    """What a book says of its restore; None when it was not restored, or has enrolled since."""
    value = work.note(RESTORED)
    return None if value is None else msgspec.json.decode(value, type=Restored)


def _mark(connection: Connection, source: Backup, now: datetime) -> None:
    """The new book knows that it is one, and repeats nothing that was done since the backup."""
    at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    work = CacheWork(connection)
    mark = Restored(at=at, made_at=source.about.made_at)
    work.set_note(RESTORED, msgspec.json.encode(mark).decode())
    for note in _OF_THE_MOMENT:
        work.set_note(note, None)
    value = work.note(NUMBERS)
    if value is not None:
        left = _passed_over(msgspec.json.decode(value, type=Numbers), now - source.made_at)
        work.set_note(NUMBERS, msgspec.json.encode(left).decode())
    soundness.refresh_effects(connection)
    # Whether these were printed since, nobody knows: a person decides.
    connection.execute(
        update(print_job)
        .where(print_job.c.state == PrintState.WAITING.value)
        .values(state=PrintState.UNKNOWN.value, detail="")
    )
    work.commit()


def _passed_over(numbers: Numbers, since: timedelta) -> Numbers:
    """What is left of a block of parcel numbers, without those that may be on parcels."""
    hours = max(0, int(since.total_seconds() // 3_600))
    used = min(numbers.left, NUMBERS_AT_LEAST + NUMBERS_AN_HOUR * hours)
    return Numbers(numbers.next + used, numbers.left - used)


def _ready(book: Path) -> list[Path]:
    """Finished new books, the latest first."""
    return sorted(book.parent.glob(f"{_READY}*.db"), reverse=True)
