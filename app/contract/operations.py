"""Operations on the wire, the batches they travel in and what is answered.

An operation's *body* is what was recorded; its canonical bytes are made once, at capture, and are
never re-serialised. The *link* (enrolment, seq, digest) places it in its station's chain.
"""

from typing import Annotated

from msgspec import Meta, Raw, field

from app.contract.base import (
    MAX_LINES,
    MAX_OPERATIONS,
    MAX_QUANTITY,
    Answer,
    Code,
    Hash,
    Id,
    Quantity,
    Request,
    Seq,
    Short,
    Signature,
    Version,
)


class Line(Request, frozen=True):
    """One line of an operation. `quantity` in base units; `uom`, `uom_quantity` as entered."""

    item: Code
    quantity: Quantity
    source: Short = ""
    target: Short = ""
    lot: Short = ""
    serial: Short = ""
    expiry: Short = ""
    condition: Short = "good"
    to_condition: Short = ""
    order_line: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    uom: Short = "each"
    uom_quantity: Annotated[int, Meta(ge=0, le=MAX_QUANTITY)] = 0


class Reference(Request, frozen=True):
    """What an operation is about: a document, a parcel, the original it reverses, a shipment.

    `original` is also the operation a decision or a withdrawal is about; `site` is the other site
    of a transfer.
    """

    document_kind: Short = ""
    document: Short = ""
    parcel: Short = ""
    original: Short = ""
    shipment: Short = ""
    site: Short = ""


class AsOf(Request, frozen=True):
    """How much of the ledger the station had seen when it recorded."""

    epoch: Short
    cursor: Seq


class Operation(Request, frozen=True):
    """The body: what was recorded. Its bytes are canonical JSON (sorted keys, no spaces)."""

    id: Id
    kind: Short
    contract_version: int
    site: Code
    actor: Code
    role: Short
    source_system: Short
    correlation_id: Id
    recorded_at: Annotated[str, Meta(min_length=20, max_length=32)]
    as_of: AsOf
    skew_ms: int | None = None
    grant: Short = ""
    reference: Reference | None = None
    lines: Annotated[tuple[Line, ...], Meta(max_length=MAX_LINES)] = ()
    reason: Short = ""
    evidence: Annotated[dict[Short, str | int | bool], Meta(max_length=32)] = field(
        default_factory=dict
    )


class Signed(Request, frozen=True):
    """A person's signature over an operation, made with the key their PIN unlocks.

    It covers `person_bytes` of `app.contract.chain`; `version` is that of their credential.
    """

    person: Code
    version: Version
    signature: Signature


class Sent(Request, frozen=True):
    """One operation in a batch: the stored bytes, its place in the chain, and who signed it.

    Requests that need a person carry the signature of their actor from contract 2 on.
    """

    seq: Annotated[int, Meta(ge=1, le=2**62)]
    id: Id
    digest: Hash
    body: Raw
    signatures: Annotated[tuple[Signed, ...], Meta(max_length=2)] = ()


class PostBatch(Request, frozen=True):
    """Operations of one enrolment in sequence.

    `head_signature` is the device key's signature over the digest of the last operation, which
    through the chain covers everything before it. `chain` is the feed chain at `cursor`.
    """

    protocol: int
    enrolment: Code
    epoch: Short
    cursor: Seq
    chain: Short
    operations: Annotated[tuple[Sent, ...], Meta(min_length=1, max_length=MAX_OPERATIONS)]
    head_signature: Signature


class Result(Answer, frozen=True):
    """What became of one operation. `known` is True when the id had been decided before."""

    id: str
    outcome: str
    feed_seq: int
    known: bool = False
    code: str = ""
    sentence: str = ""


class HighWater(Answer, frozen=True):
    """The ledger's signed statement of how far it has one enrolment's chain.

    The signature covers `mark_bytes` of `app.contract.chain`.
    """

    enrolment: str
    epoch: str
    seq: int
    digest: str
    at: str
    signature: str


class Posted(Answer, frozen=True, tag="posted"):
    """Every operation of the batch has a result, in the order sent."""

    results: tuple[Result, ...]
    high_water: HighWater


class NotNow(Answer, frozen=True, tag="not_now"):
    """A batch-level answer; nothing of the batch was remembered.

    `problem` is one of gap, fork, epoch_changed, too_old, too_large, retry_later.
    """

    problem: str
    sentence: str
    expected: int = 0
    epoch: str = ""
    limit: int = 0
    retry_after_s: int = 0


PostAnswer = Posted | NotNow
