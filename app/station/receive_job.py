"""What is remembered of one receipt between two scans: saved with each, resumed exactly."""

from enum import StrEnum

import msgspec
from msgspec import Struct

from app.station.documents import Place
from app.station.goods_unit import Unit
from app.station.task import TaskJob

# What the list of deliveries, and a receipt nobody announced, are begun with.
LIST, BLIND = "list", "blind"


class ReceiveState(StrEnum):
    """What is asked for next."""

    LIST = "list"
    SCAN = "scan"
    SERIAL = "serial"
    LOT = "lot"
    EXPIRY = "expiry"
    DIFFERS = "differs"
    OVER = "over"
    WHY = "why"
    UNKNOWN = "unknown"
    CLOSING = "closing"


class Taken(Struct, frozen=True, omit_defaults=True):
    """What came that no line of a document counts: blind, or beside what was announced."""

    sku: str
    name: str
    quantity: int
    damaged: int = 0


class ReceiveJob(TaskJob, frozen=True, omit_defaults=True, kw_only=True):
    """One receipt.

    Attributes:
        dock: Where the goods are put.
        damaged: The next unit is damaged.
        unit: What is in the hand while something is asked about it.
        code: The code nobody knows, while that is asked about.
        last: Item, lot and expiry given last, offered for the next unit of the same item.
        taken: What no line counts, by item.
        current: Line that was counted last.
        chosen: Row of the list that is looked at.
        page: Where the shown page of the list begins.
    """

    dock: str = ""
    damaged: bool = False
    unit: Unit | None = None
    code: str = ""
    last: tuple[str, str, str] = ("", "", "")
    taken: tuple[Taken, ...] = ()
    current: int = 0
    chosen: str = ""
    page: Place | None = None


def more_taken(taken: tuple[Taken, ...], one: Taken) -> tuple[Taken, ...]:
    """`taken` with another one; a negative quantity takes back, and nothing is left out at zero."""
    found = next((row for row in taken if row.sku == one.sku), None)
    if found is None:
        return (*taken, one) if one.quantity > 0 else taken
    now = msgspec.structs.replace(
        found, quantity=found.quantity + one.quantity, damaged=found.damaged + one.damaged
    )
    kept = (row for row in taken if row is not found or now.quantity > 0)
    return tuple(now if row is found else row for row in kept)
