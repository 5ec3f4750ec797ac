"""What a counted place becomes: one count, with a nought for everything that was not found there.

The book says which things could have been there; that is asked here, after the person has said
that the place is done, and is never shown.
"""

from collections.abc import Iterator

from app.contract.messages import MAX_LINES, AsOf, Line, Reference
from app.domain.operation import Kind, StockKey
from app.station.count_job import CountJob
from app.station.count_plan import CountPlan
from app.station.turn import Draft, Turn

# Evidence: the place that was looked at as a whole.
PLACE = "place"


def drafts(
    turn: Turn, job: CountJob, plan: CountPlan | None, reference: Reference | None
) -> Iterator[Draft]:
    """The operations of a counted place: one, but for more lines than one can hold.

    Args:
        turn: The turn; its book knows what could have been there.
        job: What was seen.
        plan: The plan it belongs to, or None.
        reference: To that plan.
    """
    items = frozenset(job.scope)
    lines = [
        Line(
            item=key.item,
            quantity=quantity,
            source=job.place,
            lot=key.lot,
            serial=key.serial,
            condition=key.condition,
            order_line=plan.line_for(job.place, key.item) if plan is not None else 0,
            uom_quantity=quantity,
        )
        for key, quantity in _quantities(turn, job, items).items()
    ]
    evidence: dict[str, str | int | bool] = {} if items else {PLACE: job.place}
    as_of = AsOf(epoch=job.epoch, cursor=job.cursor)
    for first in range(0, max(len(lines), 1), MAX_LINES):
        part = tuple(lines[first : first + MAX_LINES])
        yield Draft(Kind.COUNT, part, reference, evidence=evidence, as_of=as_of)


def _quantities(turn: Turn, job: CountJob, items: frozenset[str]) -> dict[StockKey, int]:
    """What was seen, and nought of everything else that is asked for or known there."""
    found = {
        StockKey(job.place, one.item, one.lot, one.serial, one.condition): one.quantity
        for one in job.seen
    }
    for row in turn.work.stock_at(job.place):
        if not items or row.item in items:
            key = StockKey(job.place, row.item, row.lot, row.serial, row.condition)
            found.setdefault(key, 0)
    named = {key.item for key in found}
    for item in sorted(items - named):
        found[StockKey(job.place, item)] = 0
    return found
