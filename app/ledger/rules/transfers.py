"""Transfers between sites: asked for, dispatched, accepted in parts, and every unit put somewhere.

Recorded by the end where it happens. Whatever is counted is counted at the document's lines:

    dispatch   at the origin         place → transit    dispatched
               at the destination    place → transit    accepted, taken back
    accept     at the destination    transit → place    accepted, and damaged if it is
               at the origin         transit → place    returned
    short      at either end         transit → a place of the origin: it never left   short
                                     transit → scrap or adjustment: it was lost       lost
    cancel     at either end         transit → a place of that end                    returned
"""

import msgspec

from app.contract.messages import Line, Operation
from app.domain.document import Measure
from app.domain.operation import Kind, postings
from app.ledger import facts
from app.ledger.book import Effect
from app.ledger.case import POSTED, Case, Decision, held
from app.ledger.rules import stock
from app.ledger.rules import transfer_contradictions as found
from app.ledger.rules.transit import TRANSFER, Transit, close, find, follow, lines_for, named
from app.ledger.rules.transit_effects import effect_of, entered
from app.ledger.touched import Touched
from app.ledger.underway import number_of, place_of

# The receiver says with the last part that nothing more was there.
COMPLETE = "complete"

# What may be wrong after goods entered transit, and after any operation.
_ENTERED = frozenset({found.NOT_APPROVED, found.ENDED, found.OVER_DISPATCHED})
_ANY = frozenset({found.OVER})


def touch(operation: Operation, touched: Touched) -> None:
    """The transfers whose goods it moves, although it may not refer to them."""
    for line in operation.lines:
        for number in (number_of(line.source), number_of(line.target)):
            if number:
                touched.documents.add((TRANSFER, number))


def touch_far(operation: Operation, touched: Touched) -> None:
    """The same, and places that may be at the other end."""
    touch(operation, touched)
    keys = {key for key, _, _ in postings(from_transit(operation)) if key.location}
    touched.keys |= keys
    touched.far.setdefault(named(operation), set()).update(keys)


def move(case: Case) -> Decision:
    """Goods leave for a transfer, or arrive with it: `dispatch` and `accept`."""
    transit = find(case.book, named(case.operation))
    if transit is None:
        return _unknown(case, stock.fact(case))
    effect = effect_of(case.book, transit, case.kind, case.operation.lines)
    return post(case, transit, effect)


def short(case: Case) -> Decision:
    """Goods under way that never left, or were lost."""
    transit = find(case.book, named(case.operation))
    lines = from_transit(case.operation)
    if not all(line.target for line in lines):
        return held("incomplete_line", "A line does not say where the goods are now.")
    if transit is not None:
        return post(case, transit, effect_of(case.book, transit, case.kind, lines))
    effect = facts.effect_of(case.kind, case.operation, postings(lines), case.book)
    return _unknown(case, stock.post(case, effect))


def post(case: Case, transit: Transit, effect: Effect) -> Decision:
    """Post what happened on a transfer, and let it follow."""
    decision = stock.post(case, effect)
    if decision.outcome != POSTED:
        return decision
    opens = _ANY
    if any(measure == Measure.DISPATCHED for *_, measure, _ in effect.tallies):
        opens |= _ENTERED
    if case.operation.evidence.get(COMPLETE) is True:
        opens |= {found.SHORT}
    follow(case.book, transit, decision, opens)
    return decision


def from_transit(operation: Operation) -> list[Line]:
    """Lines that need not say where the goods were: in transit."""
    place = place_of(named(operation))
    return [
        line if line.source else msgspec.structs.replace(line, source=place)
        for line in operation.lines
    ]


def taken_back(case: Case, decision: Decision) -> None:
    """Let the transfers follow a reversal that moved their goods."""
    effect = decision.effect
    cells = [cell for cell, _, _ in effect.postings] + [cell for _, cell, _, _ in effect.abroad]
    numbers = {number_of(cell.key.location) for cell in cells}
    for number in sorted(numbers - {""}):
        transit = find(case.book, number)
        if transit is not None:
            _count_back(case, transit, decision)
            follow(case.book, transit, decision, _ANY)
        elif not _strays(case, number):
            close(decision, found.UNKNOWN, number, ())


def _count_back(case: Case, transit: Transit, decision: Decision) -> None:
    """Count the reversal of what was recorded before its transfer was known, and counted later."""
    if any(number == transit.number for _, number, *_ in decision.effect.tallies):
        return
    dispatched = case.book.known[decision.reverses].kind == Kind.DISPATCH
    measure = Measure.DISPATCHED if dispatched else Measure.ACCEPTED
    sign = 1 if dispatched else -1
    counted = Effect()
    for key, quantity in entered(case.book, transit, decision.effect):
        line = lines_for(transit, key.item, key.lot)[0]
        tally = (TRANSFER, transit.number, line, measure.value, sign * quantity)
        counted.tallies.append(tally)
    facts.apply(counted, "", case.book)
    decision.effect.tallies += counted.tallies


def _unknown(case: Case, decision: Decision) -> Decision:
    """A fact about a transfer nobody asked for: it is posted here, and somebody must ask for it."""
    number = named(case.operation)
    if decision.outcome != POSTED:
        return decision
    if _strays(case, number):
        decision.contradictions.append(found.contradiction(found.UNKNOWN, number))
    else:
        close(decision, found.UNKNOWN, number, ())
    return decision


def _strays(case: Case, number: str) -> bool:
    """Whether goods of a transfer that is not known are in transit at this site."""
    place = place_of(number)
    return any(key.location == place and cell.quantity for key, cell in case.book.cells.items())
