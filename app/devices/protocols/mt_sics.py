"""Mettler-Toledo MT-SICS, level 0: `SI` asks for the weight now; the scale answers in lines.

Parsed on white space, not on columns: firmware pads differently. Answers to other commands (zero,
tare, identity) are understood as no weight; a line nobody understands is an error, never a number.
"""

import re

from app.devices.framing import CR, LF, Frame, LineFramer
from app.devices.protocols.units import weight_of
from app.domain.weight import Reading, WeightState

ENDS = bytes((CR, LF))
# The longest answers carry a quoted text of a display line; weights have 20 characters.
LIMIT = 64
# 64 characters at 9600 baud take 67 ms; a frame that stands still longer will not be finished.
SILENCE_NS = 300_000_000
POLL = b"SI\r\n"

_WEIGHT = re.compile(r"S[A-Z]{0,3} +([SD]) +(-? *[\d:.,]+) +(\S{1,5})")
_SHORT = re.compile(r"S[A-Z]{0,3} +([I+-])")
# Answers that carry no weight on the platform: `Z A`, `T S 12.50 g`, `TA L`, `I2 A "X"`, `D A`.
_OTHER = re.compile(r"(?!S)[A-Z@][A-Z0-9]{0,4} [ABDILS+-](?: .*)?")
# Said unasked at power-up: what it showed before is void, tare and zero included.
_POWER_UP = re.compile(r"I4 A(?: .*)?")
_SHORT_STATES = {
    "I": WeightState.WAITING,  # busy, or not stable in time: no statement about a weight
    "+": WeightState.OVER,
    "-": WeightState.UNDER,
}
_ERRORS = {
    "ES": "The scale does not know the question (ES). Check scale_protocol in the settings.",
    "ET": "The scale got the question garbled (ET). Check speed, bits and parity in its address.",
    "EL": "The scale cannot carry out the question now (EL). Look at its display.",
}


class MtSics:
    """Readings out of an MT-SICS scale's bytes.

    Args:
        name: Name of the scale in the settings.
    """

    def __init__(self, name: str = "scale-1") -> None:
        self._name = name
        self._framer = LineFramer(ENDS, LIMIT)
        self._last_ns = 0

    def poll(self) -> bytes:
        """Ask for the weight now, stable or not."""
        return POLL

    def reset(self) -> None:
        """Forget a line that was begun."""
        self._framer.give_up()

    def why(self, raw: bytes) -> str:
        """What is known about a line that was an error; for the log and the support page."""
        return _ERRORS.get(raw.decode("latin-1").strip(), "")

    def feed(self, data: bytes, at_ns: int) -> list[Reading]:
        """Readings that `data` completes."""
        self.idle(at_ns)
        self._last_ns = at_ns
        readings = (self._reading(frame, at_ns) for frame in self._framer.feed(data))
        return [reading for reading in readings if reading is not None]

    def idle(self, at_ns: int) -> list[Reading]:
        """After silence a line that was begun is dropped."""
        if self._framer.pending and at_ns - self._last_ns >= SILENCE_NS:
            self._framer.give_up()
        return []

    def _reading(self, frame: Frame, at_ns: int) -> Reading | None:
        line = frame.body.decode("latin-1").rstrip(" ")
        if found := _WEIGHT.fullmatch(line):
            return self._weight(found, frame.raw, at_ns)
        if found := _SHORT.fullmatch(line):
            return self._state(_SHORT_STATES[found[1]], frame.raw, at_ns)
        if _POWER_UP.fullmatch(line):
            return self._state(WeightState.WAITING, frame.raw, at_ns)
        if _OTHER.fullmatch(line):
            return None
        return self._state(WeightState.ERROR, frame.raw, at_ns)

    def _weight(self, found: re.Match[str], raw: bytes, at_ns: int) -> Reading:
        weight = weight_of(found[2].replace(" ", ""), found[3])
        if weight is None:
            return self._state(WeightState.ERROR, raw, at_ns)
        if found[1] == "D":
            state = WeightState.MOVING
        else:
            state = WeightState.STABLE if weight.mg else WeightState.ZERO
        return Reading(
            state,
            weight.mg,
            weight.resolution_mg,
            unit_text=found[3],
            raw=raw,
            device=self._name,
            at_ns=at_ns,
        )

    def _state(self, state: WeightState, raw: bytes, at_ns: int) -> Reading:
        return Reading(state, raw=raw, device=self._name, at_ns=at_ns)
