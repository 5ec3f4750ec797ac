"""Files that are there whole or not at all, also when killed and after a power cut."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event

# A virus scanner or a backup program may hold a file for a moment on Windows.
TRIES = 6
FIRST_WAIT_S = 0.1
_MODE = 0o600


def write_whole(path: Path, content: bytes) -> None:
    """Replace a small file; on the disk when this returns."""
    part = path.with_name(f"{path.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    put_in_place(part, path)


def put_in_place(part: Path, path: Path) -> None:
    """Give a finished file its name; on the disk when this returns."""
    sync(part)
    move(part, path)
    sync(path.parent)


def move(source: Path, target: Path) -> None:
    """Rename; tries again for 3 s where another program holds the file."""
    wait, held = FIRST_WAIT_S, Event()
    for _ in range(TRIES - 1):
        with suppress(PermissionError):
            source.replace(target)
            return
        held.wait(wait)
        wait *= 2
    source.replace(target)


def sync(path: Path) -> None:
    """Have the disk hold what was written to a file, or the names in a folder."""
    if sys.platform == "win32" and path.is_dir():
        return  # Windows writes names with the file.
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
