"""Facts that need nothing but stock and orders: receive, move, pick, pack, ship and their like."""

from app.domain.operation import Kind
from app.ledger import facts
from app.ledger.book import Effect
from app.ledger.case import POSTED, Case, Decision, held
from app.ledger.rules import lots, serials


def fact(case: Case) -> Decision:
    """Post what happened, and say what it contradicts."""
    effect = facts.effect_of(case.kind, case.operation, case.postings, case.book)
    decision = post(case, effect)
    if case.kind is Kind.SHIP and decision.outcome == POSTED:
        decision.rows.extend(facts.order_rows_after_shipping(effect, case.book))
    return decision


def post(case: Case, effect: Effect) -> Decision:
    """Let the book follow an effect, unless a quantity is too large for it."""
    if facts.overflows(effect, case.book):
        return held("out_of_range", "This quantity is too large for the book. Check the record.")
    facts.apply(effect, case.sender.id, case.book)
    decision = Decision(POSTED, effect=effect)
    facts.judge(case.kind, case.operation, decision, case.book)
    if case.book.goods.tracked:
        lots.follow(case, decision)
        serials.follow(decision, case.book)
    return decision
