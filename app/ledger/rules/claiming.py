"""Who works on a document: claiming it, giving it back, taking it over.

A claim is a lease. Offline work needs none: facts are posted whoever holds the claim, and an order
packed twice is seen. A started document changes hands only by somebody who may take over; what the
other station packed stands as its evidence.
"""

from datetime import timedelta

from app.contract.messages import ClaimRow, Operation
from app.domain.document import DocumentKind
from app.domain.order import OrderState
from app.domain.roles import Permission
from app.ledger.book import Book, ClaimBook
from app.ledger.case import POSTED, Case, Decision, refused
from app.ledger.clock import stamp
from app.ledger.rules.permissions import may_here
from app.ledger.touched import Touched

ORDER = DocumentKind.ORDER.value
CLAIMED, FREE = "claimed", "free"
# Why a claim is taken from whoever has it.
TAKE_OVER = "take_over"
# In the evidence of what the office takes over: the station that goes on with it.
STATION = "station"

_NAMES = {
    DocumentKind.ORDER.value: "Order",
    DocumentKind.INBOUND.value: "Delivery",
    DocumentKind.RETURN.value: "Return",
    DocumentKind.TRANSFER.value: "Transfer",
    DocumentKind.COUNT.value: "Count",
    DocumentKind.TASK.value: "Task",
}
_STOPPED = {
    OrderState.CANCELLED.value: "order_cancelled",
    OrderState.HELD.value: "order_held",
    OrderState.SHIPPED.value: "order_shipped",
}
# States of other documents in which nobody works on them any more.
_OVER = frozenset({"closed", "done", "cancelled", "rejected"})


def touch(operation: Operation, touched: Touched) -> None:
    """The station the office gives a document to."""
    station = operation.evidence.get(STATION)
    if operation.reason == TAKE_OVER and isinstance(station, str) and station:
        touched.stations.add(station)


def claim(case: Case) -> Decision:
    """Somebody takes a document, until the hold time is over."""
    kind, number = _about(case)
    no = _not_open(case.book, kind, number)
    if no is not None:
        return no
    over = case.operation.reason == TAKE_OVER
    if over and not may_here(case.book, case.operation.actor, Permission.TAKE_OVER):
        return refused(
            "not_permitted", "Only somebody who may take over takes work from another station."
        )
    now = case.book.claims.get((kind, number))
    if now is not None and not over and _is_anothers(now, case):
        return refused(
            "already_claimed",
            f"{_NAMES[kind]} {number} is worked on at {now.station}. Ask there, or take another.",
        )
    heir = _heir(case)
    if heir is None:
        return refused(
            "unknown_station", "There is no such station here that works. Choose another one."
        )
    return _changed(kind, number, heir, case.book)


def release(case: Case) -> Decision:
    """A station gives a document back."""
    (kind, number), book = _about(case), case.book
    now = book.claims.get((kind, number))
    if now is None:
        return refused("unknown_document", f"{_said(kind)} {number} is not known here. Check it.")
    if now.enrolment_n != case.sender.n or now.state != CLAIMED:
        return refused("not_yours", f"{_said(kind)} {number} is not claimed by this station.")
    return _changed(kind, number, ClaimBook(FREE, 0, "", "", ""), book)


def claim_row(kind: str, number: str, now: ClaimBook) -> ClaimRow:
    """A claim as the feed tells it."""
    return ClaimRow(
        document=number,
        state=now.state,
        enrolment=now.enrolment,
        station=now.station,
        until=now.until,
        kind=kind,
    )


def _about(case: Case) -> tuple[str, str]:
    kind, number = case.document
    return kind or ORDER, number


def _said(kind: str) -> str:
    return _NAMES.get(kind, "Document")


def _not_open(book: Book, kind: str, number: str) -> Decision | None:
    if kind == ORDER:
        order = book.orders.get(number)
        state = order.row.state if order is not None else None
    else:
        document = book.documents.get((kind, number))
        state = document.row.state if document is not None else None
    if state is None:
        return refused(
            "unknown_document", f"{_said(kind)} {number} is not known. Check the number."
        )
    if kind == ORDER and state in _STOPPED:
        return refused(_STOPPED[state], f"Order {number} is {state}. Do not pack it.")
    if kind != ORDER and state in _OVER:
        return refused("document_closed", f"{_said(kind)} {number} is {state}. Take another one.")
    return None


def _is_anothers(now: ClaimBook, case: Case) -> bool:
    return now.state == CLAIMED and now.enrolment_n != case.sender.n and now.until > case.book.now


def _heir(case: Case) -> ClaimBook | None:
    """Who has it from now on: whoever asks, or the station the office names."""
    book, sender = case.book, case.sender
    until = stamp(book.at + timedelta(seconds=sender.claim_hold_s))
    if sender.kind == "station":
        return ClaimBook(CLAIMED, sender.n, sender.id, sender.station, until, book.now)
    name = case.operation.evidence.get(STATION)
    known = book.stations.get(name) if isinstance(name, str) else None
    if known is None:
        return None
    return ClaimBook(CLAIMED, *known, str(name), until, book.now)


def _changed(kind: str, number: str, now: ClaimBook, book: Book) -> Decision:
    before = book.claims.get((kind, number))
    if before is not None and (before.state, before.enrolment_n) == (now.state, now.enrolment_n):
        now.since = before.since
    book.claims[kind, number] = now
    book.changed_claims.add((kind, number))
    return Decision(POSTED, rows=[claim_row(kind, number, now)])
