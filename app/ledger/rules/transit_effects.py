"""What an operation on a transfer moves at both ends, and what it counts at its document."""

from collections import Counter
from collections.abc import Iterable, Iterator

from app.contract.messages import Line
from app.domain.document import Measure
from app.domain.operation import Condition, Kind, StockKey, is_virtual, postings
from app.ledger.book import Book, Effect
from app.ledger.rules.transit import SETTLED, TRANSFER, Transit, lines_for, post_at

# Lines of one operation see what the ones before them took: by line and measure.
_Used = Counter[tuple[int, str]]


def effect_of(book: Book, transit: Transit, kind: Kind, lines: Iterable[Line]) -> Effect:
    """Postings at both ends, and tallies.

    Goods in transit are at the destination. Every other place is where the operation was recorded,
    but a `short` gives back to the origin what never left it.
    """
    effect, used = Effect(), _Used()
    for line in lines:
        out, into = postings([line])
        enters, leaves = (place.location == transit.place for place in (into.key, out.key))
        for posting, under_way in ((out, leaves), (into, enters)):
            site_n = (
                transit.destination if under_way else _site_of(posting.key, kind, book, transit)
            )
            post_at(effect, book, site_n, posting.key, posting.quantity)
        if enters != leaves:
            measures = list(_measures(kind, line, book.site_n, transit, enters=enters))
            for number, quantity in _spread(transit, line, measures[0][0], used):
                effect.tallies += [
                    (TRANSFER, transit.number, number, measure, sign * quantity)
                    for measure, sign in measures
                ]
    return effect


def _site_of(key: StockKey, kind: Kind, book: Book, transit: Transit) -> int:
    if kind is not Kind.SHORT:
        return book.site_n
    return transit.destination if is_virtual(key.location) else transit.origin


def _measures(
    kind: Kind, line: Line, site_n: int, transit: Transit, *, enters: bool
) -> Iterator[tuple[str, int]]:
    """What is counted, and whether it grows."""
    if enters and site_n == transit.origin:
        yield Measure.DISPATCHED.value, 1
    elif enters:
        yield Measure.ACCEPTED.value, -1
    elif kind is Kind.SHORT:
        yield (Measure.LOST if is_virtual(line.target) else Measure.SHORT).value, 1
    elif kind is Kind.CANCEL or site_n != transit.destination:
        yield Measure.RETURNED.value, 1
    else:
        yield Measure.ACCEPTED.value, 1
        if (line.to_condition or line.condition) == Condition.DAMAGED:
            yield Measure.DAMAGED.value, 1


def _spread(transit: Transit, line: Line, measure: str, used: _Used) -> Iterator[tuple[int, int]]:
    """Fill the document's lines one after the other; what is too much counts at the last."""
    *before, last = lines_for(transit, line.item, line.lot, line.order_line)
    left = line.quantity
    for number in before:
        part = min(left, max(_room(transit, number, measure) - used[number, measure], 0))
        if part:
            used[number, measure] += part
            left -= part
            yield number, part
    if left:
        used[last, measure] += left
        yield last, left


def _room(transit: Transit, line: int, measure: str) -> int:
    """How much a line still takes of a measure."""
    tally = transit.document.tally
    dispatched = tally(line, Measure.DISPATCHED.value)
    if measure == Measure.DISPATCHED:
        return transit.asked(line) - dispatched
    return dispatched - sum(tally(line, settled) for settled in SETTLED)


def entered(book: Book, transit: Transit, effect: Effect) -> Iterator[tuple[StockKey, int]]:
    """What an effect brings into transit at the destination, signed, by stock key."""
    postings = [(book.site_n, cell.key, quantity) for cell, quantity, _ in effect.postings]
    postings += [(site_n, cell.key, quantity) for site_n, cell, quantity, _ in effect.abroad]
    for site_n, key, quantity in postings:
        if site_n == transit.destination and key.location == transit.place:
            yield key, quantity
