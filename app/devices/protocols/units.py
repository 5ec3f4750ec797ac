"""What a scale's number and unit are in milligrams. Exact, then rounded half to even."""

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal

# 1 lb = 0.45359237 kg by definition (1959); an ounce is a sixteenth of it.
MG_PER_LB = Decimal("453592.37")
MG_PER_UNIT = {
    "mg": Decimal(1),
    "g": Decimal(1_000),
    "kg": Decimal(1_000_000),
    "t": Decimal(1_000_000_000),
    "lb": MG_PER_LB,
    "oz": MG_PER_LB / 16,
}
POUNDS_OUNCES = "lb:oz"
# Nine digits weigh a thousand tonnes to the gram; more are noise that happens to be digits.
NUMBER = re.compile(r"(-?)\s*(\d{1,9})(?:[.,](\d{0,6}))?")
_POUNDS_OUNCES = re.compile(r"(-?)(\d{1,6}):(\d{1,2}(?:[.,]\d{0,4})?)")


@dataclass(frozen=True, slots=True)
class Weight:
    """A number as shown: milligrams, and the step of its last digit."""

    mg: int
    resolution_mg: int


def weight_of(number: str, unit: str) -> Weight | None:
    """The weight a scale shows, or None when it is no weight (pieces, percent, garbage)."""
    if unit.lower() == POUNDS_OUNCES:
        return _pounds_ounces(number)
    factor = MG_PER_UNIT.get(unit.lower())
    found = NUMBER.fullmatch(number.strip())
    if factor is None or found is None:
        return None
    sign, whole, decimals = found[1], found[2], found[3] or ""
    return _weight(Decimal(f"{sign}{whole}.{decimals or '0'}"), len(decimals), factor)


def _pounds_ounces(number: str) -> Weight | None:
    found = _POUNDS_OUNCES.fullmatch(number.strip())
    if found is None:
        return None
    ounces, _, decimals = found[3].replace(",", ".").partition(".")
    total = int(found[2]) * 16 + Decimal(f"{ounces}.{decimals or '0'}")
    return _weight(-total if found[1] else total, len(decimals), MG_PER_UNIT["oz"])


def _weight(value: Decimal, decimals: int, factor: Decimal) -> Weight:
    # Rounded up: a tolerance made of steps must not be finer than the display.
    step = factor.scaleb(-decimals).to_integral_value(ROUND_CEILING)
    weight = (value * factor).to_integral_value(ROUND_HALF_EVEN)
    return Weight(int(weight), int(step))
