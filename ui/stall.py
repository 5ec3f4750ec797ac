"""Notices when the window's thread hangs, and says in which file and line.

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
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

log = logging.getLogger(__name__)

BEAT_MS = 20
# Tests fail, and production logs, from here on. A tenth of a second is when a scan feels late.
TEST_LIMIT_MS, LOG_LIMIT_MS = 100, 250
MS = 1_000_000
# What is below it is ours; the environment with what others wrote may lie there too.
ROOT = Path(__file__).resolve().parents[1]
FOREIGN = frozenset({".venv", "site-packages"})


@dataclass(frozen=True, slots=True)
class Stall:
    """The window did not answer.

    Attributes:
        milliseconds: For so long, when it was noticed; it may have been longer in the end.
        where: Its stack at that moment.
        place: The innermost line of ours in it: `ui/pages/task.py:77 in show_list`.
    """

    milliseconds: int
    where: str
    place: str = ""


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
        # The longest time without a beat so far, hang or not.
        self.worst_ms = 0
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
        now = time.monotonic_ns()
        self.worst_ms = max(self.worst_ms, (now - self._last_ns) // MS)
        self._last_ns = now

    def _watch(self) -> None:
        told = 0
        while not self._over.wait(BEAT_MS / 1000):
            last = self._last_ns
            away_ms = (time.monotonic_ns() - last) // MS
            if away_ms > self._limit_ms and told != last:
                told = last
                self._tell(Stall(away_ms, *self._stack()))

    def _stack(self) -> tuple[str, str]:
        frame = sys._current_frames().get(self._watched)  # noqa: SLF001 — the only way to see it
        if frame is None:
            return "", ""
        stack = traceback.extract_stack(frame)
        return "".join(traceback.format_list(stack)), _place(stack)


def _place(stack: traceback.StackSummary) -> str:
    """The innermost line of ours, else the innermost of all: one hangs where somebody called."""
    ours = [one for one in stack if _is_ours(Path(one.filename))]
    for one in reversed(ours or stack):
        path = Path(one.filename)
        shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        return f"{shown.as_posix()}:{one.lineno} in {one.name}"
    return ""


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(ROOT) and not FOREIGN & set(path.parts)


def write_to_log(stall: Stall) -> None:
    """What production does."""
    log.warning(
        "The window hung for %d ms at %s:\n%s", stall.milliseconds, stall.place, stall.where
    )
