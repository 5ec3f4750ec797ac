"""Rows of a site's feed, and how a station asks for them.

Rows say what became of operations, and how documents, claims, exceptions and policy stand now.
"""

from typing import Annotated

from msgspec import Meta, Raw, field

from app.contract.base import MAX_PAGE_ROWS, MAX_WAIT_S, Answer, Request, Seq, Short
from app.contract.operations import NotNow, Reference, Signed


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


class TallyDelta(Answer, frozen=True, array_like=True):
    """What an operation counted at a line of a document other than an order, signed base units.

    `measure` is a word of `app.domain.document.Measure`; orders have `ProgressDelta` instead.
    """

    kind: str
    document: str
    line: int
    measure: str
    quantity: int


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
    tallies: tuple[TallyDelta, ...] = ()


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


class DocumentLine(Answer, frozen=True, array_like=True):
    """One line of a document; what 0, empty or -1 means is said by the document's kind.

    Attributes:
        line: Its number, from 1.
        item: SKU.
        quantity: Base units expected, authorised, asked for; 0 in a count plan.
        location: The place it is about, or empty.
        lot: The lot it is about, or empty.
        over_permille: How much more may come than expected; -1 leaves it to item and site.
    """

    line: int
    item: str
    quantity: int
    location: str = ""
    lot: str = ""
    over_permille: int = -1


class DocumentRow(Answer, frozen=True, tag="document"):
    """One version of a document that is not an order: inbound, return, transfer, count or task.

    Attributes:
        kind: A word of `app.domain.document.DocumentKind`.
        document: Its number, unique within site and kind.
        version: Grows with every change.
        state: A state of its kind's state machine.
        party: Supplier, customer, or the person a task is for; empty when nobody.
        origin: Site the goods leave, of a transfer.
        destination: Site they come to, of a transfer.
        order: The order a return belongs to, or empty.
        due: ISO 8601 local time, or empty.
        note: For people.
        details: What only this kind has, by name.
        lines: What it asks for.
    """

    kind: str
    document: str
    version: int
    state: str
    party: str = ""
    origin: str = ""
    destination: str = ""
    order: str = ""
    due: str = ""
    note: str = ""
    details: dict[str, str | int] = field(default_factory=dict)
    lines: tuple[DocumentLine, ...] = ()


class PolicyRow(Answer, frozen=True, tag="policy"):
    """One version of a site's policy: what the words mean is said by `app.domain.policy`."""

    version: int
    body: Raw


class WaitingRow(Answer, frozen=True, tag="waiting"):
    """A request that waits for a decision, whole: another station can show, and decide, it.

    `body` are the bytes that were hashed and signed; `signatures` who signed them.
    """

    id: str
    content_hash: str
    station: str
    code: str
    sentence: str
    body: str
    signatures: tuple[Signed, ...] = ()


class Checkpoint(Answer, frozen=True):
    """The ledger's signed statement of what a site's feed was at a place.

    Stations keep the newest and take no history that contradicts it. The signature covers
    `checkpoint_bytes` of `app.contract.chain`. `at` is also the time stations trust.
    """

    site: str
    epoch: str
    seq: int
    chain: str
    master: int
    at: str
    signature: str


class ClaimRow(Answer, frozen=True, tag="claim"):
    """Who may work on a document: `assigned` by the ledger, `claimed` by a station, or `free`."""

    document: str
    state: str
    enrolment: str = ""
    station: str = ""
    until: str = ""
    kind: str = "order"


class ExceptionRow(Answer, frozen=True, tag="exception"):
    """Something a person must look at, or its closing.

    `ways` are the safe next steps, by code; `seen` counts how often the cause showed; `state` is
    open, escalated or closed.
    """

    exception: str
    code: str
    severity: str
    state: str
    sentence: str
    operation: str = ""
    document: str = ""
    deadline: str = ""
    owner: str = ""
    ways: tuple[str, ...] = ()
    seen: int = 1


FeedBody = OutcomeRow | OrderRow | DocumentRow | ClaimRow | ExceptionRow | PolicyRow | WaitingRow


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
    checkpoint: Checkpoint | None = None


ChangesAnswer = ChangesPage | NotNow
