"""The lines of a round in memory, in the order of their places: what to fetch next, for which tote.

Loaded from the book when the round begins, advanced after each commit. The book is the truth.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from app.domain.document import DocumentKind, Measure
from app.domain.operation import TOTE_PREFIX
from app.domain.order import Order, OrderLine, Progress
from app.domain.text import text
from app.station.documents import Counted
from app.station.pack_board import NO_PLACE
from app.station.ports import Work
from app.station.screen import LineState, LineView

ORDER = DocumentKind.ORDER.value
_NOTHING: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class PickLine:
    """One order line on the way.

    Attributes:
        place: Where it is fetched.
        tote: Where it goes.
        wanted: Units that were ordered.
        done: Units in totes or parcels.
        short: Units that were declared short.
    """

    order: str
    line: int
    sku: str
    name: str
    place: str
    tote: str
    wanted: int
    done: int
    short: int

    @property
    def tote_place(self) -> str:
        """The tote as stock knows it."""
        return TOTE_PREFIX + self.tote

    @property
    def open(self) -> int:
        """Units still to be fetched."""
        return max(self.wanted - self.done - self.short, 0)


class PickBoard:
    """Lines of all orders of a round.

    Args:
        lines: They, in any order.

    Attributes:
        open_units: Units still to be fetched.
    """

    def __init__(self, lines: Iterable[PickLine]) -> None:
        self._lines = sorted(lines, key=lambda one: (one.place, one.sku, one.order, one.line))
        self._index = {(one.order, one.line): at for at, one in enumerate(self._lines)}
        self._by_sku: dict[str, list[int]] = {}
        for at, one in enumerate(self._lines):
            self._by_sku.setdefault(one.sku, []).append(at)
        self.current = self._next_open(0)
        self._views = [self._view(at) for at in range(len(self._lines))]
        self.lines: tuple[LineView, ...] = tuple(self._views)
        self.total = sum(one.wanted for one in self._lines)
        self.done = sum(one.done for one in self._lines)
        # Counted along, not anew: asked for with every scan, and orders have 5,000 lines.
        self.open_units = sum(one.open for one in self._lines)

    @classmethod
    def load(cls, work: Work, totes: Iterable[tuple[str, str]]) -> "PickBoard":
        """Read everything the lines need from the book."""
        pairs = [(work.order(number), tote) for number, tote in totes]
        orders = [(order, tote) for order, tote in pairs if order is not None]
        skus = {line.item for order, _ in orders for line in order.lines}
        items = work.items(skus)
        homes = {sku: row.home for sku, row in items.items() if row.home}
        places = homes | work.places(skus)
        lines: list[PickLine] = []
        for order, tote in orders:
            steps, counted = work.progress(order.order), work.counted(ORDER, order.order)
            for line in order.lines:
                row = items.get(line.item)
                name = row.name if row is not None else line.item
                fresh = PickLine(
                    order.order, line.line, line.item, name,
                    places.get(line.item, NO_PLACE), tote, line.quantity, 0, 0,
                )  # fmt: skip
                lines.append(_counted(fresh, steps, counted))
        return cls(lines)

    @property
    def here(self) -> PickLine | None:
        """The line to fetch next."""
        return None if self.current is None else self._lines[self.current]

    @property
    def current_number(self) -> int | None:
        """Number of that line on the page."""
        return None if self.current is None else self.current + 1

    def line_for(self, sku: str) -> PickLine | None:
        """The open line an item is fetched for: the current one first, then in order."""
        here = self.here
        if here is not None and here.sku == sku:
            return here
        found = (self._lines[at] for at in self._by_sku.get(sku, ()))
        return next((one for one in found if one.open), None)

    def has(self, sku: str) -> bool:
        """Whether any order asks for this item at all."""
        return sku in self._by_sku

    def at(self, place: str) -> PickLine | None:
        """The first open line at a place."""
        return next((one for one in self._lines if one.place == place and one.open), None)

    def go_to(self, line: PickLine) -> None:
        """Fetch this line next."""
        self._turn_to(self._index[line.order, line.line])

    def skip(self) -> None:
        """Come back to this line later."""
        if self.current is not None:
            self._turn_to(self._next_open(self.current + 1))

    def advance(self, order: str, line: int, *, done: int = 0, short: int = 0) -> None:
        """Move a line on by so many units; backwards when they are negative."""
        at = self._index.get((order, line))
        if at is None:
            return
        before = self._lines[at]
        after = replace(before, done=before.done + done, short=before.short + short)
        self._lines[at] = after
        self.done += done
        self.open_units += after.open - before.open
        self._views[at] = self._view(at)
        self._turn_to(at if after.open else self._next_open(at))

    def _turn_to(self, at: int | None) -> None:
        before, self.current = self.current, at
        for one in {before, at} - {None}:
            if one is not None:
                self._views[one] = self._view(one)
        self.lines = tuple(self._views)

    def _next_open(self, start: int) -> int | None:
        count = len(self._lines)
        for step in range(count):
            at = (start + step) % count
            if self._lines[at].open:
                return at
        return None

    def _view(self, at: int) -> LineView:
        one = self._lines[at]
        if at == self.current:
            state = LineState.CURRENT
        elif one.open:
            state = LineState.OPEN
        else:
            state = LineState.SHORT if one.short else LineState.DONE
        return LineView(
            line=at + 1,
            sku=one.sku,
            name=one.name,
            place=one.place,
            done=one.done,
            wanted=one.wanted,
            state=state,
            short=one.short,
            note=text("pick.into", tote=one.tote, order=one.order),
        )


def open_units(work: Work, order: Order) -> int:
    """Units of an order that still have to come from a shelf."""
    steps, counted = work.progress(order.order), work.counted(ORDER, order.order)
    return sum(_left(line, steps, counted) for line in order.lines)


def _left(line: OrderLine, steps: Mapping[int, Progress], counted: Mapping[int, Counted]) -> int:
    step = steps.get(line.line, Progress())
    picked = counted.get(line.line, _NOTHING).get(Measure.PICKED.value, 0)
    return max(step.open_of(line.quantity) - picked, 0)


def _counted(
    line: PickLine, steps: Mapping[int, Progress], counted: Mapping[int, Counted]
) -> PickLine:
    step = steps.get(line.line, Progress())
    picked = counted.get(line.line, _NOTHING).get(Measure.PICKED.value, 0)
    return replace(line, done=step.packed + picked, short=step.short)
