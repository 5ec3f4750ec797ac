"""Saying which item something is that was recorded under a code nobody knew."""

from app.contract.messages import Operation
from app.domain.document import ITEM
from app.domain.roles import Permission
from app.ledger import contradictions, facts
from app.ledger.book import Effect
from app.ledger.case import POSTED, Case, Decision, held, refused
from app.ledger.rules import serials
from app.ledger.rules.permissions import may_here
from app.ledger.touched import Touched


def touch(operation: Operation, touched: Touched) -> None:
    """Names the item and the stranger, whose balances must be read."""
    reference = operation.reference
    if reference is None or reference.document_kind != ITEM or not reference.document:
        return
    touched.items.add(reference.document)
    known = touched.strangers.setdefault(reference.document, set())
    known.update(line.item for line in operation.lines)


def identify(case: Case) -> Decision:
    """Move all balances of an unidentified item of this site to the item it is.

    The reference has document_kind `item` and as document the unidentified code; the one line names
    the item it is, with quantity 1: one of it for each that was counted. Every balance moves at its
    own place, lot, serial and condition; what was recorded stays as it is.
    """
    book, (kind, stranger) = case.book, case.document
    lines = case.operation.lines
    if kind != ITEM or not stranger or len(lines) != 1 or lines[0].quantity != 1:
        return refused(
            "incomplete_request",
            "Say which unidentified item is meant, and in one line of one unit which item it is.",
        )
    if not _may(case):
        return refused("not_allowed", "A controller or supervisor says what an unknown item is.")
    item = lines[0].item
    if item == stranger or item not in book.items:
        return refused("unknown_item", f"Item {item} is not known either. Import it first.")
    if stranger in book.items:
        return refused(
            "already_known",
            f"{stranger} is an item itself. Count the place, or change the goods by adjustments.",
        )
    effect = Effect()
    for key, cell in list(book.cells.items()):
        if key.item == stranger and cell.quantity:
            now = book.cells[key._replace(item=item)]
            effect.postings.append((cell, -cell.quantity, 0))
            effect.postings.append((now, cell.quantity, 0))
    if facts.overflows(effect, book):
        return held("out_of_range", "This quantity is too large for the book. Check the record.")
    facts.apply(effect, "", book)
    decision = Decision(POSTED, effect=effect)
    facts.judge_balances(effect, case.operation, decision)
    serials.follow(decision, book)
    decision.closes.append(contradictions.unknown_item(stranger, "").cause)
    return decision


def _may(case: Case) -> bool:
    """The office and the ledger's own jobs were asked before."""
    if case.sender.kind != "station":
        return True
    return may_here(case.book, case.operation.actor, Permission.RESOLVE)
