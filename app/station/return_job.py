"""What is remembered of one return between two scans: saved with each, resumed exactly."""

from enum import StrEnum

from app.station.goods_job import GoodsJob


class ReturnState(StrEnum):
    """What is asked for next."""

    LIST = "list"
    SCAN = "scan"
    SERIAL = "serial"
    LOT = "lot"
    DECIDE = "decide"
    WHY = "why"
    UNKNOWN = "unknown"


class ReturnJob(GoodsJob, frozen=True, omit_defaults=True, kw_only=True):
    """One return.

    Attributes:
        place: Scanned for the next unit, instead of the usual one; empty otherwise.
        why: Reason given last, offered for the next unit.
    """

    place: str = ""
    why: str = ""
