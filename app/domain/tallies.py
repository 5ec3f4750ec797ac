"""What operations count at the lines of documents: the words of `Measure`, by kind of document.

Ledger and station ask the same functions, so that what a bench shows before the ledger has answered
is what the ledger will say. Order progress is `app.domain.order`'s; this is everything else.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from app.domain.document import DocumentKind, Measure
from app.domain.operation import CUSTOMER, SCRAP, Condition, Kind, MovingLine, is_virtual
from app.domain.order import gathered

# Reason of a `short` that gives the rest of a delivery up; any other says that it comes later.
CLOSE = "close"


class Tally(NamedTuple):
    """One count at one line of a document, in base units; signed."""

    line: int
    measure: str
    quantity: int


def arrived(line: MovingLine) -> Iterator[tuple[str, int]]:
    """What goods from a supplier count."""
    yield Measure.RECEIVED.value, line.quantity
    if _now(line) == Condition.DAMAGED:
        yield Measure.DAMAGED.value, line.quantity


def came_back(line: MovingLine) -> Iterator[tuple[str, int]]:
    """What goods from a customer count, and what deciding about them anew does."""
    if line.source == CUSTOMER:
        yield Measure.RECEIVED.value, line.quantity
    else:
        yield _decided(line.source, line.condition), -line.quantity
    yield _decided(line.target, _now(line)), line.quantity


def given_up(reason: str) -> str:
    """The measure of goods that did not come."""
    return (Measure.CLOSED if reason == CLOSE else Measure.BACKORDERED).value


def tallies(
    about: str, kind: str, lines: Iterable[MovingLine], reason: str = ""
) -> tuple[Tally, ...]:
    """What an operation recorded at this site counts, as far as its lines name the document's.

    Args:
        about: Kind of the document it refers to.
        kind: Its own kind.
        lines: Its lines.
        reason: Its reason.
    """
    if about == DocumentKind.ORDER:
        return tuple(
            Tally(line, Measure.PICKED.value, units) for line, units in gathered(kind, lines)
        )
    count = _COUNTED.get((about, kind))
    if count is None:
        return ()
    return tuple(
        Tally(line.order_line, measure, quantity)
        for line in lines
        if line.order_line
        for measure, quantity in count(line, reason)
    )


def _accepted(line: MovingLine, _reason: str) -> Iterator[tuple[str, int]]:
    yield Measure.ACCEPTED.value, line.quantity
    if _now(line) == Condition.DAMAGED:
        yield Measure.DAMAGED.value, line.quantity


def _missing(line: MovingLine, _reason: str) -> Iterator[tuple[str, int]]:
    measure = Measure.LOST if is_virtual(line.target) else Measure.SHORT
    yield measure.value, line.quantity


def _now(line: MovingLine) -> str:
    return line.to_condition or line.condition


_DECIDED = {
    Condition.GOOD.value: Measure.GOOD.value,
    Condition.DAMAGED.value: Measure.DAMAGED.value,
}


def _decided(location: str, condition: str) -> str:
    if location == SCRAP:
        return Measure.SCRAPPED.value
    return _DECIDED.get(condition, Measure.HOLD.value)


_Count = Callable[[MovingLine, str], Iterable[tuple[str, int]]]
_COUNTED: dict[tuple[str, str], _Count] = {
    (DocumentKind.INBOUND, Kind.RECEIVE): lambda line, _: arrived(line),
    (DocumentKind.INBOUND, Kind.SHORT): lambda line, reason: [(given_up(reason), line.quantity)],
    (DocumentKind.RETURN, Kind.RETURN): lambda line, _: came_back(line),
    (DocumentKind.TRANSFER, Kind.DISPATCH): lambda line, _: [
        (Measure.DISPATCHED.value, line.quantity)
    ],
    (DocumentKind.TRANSFER, Kind.ACCEPT): _accepted,
    (DocumentKind.TRANSFER, Kind.SHORT): _missing,
    (DocumentKind.COUNT, Kind.COUNT): lambda _line, _: [(Measure.COUNTED.value, 1)],
    (DocumentKind.TASK, Kind.MOVE): lambda line, _: [(Measure.MOVED.value, line.quantity)],
}
