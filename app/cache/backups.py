"""The backups of a station's book: which there are, what is known of each, and which are kept.

A backup is two files with one name: the copy (`.db`), encrypted with a key of its own, and what is
known of it (`.json`) with that key in wrapped form. The copy gets its name last: a backup with a
name was opened, checked and counted.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import msgspec

from app.cache.copies import Counts
from app.errors import Refusal

log = logging.getLogger(__name__)

FOLDER = "backups"
FORMAT = 1
# What the wrapped key is for; unwrapping asks for the same.
PURPOSE = "backup"
# Of the last hours, days and weeks in which there was a backup, the newest of each.
HOURS, DAYS, WEEKS = 24, 14, 8
_STAMP = "%Y%m%dT%H%M%SZ"
# A description is under a kilobyte; a larger file is something else.
_MAX_BYTES = 64 << 10


class Keeper(Protocol):
    """Wraps the keys of backups; the vault of the station does."""

    def wrap(self, purpose: str, key: bytes) -> str: ...
    def unwrap(self, purpose: str, wrapped: str) -> bytes: ...


class Marks(msgspec.Struct, frozen=True):
    """How far a book had come: another one means that something was recorded or followed.

    Attributes:
        operations: Number of the last one.
        scans: Number of the last one.
        position: The place in the feed, as the book keeps it.
    """

    operations: int = 0
    scans: int = 0
    position: str = ""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a backup.

    Attributes:
        format: Of this file.
        made_at: ISO 8601, UTC.
        key: The copy's key, wrapped.
        size: Bytes of the copy.
        counts: Rows by table.
        marks: How far the book had come.
        ms: How long making and checking took.
    """

    format: int = FORMAT
    made_at: str
    key: str
    size: int
    counts: Counts
    marks: Marks
    ms: int = 0


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup.

    Attributes:
        path: The copy.
        about: What is known of it.
    """

    path: Path
    about: About

    @property
    def made_at(self) -> datetime:
        """When."""
        return datetime.fromisoformat(self.about.made_at)


def folder_of(data_dir: Path) -> Path:
    """Where the backups of a station lie."""
    return data_dir / FOLDER


def paths_for(folder: Path, moment: datetime) -> tuple[Path, Path]:
    """Names of a new copy and its description; never those of an existing one."""
    while True:
        path = folder / f"book-{moment.strftime(_STAMP)}.db"
        if not path.exists():
            return path, path.with_suffix(".json")
        moment += timedelta(seconds=1)


def listed(folder: Path) -> tuple[Backup, ...]:
    """Every backup that is whole by its name and size, newest first."""
    found = [backup for path in folder.glob("book-*.db") if (backup := _read(path)) is not None]
    return tuple(sorted(found, key=lambda one: (one.about.made_at, one.path.name), reverse=True))


def at(path: Path) -> Backup:
    """The backup in a file.

    Raises:
        Refusal: `no_backup`.
    """
    copy = path.with_suffix(".db")
    found = _read(copy)
    if found is None:
        raise Refusal(
            "no_backup",
            f"{path} is no backup of a station: it needs {copy.name} and {copy.stem}.json side by "
            "side, as they were made. Name another one.",
        )
    return found


def decode(raw: bytes) -> About:
    """A description again.

    Raises:
        msgspec.DecodeError: It is none.
    """
    return _decode(raw)


def encode(about: About) -> bytes:
    """A description as it is kept."""
    return _encode(about)


def rotate(folder: Path) -> tuple[Path, ...]:
    """Remove what need not be kept, and what a kill left half-made; what was removed."""
    tidy(folder)
    backups = listed(folder)
    kept = to_keep([backup.made_at for backup in backups])
    gone = []
    for backup in backups:
        if backup.made_at not in kept:
            # The copy first: without it there is no backup, and no description is ever missed.
            backup.path.unlink(missing_ok=True)
            backup.path.with_suffix(".json").unlink(missing_ok=True)
            gone.append(backup.path)
    return tuple(gone)


def tidy(folder: Path) -> None:
    """Remove what a kill left behind: parts, and descriptions without a copy."""
    for path in _remains(folder):
        with suppress(OSError):
            path.unlink()
            log.info("removed what was left of a backup: %s", path.name)


def to_keep(moments: Iterable[datetime]) -> frozenset[datetime]:
    """Of the last 24 hours, 14 days and 8 weeks that have any: the newest of each.

    Counted by hours that have a backup, not from now: a clock that was wrong for a while removes
    nothing.
    """
    newest_first = sorted(moments, reverse=True)
    kept: set[datetime] = set()
    for most, form in ((HOURS, "%Y-%m-%d %H"), (DAYS, "%Y-%m-%d"), (WEEKS, "%G-%V")):
        by_period: dict[str, datetime] = {}
        for moment in newest_first:
            by_period.setdefault(moment.strftime(form), moment)
        kept.update(list(by_period.values())[:most])
    return frozenset(kept)


def _read(path: Path) -> Backup | None:
    described = path.with_suffix(".json")
    try:
        if described.stat().st_size > _MAX_BYTES:
            return None
        about = decode(described.read_bytes())
        zoned = datetime.fromisoformat(about.made_at).tzinfo is not None
        size = path.stat().st_size
    except (OSError, ValueError, msgspec.DecodeError):
        return None
    whole = about.format == FORMAT and size == about.size and zoned
    return Backup(path, about) if whole else None


def _remains(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.part*")
    for described in folder.glob("book-*.json"):
        if not described.with_suffix(".db").exists():
            yield described


_decode = msgspec.json.Decoder(About).decode
_encode = msgspec.json.Encoder(order="sorted").encode
