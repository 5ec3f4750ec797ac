"""Files that hold keys: written whole or not at all, readable by their owner alone."""

import os
import secrets
import sys
from pathlib import Path

OWNER_ONLY = 0o600


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file: written beside it, synced, renamed, and the folder synced.

    A kill at any moment leaves the old file or the new one.
    """
    temporary = path.with_name(f"{path.name}.new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and removals in a folder last; Windows syncs them with the file."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def shred(path: Path) -> None:
    """Overwrite a small file in place, then remove it.

    A copying file system or a worn flash cell may keep the old bytes all the same: whoever had
    plaintext keys on such a disk rotates the book key afterwards (`packhouse keys rotate`).
    """
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        file.write(secrets.token_bytes(size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)
