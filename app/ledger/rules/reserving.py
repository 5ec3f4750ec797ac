"""Promising stock to orders, and taking promises back: what only the ledger itself asks for.

What is asked is a wish of a moment; how much is promised is decided here, by what is free and what
the order still wants. So the same wish twice promises nothing twice.
"""

from collections.abc import Iterable

from app.contract.messages import Operation
from app.domain.document import DocumentKind, Measure
from app.domain.order import LineCount, OrderState
from app.ledger.book import Book, LineBook
from app.ledger.case import POSTED, Case, Decision, refused
from app.ledger.own import LEDGER
from app.ledger.promised import PromiseBook
from app.ledger.touched import Touched

ORDER = DocumentKind.ORDER.value
_RESERVED = Measure.RESERVED.value
_NOTHING = LineBook()


def touch(operation: Operation, touched: Touched) -> None:
    """The order's promises, and what is free of its items."""
    if operation.reference is not None and operation.reference.document_kind == ORDER:
        touched.promised.add(operation.reference.document)


def reserve(case: Case) -> Decision:
    """Promise to an order what is free of its items, in part if there is not enough."""
    no = _not_allowed(case)
    if no is not None:
        return no
    book, number = case.book, case.document[1]
    state = book.orders[number].row.state
    if state != OrderState.RELEASED:
        return refused(f"order_{state}", f"Order {number} is {state}. Nothing is promised to it.")
    decision = Decision(POSTED)
    for line, units, known in _lines(case):
        now = _count(book, number, line, known)
        promised = now.promised_with(min(units, book.promises.free.get(known.item, 0)))
        _promise(decision, book, (number, line), promised)
    if any(_count(book, number, line, known).backordered for line, _, known in _lines(case)):
        decision.code = "backordered"
        decision.sentence = f"There is not enough for order {number}; the rest is on back order."
    return decision


def unreserve(case: Case) -> Decision:
    """Set free what was promised to an order; what is packed or in a tote stays with it."""
    no = _not_allowed(case)
    if no is not None:
        return no
    decision = Decision(POSTED)
    for line, units, known in _lines(case):
        promised = max(0, known.promised - units)
        _promise(decision, case.book, (case.document[1], line), promised)
    return decision


def _not_allowed(case: Case) -> Decision | None:
    number = case.document[1]
    if case.sender.kind != LEDGER:
        return refused(
            "ledger_only",
            "Only the ledger promises stock. Release the order; it does so by itself.",
        )
    if number not in case.book.orders:
        return refused("unknown_document", f"Order {number} is not known. Check the number.")
    return None


def _lines(case: Case) -> Iterable[tuple[int, int, PromiseBook]]:
    """Lines that are still of the item they were asked for: number, units, promise."""
    for line in case.operation.lines:
        known = case.book.promises.lines.get((case.document[1], line.order_line))
        if known is not None and known.item == line.item:
            yield line.order_line, line.quantity, known


def _count(book: Book, order: str, line: int, known: PromiseBook) -> LineCount:
    now = book.progress.get(order, {}).get(line, _NOTHING)
    return known.count(now.packed, now.short)


def _promise(decision: Decision, book: Book, where: tuple[str, int], promised: int) -> None:
    """Let the book follow a promise, and tell by how much it changed."""
    order, line = where
    known = book.promises.lines[where]
    more = promised - known.promised
    if not more:
        return
    before = _count(book, order, line, known).reserved
    known.promised = promised
    used = _count(book, order, line, known).reserved - before
    book.promises.free[known.item] = book.promises.free.get(known.item, 0) - used
    book.promises.changed.add(where)
    decision.effect.tallies.append((ORDER, order, line, _RESERVED, more))
