"""The lines of the open order in memory: what is wanted, what is in, what comes next.

Loaded from the book when the job opens, advanced after each commit. The book is the truth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.contract.messages import ItemRow
from app.domain.order import Order, Progress
from app.domain.text import Text, text
from app.station.ports import Work
from app.station.screen import LineState, LineView

NO_PLACE = "UNKNOWN"
# Number of a parcel to what is in it: units by SKU.
Inside = Mapping[int, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Share:
    """Part of a scanned quantity that goes to one order line."""

    line: int
    quantity: int


class PackBoard:
    """Lines of one order.

    Args:
        order: The document.
        items: Items by SKU; unknown ones may be missing.
        places: Where each item is best taken from.
        progress: Progress by line number.
        inside: What is in the parcels of this order at this bench.

    Attributes:
        open_units: Units still to be scanned.
    """

    def __init__(
        self,
        order: Order,
        items: dict[str, ItemRow],
        places: dict[str, str],
        progress: dict[int, Progress],
        inside: Inside,
    ) -> None:
        self.order = order
        self._inside = {number: dict(units) for number, units in inside.items()}
        self.items = items
        self._places = places
        self._index = {line.line: place for place, line in enumerate(order.lines)}
        self._by_sku: dict[str, list[int]] = {}
        for place, line in enumerate(order.lines):
            self._by_sku.setdefault(line.item, []).append(place)
        self._progress = [progress.get(line.line, Progress()) for line in order.lines]
        self.current = self._next_open(0)
        self._views = [self._view(place) for place in range(len(order.lines))]
        self.lines: tuple[LineView, ...] = tuple(self._views)
        self.total = sum(line.quantity for line in order.lines)
        self.packed = sum(step.packed for step in self._progress)
        self.short = sum(step.short for step in self._progress)
        # Counted along, not anew: asked for twice a scan, and orders have 5,000 lines.
        self.open_units = sum(self._open(place) for place in range(len(self._progress)))

    @classmethod
    def load(cls, work: Work, order: Order, parcels: Mapping[int, str]) -> "PackBoard":
        """Read everything the lines need from the book; `parcels` are numbers and locations."""
        skus = {line.item for line in order.lines}
        items = work.items(skus)
        places = {sku: row.home for sku, row in items.items() if row.home} | work.places(skus)
        inside = {number: _units_at(work, place) for number, place in parcels.items()}
        return cls(order, items, places, work.progress(order.order), inside)

    @property
    def complete(self) -> bool:
        """Nothing is left to scan."""
        return self.current is None

    @property
    def several(self) -> bool:
        """Whether the goods are in more than one parcel."""
        return sum(map(bool, self._inside.values())) > 1

    def units_in(self, parcel: int) -> Mapping[str, int]:
        """What is in a parcel: units by SKU."""
        return self._inside.get(parcel, {})

    def content_mg(self, parcel: int, arriving: Sequence[Share] = ()) -> int:
        """What a parcel holds, by the weights of the items; with what is just going in."""
        units = dict(self.units_in(parcel))
        for share in arriving:
            sku = self.order.lines[self._index[share.line]].item
            units[sku] = units.get(sku, 0) + share.quantity
        known = self.items
        return sum(n * known[sku].weight_mg for sku, n in units.items() if sku in known)

    @property
    def current_view(self) -> LineView | None:
        """The line to scan next."""
        return None if self.current is None else self._views[self.current]

    def has(self, sku: str) -> bool:
        """Whether the order asks for this item at all."""
        return sku in self._by_sku

    def wanted(self, sku: str) -> tuple[int, int]:
        """`(packed, ordered)` of an item over all its lines."""
        places = self._by_sku.get(sku, [])
        return (
            sum(self._progress[place].packed for place in places),
            sum(self.order.lines[place].quantity for place in places),
        )

    def place_of(self, sku: str) -> str:
        """Where the item is best taken from."""
        return self._places.get(sku, NO_PLACE)

    def name_of(self, sku: str) -> str:
        """The item's name, or its SKU when nobody told us."""
        row = self.items.get(sku)
        return row.name if row else sku

    def share(self, sku: str, quantity: int) -> tuple[Share, ...] | None:
        """Which lines `quantity` units of an item go to; None when that is more than is open."""
        left = quantity
        shares = []
        for place in sorted(self._by_sku.get(sku, []), key=lambda p: p != self.current):
            part = min(left, self._open(place))
            if part:
                shares.append(Share(self.order.lines[place].line, part))
                left -= part
        return None if left else tuple(shares)

    def unshare(self, sku: str, quantity: int) -> tuple[Share, ...] | None:
        """Which lines `quantity` packed units of an item are taken from; None if more than is."""
        left, shares = quantity, []
        for place in reversed(self._by_sku.get(sku, [])):
            part = min(left, self._progress[place].packed)
            if part:
                shares.append(Share(self.order.lines[place].line, part))
                left -= part
        return None if left else tuple(shares)

    def advance(
        self, shares: Sequence[Share], *, packed: int = 0, short: int = 0, parcel: int = 1
    ) -> None:
        """Move lines on by `packed` or `short` times each share's quantity (1, 0 or −1)."""
        several = self.several
        for share in shares:
            self._put(parcel, share, packed)
            place = self._index[share.line]
            step, open_before = self._progress[place], self._open(place)
            self._progress[place] = Progress(
                step.packed + packed * share.quantity, step.short + short * share.quantity
            )
            self.open_units += self._open(place) - open_before
            self.packed += packed * share.quantity
            self.short += short * share.quantity
            self._look_again(place, prefer=packed >= 0)
        if several != self.several:
            # From now on every line says which parcel it is in, or none does any longer.
            self._views = [self._view(place) for place in range(len(self._views))]
            self.lines = tuple(self._views)

    def _put(self, parcel: int, share: Share, times: int) -> None:
        if times:
            sku = self.order.lines[self._index[share.line]].item
            units = self._inside.setdefault(parcel, {})
            units[sku] = units.get(sku, 0) + times * share.quantity
            if not units[sku]:
                del units[sku]

    def _look_again(self, place: int, *, prefer: bool) -> None:
        before = self.current
        if self._open(place) and (prefer or before is None):
            self.current = place
        elif before is None or not self._open(before):
            self.current = self._next_open(place)
        changed = {place, before, self.current} - {None}
        for index in changed:
            if index is not None:
                self._views[index] = self._view(index)
        self.lines = tuple(self._views)

    def _open(self, place: int) -> int:
        return self._progress[place].open_of(self.order.lines[place].quantity)

    def _next_open(self, start: int) -> int | None:
        count = len(self._progress)
        for step in range(count):
            place = (start + step) % count
            if self._open(place):
                return place
        return None

    def _view(self, place: int) -> LineView:
        line = self.order.lines[place]
        step = self._progress[place]
        if place == self.current:
            state = LineState.CURRENT
        elif self._open(place):
            state = LineState.OPEN
        else:
            state = LineState.SHORT if step.short else LineState.DONE
        return LineView(
            line=line.line,
            sku=line.item,
            name=self.name_of(line.item),
            place=self.place_of(line.item),
            done=step.packed,
            wanted=line.quantity,
            state=state,
            short=step.short,
            note=self._whereabouts(line.item) if self.several else None,
        )

    def _whereabouts(self, sku: str) -> Text | None:
        """`P1:2 P2:1`: in which parcels the units are, once there are several."""
        found = [(number, units[sku]) for number, units in self._inside.items() if sku in units]
        where = " ".join(f"P{number}:{units}" for number, units in sorted(found))
        return text("pack.in_parcels", where=where) if where else None


def _units_at(work: Work, place: str) -> dict[str, int]:
    units: dict[str, int] = {}
    for row in work.stock_at(place):
        if row.quantity > 0:
            units[row.item] = units.get(row.item, 0) + row.quantity
    return units
