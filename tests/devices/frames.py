"""Frames with what they mean, and how a decoder's answer is written for comparing.

`data/frames.csv` is our own: every frame of the shared file for the protocols we speak, and more
seen in manuals, issue trackers and on real devices. `nothing` means: no value, and no error.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from app.devices.device import Decoder
from app.devices.printer_status import status_of
from app.devices.protocols.line_scanner import LineScanner
from app.devices.protocols.mt_sics import MtSics
from app.devices.protocols.toledo_8217 import Toledo8217
from app.domain.scan import Scan
from app.domain.weight import Reading

OWN = Path(__file__).parent / "data" / "frames.csv"
PROTOCOLS = ("mt-sics", "toledo-8217", "serial-scanner", "zpl-hs")
LATER_NS = 10_000_000_000


@dataclass(frozen=True, slots=True)
class Vector:
    """One frame."""

    protocol: str
    direction: str
    data: bytes
    expected: str
    unit: str = "kg"

    @property
    def key(self) -> tuple[str, str, bytes]:
        return self.protocol, self.direction, self.data


def read_frames(path: Path) -> list[Vector]:
    """The frames of the protocols we speak."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Vector(
                row["protocol"],
                row["direction"],
                bytes.fromhex(row["hex"]),
                row.get("expected", ""),
                row.get("unit") or "kg",
            )
            for row in csv.DictReader(file)
            if row["protocol"] in PROTOCOLS
        ]


def understood(protocol: str, data: bytes, unit: str = "kg") -> str:
    """What our decoder makes of bytes that came from a device set up to show `unit`."""
    match protocol:
        case "zpl-hs":
            status = status_of(data)
            return "incomplete" if status is None else status.blocked or "ready"
        case "mt-sics":
            decoder: Decoder = MtSics()
        case "toledo-8217":
            decoder = Toledo8217(unit)
        case _:
            decoder = LineScanner()
    values = [*decoder.feed(data, 0), *decoder.idle(LATER_NS)]
    written = "; ".join(map(shown, values))
    return written or ("" if protocol == "serial-scanner" else "nothing")


def shown(value: Scan | Reading) -> str:
    """A value in one line."""
    if isinstance(value, Scan):
        end = "ended" if value.terminated else "cut"
        return f"{value.aim or '-'} {value.text.replace(chr(0x1D), '<GS>')} {end}"
    weight = "-" if value.weight_mg is None else str(value.weight_mg)
    return f"{value.state} {weight} {value.unit_text or '-'} {'net' if value.net else 'gross'}"
