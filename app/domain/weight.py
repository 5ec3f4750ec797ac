"""Weights in whole milligrams, readings as states, and the range a packed box should weigh.

A reading is a state, not a number (UnifiedPOS semantics, `docs/devices.md`): only `stable` and
`zero` carry a weight that may be used, and only while it is fresh.
"""

from dataclasses import dataclass
from enum import StrEnum


class WeightState(StrEnum):
    """What a scale says about its own number."""

    STABLE = "stable"
    ZERO = "zero"
    MOVING = "moving"
    OVER = "over"
    UNDER = "under"
    ERROR = "error"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer of a scale.

    Attributes:
        state: What the scale said; a number without `STABLE` or `ZERO` is for display only.
        weight_mg: Milligrams; None when the frame carried no number that may be shown.
        resolution_mg: Smallest step of this display (from the decimals sent), or None.
        unit_text: Unit as sent (`g`, `kg`, `lb`, `oz`), for the support page.
        net: The scale subtracted a tare.
        inferred: Stability was inferred by time, not said by the scale.
        raw: The frame.
        device: Name of the scale in the settings.
        at_ns: Monotonic time of arrival, nanoseconds; age decides whether it may still be used.
    """

    state: WeightState
    weight_mg: int | None = None
    resolution_mg: int | None = None
    unit_text: str = ""
    net: bool = False
    inferred: bool = False
    raw: bytes = b""
    device: str = "scale-1"
    at_ns: int = 0

    @property
    def usable(self) -> bool:
        """True when the protocol called this number settled."""
        return self.weight_mg is not None and self.state in (
            WeightState.STABLE,
            WeightState.ZERO,
        )


@dataclass(frozen=True, slots=True)
class WeightRange:
    """Closed interval a parcel should weigh, in milligrams, around `expected_mg`."""

    low_mg: int
    expected_mg: int
    high_mg: int

    def holds(self, weight_mg: int) -> bool:
        """Whether `weight_mg` is a weight, and lies inside."""
        return weight_mg > 0 and self.low_mg <= weight_mg <= self.high_mg


# DESIGN §4: ±0.5 % of the expected weight, never finer than the scale resolves.
TOLERANCE_PER_MILLE = 5
# One step of a bench scale that has not told its resolution yet: 5 g, the coarsest common one.
DEFAULT_RESOLUTION_MG = 5_000


def expected_range(
    parts: tuple[tuple[int, int, int], ...], box_mg: int, resolution_mg: int | None
) -> WeightRange:
    """The range a closed box should weigh.

    Args:
        parts: `(quantity, unit weight mg, spread mg per unit)` for every line in the box.
        box_mg: Empty box with its filling.
        resolution_mg: Step of the scale, if known.

    Returns:
        ±0.5 % of the expected weight, at least one step of the scale, widened by the spread.
    """
    expected = box_mg + sum(quantity * unit for quantity, unit, _ in parts)
    spread = sum(quantity * each for quantity, _, each in parts)
    step = DEFAULT_RESOLUTION_MG if resolution_mg is None else resolution_mg
    margin = max(expected * TOLERANCE_PER_MILLE // 1000, step) + spread
    return WeightRange(expected - margin, expected, expected + margin)
