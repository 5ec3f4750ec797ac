"""The picture folder: whatever takes or copies pictures puts them there, and the newest is taken.

A phone over a cable, a camera's own program, a shared folder: none of them needs a driver here. A
picture that was kept in the book is removed from the folder by whoever put it there.
"""

import os
import stat
from pathlib import Path

from app.domain.picture import MAX_BYTES
from app.station.inbox import PhotoTaken

# In the station's data folder.
FOLDER = "pictures"
# Names that are looked at; a folder with more was not meant for this.
MOST_NAMES = 1_000
ENDINGS = frozenset({".jpg", ".jpeg", ".png"})


def newest(folder: Path) -> PhotoTaken:
    """The newest picture by its time, read up to one byte more than is allowed."""
    found = sorted(_candidates(folder), reverse=True)
    for _, name in found:
        content = _read(folder / name)
        if content is not None:
            return PhotoTaken(name, content, str(folder))
    return PhotoTaken("", None, str(folder))


def _candidates(folder: Path) -> list[tuple[int, str]]:
    """Time and name of every plain file that is called a picture; the folder is made."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.scandir(folder) as entries:
            return [
                (entry.stat(follow_symlinks=False).st_mtime_ns, entry.name)
                for _, entry in zip(range(MOST_NAMES), entries, strict=False)
                if Path(entry.name).suffix.lower() in ENDINGS
                and entry.is_file(follow_symlinks=False)
            ]
    except OSError:
        return []


def _read(path: Path) -> bytes | None:
    """What is in a plain file; a link put there meanwhile is not followed."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        return file.read(MAX_BYTES + 1)
