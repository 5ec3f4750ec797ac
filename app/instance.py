"""One program on one data folder: a lock the operating system gives back even after kill -9."""

import os
import sys
from pathlib import Path
from types import TracebackType

from app.errors import Trouble

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class InstanceLock:
    """Held while the program uses the folder.

    Args:
        folder: The data folder; created when missing.

    Raises:
        Trouble: Another process holds it, or the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Trouble(
                f"The data folder {folder} cannot be written. Check its rights, or choose another "
                "one with --data-dir.",
                detail=str(error),
            ) from error
        try:
            self._lock()
        except OSError as error:
            holder = os.read(self._handle, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(self._handle)
            raise Trouble(
                f"Packhouse is already running on {folder} (process {holder}). "
                "Use that window, or close it first.",
                detail=str(error),
            ) from error
        os.ftruncate(self._handle, 0)
        os.write(self._handle, str(os.getpid()).encode("ascii"))

    def _lock(self) -> None:
        if sys.platform == "win32":
            # Byte 1023 is locked so that the process number at the start can still be read.
            os.lseek(self._handle, 1023, os.SEEK_SET)
            msvcrt.locking(self._handle, msvcrt.LK_NBLCK, 1)
            os.lseek(self._handle, 0, os.SEEK_SET)
        else:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def release(self) -> None:
        """Give the folder back."""
        os.close(self._handle)

    def __enter__(self) -> "InstanceLock":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
