"""Toledo 8217 and its clones: `W` asks; the scale answers with a weight when stable, else a status.

The classic frame has no unit and no sign: the unit is configured (or told by the decimals, as the
protocol lays them out: two for lb, three for kg), and a negative weight is a status.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from app.devices.framing import CR, Frame, StxFramer
from app.devices.protocols.units import weight_of
from app.domain.weight import Reading, WeightState

# A weight with the unit of a clone behind it has 13 bytes; the longest answer in any manual, 20.
LIMIT = 64
SILENCE_NS = 300_000_000
POLL = b"W"
UNIT_BY_DECIMALS = {2: "lb", 3: "kg"}

MOTION, OVER, UNDER, OUTSIDE_ZERO, CENTRE_OF_ZERO, NET, ALWAYS = (1 << bit for bit in range(7))
_WEIGHT = re.compile(r" *(\d{1,5}[.,](\d{1,4})) *(kg|lb|oz|g)? *(N|NET)? *", re.IGNORECASE)
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
        name: Name of the scale in the settings.
        unit: What the scale shows, or None to go by the decimals.
        table: How its status letter is read.
    """

    def __init__(
        self, name: str = "scale-1", unit: str | None = None, table: StatusTable = by_bits
    ) -> None:
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

    def feed(self, data: bytes, at_ns: int) -> list[Reading]:
        """Readings that `data` completes."""
        self._last_ns = at_ns
        readings = (self._reading(frame, at_ns) for frame in self._framer.feed(data))
        return [reading for reading in readings if reading is not None]

    def idle(self, at_ns: int) -> list[Reading]:
        """After silence a frame that was begun is dropped."""
        if self._framer.pending and at_ns - self._last_ns >= SILENCE_NS:
            self._framer.give_up()
        return []

    def _reading(self, frame: Frame, at_ns: int) -> Reading | None:
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
        unit = found and (found[3] or self._unit or UNIT_BY_DECIMALS.get(len(found[2])))
        weight = weight_of(found[1], unit) if found and unit else None
        if found is None or weight is None:
            return self._state(WeightState.ERROR, raw, at_ns)
        return Reading(
            WeightState.STABLE if weight.mg else WeightState.ZERO,
            weight.mg,
            weight.resolution_mg,
            unit_text=unit or "",
            net=found[4] is not None,
            raw=raw,
            device=self._name,
            at_ns=at_ns,
        )

    def _status(self, status: int, raw: bytes, at_ns: int) -> Reading:
        state = self._table(status)
        if state is None:
            # Some scales say a weight once and then "nothing to report" until it changes.
            if self._last_weight is not None:
                return replace(self._last_weight, raw=raw, at_ns=at_ns)
            state = WeightState.WAITING
        self._last_weight = None
        return self._state(state, raw, at_ns)

    def _state(self, state: WeightState, raw: bytes, at_ns: int) -> Reading:
        return Reading(state, raw=raw, device=self._name, at_ns=at_ns)
