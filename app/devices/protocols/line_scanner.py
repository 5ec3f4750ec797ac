"""A scanner that sends `[STX] [AIM id] data suffix`; the suffix is CR, CR LF, LF, TAB or ETX."""

import re

from app.devices.framing import CR, ETX, LF, TAB, Frame, LineFramer
from app.domain.scan import Scan

ENDS = bytes((CR, LF, TAB, ETX))
# Room for the largest DataMatrix (3,116 digits) and any QR of text one would put on a parcel.
LIMIT = 4_096
# 9600 baud sends a character a millisecond; an FTDI adapter holds bytes back for up to 16 ms.
SILENCE_NS = 60_000_000
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")


class LineScanner:
    """Scans out of a scanner's bytes.

    Args:
        name: Name of the scanner in the settings.
        suffix: Whether it is set up to end a code with one; without, silence is its end.
    """

    def __init__(self, name: str = "scanner-1", *, suffix: bool = True) -> None:
        self._name = name
        self._suffix = suffix
        self._framer = LineFramer(ENDS, LIMIT)
        self._fresh = True
        self._last_ns = 0

    @property
    def dropped(self) -> int:
        """Frames longer than any symbol: noise."""
        return self._framer.dropped

    def feed(self, data: bytes, at_ns: int) -> list[Scan]:
        """Scans that `data` completes."""
        self._last_ns = at_ns
        if self._fresh:
            data = data.lstrip(_NOISE)
            self._fresh = not data
        return [self._scan(frame, at_ns) for frame in self._framer.feed(data)]

    def idle(self, at_ns: int) -> list[Scan]:
        """After silence, what has begun is handed over as not terminated."""
        if not self._framer.pending or at_ns - self._last_ns < SILENCE_NS:
            return []
        frame = self._framer.give_up()
        return [] if frame is None else [self._scan(frame, at_ns)]

    def _scan(self, frame: Frame, at_ns: int) -> Scan:
        text, aim = split_aim(_text(frame.body).removeprefix("\x02"))
        return Scan(
            raw=frame.raw,
            text=text,
            aim=aim,
            device=self._name,
            terminated=frame.terminated or not self._suffix,
            at_ns=at_ns,
        )


# What a line picks up while it is plugged in: NUL, and bytes with bit 7 before the first real one.
_NOISE = bytes((0, *range(0x80, 0x100)))


def split_aim(text: str) -> tuple[str, str | None]:
    """Payload and AIM identifier of a scanned text."""
    aim = _AIM.match(text)
    return (text[aim.end() :], aim.group()) if aim else (text, None)


def _text(body: bytes) -> str:
    """UTF-8 where it is, else one character a byte: nothing is lost or replaced."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1")
