"""Other condition, same place: goods are held, released, found damaged; or a whole lot is."""

from app.domain.document import LOT
from app.ledger import goods_contradictions as found
from app.ledger.case import POSTED, Case, Decision
from app.ledger.rules import lots, stock

touch = lots.touch_status


def reclassify(case: Case) -> Decision:
    """Change the condition of goods where they are, or the status of a lot everywhere.

    A line says the place as source and target, the condition before and, in `to_condition`, the one
    after; the reason says why. A line that names two places is posted as it was recorded and asked
    about. Without lines and with a reference to a lot, see `lots.set_status`.
    """
    if not case.operation.lines and case.document[0] == LOT:
        return lots.set_status(case)
    decision = stock.fact(case)
    if decision.outcome == POSTED:
        for line in case.operation.lines:
            if line.source != line.target:
                decision.contradictions.append(
                    found.reclassified_and_moved(case.id, line.item, line.source, line.target)
                )
                break
    return decision
