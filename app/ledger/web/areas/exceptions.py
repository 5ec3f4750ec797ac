"""Exceptions: what people must look at, most urgent first, and what they do about it."""

from typing import Annotated

from msgspec import Meta

from app.contract.base import Answer, Request, Short
from app.contract.messages import Reference
from app.domain.operation import Kind, Outcome
from app.errors import Refusal
from app.ledger.exception_codes import CODES, WAYS, Code
from app.ledger.office import Wish
from app.ledger.queue import ExceptionShown, StoryShown, WayShown
from app.ledger.rules.resolving import DOCUMENT_KIND, MAX_NOTE, Step
from app.ledger.web.route import Ask, Page, Param, Route, Scope

_STEPS = (Step.TAKE, Step.ASSIGN, Step.NOTE, Step.CLOSE)


class StepPut(Request, frozen=True):
    """What is done: take, note, close (with a note), assign (`to` p-anna or role:supervisor)."""

    step: Short
    to: Short = ""
    note: Annotated[str, Meta(max_length=MAX_NOTE)] = ""


class StepDone(Answer, frozen=True):
    """The operation that records the step, and the exception as it stands after it."""

    operation: str
    feed_seq: int
    exception: ExceptionShown


class Stories(Answer, frozen=True):
    """What is open, grouped by cause, most urgent first."""

    rows: tuple[StoryShown, ...]


class CodeShown(Answer, frozen=True):
    """A code of an exception: how urgent, what it means, safe next steps, how it ends by itself."""

    code: str
    severity: str
    meaning: str
    ends: str
    ways: tuple[WayShown, ...]


class Codes(Answer, frozen=True):
    """Every code there is, by name."""

    rows: tuple[CodeShown, ...]


def _list(ask: Ask) -> Page[ExceptionShown]:
    if ask.text("state") == "closed":
        (last,) = ask.after or ("",)
        rows = ask.service.exception_queue.closed(ask.site, str(last), ask.limit + 1)
        return ask.page(rows, lambda row: (row.exception,))
    deadline, id_ = ask.after or ("", "")
    rows = ask.service.exception_queue.open(ask.site, (str(deadline), str(id_)), ask.limit + 1)
    return ask.page(rows, lambda row: (row.deadline, row.exception))


def _stories(ask: Ask) -> Stories:
    return Stories(rows=tuple(ask.service.exception_queue.stories(ask.site)))


def _codes(_ask: Ask) -> Codes:
    return Codes(rows=tuple(_code(name, code) for name, code in sorted(CODES.items())))


def _code(name: str, code: Code) -> CodeShown:
    ways = tuple(WayShown(code=way, sentence=WAYS[way]) for way in code.ways)
    return CodeShown(
        code=name, severity=code.severity, meaning=code.meaning, ends=code.ends, ways=ways
    )


def _show(ask: Ask) -> ExceptionShown:
    return ask.service.exception_queue.find(ask.site, ask.path["id"])


def _step(ask: Ask) -> StepDone:
    wanted: StepPut = ask.body
    if wanted.step not in _STEPS:
        raise Refusal("no_such_step", f"The step is one of: {', '.join(_STEPS)}.")
    id_ = ask.path["id"]
    wish = Wish(
        Kind.RESOLVE.value,
        ask.bearer.actor,
        reference=Reference(document_kind=DOCUMENT_KIND, document=id_[:64]),
        reason=wanted.step,
        evidence={name: text for name, text in (("to", wanted.to), ("note", wanted.note)) if text},
    )
    key = ask.write
    result = ask.service.office.record(ask.site, wish, key=key, correlation_id=ask.correlation_id)
    if result.outcome != Outcome.POSTED:
        raise Refusal(result.code, result.sentence)
    shown = ask.service.exception_queue.find(ask.site, id_)
    return StepDone(operation=result.id, feed_seq=result.feed_seq, exception=shown)


_ID = "01980a2c-91d4-7b09-b1de-3c5f64e8a07d"
_WAYS = tuple(WayShown(code=way, sentence=WAYS[way]) for way in CODES["order_overpacked"].ways)
_SHOWN = ExceptionShown(
    exception=_ID,
    code="order_overpacked",
    severity="high",
    state="open",
    sentence="Order ORD-48213, line 1: 3 packed, 2 ordered. Open the parcel and take out what is "
    "too much.",
    meaning=CODES["order_overpacked"].meaning,
    ends=CODES["order_overpacked"].ends,
    ways=_WAYS,
    operation="01980a2c-91d4-7b09-b1de-3c5f64e8a07c",
    document="ORD-48213",
    station="PACK-01",
    opened_at="2026-03-02T07:14:05.120Z",
    deadline="2026-03-02T08:14:05.120Z",
    owner="p-anna",
    seen=2,
)

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/v1/exceptions",
        summary="What people must look at: open ones by deadline, or closed ones by age.",
        scope=Scope.READ,
        handle=_list,
        answer=Page[ExceptionShown],
        example=Page(rows=(_SHOWN,)),
        query=(
            Param(
                "state", default="open", choices=("open", "closed"),
                description="Open (escalated ones among them) or closed.",
            ),
        ),
        at_site=True,
        paged=True,
    ),
    Route(
        method="GET",
        path="/v1/exceptions/stories",
        summary="What is open, grouped by cause: one outage is one story.",
        scope=Scope.READ,
        handle=_stories,
        answer=Stories,
        example=Stories(
            rows=(
                StoryShown(
                    code=_SHOWN.code,
                    severity=_SHOWN.severity,
                    meaning=_SHOWN.meaning,
                    ways=_WAYS,
                    station="PACK-01",
                    count=14,
                    seen=20,
                    opened_at=_SHOWN.opened_at,
                    deadline=_SHOWN.deadline,
                    owners=("p-anna",),
                    exceptions=(_ID,),
                    documents=("ORD-48213",),
                ),
            )
        ),
        at_site=True,
    ),
    Route(
        method="GET",
        path="/v1/exceptions/codes",
        summary="Every code an exception can have, with its ways out.",
        scope=Scope.READ,
        handle=_codes,
        answer=Codes,
        example=Codes(rows=(_code("order_overpacked", CODES["order_overpacked"]),)),
    ),
    Route(
        method="GET",
        path="/v1/exceptions/{id}",
        summary="One exception.",
        scope=Scope.READ,
        handle=_show,
        answer=ExceptionShown,
        example=_SHOWN,
        at_site=True,
        codes=("unknown_exception",),
    ),
    Route(
        method="POST",
        path="/v1/exceptions/{id}/steps",
        summary="Take an exception, hand it over, add a note, or close it.",
        scope=Scope.DECIDE,
        handle=_step,
        question=StepPut,
        example_question=StepPut(step="close", note="The third one was for ORD-48214."),
        answer=StepDone,
        example=StepDone(operation=_ID, feed_seq=4712, exception=_SHOWN),
        at_site=True,
        codes=(
            "unknown_exception", "already_closed", "not_allowed", "unknown_person", "note_missing",
            "no_such_step",
        ),
    ),
)  # fmt: skip
