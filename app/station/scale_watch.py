"""When a weight may be used: fresh, settled, and of this box.

A weight has an owner, an age and a state, or it is not a weight (peers.md M11). A reading left over
from the box before can never be used: the platform must have moved or been empty since.
"""

from app.domain.device import DeviceState
from app.domain.text import Text, text
from app.domain.weight import Reading, WeightState

# A bench scale polled five times a second is never silent for this long while it works.
FRESH_NS = 2_000_000_000


class ScaleWatch:
    """What the station remembers of its scale, in memory only."""

    def __init__(self) -> None:
        self.reading: Reading | None = None
        self.state = DeviceState.ABSENT
        self._taken = False

    def see(self, reading: Reading) -> None:
        """A new reading arrived."""
        self.reading = reading
        if reading.state in (WeightState.MOVING, WeightState.ZERO, WeightState.UNDER):
            self._taken = False

    def device(self, state: DeviceState) -> None:
        """The device changed state; old weights are void from the moment of loss."""
        self.state = state
        if state is not DeviceState.READY:
            self.reading = None

    def take(self) -> None:
        """The present weight was accepted for a box; it may not be used for another."""
        self._taken = True

    def why_not(self, now_ns: int) -> Text | None:
        """Why the present reading may not be used, or None when it may."""
        reading = self.reading
        if self.state is not DeviceState.READY:
            return text("weigh.no_scale")
        if reading is None or now_ns - reading.at_ns > FRESH_NS:
            return text("weigh.stale")
        by_state = {
            WeightState.MOVING: text("weigh.moving"),
            WeightState.OVER: text("weigh.over"),
            WeightState.UNDER: text("weigh.under"),
            WeightState.ZERO: text("weigh.empty"),
            WeightState.ERROR: text("weigh.error"),
            WeightState.WAITING: text("weigh.stale"),
        }
        if reading.state in by_state:
            return by_state[reading.state]
        if self._taken:
            return text("weigh.carried")
        return None
