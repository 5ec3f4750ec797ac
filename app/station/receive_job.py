"""What is remembered of one receipt between two scans: saved with each, resumed exactly."""

from enum import StrEnum

from app.station.goods_job import GoodsJob


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


class ReceiveJob(GoodsJob, frozen=True, omit_defaults=True, kw_only=True):
    """One receipt.

    Attributes:
        dock: Where the goods are put.
        damaged: The next unit is damaged.
        code: The code nobody knows, while that is asked about.
        link: The item somebody says it is, until they have proven themselves.
        last: Item, lot and expiry given last, offered for the next unit of the same item.
    """

    dock: str = ""
    damaged: bool = False
    code: str = ""
    link: str = ""
    last: tuple[str, str, str] = ("", "", "")
