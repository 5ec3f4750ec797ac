"""Toledo 8217 and its clones: `W` asks; the scale answers with a weight when stable, else a status.

The classic frame has no unit, no sign and no check sum. The unit is configured, and with it the
layout: `WW.WWW` in kg, `WW.WW` or `0WW.WW` in lb. What is laid out otherwise has lost or gained a
byte and is an error, never a weight. A negative weight is a status.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from app.devices.framing import CR, Frame, StxFramer
from app.devices.parity import has_even_parity, has_high_bits
from app.devices.protocols.units import Weight, weight_of
from app.domain.weight import Reading, WeightState

# A weight with the unit of a clone behind it has 13 bytes; the longest answer in any manual, 20.
LIMIT = 64
SILENCE_NS = 300_000_000
# So old may be a weight that `?@` ("no news") repeats: somebody may have changed the box unseen.
REPEAT_NS = 3_000_000_000
POLL = b"W"
# Digits as the unit lays them out; clones write blanks for leading zeros, which keep the width.
LAYOUTS = {
    "kg": re.compile(r" *\d{2}[.,]\d{3}| +\d[.,]\d{3}"),
    "lb": re.compile(r" *0?\d{2}[.,]\d{2}| +\d[.,]\d{2}"),
}
PARITY = (
    "The scale sends 7 bits with even parity and the port reads 8 without; a byte was changed on"
    " the way. Set bits=7&parity=E in its address."
)
LAYOUT = (
    "The number is not laid out as the unit in the address says (kg: 01.234, lb: 12.34). Check"
    " unit=kg or unit=lb, and the cable."
)

MOTION, OVER, UNDER, OUTSIDE_ZERO, CENTRE_OF_ZERO, NET, ALWAYS = (1 << bit for bit in range(7))
_WEIGHT = re.compile(r"( *[\d.,]+) *(kg|lb|oz|g)? *(N|NET)? *", re.IGNORECASE)
# Answers to the confidence test and the echo mode, which we never ask for.
_QUIET = {"", "E", "F"}

StatusTable = Callable[[int], "WeightState | None"]


def by_bits(status: int) -> WeightState | None:
    """8217: one flag a bit; None means no flag at all."""
    if not status & ALWAYS:
        return WeightState.ERROR
    for bit, state in (
        (OVER, WeightState.OVER),
        (MOTION, WeightState.MOVING),
        (UNDER, WeightState.UNDER),
        (OUTSIDE_ZERO, WeightState.ERROR),
        (CENTRE_OF_ZERO, WeightState.ZERO),
    ):
        if status & bit:
            return state
    return None


def by_list(status: int) -> WeightState | None:
    """Datalogic's reading of the same letters: a list, so `C` and `D` mean something else."""
    return {
        "@": None,
        "A": WeightState.MOVING,
        "B": WeightState.OVER,
        "C": WeightState.UNDER,
        "D": WeightState.ERROR,
    }.get(chr(status), WeightState.ERROR)


# Clones (8213 style) keep bit 5 set; as net is no state of its own, they are read like the 8217.
STATUS_TABLES: dict[str, StatusTable] = {"bits": by_bits, "clone": by_bits, "list": by_list}


class Toledo8217:
    """Readings out of an 8217's bytes.

    Args:
        unit: What the scale shows: one of `LAYOUTS`.
        name: Name of the scale in the settings.
        table: How its status letter is read.
    """

    def __init__(self, unit: str, name: str = "scale-1", table: StatusTable = by_bits) -> None:
        self._name = name
        self._unit = unit
        self._table = table
        self._framer = StxFramer(CR, LIMIT)
        self._last_ns = 0
        self._last_weight: Reading | None = None

    def poll(self) -> bytes:
        """Ask for the weight; no terminator."""
        return POLL

    def reset(self) -> None:
        """Forget a frame that was begun, and the weight that `?@` would repeat."""
        self._framer.give_up()
        self._last_weight = None

    def why(self, raw: bytes) -> str:
        """What is known about a frame that was an error; for the log and the support page."""
        if _broken(raw):
            return PARITY
        return LAYOUT if any(byte in b"0123456789" for byte in raw) else ""

    def feed(self, data: bytes, at_ns: int) -> list[Reading]:
        """Readings that `data` completes."""
        self.idle(at_ns)
        self._last_ns = at_ns
        readings = (self._reading(frame, at_ns) for frame in self._framer.feed(data))
        return [reading for reading in readings if reading is not None]

    def idle(self, at_ns: int) -> list[Reading]:
        """After silence a frame that was begun is dropped."""
        if self._framer.pending and at_ns - self._last_ns >= SILENCE_NS:
            self._framer.give_up()
        return []

    def _reading(self, frame: Frame, at_ns: int) -> Reading | None:
        if _broken(frame.raw):
            self._last_weight = None
            return self._state(WeightState.ERROR, frame.raw, at_ns)
        body = frame.body.decode("ascii")
        if body in _QUIET:
            return None
        if len(body) == 2 and body[0] == "?":
            return self._status(ord(body[1]), frame.raw, at_ns)
        reading = self._weight(body, frame.raw, at_ns)
        self._last_weight = reading if reading.usable else None
        return reading

    def _weight(self, body: str, raw: bytes, at_ns: int) -> Reading:
        found = _WEIGHT.fullmatch(body)
        weight = self._laid_out(found[1], found[2]) if found else None
        if found is None or weight is None:
            return self._state(WeightState.ERROR, raw, at_ns)
        return Reading(
            WeightState.STABLE if weight.mg else WeightState.ZERO,
            weight.mg,
            weight.resolution_mg,
            unit_text=self._unit,
            net=found[3] is not None,
            raw=raw,
            device=self._name,
            at_ns=at_ns,
        )

    def _laid_out(self, number: str, said_unit: str | None) -> Weight | None:
        """The weight of a number that has the digits its unit prescribes."""
        if said_unit is not None and said_unit.lower() != self._unit:
            return None
        return weight_of(number, self._unit) if LAYOUTS[self._unit].fullmatch(number) else None

    def _status(self, status: int, raw: bytes, at_ns: int) -> Reading:
        state = self._table(status)
        if state is None:
            # Some scales say a weight once and then "nothing to report" until it changes.
            # It keeps the age of the time it was told, so that it goes stale like any other.
            last = self._last_weight
            if last is not None and at_ns - last.at_ns <= REPEAT_NS:
                return replace(last, raw=raw)
            state = WeightState.WAITING
        self._last_weight = None
        return self._state(state, raw, at_ns)

    def _state(self, state: WeightState, raw: bytes, at_ns: int) -> Reading:
        return Reading(state, raw=raw, device=self._name, at_ns=at_ns)


def _broken(raw: bytes) -> bool:
    """Whether bit 7 is in use and cannot be parity: a byte was changed on the way."""
    return has_high_bits(raw) and not has_even_parity(raw)
