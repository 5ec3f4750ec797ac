"""Documents: what is expected, asked for or planned, and the words for what operations count there.

A document is versions from the office or from a request; how far it has come derives from
operations alone, as progress (orders) or tallies (everything else).
"""

from enum import StrEnum


class DocumentKind(StrEnum):
    """What a document is. Stable words of the contract."""

    ORDER = "order"
    INBOUND = "inbound"
    RETURN = "return"
    TRANSFER = "transfer"
    COUNT = "count"
    TASK = "task"


# What a reference may name besides documents: a lot as `<item>/<lot>`, an item.
LOT = "lot"
ITEM = "item"
# Instead of an item, in a line that asks for a place to be counted: whatever lies there. No SKU.
EVERYTHING = "*"


class Measure(StrEnum):
    """What is counted at a line of a document, in base units; packed and short are progress.

    Inbound: received, damaged (of those received), closed (given up), backordered (said to come
    later, still open). Return: received, closed, and by what was decided per unit: good, hold,
    damaged, scrapped. Transfer: dispatched, accepted, damaged (of
    those accepted), short, lost, returned (cancelled on the way). Count: counted (places seen).
    Task: moved. Order: reserved (promised to it, signed), picked (what lies in totes for it).
    """

    RECEIVED = "received"
    CLOSED = "closed"
    BACKORDERED = "backordered"
    GOOD = "good"
    HOLD = "hold"
    DAMAGED = "damaged"
    SCRAPPED = "scrapped"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    SHORT = "short"
    LOST = "lost"
    RETURNED = "returned"
    COUNTED = "counted"
    MOVED = "moved"
    RESERVED = "reserved"
    PICKED = "picked"
