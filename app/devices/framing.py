"""Where one message ends and the next begins. Pure and bounded, whatever the bytes are.

The result never depends on how the bytes were cut into reads: only terminators, the limit and
`give_up` (called after silence) end a frame.
"""

from dataclasses import dataclass

STX = 0x02
ETX = 0x03
TAB = 0x09
LF = 0x0A
CR = 0x0D


@dataclass(frozen=True, slots=True)
class Frame:
    """One message.

    Attributes:
        raw: Its bytes, the terminator included.
        body: Its bytes without the terminator (and without STX, where framed by it).
        terminated: False when silence or the limit ended it.
        too_long: True when the limit ended it; the rest was dropped.
    """

    raw: bytes
    body: bytes
    terminated: bool = True
    too_long: bool = False


class LineFramer:
    """Frames that end with one of several bytes; empty ones (the LF of CR LF) are no frames.

    Args:
        ends: Bytes that end a frame.
        limit: Longest frame; the rest of a longer one is dropped up to its terminator.
        keep_start: Whether the first `limit` bytes of a longer one are handed over as not
            terminated; without, they are noise and are dropped too.
    """

    def __init__(self, ends: bytes, limit: int, *, keep_start: bool = False) -> None:
        self._ends = frozenset(ends)
        self._limit = limit
        self._keep_start = keep_start
        self._pending = bytearray()
        self._overrun = False
        self.dropped = 0

    @property
    def pending(self) -> bool:
        """Whether a frame has begun."""
        return bool(self._pending) or self._overrun

    def feed(self, data: bytes) -> list[Frame]:
        """Frames that `data` completes."""
        frames = []
        for byte in data:
            if byte not in self._ends:
                start = self._add(byte)
                if start and self._keep_start:
                    frames.append(Frame(start, start, terminated=False, too_long=True))
                continue
            body = bytes(self._pending)
            overrun = self._reset()
            if body and not overrun:
                frames.append(Frame(body + bytes((byte,)), body))
        return frames

    def give_up(self) -> Frame | None:
        """Silence: what has begun is all there is; noise is no frame."""
        body = bytes(self._pending)
        if self._reset() or not body:
            return None
        return Frame(body, body, terminated=False)

    def _add(self, byte: int) -> bytes:
        """The start of the frame, once, when `byte` makes it too long."""
        if self._overrun:
            return b""
        if len(self._pending) < self._limit:
            self._pending.append(byte)
            return b""
        start = bytes(self._pending)
        self._pending.clear()
        self._overrun = True
        self.dropped += 1
        return start

    def _reset(self) -> bool:
        overrun, self._overrun = self._overrun, False
        self._pending.clear()
        return overrun


class StxFramer:
    """Frames from STX to a terminator, bit 7 ignored; bytes outside are not for us.

    Args:
        end: The terminator.
        limit: Longest frame; a longer one is dropped.
    """

    def __init__(self, end: int, limit: int) -> None:
        self._end = end
        self._limit = limit
        self._pending: bytearray | None = None
        self.dropped = 0

    @property
    def pending(self) -> bool:
        """Whether a frame has begun."""
        return self._pending is not None

    def feed(self, data: bytes) -> list[Frame]:
        """Frames that `data` completes; `body` has bit 7 cleared, `raw` is as it came."""
        frames = []
        for byte in data:
            plain = byte & 0x7F
            if plain == STX:
                if self._pending is not None:
                    self.dropped += 1  # the one before was cut off
                self._pending = bytearray((byte,))
            elif self._pending is not None:
                self._pending.append(byte)
                if plain == self._end:
                    raw = bytes(self._pending)
                    self._pending = None
                    frames.append(Frame(raw, bytes(one & 0x7F for one in raw[1:-1])))
                elif len(self._pending) >= self._limit:
                    self._pending = None
                    self.dropped += 1
        return frames

    def give_up(self) -> None:
        """Silence inside a frame: it is lost."""
        if self._pending is not None:
            self._pending = None
            self.dropped += 1
