"""Counts: plans, what waits of what was counted, and accepting it before every station reported."""

from typing import Annotated

from msgspec import Meta

from app.contract.base import Answer, Code, Hash, Request, Short
from app.contract.messages import DocumentLine, DocumentRow
from app.ledger.approvals import decision_of
from app.ledger.countbook import Counted
from app.ledger.web.areas.approvals import decided
from app.ledger.web.areas.operations import OperationOutcome
from app.ledger.web.route import Ask, Page, Route, Scope

MAX_PLACES = 500


class PlacePut(Request, frozen=True):
    """A place to count; without an item, everything there."""

    location: Code
    item: Short = ""


class PlanPut(Request, frozen=True):
    """Where to count. A plan never says how many are expected."""

    document: Code
    places: Annotated[tuple[PlacePut, ...], Meta(min_length=1, max_length=MAX_PLACES)]
    party: Short = ""
    due: Short = ""
    note: Annotated[str, Meta(max_length=200)] = ""


class PlanMade(Answer, frozen=True):
    """A plan that stations are told of."""

    document: str
    version: int
    state: str


class CountedShown(Answer, frozen=True):
    """What a count saw at a place, what was expected there and then, and what became of it.

    `state` is done, provisional (waits for silent stations), recount (waits for another person),
    accepted, adjusted, superseded or lost. For who may see expectations: never sent to stations.
    """

    operation: str
    n: int
    location: str
    item: str
    quantity: int
    expected: int
    variance: int
    state: str
    actor: str
    at: str
    lot: str = ""
    serial: str = ""
    condition: str = "good"
    document: str = ""
    adjust: str = ""


class AcceptPut(Request, frozen=True):
    """Accept the count that has this content, or have it counted again."""

    accept: bool
    content_hash: Hash
    note: Annotated[str, Meta(max_length=200)] = ""


def _plan(ask: Ask) -> PlanMade:
    wanted: PlanPut = ask.body
    row = DocumentRow(
        kind="count",
        document=wanted.document,
        version=1,
        state="open",
        party=wanted.party,
        due=wanted.due,
        note=wanted.note,
        lines=tuple(
            DocumentLine(n, place.item, 0, place.location)
            for n, place in enumerate(wanted.places, 1)
        ),
    )
    made = ask.service.counts.plan(ask.site, row)
    ask.service.bell.ring()
    return PlanMade(document=made.document, version=made.version, state=made.state)


def _open(ask: Ask) -> Page[CountedShown]:
    operation, n = ask.after or ("", -1)
    rows = ask.service.counts.open_lines(ask.site, (str(operation), int(n)), ask.limit + 1)
    return ask.page([_shown(one) for one in rows], lambda row: (row.operation, row.n))


def _of(ask: Ask) -> Page[CountedShown]:
    return Page(
        rows=tuple(_shown(one) for one in ask.service.counts.lines(ask.site, ask.path["id"]))
    )


def _accept(ask: Ask) -> OperationOutcome:
    wanted: AcceptPut = ask.body
    wish = decision_of(
        ask.bearer.actor, approve=wanted.accept, content_hash=wanted.content_hash, note=wanted.note
    )
    return decided(ask, wish)


def _shown(one: Counted) -> CountedShown:
    return CountedShown(
        operation=one.operation,
        n=one.n,
        location=one.key.location,
        item=one.key.item,
        quantity=one.quantity,
        expected=one.expected,
        variance=one.variance,
        state=one.state,
        actor=one.actor,
        at=one.at,
        lot=one.key.lot,
        serial=one.key.serial,
        condition=one.key.condition,
        document=one.document,
        adjust=one.adjust,
    )


_ID = "01980a11-0b52-7f1a-8f6e-77ad1c20b9f4"
_COUNTED = CountedShown(
    operation=_ID,
    n=0,
    location="A-04-2",
    item="SKU-10442",
    quantity=37,
    expected=40,
    variance=-3,
    state="provisional",
    actor="p-anna",
    at="2026-03-02T07:14:05.120Z",
    document="CNT-2026-007",
)

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path="/v1/counts",
        summary="Ask for places to be counted, blind.",
        scope=Scope.DOCUMENTS,
        handle=_plan,
        question=PlanPut,
        example_question=PlanPut(
            document="CNT-2026-007", places=(PlacePut(location="A-04-2", item="SKU-10442"),)
        ),
        answer=PlanMade,
        example=PlanMade(document="CNT-2026-007", version=1, state="open"),
        status=201,
        at_site=True,
        codes=("document_exists", "bad_plan"),
    ),
    Route(
        method="GET",
        path="/v1/counts/open",
        summary="Places whose count waits: for stations, for another person, for a controller.",
        scope=Scope.DECIDE,
        handle=_open,
        answer=Page[CountedShown],
        example=Page(rows=(_COUNTED,)),
        at_site=True,
        paged=True,
    ),
    Route(
        method="GET",
        path="/v1/counts/{id}",
        summary="What became of a count, place by place; the id is its operation's.",
        scope=Scope.DECIDE,
        handle=_of,
        answer=Page[CountedShown],
        example=Page(rows=(_COUNTED,)),
        at_site=True,
        codes=("unknown_count",),
    ),
    Route(
        method="POST",
        path="/v1/counts/{id}/decision",
        summary="Accept a count before every station has reported, or have it counted again.",
        scope=Scope.DECIDE,
        handle=_accept,
        question=AcceptPut,
        example_question=AcceptPut(accept=True, content_hash="9f2c" * 16),
        answer=OperationOutcome,
        example=OperationOutcome(
            id="01980a11-0b52-8f1a-8f6e-77ad1c20b9f5",
            outcome="posted",
            feed_seq=4_720,
            sentence="Accepted. The book follows what was seen.",
        ),
        at_site=True,
    ),
)
