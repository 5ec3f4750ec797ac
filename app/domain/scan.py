"""What a scanner handed over, before anybody asks what it means.

Not for parsing: `app.domain.barcode` decides what a scanned text stands for.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scan:
    """One trigger pull as the device layer framed it.

    Attributes:
        raw: Every byte as it arrived, AIM identifier and suffix included; journaled first.
        text: Payload without AIM identifier and suffix; GS (0x1D) kept.
        aim: AIM symbology identifier such as `]C1` (ISO/IEC 15424), or None without one.
        device: Name of the device in the settings, e.g. `scanner-1` or `keyboard`.
        terminated: False when the frame ended by silence instead of its suffix.
        at_ns: Monotonic time the frame was complete, nanoseconds; the duplicate window uses it.
    """

    raw: bytes
    text: str
    aim: str | None = None
    device: str = "scanner-1"
    terminated: bool = True
    at_ns: int = 0
