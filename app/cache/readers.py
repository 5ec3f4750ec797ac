"""Who reads the book at this moment, and since when: a reader that stays holds the WAL open."""

import threading
from dataclasses import dataclass
from time import monotonic_ns
from typing import Any

from sqlalchemy import Engine, event

_S = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Reader:
    """One that has a connection.

    Attributes:
        name: Of its thread.
        seconds: How long already.
    """

    name: str
    seconds: int


class Readers:
    """Notes who takes a connection of an engine and gives it back.

    Args:
        engine: The readers' engine of a book.
    """

    def __init__(self, engine: Engine) -> None:
        self._lock = threading.Lock()
        self._inside: dict[int, tuple[str, int]] = {}
        event.listen(engine, "checkout", self._enter)
        event.listen(engine, "checkin", self._leave)

    def longest(self) -> Reader | None:
        """The one that reads longest; None when nobody does."""
        with self._lock:
            first = min(self._inside.values(), key=lambda one: one[1], default=None)
        if first is None:
            return None
        name, since = first
        return Reader(name, (monotonic_ns() - since) // _S)

    def _enter(self, _connection: Any, record: object, _proxy: Any) -> None:
        with self._lock:
            self._inside[id(record)] = (threading.current_thread().name, monotonic_ns())

    def _leave(self, _connection: Any, record: object) -> None:
        with self._lock:
            self._inside.pop(id(record), None)
