"""A count plan as the bench walks it: its places in order, and which of them are still open.

A plan has up to 5,000 lines, and one place changes with a count: `Walk` is what a version says, a
`CountPlan` is made from the one before it, and tallies are read where something was counted.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from app.contract.messages import DocumentLine, DocumentRow
from app.domain.document import DocumentKind, Measure
from app.station.documents import Counted, Mark
from app.station.lists import MOST
from app.station.looked import Looked
from app.station.ports import Work
from app.station.turn import Turn

COUNT = DocumentKind.COUNT.value
OPEN = "open"


@dataclass(frozen=True, slots=True)
class Walk:
    """One version of a plan.

    Attributes:
        row: It.
        places: Lines by place, in the order they are walked.
        place_of: Where each line is counted, by its number.
    """

    row: DocumentRow
    places: Mapping[str, tuple[DocumentLine, ...]]
    place_of: Mapping[int, str]

    @classmethod
    def of(cls, row: DocumentRow) -> "Walk":
        """Its lines by place."""
        places: dict[str, list[DocumentLine]] = {}
        for line in row.lines:
            places.setdefault(line.location, []).append(line)
        by_place = {place: tuple(lines) for place, lines in places.items()}
        return cls(row, by_place, {line.line: line.location for line in row.lines})

    def is_open(self, place: str, done: Collection[int]) -> bool:
        """Whether a line of a place is still to be counted."""
        return any(line.line not in done for line in self.places[place])


@dataclass(frozen=True, slots=True)
class CountPlan:
    """One plan.

    Attributes:
        walk: Its latest version.
        done: Lines that were counted.
        left: Places with a line nobody has counted, in the order they are walked.
    """

    walk: Walk
    done: frozenset[int]
    left: tuple[str, ...]

    @classmethod
    def whole(cls, walk: Walk, done: frozenset[int]) -> "CountPlan":
        """Every place looked at."""
        return cls(walk, done, tuple(one for one in walk.places if walk.is_open(one, done)))

    def after(self, done: frozenset[int]) -> "CountPlan":
        """The same when these lines are counted; only places where that is new are looked at."""
        changed = [line for line in done ^ self.done if line in self.walk.place_of]
        left = dict.fromkeys(self.left)
        for place in {self.walk.place_of[line] for line in changed}:
            is_open = self.walk.is_open(place, done)
            if is_open and place not in left:
                # What is open again has its own place in the order.
                return CountPlan.whole(self.walk, done)
            if not is_open:
                left.pop(place, None)
        return CountPlan(self.walk, done, tuple(left))

    @property
    def row(self) -> DocumentRow:
        """The document."""
        return self.walk.row

    @property
    def places(self) -> Mapping[str, tuple[DocumentLine, ...]]:
        """Lines by place, in the order they are walked."""
        return self.walk.places

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


@dataclass(frozen=True, slots=True)
class Walked:
    """A plan and what was counted of it by anybody.

    Attributes:
        walk: Its latest version.
        done: Lines with a count, own work included.
        mark: When that was read.
    """

    walk: Walk
    done: frozenset[int]
    mark: Mark | None


def walked(work: Work, number: str, before: Walked | None) -> Walked | None:
    """How far a plan has come; of `before`, which may be another one, is used what is as it was."""
    version = work.document_version(COUNT, number) if number else None
    if version is None:
        return None
    if before is not None and (before.walk.row.document, before.walk.row.version) == (
        number,
        version,
    ):
        news = work.counted_since(COUNT, number, before.mark)
        if news.whole:
            return replace(before, done=_done(news.counted), mark=news.mark)
        if not news.counted:
            return replace(before, mark=news.mark)
        done = before.done.difference(news.counted).union(_done(news.counted))
        return Walked(before.walk, done, news.mark)
    row = work.document(COUNT, number)
    if row is None:
        return None
    news = work.counted_since(COUNT, number, None)
    return Walked(Walk.of(row), _done(news.counted), news.mark)


def find_plan(work: Work, number: str) -> CountPlan | None:
    """The plan of a number; None when this book has none."""
    found = walked(work, number, None)
    return None if found is None else CountPlan.whole(found.walk, found.done)


class Plans:
    """The plans a bench looks at, each read again only where something was counted."""

    def __init__(self) -> None:
        self._read: dict[str, Looked[Walked]] = {}
        self._made: dict[str, CountPlan] = {}

    def find(self, turn: Turn, number: str, covered: Collection[int] = ()) -> CountPlan | None:
        """The plan of a number; None when this book has none.

        Args:
            turn: The open turn.
            number: Of the document.
            covered: Lines the job has recorded: a place found empty has no line to count.
        """
        if number not in self._read and len(self._read) >= MOST:
            # A list shows as many; who looks further begins anew.
            self._read.clear()
            self._made.clear()
        looked = self._read.setdefault(number, Looked())
        found = looked.at(turn, number, lambda before: walked(turn.work, number, before))
        if found is None:
            return None
        done, made = found.done.union(covered), self._made.get(number)
        if made is None or made.walk is not found.walk:
            made = CountPlan.whole(found.walk, done)
        elif made.done != done:
            made = made.after(done)
        self._made[number] = made
        return made


def _done(counted: Mapping[int, Counted]) -> frozenset[int]:
    measure = Measure.COUNTED.value
    return frozenset(line for line, tallies in counted.items() if tallies.get(measure, 0) > 0)
