"""Files that are there whole or not at all, also after a power cut."""

import os
from pathlib import Path


def part_of(target: Path) -> Path:
    """Where a file is made before it gets its name: in the same folder, so that it can."""
    return target.with_name(f".{target.name}.part")


def put_in_place(part: Path, target: Path) -> None:
    """Give a finished file its name; on the disk when this returns."""
    sync(part)
    part.replace(target)
    sync(target.parent)


def write(target: Path, content: bytes) -> None:
    """Write a small file, or leave the one that is there."""
    part = part_of(target)
    part.write_bytes(content)
    put_in_place(part, target)


def sync(path: Path) -> None:
    """Have the disk hold what was written to a file or a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
