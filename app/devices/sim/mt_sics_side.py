"""The scale's side of MT-SICS: commands in, answers and streams out."""

from collections.abc import Callable

from app.devices.framing import CR, LF, LineFramer
from app.devices.protocols.units import weight_of
from app.devices.sim.scale import MS, Display, SimScale

# `S`, `Z` and `T` wait so long for stability, then say that they could not.
STABILITY_NS = 5_000 * MS
# `SIR` repeats at the pace of a real bench scale.
REPEAT_NS = 100 * MS
SERIAL_NUMBER = "B123456789"
COMMAND_LIMIT = 64
FIXED = {
    "DW": "DW A",
    "I0": 'I0 B 0 "SI"',
    "I1": 'I1 A "0123" "2.00" "2.20" "" ""',
    "I2": 'I2 A "Simulated bench scale"',
    "I3": 'I3 A "1.00"',
    "I4": f'I4 A "{SERIAL_NUMBER}"',
}
_NOW = {"SI": False, "SIU": False, "SIR": True, "SIRU": True}


class MtSicsSide:
    """Speaks for a `SimScale`.

    Args:
        scale: The body.
    """

    def __init__(self, scale: SimScale) -> None:
        self._scale = scale
        self._framer = LineFramer(bytes((CR, LF)), COMMAND_LIMIT)
        self._waiting: tuple[Callable[[], str], str, int] | None = None
        self._stream = ""
        self._next_ns = 0
        self._last_sent = ""

    def power_up(self) -> bytes:
        """What it says when it is switched on."""
        self._waiting, self._stream = None, ""
        return _line(f'I4 A "{SERIAL_NUMBER}"')

    def feed(self, data: bytes, now_ns: int) -> bytes:
        """Answers to the commands in `data`."""
        self._scale.advance(now_ns)
        return b"".join(
            self._answer(frame.body.decode("latin-1"), now_ns) for frame in self._framer.feed(data)
        )

    def tick(self, now_ns: int) -> bytes:
        """What it says by itself: a stream, or the answer to a command that waited."""
        self._scale.advance(now_ns)
        if self._waiting is not None:
            done, name, until_ns = self._waiting
            if not self._scale.display().stable and now_ns < until_ns:
                return b""
            self._waiting = None
            return _line(done() if self._scale.display().stable else f"{name} I")
        if not self._stream or now_ns < self._next_ns:
            return b""
        self._next_ns = now_ns + REPEAT_NS
        line = self._weight_now()
        if self._stream.startswith(("SR", "SNR")):
            moved = not self._scale.display().stable
            if line == self._last_sent or (moved and self._stream == "SNR"):
                return b""
        self._last_sent = line
        return _line(line)

    def _answer(self, line: str, now_ns: int) -> bytes:
        command, _, parameter = line.partition(" ")
        # Every command ends a stream and a wait.
        self._stream, self._waiting = "", None
        if command in _NOW:
            self._stream, self._next_ns = (
                (command, now_ns + REPEAT_NS) if _NOW[command] else ("", 0)
            )
            return _line(self._weight_now())
        match command:
            case "S" | "SU":
                return self._when_stable(self._weight_now, "S", now_ns)
            case "SR" | "SNR":
                self._stream, self._next_ns, self._last_sent = command, now_ns, ""
                return b""
            case "Z":
                return self._when_stable(self._zero, "Z", now_ns)
            case "T":
                return self._when_stable(self._tare, "T", now_ns)
            case "@":
                return self.power_up()
            case _:
                return _line(self._at_once(command, parameter))

    def _at_once(self, command: str, parameter: str) -> str:
        display = self._scale.display()
        letter = "S" if display.stable else "D"
        match command:
            case "ZI":
                return f"ZI {letter}" if self._scale.zero(anyhow=True) else f"ZI {_side(display)}"
            case "TI":
                taken = self._scale.tare(anyhow=True)
                return f"TI {letter} {self._tare_text()}" if taken else f"TI {_side(display)}"
            case "TA":
                return self._tare_memory(parameter)
            case "TAC":
                self._scale.preset_tare(0)
                return "TAC A"
            case "D":
                sound = len(parameter) >= 2 and parameter[0] == parameter[-1] == '"'
                return "D A" if sound else "D L"
            case _:
                # Whatever it does not know, it says so.
                return FIXED.get(command, "ES")

    def _when_stable(self, done: Callable[[], str], name: str, now_ns: int) -> bytes:
        if self._scale.display().stable:
            return _line(done())
        self._waiting = (done, name, now_ns + STABILITY_NS)
        return b""

    def _weight_now(self) -> str:
        display = self._scale.display()
        if display.over:
            return "S +"
        if display.under:
            return "S -"
        number = self._scale.number(display.net_mg)
        return f"S {'S' if display.stable else 'D'} {number:>10} {self._scale.model.unit}"

    def _zero(self) -> str:
        return "Z A" if self._scale.zero() else f"Z {_side(self._scale.display())}"

    def _tare(self) -> str:
        if self._scale.tare():
            return f"T S {self._tare_text()}"
        return f"T {_side(self._scale.display())}"

    def _tare_memory(self, parameter: str) -> str:
        if parameter:
            number, _, unit = parameter.partition(" ")
            weight = weight_of(number, unit)
            if weight is None or not self._scale.preset_tare(weight.mg):
                return "TA L"
        return f"TA A {self._tare_text()}"

    def _tare_text(self) -> str:
        return f"{self._scale.number(self._scale.tare_mg):>10} {self._scale.model.unit}"


def _side(display: Display) -> str:
    """Which way it is out of range."""
    return "-" if display.net_mg < 0 else "+"


def _line(text: str) -> bytes:
    return text.encode("ascii") + b"\r\n"
