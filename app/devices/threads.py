"""The one way a device gets a thread of its own, and the limits on ending it.

Threads are started and joined by whoever composes the program, through `start` and `stop` of the
devices; this is only where they are made.
"""

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

# Every wait of a device thread is shorter than this, so that a stop is heard in time.
LONGEST_WAIT_S = 0.1
# A connection attempt is the longest a device thread can be away (0.8 s, `tcp_port`).
STOP_WAIT_S = 2.0


class Worker:
    """A thread with a stop flag.

    Args:
        work: What it does; returns soon after the flag it is given is set.
        name: The thread's name in the log.
    """

    def __init__(self, work: Callable[[threading.Event], None], name: str) -> None:
        self._stop = threading.Event()
        # Daemon: a driver that hangs in the kernel must not keep the program from ending.
        self._thread = threading.Thread(  # noqa: TID251 - made here, started and joined from outside
            target=work, args=(self._stop,), name=name, daemon=True
        )

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Set the flag and wait for the end; a second call, or one before `start`, does nothing."""
        self._stop.set()
        if not self._thread.is_alive():
            return
        self._thread.join(STOP_WAIT_S)
        if self._thread.is_alive():
            log.error("%s did not stop in %s s and is left behind", self._thread.name, STOP_WAIT_S)
