"""The state of a device, as everyone outside the device layer sees it."""

from dataclasses import dataclass
from enum import StrEnum


class DeviceState(StrEnum):
    """Where a device stands; it recovers by itself."""

    ABSENT = "absent"
    OPENING = "opening"
    READY = "ready"
    LOST = "lost"


class DeviceKind(StrEnum):
    """What a device is for."""

    SCANNER = "scanner"
    SCALE = "scale"
    PRINTER = "printer"


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """A device entered a state.

    Attributes:
        device: Its name in the settings, e.g. `scale-1`.
        kind: What it is for.
        state: Where it stands now.
        detail: What the support page should say beside it.
    """

    device: str
    kind: DeviceKind
    state: DeviceState
    detail: str = ""
