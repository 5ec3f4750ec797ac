"""The last bytes of a device with their times, for the support page. Badges are not among them."""

from collections import deque
from collections.abc import Callable
from threading import Lock

from app.domain.barcode import BADGE_PREFIX
from app.domain.scan import Scan

# Hours of a scanner, minutes of a polled scale; small beside everything else.
LIMIT_BYTES = 64 << 10
# So many empty-ish chunks would cost more in bookkeeping than in bytes.
LIMIT_CHUNKS = 4_096

Secret = Callable[[bytes], bool]


class Recent:
    """A ring of `(at_ns, bytes)`; written by the device's thread, read by anyone."""

    def __init__(self) -> None:
        self._chunks: deque[tuple[int, bytes]] = deque()
        self._size = 0
        self._lock = Lock()

    def add(self, at_ns: int, data: bytes) -> None:
        """Remember `data`; the oldest makes room."""
        data = data[-LIMIT_BYTES:]
        with self._lock:
            self._chunks.append((at_ns, data))
            self._size += len(data)
            while self._size > LIMIT_BYTES or len(self._chunks) > LIMIT_CHUNKS:
                self._size -= len(self._chunks.popleft()[1])

    def list(self) -> list[tuple[int, bytes]]:
        """What is remembered, oldest first."""
        with self._lock:
            return list(self._chunks)


class Redactor:
    """What of a scanner's frames may be remembered.

    Whole frames only: a chunk of bytes could hold half a badge, which no test would recognise.

    Args:
        secret: Whether bytes hold a badge.
    """

    def __init__(self, secret: Secret) -> None:
        self._secret = secret
        self._cut = b""

    def shown(self, scan: Scan) -> bytes:
        """The frame, or only its length; one cut in two is judged with its first part."""
        hidden = self._secret(self._cut + scan.raw)
        self._cut = b"" if scan.terminated else scan.raw
        return b"<%d bytes withheld>" % len(scan.raw) if hidden else scan.raw


def holds_badge(data: bytes) -> bool:
    """Whether a badge's prefix is among the bytes, in any case."""
    return BADGE_PREFIX.encode() in data.upper()
