"""The saved state of one end of a transfer: goods that leave this site, or that arrive at it."""

from enum import StrEnum

from app.domain.operation import Condition
from app.station.lookup import ItemFound
from app.station.task import TaskJob


class TransferState(StrEnum):
    """What is asked for next."""

    CHOOSE = "choose"
    SHIP = "ship"
    LOT = "lot"
    REST = "rest"
    SEAL = "seal"
    RECEIVE = "receive"
    EXTRA = "extra"
    MISSING = "missing"
    ORIGIN = "origin"


class TransferJob(TaskJob, frozen=True, omit_defaults=True, kw_only=True):
    """One end of a transfer.

    Attributes:
        place: Where goods are taken from, or put; empty until it was scanned.
        condition: State of the next piece that arrives.
        extra: SKU of a piece that is not on the manifest, until somebody says what to do.
        units: How many of it.
        lot: Its lot.
        serial: Its serial.
        reason: Why the rest is not shipped.
        chosen: Row of the list that is looked at.
        half: What was scanned, while it is asked which lot of the place it is.
    """

    place: str = ""
    condition: str = Condition.GOOD.value
    extra: str = ""
    units: int = 0
    lot: str = ""
    serial: str = ""
    reason: str = ""
    chosen: str = ""
    half: ItemFound | None = None
