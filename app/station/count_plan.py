"""A count plan as the bench walks it: its places in order, and which of them are still open."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app.contract.messages import DocumentLine, DocumentRow
from app.domain.document import DocumentKind, Measure
from app.station.documents import NOTHING_YET, Counted
from app.station.ports import Work

COUNT = DocumentKind.COUNT.value
OPEN = "open"


@dataclass(frozen=True, slots=True)
class CountPlan:
    """One plan.

    Attributes:
        row: Its latest version.
        places: Lines by place, in the order they are walked.
        left: Places with a line nobody has counted, in that order.
    """

    row: DocumentRow
    places: Mapping[str, tuple[DocumentLine, ...]]
    left: tuple[str, ...]

    def items_at(self, place: str) -> frozenset[str]:
        """The items that are asked for at a place; empty when everything there is."""
        items = {line.item for line in self.places.get(place, ())}
        return frozenset() if "" in items else frozenset(items)

    def line_for(self, place: str, item: str) -> int:
        """The line an item seen at a place is counted at; 0 without one."""
        lines = self.places.get(place, ())
        fitting = [line.line for line in lines if line.item in ("", item)]
        return fitting[0] if fitting else 0

    def lines_at(self, place: str) -> tuple[int, ...]:
        """Every line of a place."""
        return tuple(line.line for line in self.places.get(place, ()))


def plan_of(
    row: DocumentRow, counted: Mapping[int, Counted], covered: Collection[int] = ()
) -> CountPlan:
    """A plan with what was counted of it.

    Args:
        row: The document.
        counted: Tallies of its lines, own work included.
        covered: Lines the job has recorded: a place found empty has no line to count.
    """
    places: dict[str, list[DocumentLine]] = {}
    for line in row.lines:
        places.setdefault(line.location, []).append(line)
    done = set(covered) | {
        line
        for line, tallies in counted.items()
        if (tallies or NOTHING_YET).get(Measure.COUNTED.value, 0) > 0
    }
    left = tuple(
        place for place, lines in places.items() if any(one.line not in done for one in lines)
    )
    return CountPlan(row, {place: tuple(lines) for place, lines in places.items()}, left)


def find_plan(work: Work, number: str, covered: Collection[int] = ()) -> CountPlan | None:
    """The plan of a number; None when this book has none."""
    row = work.document(COUNT, number) if number else None
    return None if row is None else plan_of(row, work.counted(COUNT, number), covered)
