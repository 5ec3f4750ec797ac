"""Kinds that are about documents of several kinds: who asks, who ends, what did not come."""

from collections.abc import Callable, Mapping

from app.contract.messages import Operation
from app.domain.document import DocumentKind
from app.domain.operation import Kind
from app.domain.transfer import TransferState
from app.ledger.book import Book, Undecided
from app.ledger.case import Case, Decision, refused
from app.ledger.rules import planning, receiving, replenishing, transfer_requests, transfers
from app.ledger.touched import Touched

Decide = Callable[[Case], Decision]

_TRANSFER = DocumentKind.TRANSFER.value

# By kind of document.
_REQUESTS: Mapping[str, Decide] = {
    _TRANSFER: transfer_requests.request,
    replenishing.TASK: replenishing.request,
    planning.COUNT: planning.request,
}
_CANCELS: Mapping[str, Decide] = {
    _TRANSFER: transfer_requests.cancel,
    replenishing.TASK: replenishing.cancel,
}


def request(case: Case) -> Decision:
    """Something is asked for: a transfer, goods at a pick location, a count."""
    return _by_document(case, _REQUESTS)


def cancel(case: Case) -> Decision:
    """What was asked for is not wanted any more."""
    return _by_document(case, _CANCELS)


def given_up(what: Undecided, how: TransferState, decision: Decision, book: Book) -> None:
    """A request that waited was rejected or withdrawn; what it asked for ends with it."""
    if what.operation is not None and what.operation.kind == Kind.REQUEST:
        transfer_requests.ended(what, how, decision, book)


def short(case: Case) -> Decision:
    """Goods are not where a document says: of an order, a delivery, a transfer."""
    if case.document[0] == _TRANSFER:
        return transfers.short(case)
    decision = receiving.short(case)
    if case.document[0] == replenishing.ORDER:
        replenishing.look_where_short(case, decision)
    return decision


def touch_short(operation: Operation, touched: Touched) -> None:
    """What the rules of shorts ask about."""
    if operation.reference is not None and operation.reference.document_kind == _TRANSFER:
        transfers.touch_far(operation, touched)
    else:
        receiving.touch(operation, touched)
        replenishing.touch_short(operation, touched)


def _by_document(case: Case, rules: Mapping[str, Decide]) -> Decision:
    kind = case.document[0]
    decide = rules.get(kind)
    if decide is None:
        return refused(
            "unknown_request",
            f"The ledger does not know how to {case.kind} “{kind}”. Name a document it knows.",
        )
    return decide(case)
