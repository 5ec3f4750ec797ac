"""The messages of the wire, version 1: frozen, bounded, unknown fields refused in requests.

The one place others import them from; they are written in the modules beside this one.
"""

from typing import TypeVar, get_args

import msgspec

from app.contract.base import (
    CONTRACT_VERSION,
    MAX_LINES,
    MAX_OPERATIONS,
    MAX_PAGE_ROWS,
    MAX_QUANTITY,
    MAX_REQUEST_BYTES,
    MAX_WAIT_S,
    PROTOCOL_VERSION,
    Answer,
    Code,
    Hash,
    Id,
    Quantity,
    Request,
    Sealed,
    Sentence,
    Seq,
    Short,
    Signature,
    Version,
)
from app.contract.comparing import DigestAnswer, DigestPage, DigestQuery
from app.contract.editing import Edited, EditPut
from app.contract.escrow import EscrowPut, EscrowTaken, RecoveryAnswer, RecoveryAsked
from app.contract.feed import (
    ChangesAnswer,
    ChangesPage,
    ChangesQuery,
    Checkpoint,
    ClaimRow,
    DocumentLine,
    DocumentRow,
    ExceptionRow,
    FeedBody,
    FeedRow,
    OrderedLine,
    OrderRow,
    OutcomeRow,
    PolicyRow,
    PostedLine,
    ProgressDelta,
    TallyDelta,
    WaitingRow,
)
from app.contract.identity import (
    Enrolled,
    EnrolRequest,
    Grant,
    GrantRequest,
    Hello,
    NewKey,
    NewKeyRequest,
    NumberBlock,
    Problem,
    Token,
    TokenRequest,
)
from app.contract.master import (
    BoxRow,
    CredentialRow,
    ItemRow,
    LocationRow,
    LotRow,
    MasterAnswer,
    MasterBody,
    MasterPage,
    MasterQuery,
    Pack,
    PartyRow,
    PersonRow,
)
from app.contract.operations import (
    AsOf,
    HighWater,
    Line,
    NotNow,
    Operation,
    PostAnswer,
    PostBatch,
    Posted,
    Reference,
    Result,
    Sent,
    Signed,
)
from app.contract.snapshot import (
    BalanceRow,
    ProgressRow,
    SnapshotAnswer,
    SnapshotBody,
    SnapshotPage,
    SnapshotQuery,
    TallyRow,
)

feed_body: msgspec.json.Decoder[FeedBody] = msgspec.json.Decoder(FeedBody)
master_body: msgspec.json.Decoder[MasterBody] = msgspec.json.Decoder(MasterBody)
snapshot_body: msgspec.json.Decoder[SnapshotBody] = msgspec.json.Decoder(SnapshotBody)
operation_body: msgspec.json.Decoder[Operation] = msgspec.json.Decoder(Operation)


T = TypeVar("T")


class _Tag(msgspec.Struct, frozen=True):
    type: str


_tag = msgspec.json.Decoder(_Tag)


def _tags(union: object) -> frozenset[str]:
    return frozenset(str(kind.__struct_config__.tag) for kind in get_args(union))


_FEED_TAGS, _MASTER_TAGS, _SNAPSHOT_TAGS = map(_tags, (FeedBody, MasterBody, SnapshotBody))


def read_feed_row(raw: bytes | msgspec.Raw) -> FeedBody | None:
    """A row of the feed; None when its kind is newer than this program, which passes it over.

    Raises:
        msgspec.ValidationError: A known kind, but not as the contract has it.
    """
    return _unless_newer(feed_body, raw, _FEED_TAGS)


def read_master_row(raw: bytes | msgspec.Raw) -> MasterBody | None:
    """A row of master data; None when its kind is newer than this program.

    Raises:
        msgspec.ValidationError: A known kind, but not as the contract has it.
    """
    return _unless_newer(master_body, raw, _MASTER_TAGS)


def read_snapshot_row(raw: bytes | msgspec.Raw) -> SnapshotBody | None:
    """A row of a snapshot; None when its kind is newer than this program.

    Raises:
        msgspec.ValidationError: A known kind, but not as the contract has it.
    """
    return _unless_newer(snapshot_body, raw, _SNAPSHOT_TAGS)


def _unless_newer(
    decoder: msgspec.json.Decoder[T], raw: bytes | msgspec.Raw, known: frozenset[str]
) -> T | None:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError:
        if _tag.decode(raw).type in known:
            raise
        return None


__all__ = [
    "CONTRACT_VERSION",
    "MAX_LINES",
    "MAX_OPERATIONS",
    "MAX_PAGE_ROWS",
    "MAX_QUANTITY",
    "MAX_REQUEST_BYTES",
    "MAX_WAIT_S",
    "PROTOCOL_VERSION",
    "Answer",
    "AsOf",
    "BalanceRow",
    "BoxRow",
    "ChangesAnswer",
    "ChangesPage",
    "ChangesQuery",
    "Checkpoint",
    "ClaimRow",
    "Code",
    "CredentialRow",
    "DigestAnswer",
    "DigestPage",
    "DigestQuery",
    "DocumentLine",
    "DocumentRow",
    "EditPut",
    "Edited",
    "EnrolRequest",
    "Enrolled",
    "EscrowPut",
    "EscrowTaken",
    "ExceptionRow",
    "FeedBody",
    "FeedRow",
    "Grant",
    "GrantRequest",
    "Hash",
    "Hello",
    "HighWater",
    "Id",
    "ItemRow",
    "Line",
    "LocationRow",
    "LotRow",
    "MasterAnswer",
    "MasterBody",
    "MasterPage",
    "MasterQuery",
    "NewKey",
    "NewKeyRequest",
    "NotNow",
    "NumberBlock",
    "Operation",
    "OrderRow",
    "OrderedLine",
    "OutcomeRow",
    "Pack",
    "PartyRow",
    "PersonRow",
    "PolicyRow",
    "PostAnswer",
    "PostBatch",
    "Posted",
    "PostedLine",
    "Problem",
    "ProgressDelta",
    "ProgressRow",
    "Quantity",
    "RecoveryAnswer",
    "RecoveryAsked",
    "Reference",
    "Request",
    "Result",
    "Sealed",
    "Sent",
    "Sentence",
    "Seq",
    "Short",
    "Signature",
    "Signed",
    "SnapshotAnswer",
    "SnapshotBody",
    "SnapshotPage",
    "SnapshotQuery",
    "TallyDelta",
    "TallyRow",
    "Token",
    "TokenRequest",
    "Version",
    "WaitingRow",
    "feed_body",
    "master_body",
    "operation_body",
    "read_feed_row",
    "read_master_row",
    "read_snapshot_row",
    "snapshot_body",
]
