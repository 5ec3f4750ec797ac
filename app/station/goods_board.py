"""A delivery or a return as a bench works on it: what is open at which line, and what is too much.

`Plan` is what one version of a document says and is kept between scans; `Board` adds what has been
counted by now, and of 5,000 lines reads only those that were counted since. The ledger places and
judges goods by the same numbers (`app.ledger.rules.expecting` and `app.domain.goods_in`); its
answer counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.contract.messages import DocumentLine, DocumentRow, ItemRow
from app.domain.document import Measure
from app.domain.goods_in import limit
from app.station.documents import NOTHING_YET, Counted, CountedSince, Mark
from app.station.ports import Work

_RECEIVED = Measure.RECEIVED.value


class Share(NamedTuple):
    """Units that count at one line; line 0 is what the document does not name."""

    line: int
    quantity: int


class Placed(NamedTuple):
    """Where units count, and how many of them are beyond what may come without a reason."""

    shares: tuple[Share, ...]
    over: int
    stray: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """One version of a document with the items it names.

    Attributes:
        row: The document.
        items: By SKU; unknown ones are missing.
        permille: The site's tolerance, 0 where there is none.
        by_item: Its lines by SKU, in order.
        places: Where each line stands among them, by its number.
        expected: All units that are announced.
    """

    row: DocumentRow
    items: Mapping[str, ItemRow]
    permille: int
    by_item: Mapping[str, Sequence[DocumentLine]]
    places: Mapping[int, int]
    expected: int

    @classmethod
    def load(cls, work: Work, row: DocumentRow, permille: int) -> "Plan":
        """Read what the lines need, once for all of them."""
        by_item: dict[str, list[DocumentLine]] = {}
        for line in row.lines:
            by_item.setdefault(line.item, []).append(line)
        places = {line.line: place for place, line in enumerate(row.lines)}
        units = sum(line.quantity for line in row.lines)
        return cls(row, work.items(by_item), permille, by_item, places, units)

    def is_of(self, about: tuple[str, str], version: int, permille: int) -> bool:
        """Whether this is a version of a document, by kind and number, with this tolerance."""
        row = self.row
        mine = (row.kind, row.document, row.version, self.permille)
        return mine == (*about, version, permille)

    @property
    def beyond(self) -> int:
        """A number that no line has: of what is shown behind them."""
        return max(self.places, default=0) + 1

    def line(self, number: int) -> DocumentLine | None:
        """The line of this number."""
        place = self.places.get(number)
        return None if place is None else self.row.lines[place]

    def most(self, line: DocumentLine) -> int:
        """How many units of a line may come without anybody being asked."""
        item = self.items.get(line.item)
        said = (line.over_permille, item.over_permille if item else -1, self.permille)
        return limit(line.quantity, next((one for one in said if one >= 0), 0))


@dataclass(frozen=True, slots=True)
class Board:
    """A plan and what is counted at its lines, own work included.

    Attributes:
        plan: The document.
        counted: By line.
        received: All units that have come of what was announced.
        mark: When it was read; `after` needs only what was counted since.
    """

    plan: Plan
    counted: Mapping[int, Counted]
    received: int
    mark: Mark | None = None

    @classmethod
    def whole(cls, plan: Plan, counted: Mapping[int, Counted], mark: Mark | None) -> "Board":
        """Everything, from the beginning."""
        units = (one.get(_RECEIVED, 0) for line, one in counted.items() if line)
        return cls(plan, counted, sum(units), mark)

    def after(self, news: CountedSince) -> "Board":
        """The same with what was counted since."""
        if news.whole:
            return Board.whole(self.plan, news.counted, news.mark)
        more = sum(
            now.get(_RECEIVED, 0) - self.at(line, Measure.RECEIVED)
            for line, now in news.counted.items()
            if line
        )
        counted = {**self.counted, **news.counted} if news.counted else self.counted
        return Board(self.plan, counted, self.received + more, news.mark)

    def at(self, line: int, measure: Measure) -> int:
        """Units counted at a line."""
        return self.counted.get(line, NOTHING_YET).get(measure.value, 0)

    def open_of(self, line: DocumentLine) -> int:
        """Units of a line that have neither come nor been given up."""
        gone = self.at(line.line, Measure.RECEIVED) + self.at(line.line, Measure.CLOSED)
        return max(0, line.quantity - gone)

    @property
    def expected(self) -> int:
        """All units that are announced."""
        return self.plan.expected

    def place(self, sku: str, lot: str, quantity: int) -> Placed:
        """Share units among the lines of their item: open ones first, then tolerance, then over."""
        if not self.plan.row.lines:
            return Placed((Share(0, quantity),), 0)
        lines = self.plan.by_item.get(sku, [])
        lines = [one for one in lines if one.lot in ("", lot)] or lines
        if not lines:
            return Placed((Share(0, quantity),), quantity, stray=True)
        shares: dict[int, int] = {}
        left = quantity
        for room in (self.open_of, self._tolerated):
            for line in lines:
                taken = min(left, max(0, room(line) - shares.get(line.line, 0)))
                if taken:
                    shares[line.line] = shares.get(line.line, 0) + taken
                    left -= taken
        if left:
            last = lines[-1].line
            shares[last] = shares.get(last, 0) + left
        return Placed(tuple(Share(*one) for one in shares.items()), left)

    def _tolerated(self, line: DocumentLine) -> int:
        return self.plan.most(line) - self.at(line.line, Measure.RECEIVED)


def board_of(work: Work, about: tuple[str, str], permille: int) -> Board | None:
    """The board of a document by kind and number, read from the beginning."""
    row = work.document(*about)
    if row is None:
        return None
    news = work.counted_since(*about, None)
    return Board.whole(Plan.load(work, row, permille), news.counted, news.mark)
