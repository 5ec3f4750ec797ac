"""Goods from customers: against a return that was authorised, or blind.

A line from the customer counts `received` and what was decided of the unit: good, hold or damaged
by the condition it has now, scrapped when it went to scrap. A unit nobody has looked at yet is
on hold. A later line of a return that moves the unit on takes it from one decision to the other, so
that good + hold + damaged + scrapped is always what was received.
"""

from collections.abc import Iterable

from app.contract.messages import Line
from app.domain.document import Measure
from app.domain.operation import CUSTOMER, SCRAP, Condition
from app.ledger import goods_contradictions as found
from app.ledger.case import POSTED, Case, Decision
from app.ledger.rules import expecting, stock
from app.ledger.rules.expecting import RETURN

touch = expecting.toucher(RETURN)

_DECIDED = {
    Condition.GOOD.value: Measure.GOOD.value,
    Condition.DAMAGED.value: Measure.DAMAGED.value,
}


def take_back(case: Case) -> Decision:
    """Goods came back."""
    if expecting.is_about(case, RETURN):
        return expecting.count(case, RETURN, _came_back)
    decision = stock.fact(case)
    if decision.outcome == POSTED and case.document == ("", ""):
        _judge_blind(decision)
    return decision


def _came_back(line: Line, _place: int) -> Iterable[tuple[str, int]]:
    now = _decided(line.target, line.to_condition or line.condition)
    if line.source == CUSTOMER:
        yield Measure.RECEIVED.value, line.quantity
    else:
        yield _decided(line.source, line.condition), -line.quantity
    yield now, line.quantity


def _decided(location: str, condition: str) -> str:
    if location == SCRAP:
        return Measure.SCRAPPED.value
    return _DECIDED.get(condition, Measure.HOLD.value)


def _judge_blind(decision: Decision) -> None:
    """More came back of something than the book has ever seen leave."""
    for cell, quantity, _ in decision.effect.postings:
        if quantity < 0 and cell.quantity < 0 and cell.key.location == CUSTOMER:
            decision.contradictions.append(found.never_shipped(cell.key))
