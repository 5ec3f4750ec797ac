"""Comparing books on the wire: a station's digest, and what the ledger has where they differ."""

from typing import Annotated

from msgspec import Meta

from app.contract.base import Answer, Request, Seq, Short
from app.contract.digest import BUCKETS
from app.contract.operations import NotNow
from app.contract.snapshot import BalanceRow

Bucket = Annotated[str, Meta(min_length=16, max_length=16, pattern="^[0-9a-f]{16}$")]


class DigestQuery(Request, frozen=True):
    """The digest of a station's confirmed balances at `cursor`; `chain` proves the history."""

    protocol: int
    epoch: Short
    cursor: Seq
    chain: Short
    buckets: Annotated[tuple[Bucket, ...], Meta(min_length=BUCKETS, max_length=BUCKETS)]


class DigestPage(Answer, frozen=True, tag="digest"):
    """The buckets in which the books differ, and every balance of some of them at `cursor`.

    `told` names the buckets `rows` are about, whole: a key of these that is not among the rows is
    empty. When it is not all of `differing`, mend these and ask again.
    """

    epoch: str
    cursor: int
    differing: tuple[int, ...] = ()
    told: tuple[int, ...] = ()
    rows: tuple[BalanceRow, ...] = ()


DigestAnswer = DigestPage | NotNow
