"""Several writes as one: the transaction a thread has open, which the others on it join.

A write of another system is its effect and the note of its idempotency key; both or neither. The
service opens its own transactions and knows nothing of keys, so theirs become parts (savepoints) of
the one that was opened around them. Each part may still fail and be done again by itself.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

Task = Callable[[], None]


class Together:
    """The transaction each thread has open around others, if any."""

    def __init__(self) -> None:
        self._local = threading.local()

    @property
    def connection(self) -> Connection | None:
        """The open transaction of this thread."""
        found: Connection | None = getattr(self._local, "connection", None)
        return found

    @contextmanager
    def open(self, engine: Engine) -> Iterator[Connection]:
        """Open one; its parts are committed with it, or not at all."""
        later: list[Task] = []
        with engine.begin() as connection:
            self._local.connection, self._local.later = connection, later
            try:
                yield connection
            finally:
                self._local.connection = None
        for task in later:
            task()

    def when_committed(self, task: Task) -> None:
        """Do something once the open transaction is committed; at once when there is none."""
        if self.connection is None:
            task()
        else:
            self._local.later.append(task)
