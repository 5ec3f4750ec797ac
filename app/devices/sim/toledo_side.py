"""The scale's side of the 8217: single letters in, frames from STX to CR out."""

from app.devices.framing import CR
from app.devices.protocols.toledo_8217 import (
    ALWAYS,
    CENTRE_OF_ZERO,
    MOTION,
    NET,
    OUTSIDE_ZERO,
    OVER,
    UNDER,
)
from app.devices.sim.scale import MS, SimScale

# A tare is answered after so long.
TARE_ANSWER_NS = 150 * MS
# `T` may carry five digits before its CR.
TARE_DIGITS = 5
ECHO_LIMIT = 64


class ToledoSide:
    """Speaks for a `SimScale`.

    Args:
        scale: The body; its model should show lb with two decimals or kg with three.
    """

    def __init__(self, scale: SimScale) -> None:
        self._scale = scale
        self._tare: bytearray | None = None
        self._echoed: int | None = None
        self._later: list[tuple[int, bytes]] = []
        self._tested = False

    def power_up(self) -> bytes:
        """It says nothing when it is switched on."""
        self._tare, self._echoed, self._tested = None, None, False
        self._later.clear()
        return b""

    def feed(self, data: bytes, now_ns: int) -> bytes:
        """Answers to the commands in `data`."""
        self._scale.advance(now_ns)
        return b"".join(self._byte(byte & 0x7F, now_ns) for byte in data)

    def tick(self, now_ns: int) -> bytes:
        """Answers that were due later."""
        self._scale.advance(now_ns)
        due = b"".join(answer for at_ns, answer in self._later if at_ns <= now_ns)
        self._later = [one for one in self._later if one[0] > now_ns]
        return due

    def _byte(self, byte: int, now_ns: int) -> bytes:
        if self._echoed is not None:
            return self._echo(byte)
        if self._tare is not None:
            return self._tare_byte(byte, now_ns)
        match chr(byte):
            case "W":
                return self._weight()
            case "Z":
                return self._status(0 if self._scale.zero() else OUTSIDE_ZERO)
            case "T":
                self._tare = bytearray()
            case "C":
                if self._scale.display().stable:
                    self._scale.preset_tare(0)
                self._later.append((now_ns + TARE_ANSWER_NS, self._status(0)))
            case other:
                return self._test(other)
        return b""

    def _test(self, letter: str) -> bytes:
        """Confidence test and echo mode."""
        match letter:
            case "A":
                self._tested = True
                return _frame(b"")
            case "B" if self._tested:
                return _frame(b"?@")
            case "E":
                self._echoed = 0
                return _frame(b"E")
            case "F":
                return _frame(b"F")
            case _:
                return b""

    def _echo(self, byte: int) -> bytes:
        self._echoed = (self._echoed or 0) + 1
        if byte == ord("F") or self._echoed > ECHO_LIMIT:
            self._echoed = None
            return _frame(b"F")
        return bytes((byte,))

    def _tare_byte(self, byte: int, now_ns: int) -> bytes:
        digits = self._tare if self._tare is not None else bytearray()
        if byte != CR and len(digits) < TARE_DIGITS and chr(byte).isdigit():
            digits.append(byte)
            return b""
        self._tare = None
        if byte == CR:
            if digits:
                unit = self._scale.model
                self._scale.preset_tare(int(digits) * unit.unit_mg // 10**unit.decimals)
            else:
                self._scale.tare()
            self._later.append((now_ns + TARE_ANSWER_NS, self._status(0)))
        return b""

    def _weight(self) -> bytes:
        display = self._scale.display()
        if display.over or display.under or not display.stable or display.net_mg < 0:
            return self._status(0)
        number = self._scale.number(display.net_mg)
        width = 3 + self._scale.model.decimals
        return _frame(number.rjust(width, "0").encode() + (b"N" if display.net else b""))

    def _status(self, flags: int) -> bytes:
        display = self._scale.display()
        for wrong, bit in (
            (not display.stable, MOTION),
            (display.over, OVER),
            (display.under or display.net_mg < 0, UNDER),
            (display.zero and display.stable, CENTRE_OF_ZERO),
            (display.net, NET),
        ):
            if wrong:
                flags |= bit
        return _frame(bytes((ord("?"), ALWAYS | flags)))


def _frame(body: bytes) -> bytes:
    return b"\x02" + body + b"\r"
