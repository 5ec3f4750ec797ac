"""A consistent picture of a site on the wire, page by page."""

from typing import Annotated

from msgspec import Meta, Raw

from app.contract.base import Answer, Request, Short
from app.contract.feed import ClaimRow, DocumentRow, ExceptionRow, OrderRow, PolicyRow, WaitingRow
from app.contract.operations import NotNow


class SnapshotQuery(Request, frozen=True):
    """One page of one materialisation; an empty `snapshot` asks for a new one."""

    protocol: int
    snapshot: Short = ""
    page: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class BalanceRow(Answer, frozen=True, tag="balance"):
    """Confirmed quantity at one stock key."""

    location: str
    item: str
    quantity: int
    lot: str = ""
    serial: str = ""
    condition: str = "good"


class ProgressRow(Answer, frozen=True, tag="progress"):
    """Confirmed progress of one order line."""

    order: str
    line: int
    packed: int
    short: int


class TallyRow(Answer, frozen=True, tag="tally"):
    """Confirmed count at one line of a document other than an order."""

    kind: str
    document: str
    line: int
    measure: str
    quantity: int


SnapshotBody = (
    BalanceRow
    | ProgressRow
    | TallyRow
    | OrderRow
    | DocumentRow
    | ClaimRow
    | ExceptionRow
    | PolicyRow
    | WaitingRow
)


class SnapshotPage(Answer, frozen=True, tag="snapshot"):
    """Rows of an immutable picture of one site at `cursor`, master at `master_cursor`."""

    snapshot: str
    epoch: str
    cursor: int
    chain: str
    master_cursor: int
    page: int
    pages: int
    rows: tuple[Raw, ...]


SnapshotAnswer = SnapshotPage | NotNow
