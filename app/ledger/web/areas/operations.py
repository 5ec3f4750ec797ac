"""Operations of other systems: recorded in the office's chain, decided by the same rules."""

from typing import Annotated

from msgspec import Meta, field

from app.contract.base import MAX_LINES, Answer, Code, Request, Short
from app.contract.messages import AsOf, Line, Operation, Reference, Result
from app.domain.operation import Kind
from app.errors import Refusal
from app.ledger.office import Recorded, Wish
from app.ledger.web.route import Ask, Route, Scope

# What a key with `stock` may record; deciding, resolving and taking over have routes of their own.
KINDS = frozenset(
    {
        Kind.RECEIVE, Kind.MOVE, Kind.PICK, Kind.UNPICK, Kind.PACK, Kind.UNPACK, Kind.SHIP,
        Kind.RETURN, Kind.DISPATCH, Kind.ACCEPT, Kind.COUNT, Kind.ADJUST, Kind.RECLASSIFY,
        Kind.SHORT, Kind.REVERSE, Kind.REQUEST, Kind.CANCEL, Kind.IDENTIFY, Kind.EVENT,
    }
)  # fmt: skip


class OperationPut(Request, frozen=True):
    """Something that happened, or is asked for."""

    kind: Code
    lines: Annotated[tuple[Line, ...], Meta(max_length=MAX_LINES)] = ()
    reference: Reference | None = None
    reason: Short = ""
    evidence: Annotated[dict[Short, str | int | bool], Meta(max_length=32)] = field(
        default_factory=dict
    )


class OperationOutcome(Answer, frozen=True):
    """What became of it: posted, waiting for a decision, refused or held, for ever under its id."""

    id: str
    outcome: str
    feed_seq: int
    code: str = ""
    sentence: str = ""


def outcome_shown(result: Result) -> OperationOutcome:
    """What became of an operation that was just recorded."""
    return OperationOutcome(
        id=result.id,
        outcome=result.outcome,
        feed_seq=result.feed_seq,
        code=result.code,
        sentence=result.sentence,
    )


def _record(ask: Ask) -> OperationOutcome:
    wanted: OperationPut = ask.body
    if wanted.kind not in KINDS:
        raise Refusal("bad_kind", f"“{wanted.kind}” is not recorded here. See the description.")
    wish = Wish(
        wanted.kind,
        ask.bearer.actor,
        reference=wanted.reference,
        lines=wanted.lines,
        reason=wanted.reason,
        evidence=wanted.evidence,
    )
    result = ask.service.office.record(
        ask.site, wish, key=ask.write, correlation_id=ask.correlation_id
    )
    return outcome_shown(result)


def _show(ask: Ask) -> Recorded:
    return ask.service.office.find(ask.site, ask.path["id"])


_ID = "01980a11-0b52-7f1a-8f6e-77ad1c20b9f4"
_MOVE = OperationPut(
    kind="move",
    lines=(Line(item="SKU-10442", quantity=12, source="DOCK-1", target="A-04-2"),),
    reason="put_away",
)

_RECORDED = Recorded(
    operation=Operation(
        id=_ID,
        kind="move",
        contract_version=1,
        site="BER1",
        actor="p-ines",
        role="controller",
        source_system="packhouse-api",
        correlation_id="01980a11-0b52-7f1a-8f6e-77ad1c20b9f5",
        recorded_at="2026-03-02T07:14:05.120Z",
        as_of=AsOf(epoch="01980a11-0b52-7f1a-8f6e-77ad1c20b900", cursor=4710),
        lines=_MOVE.lines,
        reason="put_away",
    ),
    outcome="posted",
    feed_seq=4711,
    code="",
    sentence="",
    received_at="2026-03-02T07:14:05.125Z",
    enrolment="01980a11-0b52-7f1a-8f6e-77ad1c20b901",
    station="office",
    seq=17,
    content_hash="9f2c" * 16,
)

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path="/v1/operations",
        summary="Record one operation in the name of the key's person.",
        scope=Scope.STOCK,
        at_site=True,
        handle=_record,
        question=OperationPut,
        example_question=_MOVE,
        answer=OperationOutcome,
        example=OperationOutcome(id=_ID, outcome="posted", feed_seq=4711),
        codes=("bad_kind",),
    ),
    Route(
        method="GET",
        path="/v1/operations/{id}",
        summary="An operation: what was recorded, where it stands in its chain, what became of it.",
        scope=Scope.READ,
        at_site=True,
        handle=_show,
        answer=Recorded,
        example=_RECORDED,
        codes=("unknown_operation",),
    ),
)
