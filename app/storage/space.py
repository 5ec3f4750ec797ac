"""Room on the disk: how much is left, and a reserve for the moment when none is.

A full disk refuses not only new records but the checkpoint that would free room: the WAL itself may
hold the whole disk. Giving the reserve away lets both through, and people see it long before.
"""

import logging
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

log = logging.getLogger(__name__)

# A station writes some 20 MB on a busy day: months of warning.
WARN_BYTES = 2 << 30
# Below this only what people record, and what must be sent, is written: no backups, no reserve.
BLOCK_BYTES = 500 << 20
# A checkpoint needed 1.5 MB, and a day of records 20 MB: enough to finish the shift.
RESERVE_BYTES = 64 << 20
_NAME = "reserve"
_CHUNK = bytes(1 << 20)

Free = Callable[[Path], int]


class Room(StrEnum):
    """How much room there is."""

    FINE = "fine"
    LOW = "low"
    SHORT = "short"


def free_bytes(folder: Path) -> int:
    """Bytes this account may still write."""
    return shutil.disk_usage(folder).free


def room(free: int) -> Room:
    """What a number of free bytes means."""
    if free < BLOCK_BYTES:
        return Room.SHORT
    return Room.LOW if free < WARN_BYTES else Room.FINE


class Reserve:
    """A file that holds room until the disk is full.

    Args:
        folder: On the disk it is for.
        size: Bytes.
        free: Tells the room that is left.
    """

    def __init__(self, folder: Path, size: int = RESERVE_BYTES, free: Free = free_bytes) -> None:
        self.path = folder / _NAME
        self._size, self._free = size, free

    @property
    def held(self) -> bool:
        """Whether there is something to give."""
        with suppress(OSError):
            return self.path.stat().st_size >= self._size
        return False

    def fill(self) -> bool:
        """Hold room, while there is plenty; whether it is held now."""
        if self.held:
            return True
        try:
            if self._free(self.path.parent) < WARN_BYTES:
                return False
            part = self.path.with_suffix(".part")
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                _occupy(handle, self._size)
                os.fsync(handle)
            finally:
                os.close(handle)
            part.replace(self.path)
        except OSError as error:
            log.warning("no room could be put aside: %s", error)
            return False
        return True

    def give(self) -> bool:
        """The disk is full: give the room away; whether there was any."""
        held = self.held
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            log.error("the room put aside could not be given away: %s", error)  # noqa: TRY400 - one line is enough
            return False
        if held:
            log.warning("the disk is full: %d MB put aside were given away", self._size >> 20)
        return held


def _occupy(handle: int, size: int) -> None:
    """Blocks of their own, also on a file system that leaves out zeros when it can."""
    if sys.platform == "linux":
        os.posix_fallocate(handle, 0, size)
    else:
        for _ in range(0, size, len(_CHUNK)):
            os.write(handle, _CHUNK)
