"""Goods from suppliers: against a delivery that was announced, or blind.

`receive` with a reference to an inbound counts `received` at its lines, and `damaged` of those that
came so. `short` with such a reference says what did not come: with reason `close` it is given up
(`closed`); with any other reason, as `backorder`, it is still to come (`backordered`) and the
delivery stays open. A delivery of which everything has come or was given up is received, by itself.
"""

from collections.abc import Iterable

from app.contract.messages import Line
from app.domain.document import Measure
from app.domain.operation import Condition
from app.ledger.case import Case, Decision
from app.ledger.rules import expecting, stock
from app.ledger.rules.expecting import INBOUND

# Reason of a `short` that gives the rest up.
CLOSE = "close"

touch = expecting.toucher(INBOUND)


def receive(case: Case) -> Decision:
    """Goods arrived."""
    if not expecting.is_about(case, INBOUND):
        return stock.fact(case)
    return expecting.count(case, INBOUND, _arrived)


def short(case: Case) -> Decision:
    """Goods that were asked for are not there: of an order, or of a delivery."""
    if not expecting.is_about(case, INBOUND):
        return stock.fact(case)
    closes = case.operation.reason == CLOSE
    measure = Measure.CLOSED.value if closes else Measure.BACKORDERED.value
    return expecting.count(case, INBOUND, lambda line, _place: [(measure, line.quantity)])


def _arrived(line: Line, _place: int) -> Iterable[tuple[str, int]]:
    yield Measure.RECEIVED.value, line.quantity
    if (line.to_condition or line.condition) == Condition.DAMAGED:
        yield Measure.DAMAGED.value, line.quantity
