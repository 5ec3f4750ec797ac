"""Goods from suppliers: against a delivery that was announced, or blind.

`receive` with a reference to an inbound counts `received` at its lines, and `damaged` of those that
came so. `short` with such a reference says what did not come: with reason `close` it is given up
(`closed`); with any other reason, as `backorder`, it is still to come (`backordered`) and the
delivery stays open. A delivery of which everything has come or was given up is received, by itself.
"""

from app.domain.tallies import arrived, given_up
from app.ledger.case import Case, Decision
from app.ledger.rules import expecting, stock
from app.ledger.rules.expecting import INBOUND

touch = expecting.toucher(INBOUND)


def receive(case: Case) -> Decision:
    """Goods arrived."""
    if not expecting.is_about(case, INBOUND):
        return stock.fact(case)
    return expecting.count(case, INBOUND, lambda line, _place: arrived(line))


def short(case: Case) -> Decision:
    """Goods that were asked for are not there: of an order, or of a delivery."""
    if not expecting.is_about(case, INBOUND):
        return stock.fact(case)
    measure = given_up(case.operation.reason)
    return expecting.count(case, INBOUND, lambda line, _place: [(measure, line.quantity)])
