"""What can be wrong with a simulated device: one switch a fault."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """A fault of a scale's or scanner's line."""

    SILENT = "silent"
    GARBAGE = "garbage"
    NOISE_BEFORE = "noise_before"
    TRUNCATED = "truncated"
    NO_END = "no_end"
    PARITY = "parity"
    DOUBLE = "double"
    LATE = "late"
    BYTEWISE = "bytewise"
    ERROR_LINES = "error_lines"
    COMMA = "comma"


# Later than a driver waits (0.5 s), sooner than its weight is stale.
LATE_MS = 700
BYTE_GAP_MS = 5
Pieces = list[tuple[int, bytes]]


@dataclass(slots=True)
class Faults:
    """Switches, and what they do to bytes on their way out.

    Args:
        seed: Of what is random.
    """

    seed: int = 7
    on: set[Fault] = field(default_factory=set)
    _chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)  # noqa: S311 - noise, not a secret

    def apply(self, data: bytes) -> Pieces:
        """What is sent instead of `data`: pieces, each with its delay after the one before."""
        if not data or Fault.SILENT in self.on:
            return []
        for fault in Fault:
            if fault in self.on:
                data = self._changed(fault, data)
        delay_ms = LATE_MS if Fault.LATE in self.on else 0
        if Fault.BYTEWISE in self.on:
            return [(delay_ms, data[:1]), *((BYTE_GAP_MS, bytes((one,))) for one in data[1:])]
        return [(delay_ms, data)]

    def _changed(self, fault: Fault, data: bytes) -> bytes:
        changes: dict[Fault, Callable[[], bytes]] = {
            Fault.GARBAGE: lambda: self._chance.randbytes(len(data)),
            Fault.ERROR_LINES: lambda: self._chance.choice((b"ES\r\n", b"ET\r\n", b"EL\r\n")),
            Fault.COMMA: lambda: data.replace(b".", b","),
            Fault.NO_END: lambda: data.rstrip(b"\r\n\t\x03"),
            Fault.TRUNCATED: lambda: data[: max(1, len(data) // 2)],
            Fault.PARITY: lambda: bytes(even_parity(byte) for byte in data),
            Fault.DOUBLE: lambda: data + data,
            Fault.NOISE_BEFORE: lambda: b"\x9a\xe3\x80\xff\x91" + data,
        }
        return changes[fault]() if fault in changes else data


def even_parity(byte: int) -> int:
    """A 7-bit byte with its even parity bit, as a port set to 8N1 reads it."""
    plain = byte & 0x7F
    return plain | (0x80 if plain.bit_count() % 2 else 0)
