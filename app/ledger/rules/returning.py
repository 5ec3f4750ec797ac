"""Goods from customers: against a return that was authorised, or blind.

A line from the customer counts `received` and what was decided of the unit: good, hold or damaged
by the condition it has now, scrapped when it went to scrap. A unit nobody has looked at yet is
on hold. A later line of a return that moves the unit on takes it from one decision to the other, so
that good + hold + damaged + scrapped is always what was received.
"""

from app.domain.operation import CUSTOMER
from app.domain.tallies import came_back
from app.ledger import goods_contradictions as found
from app.ledger.case import POSTED, Case, Decision
from app.ledger.rules import expecting, stock
from app.ledger.rules.expecting import RETURN

touch = expecting.toucher(RETURN)


def take_back(case: Case) -> Decision:
    """Goods came back."""
    if expecting.is_about(case, RETURN):
        return expecting.count(case, RETURN, lambda line, _place: came_back(line))
    decision = stock.fact(case)
    if decision.outcome == POSTED and case.document == ("", ""):
        _judge_blind(decision)
    return decision


def _judge_blind(decision: Decision) -> None:
    """More came back of something than the book has ever seen leave."""
    for cell, quantity, _ in decision.effect.postings:
        if quantity < 0 and cell.quantity < 0 and cell.key.location == CUSTOMER:
            decision.contradictions.append(found.never_shipped(cell.key))
