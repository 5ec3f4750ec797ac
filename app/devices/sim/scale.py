"""The body of a simulated scale: what lies on it, how it settles, what its display says.

Time is handed in, chance comes from a seed, and every number is an integer: the same script gives
the same readings. What it says on the wire is in `mt_sics_side` and `toledo_side`.
"""

from collections import deque
from dataclasses import dataclass
from random import Random

MS = 1_000_000
# The physics advance in such steps, however seldom somebody looks.
STEP_NS = 20 * MS
# A scale left alone for long has settled; older time need not be stepped through.
MAX_STEPS = 500
# Settling: a step closes 77 of 1000 parts of the way, a time constant of 0.25 s.
CLOSES_PER_MILLE = 77
# Motion is judged over the last half second, as on real scales.
MOTION_STEPS = 25
# Display rules of UnifiedPOS scales: over capacity by nine steps, under zero by twenty.
OVER_STEPS = 9
UNDER_STEPS = 20
# Noise of a sixth of a step either way, and a hand on the table now and then.
NOISE_PARTS = 6


@dataclass(frozen=True, slots=True)
class Model:
    """What kind of scale it is.

    Attributes:
        capacity_mg: Most it weighs.
        graduation_mg: Its smallest step.
        unit_mg: Milligrams of the unit it shows.
        unit: That unit.
        decimals: Digits it shows behind the point.
    """

    capacity_mg: int = 30_000_000
    graduation_mg: int = 5_000
    unit_mg: int = 1_000_000
    unit: str = "kg"
    decimals: int = 3


@dataclass(frozen=True, slots=True)
class Display:
    """What the scale says now.

    Attributes:
        net_mg: The number, a whole number of steps, tare subtracted.
        stable: Not moving.
        over: Beyond capacity.
        under: Below zero by more than a scale shows.
        zero: Within a quarter of a step of zero.
        net: A tare is subtracted.
    """

    net_mg: int
    stable: bool
    over: bool
    under: bool
    zero: bool
    net: bool


class SimScale:
    """A platform.

    Args:
        seed: Of its noise.
        model: What kind it is.
    """

    def __init__(self, seed: int = 7, model: Model | None = None) -> None:
        self.model = model or Model()
        self._chance = Random(seed)  # noqa: S311 - noise on a platform, not a secret
        self._target_mg = 0
        self._true_ug = 0
        self._zero_mg = 0
        self._tare_mg = 0
        self._shown: deque[int] = deque([0] * MOTION_STEPS, maxlen=MOTION_STEPS)
        self._now_ns: int | None = None

    # --------------------------------------------------------------------------- hands

    def place(self, weight_mg: int) -> None:
        """Put something on the platform in place of what is there; negative pulls it up."""
        self._target_mg = weight_mg

    def lift(self) -> None:
        """Take everything off."""
        self._target_mg = 0

    # --------------------------------------------------------------------------- keys

    def zero(self, *, anyhow: bool = False) -> bool:
        """Make the present weight zero; refused while it moves, unless `anyhow`, or far from it."""
        display = self.display()
        gross = self._gross_mg()
        within = abs(gross) <= self.model.capacity_mg // 50
        if not within or not (display.stable or anyhow):
            return False
        self._zero_mg += gross
        self._tare_mg = 0
        self._shown.extend(one - gross for one in list(self._shown))
        return True

    def tare(self, *, anyhow: bool = False) -> bool:
        """Subtract what is on the platform from now on."""
        display = self.display()
        if display.over or display.under or not (display.stable or anyhow):
            return False
        self._tare_mg = self._rounded(self._gross_mg())
        return True

    def preset_tare(self, weight_mg: int) -> bool:
        """Subtract a known weight."""
        if not 0 <= weight_mg <= self.model.capacity_mg:
            return False
        self._tare_mg = self._rounded(weight_mg)
        return True

    @property
    def tare_mg(self) -> int:
        """What is subtracted."""
        return self._tare_mg

    # --------------------------------------------------------------------------- time and display

    def advance(self, now_ns: int) -> None:
        """Let time pass up to `now_ns`."""
        if self._now_ns is None:
            self._now_ns = now_ns
        steps = (now_ns - self._now_ns) // STEP_NS
        if steps <= 0:
            return
        self._now_ns += steps * STEP_NS
        for _ in range(min(steps, MAX_STEPS)):
            self._step()

    def display(self) -> Display:
        """What it says now."""
        gross, step = self._gross_mg(), self.model.graduation_mg
        net = self._rounded(gross) - self._tare_mg
        return Display(
            net_mg=net,
            stable=max(self._shown) - min(self._shown) <= step,
            over=gross > self.model.capacity_mg + OVER_STEPS * step,
            under=gross < -UNDER_STEPS * step,
            zero=abs(gross - self._tare_mg) * 4 <= step,
            net=self._tare_mg != 0,
        )

    def _step(self) -> None:
        missing = self._target_mg * 1000 - self._true_ug
        closed = missing * CLOSES_PER_MILLE // 1000
        # The last part of the way would take for ever in whole numbers.
        self._true_ug += closed if abs(missing) > 100_000 else missing
        self._shown.append(self._true_ug // 1000 - self._zero_mg)

    def _gross_mg(self) -> int:
        reach = self.model.graduation_mg // NOISE_PARTS
        return self._shown[-1] + self._chance.randint(-reach, reach)

    def _rounded(self, weight_mg: int) -> int:
        """To the nearest step, half to even."""
        whole, rest = divmod(weight_mg, self.model.graduation_mg)
        double = rest * 2
        up = double > self.model.graduation_mg or (
            double == self.model.graduation_mg and whole % 2 == 1
        )
        return (whole + up) * self.model.graduation_mg

    def number(self, weight_mg: int) -> str:
        """A weight as this scale writes it: `1.235`, `-0.680`."""
        shown = abs(weight_mg) * 10**self.model.decimals // self.model.unit_mg
        digits = str(shown).rjust(self.model.decimals + 1, "0")
        sign = "-" if weight_mg < 0 and shown else ""
        if not self.model.decimals:
            return sign + digits
        return f"{sign}{digits[: -self.model.decimals]}.{digits[-self.model.decimals :]}"
