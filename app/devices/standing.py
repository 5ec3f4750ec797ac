"""Where a device stands, told once a change: to the station as a value, to the log as a line."""

import logging
from collections.abc import Callable

from app.domain.device import DeviceChanged, DeviceKind, DeviceState

log = logging.getLogger(__name__)


class Standing:
    """The state of one device.

    Args:
        device: Its name.
        kind: What it is for.
        emit: Told every change.
    """

    def __init__(
        self, device: str, kind: DeviceKind, emit: Callable[[DeviceChanged], None]
    ) -> None:
        self._device = device
        self._kind = kind
        self._emit = emit
        self._known = False
        self._now: tuple[DeviceState, str] | None = None

    @property
    def ready(self) -> bool:
        """Whether it works now."""
        return self._now is not None and self._now[0] is DeviceState.READY

    def opening(self) -> None:
        """It is tried for the first time."""
        self._become(DeviceState.OPENING, "")

    def up(self, detail: str = "") -> None:
        """It works."""
        if not self.ready:
            log.info("%s is %s", self._device, "back" if self._known else "there")
        self._known = True
        self._become(DeviceState.READY, detail)

    def down(self, detail: str) -> None:
        """It does not work: lost when it did before, else absent. Logged once, not per attempt."""
        state = DeviceState.LOST if self._known else DeviceState.ABSENT
        if self._now is None or self._now[0] is not state:
            log.info("%s is %s: %s", self._device, state.value, detail)
        self._become(state, detail)

    def _become(self, state: DeviceState, detail: str) -> None:
        if self._now == (state, detail):
            return
        self._now = (state, detail)
        self._emit(DeviceChanged(self._device, self._kind, state, detail))
