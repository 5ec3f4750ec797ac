"""Notices when the window's thread hangs, and says in which line.

A timer beats on the window's thread; a watcher thread looks whether it still does. In production a
stall is logged; tests use the same class to fail on one.
"""

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Slot

log = logging.getLogger(__name__)

BEAT_MS = 20
# Tests fail, and production logs, from here on. A tenth of a second is when a scan feels late.
TEST_LIMIT_MS, LOG_LIMIT_MS = 100, 250
MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Stall:
    """The window did not answer for `milliseconds`; `where` is its stack at that moment."""

    milliseconds: int
    where: str


class StallWatch(QObject):
    """Watches the thread it is made on, between `start` and `stop`.

    Args:
        limit_ms: How long the beat may stay away.
        tell: Called once per stall, on the watcher's thread.
        parent: Owner.
    """

    def __init__(
        self,
        limit_ms: int = LOG_LIMIT_MS,
        tell: Callable[[Stall], None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._limit_ms = limit_ms
        self._tell = tell or write_to_log
        self._watched = threading.get_ident()
        self._last_ns = time.monotonic_ns()
        self._over = threading.Event()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._beat)
        # The one thread of `ui` beside the readers: it only looks, and ends with the window.
        self._thread = threading.Thread(  # noqa: TID251 — started and joined here, see stop()
            target=self._watch, name="stall-watch", daemon=True
        )

    def start(self) -> None:
        """Begin to watch."""
        self._last_ns = time.monotonic_ns()
        self._timer.start(BEAT_MS)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching; the thread has ended when this returns."""
        self._timer.stop()
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    @Slot()
    def _beat(self) -> None:
        self._last_ns = time.monotonic_ns()

    def _watch(self) -> None:
        told = 0
        while not self._over.wait(BEAT_MS / 1000):
            last = self._last_ns
            away_ms = (time.monotonic_ns() - last) // MS
            if away_ms > self._limit_ms and told != last:
                told = last
                self._tell(Stall(away_ms, self._stack()))

    def _stack(self) -> str:
        frame = sys._current_frames().get(self._watched)  # noqa: SLF001 — the only way to see it
        return "".join(traceback.format_stack(frame)) if frame is not None else ""


def write_to_log(stall: Stall) -> None:
    """What production does."""
    log.warning("The window hung for %d ms:\n%s", stall.milliseconds, stall.where)
