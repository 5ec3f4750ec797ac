"""A gate before the book's connections, shut for the moments in which its key changes.

Whoever has a connection finishes first; whoever wants one waits. Nobody meets a page under a key
that the connection does not have.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import Trouble

# A turn takes milliseconds, a page of a list less than a second: who is inside longer is stuck, and
# the key changes another time.
EMPTY_WAIT_S = 5.0
# A book of a gigabyte gets its key in six seconds.
OPEN_WAIT_S = 60.0


class Gate:
    """Counts who is inside, and can be shut once all have left."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._shut = False

    def enter(self) -> None:
        """Take a connection; waits while the gate is shut.

        Raises:
            Trouble: It did not open in time.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: not self._shut, OPEN_WAIT_S):
                raise Trouble("The book is being given a new key. Wait a minute, then try again.")
            self._inside += 1

    def leave(self) -> None:
        """Give the connection back."""
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    @contextmanager
    def shut(self) -> Iterator[None]:
        """Nobody is inside, and nobody comes in.

        Raises:
            Trouble: Somebody stayed inside too long; the gate is open again.
        """
        with self._changed:
            self._shut = True
            if not self._changed.wait_for(lambda: not self._inside, EMPTY_WAIT_S):
                self._shut = False
                self._changed.notify_all()
                raise Trouble("The book is in use. Its key is changed another time.")
        try:
            yield
        finally:
            with self._changed:
                self._shut = False
                self._changed.notify_all()
