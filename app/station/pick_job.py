"""The saved state of Pick: which orders are fetched into which totes."""

from enum import StrEnum

from app.station.lookup import ItemFound
from app.station.task import TaskJob


class PickState(StrEnum):
    """What is asked for next."""

    ORDERS = "orders"
    TOTE = "tote"
    PICK = "pick"
    LOT = "lot"
    SHORT = "short"
    DONE = "done"


class PickJob(TaskJob, frozen=True, omit_defaults=True, kw_only=True):
    """One round through the warehouse.

    Attributes:
        totes: Order and tote, in the order they were put on the cart.
        asked: Order that has no tote yet.
        chosen: Order that is looked at in the list.
        source: Place scanned as where goods are taken from, or empty.
        instead: The place of the list it was scanned at; it holds until the list goes on.
        last: Tote the latest unit belongs into.
        half: What was scanned, while it is asked which lot of the place it is.
    """

    totes: tuple[tuple[str, str], ...] = ()
    asked: str = ""
    chosen: str = ""
    source: str = ""
    instead: str = ""
    last: str = ""
    half: ItemFound | None = None
