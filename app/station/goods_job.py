"""What Receive and Return remember between two scans, and what they are begun with."""

import msgspec
from msgspec import Struct

from app.station.documents import Place
from app.station.goods_unit import Unit
from app.station.task import TaskJob

# What the list of documents, and goods that nobody announced, are begun with.
LIST, BLIND = "list", "blind"


class Taken(Struct, frozen=True, omit_defaults=True):
    """What came that no line of a document counts: blind, or beside what was announced."""

    sku: str
    name: str
    quantity: int
    damaged: int = 0


class GoodsJob(TaskJob, frozen=True, omit_defaults=True, kw_only=True):
    """One receipt or return.

    Attributes:
        unit: What is in the hand while something is asked about it.
        taken: What no line counts, by item.
        current: Line that was counted last.
        chosen: Row of the list that is looked at.
        page: Where the shown page of the list begins.
    """

    unit: Unit | None = None
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
