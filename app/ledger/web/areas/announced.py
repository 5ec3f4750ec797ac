"""Deliveries and return authorisations: announced, changed, closed; read as documents."""

from typing import Annotated

from msgspec import Meta

from app.contract.base import MAX_QUANTITY, Code, Request, Sentence, Short
from app.contract.messages import DocumentLine, DocumentRow
from app.domain.document import DocumentKind
from app.ledger.web.conditions import expected_version, version_tag
from app.ledger.web.route import Answered, Ask, Handle, Route, Scope

INBOUND, RETURN = DocumentKind.INBOUND.value, DocumentKind.RETURN.value
# As many as a file may have; a larger delivery is announced in parts.
MAX_LINES = 5_000
_Units = Annotated[int, Meta(ge=1, le=MAX_QUANTITY)]
_Number = Annotated[int, Meta(ge=1, le=1_000_000)]


class ExpectedLine(Request, frozen=True):
    """What is expected of one item.

    Attributes:
        line: Its number.
        item: SKU.
        quantity: Base units.
        lot: Of which lot, or empty.
        over_permille: How much more may come unasked; -1 leaves it to the item and the site. Of a
            return nothing more may come.
    """

    line: _Number
    item: Code
    quantity: _Units
    lot: Short = ""
    over_permille: Annotated[int, Meta(ge=-1, le=10_000)] = -1


class InboundChange(Request, frozen=True):
    """What a delivery is to bring, from whom and when."""

    lines: Annotated[tuple[ExpectedLine, ...], Meta(min_length=1, max_length=MAX_LINES)]
    supplier: Annotated[str, Meta(max_length=200)] = ""
    due: Short = ""
    note: Sentence = ""


class ReturnChange(Request, frozen=True):
    """What may come back, from whom and of which order."""

    lines: Annotated[tuple[ExpectedLine, ...], Meta(min_length=1, max_length=MAX_LINES)]
    customer: Annotated[str, Meta(max_length=200)] = ""
    order: Short = ""
    note: Sentence = ""


class StateChange(Request, frozen=True):
    """`closed` gives up what has not come, `cancelled` all of it, `open` goes on."""

    state: Annotated[str, Meta(pattern="^(closed|cancelled|open)$")]


def _put_inbound(ask: Ask) -> Answered:
    wanted: InboundChange = ask.body
    return _put(
        ask,
        DocumentRow(
            kind=INBOUND,
            document=ask.path["document"],
            version=0,
            state="",
            party=wanted.supplier,
            due=wanted.due,
            note=wanted.note,
            lines=_lines(wanted.lines),
        ),
    )


def _put_return(ask: Ask) -> Answered:
    wanted: ReturnChange = ask.body
    return _put(
        ask,
        DocumentRow(
            kind=RETURN,
            document=ask.path["document"],
            version=0,
            state="",
            party=wanted.customer,
            order=wanted.order,
            note=wanted.note,
            lines=_lines(wanted.lines),
        ),
    )


def _put(ask: Ask, row: DocumentRow) -> Answered:
    now = ask.service.announcements.edit(ask.site.site, row, expected_version(ask))
    ask.service.bell.ring()
    return Answered(now, etag=version_tag(now.version))


def _lines(wanted: tuple[ExpectedLine, ...]) -> tuple[DocumentLine, ...]:
    return tuple(
        DocumentLine(one.line, one.item, one.quantity, lot=one.lot, over_permille=one.over_permille)
        for one in sorted(wanted, key=lambda one: one.line)
    )


def _state_of(kind: str) -> Handle:
    def set_state(ask: Ask) -> Answered:
        now = ask.service.announcements.set_state(
            ask.site.site, kind, ask.path["document"], ask.body.state, expected_version(ask)
        )
        ask.service.bell.ring()
        return Answered(now, etag=version_tag(now.version))

    return set_state


_LINE = ExpectedLine(line=1, item="SKU-1001", quantity=240, over_permille=50)
_ASN = DocumentRow(
    kind=INBOUND,
    document="ASN-7011",
    version=3,
    state="receiving",
    party="Emaille Nord",
    due="2026-03-16",
    lines=(DocumentLine(1, "SKU-1001", 240, over_permille=50),),
)
_RMA = DocumentRow(
    kind=RETURN,
    document="RMA-3301",
    version=1,
    state="authorised",
    party="Jonna Berg",
    order="ORD-48213",
    lines=(DocumentLine(1, "SKU-1001", 2),),
)

ROUTES: tuple[Route, ...] = (
    Route(
        method="PUT",
        path="/v1/inbounds/{document}",
        summary='Change what a delivery is to bring, or announce it with If-Match: "0".',
        scope=Scope.DOCUMENTS,
        handle=_put_inbound,
        question=InboundChange,
        example_question=InboundChange(lines=(_LINE,), supplier="Emaille Nord", due="2026-03-16"),
        answer=DocumentRow,
        example=_ASN,
        at_site=True,
        conditional=True,
        codes=("stale_version", "already_closed", "bad_document", "bad_sku", "bad_line"),
    ),
    Route(
        method="PUT",
        path="/v1/inbounds/{document}/state",
        summary="Close a delivery that stays short, cancel one that does not come, or go on.",
        scope=Scope.DOCUMENTS,
        handle=_state_of(INBOUND),
        question=StateChange,
        example_question=StateChange(state="closed"),
        answer=DocumentRow,
        example=_ASN,
        at_site=True,
        conditional=True,
        codes=("unknown_document", "stale_version", "already_receiving"),
    ),
    Route(
        method="PUT",
        path="/v1/returns/{document}",
        summary='Change what may come back, or authorise it with If-Match: "0".',
        scope=Scope.DOCUMENTS,
        handle=_put_return,
        question=ReturnChange,
        example_question=ReturnChange(
            lines=(ExpectedLine(line=1, item="SKU-1001", quantity=2),),
            customer="Jonna Berg",
            order="ORD-48213",
        ),
        answer=DocumentRow,
        example=_RMA,
        at_site=True,
        conditional=True,
        codes=("stale_version", "already_closed", "bad_document", "bad_sku", "bad_line"),
    ),
    Route(
        method="PUT",
        path="/v1/returns/{document}/state",
        summary="Close a return that stays incomplete, cancel one that does not come, or go on.",
        scope=Scope.DOCUMENTS,
        handle=_state_of(RETURN),
        question=StateChange,
        example_question=StateChange(state="open"),
        answer=DocumentRow,
        example=_RMA,
        at_site=True,
        conditional=True,
        codes=("unknown_document", "stale_version", "already_receiving"),
    ),
)
