"""How long to wait before a port is opened again, and whether the last one was any good."""

# After a loss: soon at first, because a cable is usually put back at once; then unobtrusively.
FIRST_RETRY_S = 0.5
LAST_RETRY_S = 5.0
# A serial server without its device accepts and hangs up within milliseconds, again and again.
PROVEN_NS = 2_000_000_000


class Retry:
    """The attempts on one port. Pure: times in, waits out."""

    def __init__(self) -> None:
        self._next_s = FIRST_RETRY_S
        self._opened_ns = 0
        self._proven = True
        self.trusted = True

    def next_s(self) -> float:
        """How long to wait now; twice as long the next time."""
        wait_s, self._next_s = self._next_s, min(self._next_s * 2, LAST_RETRY_S)
        return wait_s

    def opened(self, now_ns: int) -> None:
        """The port is open; `trusted` tells whether that means that the device works."""
        self._opened_ns = now_ns
        self.trusted, self._proven = self._proven, False

    def useful(self) -> None:
        """Something that makes sense came through it."""
        self._proven = True
        self._next_s = FIRST_RETRY_S

    def proven(self, now_ns: int) -> bool:
        """Whether it was useful, or has stayed open for long enough."""
        if not self._proven and now_ns - self._opened_ns >= PROVEN_NS:
            self.useful()
        return self._proven
