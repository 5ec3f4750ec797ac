"""Who works on what, and giving it to somebody else."""

from app.contract.base import Answer, Code, Request
from app.domain.document import DocumentKind
from app.errors import Refusal
from app.ledger.web.route import Ask, Page, Param, Route, Scope
from app.ledger.working import ClaimSeen


class ClaimShown(Answer, frozen=True):
    """Who has a document: `state` is assigned, claimed or free; `since` is when it was claimed.

    `units` were packed for an order or counted at another document; with `parcels` they are the
    evidence that somebody has begun.
    """

    kind: str
    document: str
    state: str
    station: str = ""
    enrolment: str = ""
    since: str = ""
    until: str = ""
    seen_at: str = ""
    started: bool = False
    units: int = 0
    parcels: int = 0


class TakeOver(Request, frozen=True):
    """The station that goes on with a document, whoever has it."""

    station: Code


_KINDS = tuple(kind.value for kind in DocumentKind)


def _claims(ask: Ask) -> Page[ClaimShown]:
    kind, document = ask.after or ("", "")
    found = ask.service.working.claims(
        ask.site,
        after=(str(kind), str(document)),
        limit=ask.limit + 1,
        station=ask.text("station"),
    )
    return ask.page([_shown(one) for one in found], lambda row: (row.kind, row.document))


def _claim(ask: Ask) -> ClaimShown:
    kind, document = _about(ask)
    return _shown(ask.service.working.claim(ask.site, kind, document))


def _take_over(ask: Ask) -> ClaimShown:
    about = _about(ask)
    ask.service.working.take_over(
        ask.site,
        about,
        station=ask.body.station,
        actor=ask.bearer.actor,
        key=ask.write,
        correlation_id=ask.correlation_id,
    )
    return _shown(ask.service.working.claim(ask.site, *about))


def _about(ask: Ask) -> tuple[str, str]:
    kind = ask.path["kind"]
    if kind not in _KINDS:
        raise Refusal("unknown_kind", f"Kinds of documents are {', '.join(_KINDS)}.")
    return kind, ask.path["document"]


def _shown(seen: ClaimSeen) -> ClaimShown:
    return ClaimShown(
        kind=seen.kind,
        document=seen.document,
        state=seen.state,
        station=seen.station,
        enrolment=seen.enrolment,
        since=seen.since,
        until=seen.until,
        seen_at=seen.seen_at,
        started=seen.started,
        units=seen.units,
        parcels=seen.parcels,
    )


_EXAMPLE = ClaimShown(
    kind="order",
    document="ORD-48213",
    state="claimed",
    station="PACK-01",
    enrolment="01980a11-0b52-7f1a-8f6e-77ad1c20b9f4",
    since="2026-03-02T07:02:11.040Z",
    until="2026-03-02T15:02:11.040Z",
    seen_at="2026-03-02T07:14:05.120Z",
    started=True,
    units=2,
    parcels=1,
)

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/v1/claims",
        summary="Who has which open document of a site, and how far it has come.",
        scope=Scope.READ,
        handle=_claims,
        query=(Param("station", maximum=64, description="Only what this station has."),),
        answer=Page[ClaimShown],
        example=Page(rows=(_EXAMPLE,)),
        at_site=True,
        paged=True,
    ),
    Route(
        method="GET",
        path="/v1/claims/{kind}/{document}",
        summary="Who has a document.",
        scope=Scope.READ,
        handle=_claim,
        answer=ClaimShown,
        example=_EXAMPLE,
        at_site=True,
        codes=("unknown_kind", "unknown_claim"),
    ),
    Route(
        method="POST",
        path="/v1/claims/{kind}/{document}/take-over",
        summary="Give a document to another station; what the first one did stands.",
        scope=Scope.DECIDE,
        handle=_take_over,
        question=TakeOver,
        example_question=TakeOver(station="PACK-02"),
        answer=ClaimShown,
        example=_EXAMPLE,
        at_site=True,
        codes=(
            "unknown_kind", "unknown_document", "unknown_station", "not_permitted",
            "order_cancelled", "order_held", "order_shipped", "document_closed",
        ),
    ),
)  # fmt: skip
