"""A scanner that sends `[STX] [AIM id] data suffix`; the suffix is CR, CR LF, LF, TAB or ETX."""

import re
from dataclasses import replace

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
        self._framer = LineFramer(ENDS, LIMIT, keep_start=True)
        self._fresh = True
        self._last_ns = 0

    @property
    def dropped(self) -> int:
        """Frames longer than any symbol, of which only the start was handed over."""
        return self._framer.dropped

    def feed(self, data: bytes, at_ns: int) -> list[Scan]:
        """Scans that `data` completes, and one that the silence before it did."""
        before = self.idle(at_ns)
        self._last_ns = at_ns
        return before + self._scans(self._framer.feed(data), at_ns)

    def idle(self, at_ns: int) -> list[Scan]:
        """After silence, what has begun is handed over as not terminated."""
        if not self._framer.pending or at_ns - self._last_ns < SILENCE_NS:
            return []
        frame = self._framer.give_up()
        return [] if frame is None else self._scans([frame], at_ns)

    def end(self, at_ns: int) -> list[Scan]:
        """The port is gone: what has begun was cut off, suffix or not."""
        frame = self._framer.give_up()
        scans = [] if frame is None else self._scans([frame], at_ns)
        return [replace(scan, terminated=False) for scan in scans]

    def _scans(self, frames: list[Frame], at_ns: int) -> list[Scan]:
        scans = []
        for frame in frames:
            body = frame.body
            if self._fresh:
                body = body[_text_start(body) :]
                self._fresh = not body
            if body:
                scans.append(self._scan(frame, body, at_ns))
        return scans

    def _scan(self, frame: Frame, body: bytes, at_ns: int) -> Scan:
        text, aim = split_aim(_text(body).removeprefix("\x02"))
        cut = not frame.terminated and (self._suffix or frame.too_long)
        return Scan(
            raw=frame.raw,
            text=text,
            aim=aim,
            device=self._name,
            terminated=not cut,
            at_ns=at_ns,
        )


def _text_start(body: bytes) -> int:
    """Where text begins: what a line picks up while it is plugged in is NUL, or bytes with bit 7.

    Such bytes are text if they are a printable character in UTF-8.
    """
    for place, byte in enumerate(body):
        if 0 < byte < 0x80 or (byte and _is_letter(body[place : place + 4])):
            return place
    return len(body)


def _is_letter(start: bytes) -> bool:
    text = start.decode("utf-8", "ignore") if start else ""
    return bool(text) and text[0].isprintable() and start.startswith(text[0].encode("utf-8"))


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
