"""A delivery or a return as a bench works on it: what is open at which line, and what is too much.

`Plan` is what one version of a document says and is kept between scans; `Board` adds what has been
counted by now. The ledger places and judges goods by the same numbers (`app.ledger.rules.expecting`
and `app.domain.goods_in`); its answer counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from app.contract.messages import DocumentLine, DocumentRow, ItemRow
from app.domain.document import Measure
from app.domain.goods_in import limit
from app.domain.text import Text
from app.station.documents import NOTHING_YET, Counted
from app.station.ports import Work
from app.station.screen import LineState, LineView


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
    """

    row: DocumentRow
    items: Mapping[str, ItemRow]
    permille: int
    by_item: dict[str, list[DocumentLine]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for line in self.row.lines:
            self.by_item.setdefault(line.item, []).append(line)

    def most(self, line: DocumentLine) -> int:
        """How many units of a line may come without anybody being asked."""
        item = self.items.get(line.item)
        said = (line.over_permille, item.over_permille if item else -1, self.permille)
        return limit(line.quantity, next((one for one in said if one >= 0), 0))


@dataclass(frozen=True, slots=True)
class Board:
    """A plan and what is counted at its lines, own work included."""

    plan: Plan
    counted: Mapping[int, Counted]

    def at(self, line: int, measure: Measure) -> int:
        """Units counted at a line."""
        return self.counted.get(line, NOTHING_YET).get(measure.value, 0)

    def open_of(self, line: DocumentLine) -> int:
        """Units of a line that have neither come nor been given up."""
        gone = self.at(line.line, Measure.RECEIVED) + self.at(line.line, Measure.CLOSED)
        return max(0, line.quantity - gone)

    @property
    def received(self) -> int:
        """All units that have come of what was announced."""
        return sum(self.at(line, Measure.RECEIVED) for line in self.counted if line)

    @property
    def expected(self) -> int:
        """All units that are announced."""
        return sum(line.quantity for line in self.plan.row.lines)

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

    def views(
        self, current: int, note: Callable[["Board", DocumentLine], Text | None]
    ) -> tuple[LineView, ...]:
        """Every line for the page; `note` says what else happened to one."""
        items = self.plan.items
        return tuple(
            LineView(
                line=line.line,
                sku=line.item,
                name=items[line.item].name if line.item in items else line.item,
                place=items[line.item].home if line.item in items else "",
                done=self.at(line.line, Measure.RECEIVED),
                wanted=line.quantity,
                state=self._state(line, current),
                short=self.at(line.line, Measure.CLOSED),
                note=note(self, line),
            )
            for line in self.plan.row.lines
        )

    def _state(self, line: DocumentLine, current: int) -> LineState:
        if line.line == current:
            return LineState.CURRENT
        if self.open_of(line):
            return LineState.OPEN
        return LineState.SHORT if self.at(line.line, Measure.CLOSED) else LineState.DONE


def board(work: Work, kind: str, number: str, known: Plan | None, permille: int) -> Board | None:
    """The board of a document; `known` is used again while its version is the same."""
    row = work.document(kind, number)
    if row is None:
        return None
    same = known is not None and (known.row.document, known.row.version) == (number, row.version)
    if known is None or not same:
        known = Plan(row, work.items(line.item for line in row.lines), permille)
    return Board(known, work.counted(kind, number))
