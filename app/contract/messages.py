"""The messages of the wire, version 1: frozen, bounded, unknown fields refused in requests.

An operation's *body* is what was recorded; its canonical bytes are made once, at capture, and are
never re-serialised. The *link* (enrolment, seq, digest) places it in its station's chain.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

CONTRACT_VERSION = 1
PROTOCOL_VERSION = 1

# Limits of the protocol (DESIGN §5); both sides check them.
MAX_OPERATIONS = 1_000
MAX_REQUEST_BYTES = 8 << 20
MAX_LINES = 500
MAX_PAGE_ROWS = 2_000
# A proxy or firewall may drop a silent connection after 30 s; long-polls end before that.
MAX_WAIT_S = 25
MAX_QUANTITY = 2**53

Id = Annotated[str, Meta(min_length=36, max_length=36, pattern="^[0-9a-f-]{36}$")]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Short = Annotated[str, Meta(max_length=64)]
Sentence = Annotated[str, Meta(max_length=500)]
Hash = Annotated[str, Meta(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$")]
Signature = Annotated[str, Meta(min_length=128, max_length=128, pattern="^[0-9a-f]{128}$")]
Quantity = Annotated[int, Meta(ge=1, le=MAX_QUANTITY)]
Seq = Annotated[int, Meta(ge=0, le=2**62)]


class Request(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What a station sends: unknown fields are refused."""


class Answer(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the ledger says: unknown fields are ignored, so that it may grow."""


# ------------------------------------------------------------------ operations


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
    """What an operation is about: a document, a parcel, the original it reverses, a shipment."""

    document_kind: Short = ""
    document: Short = ""
    parcel: Short = ""
    original: Short = ""
    shipment: Short = ""


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
    evidence: Annotated[dict[Short, str | int | bool], Meta(max_length=32)] = {}


class Sent(Request, frozen=True):
    """One operation in a batch: the stored bytes and its place in the chain."""

    seq: Annotated[int, Meta(ge=1, le=2**62)]
    id: Id
    digest: Hash
    body: Raw


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


# ------------------------------------------------------------------ the feed


class PostedLine(Answer, frozen=True, array_like=True):
    """One posting as the feed tells it: array-encoded, because there are many."""

    location: str
    item: str
    quantity: int
    lot: str = ""
    serial: str = ""
    condition: str = "good"
    order_line: int = 0


class ProgressDelta(Answer, frozen=True, array_like=True):
    """What an operation changed in one order line: units packed and short, signed."""

    order: str
    line: int
    packed: int = 0
    short: int = 0


class OutcomeRow(Answer, frozen=True, tag="outcome"):
    """What became of an operation, with its postings and order progress at this site.

    Stations never derive effects of confirmed operations themselves: they add `postings` and
    `progress`, and so survive kinds they do not know.
    """

    id: str
    kind: str
    outcome: str
    enrolment: str
    seq: int
    actor: str = ""
    code: str = ""
    sentence: str = ""
    reference: Reference | None = None
    reason: str = ""
    postings: tuple[PostedLine, ...] = ()
    progress: tuple[ProgressDelta, ...] = ()


class OrderedLine(Answer, frozen=True, array_like=True):
    """One ordered line of an order document."""

    line: int
    item: str
    quantity: int


class OrderRow(Answer, frozen=True, tag="order"):
    """One version of an order."""

    order: str
    version: int
    state: str
    policy: str
    priority: int
    ship_before: str
    carrier: str
    ship_to: tuple[str, ...]
    note: str
    lines: tuple[OrderedLine, ...]


class ClaimRow(Answer, frozen=True, tag="claim"):
    """Who may work on a document: `assigned` by the ledger, `claimed` by a station, or `free`."""

    document: str
    state: str
    enrolment: str = ""
    station: str = ""
    until: str = ""


class ExceptionRow(Answer, frozen=True, tag="exception"):
    """Something a person must look at, or its closing."""

    exception: str
    code: str
    severity: str
    state: str
    sentence: str
    operation: str = ""
    document: str = ""
    deadline: str = ""


FeedBody = OutcomeRow | OrderRow | ClaimRow | ExceptionRow


class FeedRow(Answer, frozen=True):
    """One row of a site's feed: dense `seq`, and the exact bytes the feed chain covers."""

    seq: int
    body: Raw
    master: int = 0


class ChangesQuery(Request, frozen=True):
    """The rows after `cursor`; `chain` proves that both sides mean the same history."""

    protocol: int
    epoch: Short
    cursor: Seq
    chain: Short
    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE_ROWS)] = 500
    wait_s: Annotated[int, Meta(ge=0, le=MAX_WAIT_S)] = 0


class ChangesPage(Answer, frozen=True, tag="changes"):
    """Rows `cursor + 1 …` without a hole; `head` is the last there is."""

    epoch: str
    rows: tuple[FeedRow, ...]
    cursor: int
    chain: str
    head: int
    master_head: int
    at: str


ChangesAnswer = ChangesPage | NotNow


# ------------------------------------------------------------------ master data (company-wide)


class Pack(Answer, frozen=True):
    """A barcode that stands for `units` base units."""

    gtin: str
    units: int


class ItemRow(Answer, frozen=True, tag="item"):
    """One version of an item."""

    sku: str
    name: str
    unit: str = "each"
    packs: tuple[Pack, ...] = ()
    weight_mg: int = 0
    spread_mg: int = 0
    home: str = ""
    version: int = 1


class LocationRow(Answer, frozen=True, tag="location"):
    """A place in a site."""

    site: str
    location: str
    kind: str


class PersonRow(Answer, frozen=True, tag="person"):
    """Someone who may sign in. Secrets are salted hashes; hardened with the credential bundle."""

    person: str
    name: str
    role: str
    site: str
    badge_hash: str = ""
    pin_salt: str = ""
    pin_hash: str = ""
    active: bool = True


class BoxRow(Answer, frozen=True, tag="box"):
    """A box preset: keys 1–4 at the bench."""

    box: str
    name: str
    tare_mg: int
    length_mm: int
    width_mm: int
    height_mm: int
    max_weight_mg: int


MasterBody = ItemRow | LocationRow | PersonRow | BoxRow


class MasterQuery(Request, frozen=True):
    """Master rows after `cursor`."""

    protocol: int
    epoch: Short
    cursor: Seq
    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE_ROWS)] = 1_000


class MasterPage(Answer, frozen=True, tag="master"):
    """Master rows in order; several versions of one thing may appear, the last one holds."""

    epoch: str
    rows: tuple[Raw, ...]
    cursor: int
    head: int


MasterAnswer = MasterPage | NotNow


# ------------------------------------------------------------------ snapshot


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


SnapshotBody = BalanceRow | ProgressRow | OrderRow | ClaimRow | ExceptionRow


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


# ------------------------------------------------------------------ identity and greeting


class EnrolRequest(Request, frozen=True):
    """A station introduces itself with the one-time code an administrator read to it.

    `previous` and `previous_digest` cite the enrolment it replaces, if any.
    """

    code: Annotated[str, Meta(min_length=10, max_length=16)]
    public_key: Hash
    program_version: Short
    previous: Short = ""
    previous_digest: Short = ""


class NumberBlock(Answer, frozen=True):
    """SSCCs of one enrolment: 17 digits from `first`, `count` of them, check digit added at use."""

    first: str
    count: int


class Enrolled(Answer, frozen=True, tag="enrolled"):
    """Who the station is from now on, and whom it may believe."""

    enrolment: str
    station: str
    site: str
    epoch: str
    ledger_key: str
    sscc: NumberBlock


class TokenRequest(Request, frozen=True):
    """A signed request for a bearer token; `nonce` once, `at` within a minute of the ledger's."""

    enrolment: Code
    nonce: Hash
    at: Short
    signature: Signature


class Token(Answer, frozen=True):
    """A bearer token and how long it lives."""

    token: str
    expires_in_s: int


class Hello(Answer, frozen=True):
    """What the ledger says to anyone who asks: versions, epoch, its clock."""

    protocol_min: int
    protocol_max: int
    epoch: str
    at: str
    version: str


class Problem(Answer, frozen=True):
    """problem+json (RFC 9457): every error answer of the ledger."""

    type: str
    title: str
    status: int
    detail: str
    code: str


feed_body: msgspec.json.Decoder[FeedBody] = msgspec.json.Decoder(FeedBody)
master_body: msgspec.json.Decoder[MasterBody] = msgspec.json.Decoder(MasterBody)
snapshot_body: msgspec.json.Decoder[SnapshotBody] = msgspec.json.Decoder(SnapshotBody)
operation_body: msgspec.json.Decoder[Operation] = msgspec.json.Decoder(Operation)
