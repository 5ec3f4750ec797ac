"""Transfers between sites: asked for, ended, and what is under way; they are read as documents."""

from typing import Annotated

from msgspec import Meta

from app.contract.base import MAX_LINES, MAX_QUANTITY, Answer, Code, Request, Short
from app.contract.messages import DocumentLine, DocumentRow
from app.domain.document import DocumentKind
from app.domain.operation import TRANSIT_PREFIX
from app.ledger.transfers import Call
from app.ledger.web.areas.operations import OperationOutcome, outcome_shown
from app.ledger.web.route import Ask, Route, Scope

TRANSFER = DocumentKind.TRANSFER.value
# Places have 64 characters, and transit is a place named after the transfer.
MAX_NUMBER = 64 - len(TRANSIT_PREFIX)


class WantedLine(Request, frozen=True):
    """How much of an item, and of which lot if that matters."""

    item: Code
    quantity: Annotated[int, Meta(ge=1, le=MAX_QUANTITY)]
    lot: Short = ""


class TransferAsk(Request, frozen=True):
    """A transfer between this site and another.

    Attributes:
        document: Its number, unused at both sites.
        other: The other site.
        lines: What is wanted.
        sends: Whether the goods leave this site; else they come to it.
        note: For people.
    """

    document: Annotated[str, Meta(min_length=1, max_length=MAX_NUMBER)]
    other: Code
    lines: Annotated[tuple[WantedLine, ...], Meta(min_length=1, max_length=MAX_LINES)]
    sends: bool = False
    note: Short = ""


class TransferEnd(Request, frozen=True):
    """Where everything that is under way is now, at this site; empty when nothing is."""

    place: Short = ""


class InTransit(Answer, frozen=True):
    """Goods at neither end; less than nothing when more arrived than was dispatched."""

    item: str
    quantity: int
    lot: str = ""
    serial: str = ""
    condition: str = "good"


class UnderWayShown(Answer, frozen=True):
    """What of a transfer is at neither end."""

    rows: tuple[InTransit, ...]


def _ask(ask: Ask) -> OperationOutcome:
    wanted: TransferAsk = ask.body
    here, other = ask.site.site, wanted.other
    row = DocumentRow(
        kind=TRANSFER,
        document=wanted.document,
        version=0,
        state="",
        origin=here if wanted.sends else other,
        destination=other if wanted.sends else here,
        note=wanted.note,
        lines=tuple(
            DocumentLine(number, line.item, line.quantity, lot=line.lot)
            for number, line in enumerate(wanted.lines, 1)
        ),
    )
    return outcome_shown(ask.service.transfers.ask(ask.site, row, _call(ask)))


def _cancel(ask: Ask) -> OperationOutcome:
    ended: TransferEnd = ask.body
    number = ask.path["document"]
    return outcome_shown(ask.service.transfers.cancel(ask.site, number, ended.place, _call(ask)))


def _under_way(ask: Ask) -> UnderWayShown:
    found = ask.service.transfers.under_way(ask.site, ask.path["document"])
    return UnderWayShown(
        rows=tuple(
            InTransit(
                item=one.item,
                quantity=one.quantity,
                lot=one.lot,
                serial=one.serial,
                condition=one.condition,
            )
            for one in found
        )
    )


def _call(ask: Ask) -> Call:
    return Call(ask.bearer.actor, ask.write, ask.correlation_id)


_POSTED = OperationOutcome(
    id="01980a11-0b52-7f1a-8f6e-77ad1c20b9f4", outcome="posted", feed_seq=4711
)

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path="/v1/transfers",
        summary="Ask for a transfer with another site; it is approved with that.",
        scope=Scope.DOCUMENTS,
        at_site=True,
        handle=_ask,
        question=TransferAsk,
        example_question=TransferAsk(
            document="TR-7", other="HAM1", lines=(WantedLine(item="SKU-1001", quantity=10),)
        ),
        answer=OperationOutcome,
        example=_POSTED,
    ),
    Route(
        method="POST",
        path="/v1/transfers/{document}/cancel",
        summary="End a transfer, and say at which place of this site its goods are now.",
        scope=Scope.DOCUMENTS,
        at_site=True,
        handle=_cancel,
        question=TransferEnd,
        example_question=TransferEnd(place="A-04-2"),
        answer=OperationOutcome,
        example=_POSTED,
        codes=("unknown_document",),
    ),
    Route(
        method="GET",
        path="/v1/transfers/{document}/under-way",
        summary="What of a transfer is under way, asked at either end.",
        scope=Scope.READ,
        at_site=True,
        handle=_under_way,
        answer=UnderWayShown,
        example=UnderWayShown(rows=(InTransit(item="SKU-1001", quantity=6),)),
        codes=("unknown_document",),
    ),
)
