"""What waits for a decision or is held, with its evidence; decided in the name of a person."""

from dataclasses import replace
from typing import Annotated

from msgspec import Meta

from app.contract.base import Hash, Request
from app.contract.messages import Line
from app.domain.operation import Kind
from app.ledger.approvals import Place, Undecided, decision_of
from app.ledger.office import Wish
from app.ledger.web.areas.operations import OperationOutcome, outcome_shown
from app.ledger.web.route import Ask, Page, Param, Route, Scope

Note = Annotated[str, Meta(max_length=200)]


class DecisionPut(Request, frozen=True):
    """Approve or reject what has this content. Releasing what is held is approving it."""

    approve: bool
    content_hash: Hash
    note: Note = ""


class WithdrawalPut(Request, frozen=True):
    """Take back a request."""

    note: Note = ""


def _list(ask: Ask) -> Page[Undecided]:
    (after,) = ask.after or (0,)
    rows = ask.service.approvals.waiting(
        ask.site, outcome=ask.text("outcome"), after=int(after), limit=ask.limit + 1
    )
    return ask.page(rows, lambda row: (row.feed_seq,))


def _show(ask: Ask) -> Undecided:
    return ask.service.approvals.find(ask.site, ask.path["id"])


def _decide(ask: Ask) -> OperationOutcome:
    wanted: DecisionPut = ask.body
    wish = decision_of(
        ask.bearer.actor,
        approve=wanted.approve,
        content_hash=wanted.content_hash,
        note=wanted.note,
    )
    return decided(ask, wish)


def _withdraw(ask: Ask) -> OperationOutcome:
    wanted: WithdrawalPut = ask.body
    wish = Wish(Kind.WITHDRAW.value, ask.bearer.actor, evidence={"note": wanted.note})
    return decided(ask, wish)


def decided(ask: Ask, wish: Wish) -> OperationOutcome:
    """Record a decision about the operation in the address, and what became of the decision.

    Nobody signs it: the evidence says which key it came in with.
    """
    known = replace(wish, evidence={**wish.evidence, "vouched_by": ask.bearer.caller})
    return outcome_shown(
        ask.service.approvals.decide(
            ask.site, ask.path["id"], known, key=ask.write, job=ask.correlation_id
        )
    )


_HASH = "9f2c" * 16
_UNDECIDED = Undecided(
    id="01980a11-0b52-7f1a-8f6e-77ad1c20b9f4",
    outcome="waiting",
    code="over_quantity_limit",
    sentence="12 units, the limit of a clerk is 5. Another person decides it.",
    content_hash=_HASH,
    feed_seq=4_711,
    received_at="2026-03-02T07:14:05.120Z",
    station="PACK-01",
    kind="adjust",
    actor="p-anna",
    recorded_at="2026-03-02T07:14:04.871Z",
    reason="miscounted",
    lines=(Line(item="SKU-10442", quantity=12, source="A-04-2", target="adjustment"),),
    places=(Place(location="A-04-2", item="SKU-10442", change=-12, then=40, now=32, after=20),),
    quantity=12,
    value=6_000,
    may=("p-cora", "p-sven"),
)
_DONE = OperationOutcome(
    id="01980a11-0b52-8f1a-8f6e-77ad1c20b9f5",
    outcome="posted",
    feed_seq=4_720,
    sentence="Approved. SKU-10442 at A-04-2: the book said 40 when it was asked for, 32 before "
    "this, 20 after.",
)

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/v1/approvals",
        summary="What waits for a decision or is held, the oldest first, with its evidence.",
        scope=Scope.READ,
        handle=_list,
        answer=Page[Undecided],
        example=Page(rows=(_UNDECIDED,)),
        query=(
            Param(
                "outcome",
                choices=("", "waiting", "held"),
                description="Only what waits, or only what is held.",
            ),
        ),
        at_site=True,
        paged=True,
    ),
    Route(
        method="GET",
        path="/v1/approvals/{id}",
        summary="One of them: what the book said then and says now, and who may decide.",
        scope=Scope.READ,
        handle=_show,
        answer=Undecided,
        example=_UNDECIDED,
        at_site=True,
        codes=("unknown_operation",),
    ),
    Route(
        method="POST",
        path="/v1/approvals/{id}/decision",
        summary="Approve, release or reject; what became of the decision is in the answer.",
        scope=Scope.DECIDE,
        handle=_decide,
        question=DecisionPut,
        example_question=DecisionPut(approve=True, content_hash=_HASH, note="Seen with my eyes"),
        answer=OperationOutcome,
        example=_DONE,
        at_site=True,
    ),
    Route(
        method="POST",
        path="/v1/approvals/{id}/withdrawal",
        summary="Take back a request of one's own, or of others with the right to decide.",
        scope=Scope.DECIDE,
        handle=_withdraw,
        question=WithdrawalPut,
        example_question=WithdrawalPut(note="Found behind the pallet"),
        answer=OperationOutcome,
        example=OperationOutcome(
            id=_DONE.id, outcome="posted", feed_seq=4_720, sentence="Withdrawn."
        ),
        at_site=True,
    ),
)
