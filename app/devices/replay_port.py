"""Plays a recorded conversation back: a CSV of `t_ms,dir,hex`, `<` from the device, `>` to it.

For support ("here is what the scale said") and tests. What is written to it is not compared.
"""

import csv
import time
from collections import deque
from pathlib import Path
from threading import Event

from app.errors import Trouble

FROM_DEVICE = "<"
# A day of a chatty scale is below this; a capture is not a place for a database dump.
MAX_BYTES = 64 << 20


class ReplayPort:
    """A capture, in its own time from the moment it is opened; silent after its last row.

    Args:
        path: The CSV file.

    Raises:
        Trouble: The file cannot be read or is no capture.
    """

    def __init__(self, path: Path) -> None:
        self._pending = deque(rows_of(path))
        self._closed = Event()
        self._opened = time.monotonic()

    def read(self, size: int, timeout_s: float) -> bytes:
        due_s = self._pending[0][0] / 1000 + self._opened if self._pending else float("inf")
        wait_s = due_s - time.monotonic()
        if wait_s > 0:
            self._closed.wait(min(wait_s, timeout_s))
            if wait_s > timeout_s:
                return b""
        at_ms, data = self._pending.popleft()
        if len(data) > size:
            self._pending.appendleft((at_ms, data[size:]))
        return data[:size]

    def write(self, data: bytes) -> None:
        """Nobody listens."""

    def close(self) -> None:
        self._closed.set()


def rows_of(path: Path) -> list[tuple[int, bytes]]:
    """Time in milliseconds and bytes of every row that came from the device.

    Raises:
        Trouble: The file cannot be read or is no capture.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Trouble(f"{path} is too large for a capture ({MAX_BYTES >> 20} MiB at most).")
        with path.open(encoding="utf-8", newline="") as file:
            return [
                (int(row["t_ms"]), bytes.fromhex(row["hex"]))
                for row in csv.DictReader(file)
                if row["dir"] == FROM_DEVICE and row["hex"].strip()
            ]
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise Trouble(
            f"{path} cannot be played. It must be a CSV with columns t_ms, dir (< or >) and hex.",
            detail=str(error),
        ) from error
