"""How much is done, counted and not timed: lines of Python run, steps of SQLite taken, bytes read.

The same on a busy machine as on a quiet one, so that a test can say that 5,000 lines cost what ten
cost.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event

from app.paths import resources_dir

# Python of the program itself; what libraries do with it is not ours to count.
_OURS = tuple(str(resources_dir().parent / part) for part in ("app/", "ui/"))
# SQLite asks back after so many steps of its machine.
_EVERY = 20


@dataclass(slots=True)
class Effort:
    """What was done.

    Attributes:
        lines: Lines of the program that ran; a loop counts with every turn.
        steps: Steps of SQLite's machine.
        asked: Statements, in order.
    """

    lines: int = 0
    steps: int = 0
    asked: list[str] = field(default_factory=list)


@contextmanager
def counting(writer: Engine | None = None) -> Iterator[Effort]:
    """Count what the thread does, and `writer` for it."""
    effort = Effort()

    def trace(frame: FrameType, kind: str, _: object) -> Any:
        if kind == "call":
            return trace if frame.f_code.co_filename.startswith(_OURS) else None
        effort.lines += kind == "line"
        return trace

    def step() -> int:
        effort.steps += _EVERY
        return 0

    def ask(*happened: Any) -> None:
        effort.asked.append(str(happened[2]))

    before = sys.gettrace()
    if writer is not None:
        _progress(writer, step)
        event.listen(writer, "before_cursor_execute", ask)
    sys.settrace(trace)
    try:
        yield effort
    finally:
        sys.settrace(before)
        if writer is not None:
            event.remove(writer, "before_cursor_execute", ask)
            _progress(writer, None)


def _progress(writer: Engine, step: Any) -> None:
    """The pool of a writer has one connection."""
    raw = writer.raw_connection()
    try:
        driver: Any = raw.driver_connection
        driver.set_progress_handler(step, _EVERY)
    finally:
        raw.close()
