"""Requests about orders: claiming one, giving it back."""

from datetime import timedelta

from app.contract.messages import ClaimRow
from app.domain.document import DocumentKind
from app.domain.order import OrderState
from app.ledger.book import Book, ClaimBook
from app.ledger.case import POSTED, Case, Decision, refused
from app.ledger.clock import stamp

ORDER = DocumentKind.ORDER.value
_CLOSED = {
    OrderState.CANCELLED.value: "order_cancelled",
    OrderState.HELD.value: "order_held",
    OrderState.SHIPPED.value: "order_shipped",
}


def claim(case: Case) -> Decision:
    """A station takes an order, until its hold time is over."""
    book, sender, number = case.book, case.sender, case.document[1]
    order = book.orders.get(number)
    if order is None:
        return refused("unknown_document", f"Order {number} is not known. Check the number.")
    if order.row.state in _CLOSED:
        return refused(
            _CLOSED[order.row.state], f"Order {number} is {order.row.state}. Do not pack it."
        )
    now = book.claims.get((ORDER, number))
    if (
        now is not None
        and now.state == "claimed"
        and now.enrolment_n != sender.n
        and now.until > book.now
    ):
        return refused(
            "already_claimed",
            f"Order {number} is being packed at {now.station}. Ask there, or take another.",
        )
    until = stamp(book.at + timedelta(seconds=sender.claim_hold_s))
    return claimed(number, ClaimBook("claimed", sender.n, sender.id, sender.station, until), book)


def release(case: Case) -> Decision:
    """A station gives an order back."""
    book, number = case.book, case.document[1]
    now = book.claims.get((ORDER, number))
    if now is None or number not in book.orders:
        return refused("unknown_document", f"Order {number} is not known. Check the number.")
    if now.enrolment_n != case.sender.n or now.state != "claimed":
        return refused("not_yours", f"Order {number} is not claimed by this station.")
    return claimed(number, ClaimBook("free", 0, "", "", ""), book)


def claimed(number: str, now: ClaimBook, book: Book) -> Decision:
    """A claim that changed hands."""
    book.claims[ORDER, number] = now
    book.changed_claims.add((ORDER, number))
    return Decision(POSTED, rows=[claim_row(number, now)])


def claim_row(number: str, now: ClaimBook) -> ClaimRow:
    """A claim as the feed tells it."""
    return ClaimRow(
        document=number,
        state=now.state,
        enrolment=now.enrolment,
        station=now.station,
        until=now.until,
    )
