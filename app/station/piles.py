"""What lies at a place, as somebody picks it up; and where goods best go."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.contract.messages import BalanceRow, Line
from app.domain.operation import PARCEL_PREFIX, TOTE_PREFIX, Condition, is_virtual
from app.station.lot_choice import NEVER
from app.station.ports import Work

DOCK, QUARANTINE = "dock", "quarantine"
# Where goods are only on their way, or kept apart: nothing is put away there unasked.
NOT_A_SHELF = frozenset({DOCK, QUARANTINE, "bench", "returns", "staging"})
# Places of an item that are looked at for a suggestion; an item lies in a handful.
LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Pile:
    """Goods of one item at a place that are alike: same lot, same condition.

    Attributes:
        rows: The balances it consists of; with serials, one each.
    """

    lot: str
    condition: str
    rows: tuple[BalanceRow, ...]

    @property
    def key(self) -> str:
        """What choosing it passes back."""
        return f"{self.condition}/{self.lot}"

    @property
    def quantity(self) -> int:
        """Units in it, by the book."""
        return sum(row.quantity for row in self.rows)

    def taken(self, quantity: int) -> tuple[tuple[str, int], ...] | None:
        """Serials and units of a part; None when single serials would have to be told apart."""
        if not any(row.serial for row in self.rows):
            return (("", quantity),)
        if quantity != self.quantity:
            return None
        return tuple((row.serial, row.quantity) for row in self.rows)


def piles_of(rows: Iterable[BalanceRow], lot: str = "", serial: str = "") -> tuple[Pile, ...]:
    """Balances of one item at one place, put together; only what a scan said about it."""
    found: dict[tuple[str, str], list[BalanceRow]] = {}
    for row in rows:
        if row.quantity > 0 and lot in ("", row.lot) and serial in ("", row.serial):
            found.setdefault((row.lot, row.condition), []).append(row)
    return tuple(Pile(lot, condition, tuple(same)) for (lot, condition), same in found.items())


def soonest(work: Work, found: Iterable[Pile]) -> tuple[Pile, ...]:
    """Good ones first, and of these what expires first."""

    def order(pile: Pile) -> tuple[bool, str, str]:
        known = work.lot(pile.rows[0].item, pile.lot) if pile.lot else None
        expiry = known.expiry if known is not None and known.expiry else NEVER
        return pile.condition != Condition.GOOD.value, expiry, pile.lot

    return tuple(sorted(found, key=order))


def everything(rows: Iterable[BalanceRow], source: str, target: str) -> tuple[Line, ...]:
    """All that lies at a place, as the lines of one move."""
    return tuple(
        Line(
            item=row.item,
            quantity=row.quantity,
            source=source,
            target=target,
            lot=row.lot,
            serial=row.serial,
            condition=row.condition,
            uom_quantity=row.quantity,
        )
        for row in rows
        if row.quantity > 0
    )


def totals(work: Work, sku: str) -> list[tuple[str, int]]:
    """Places inside the building that hold an item, and how many units; most first."""
    found: dict[str, int] = {}
    for row in work.stock_of(sku):
        if not is_virtual(row.location) and not row.location.startswith(PARCEL_PREFIX):
            found[row.location] = found.get(row.location, 0) + row.quantity
    held = [(place, units) for place, units in found.items() if units > 0]
    return sorted(held, key=lambda one: (-one[1], one[0]))


def taken_from(work: Work, sku: str) -> str:
    """Where an item is fetched from unasked: a dock it waits at, or the only place it lies."""
    held = totals(work, sku)[:LOOKED_AT]
    docks = [place for place, _ in held if work.location_kind(place) == DOCK]
    if docks:
        return docks[0]
    return held[0][0] if len(held) == 1 else ""


def suggested(work: Work, sku: str, condition: str, source: str) -> tuple[str, str]:
    """Where goods are best put, and why, as a word; both empty without an idea."""
    if condition != Condition.GOOD.value:
        apart = [place for place in work.places_of_kind(QUARANTINE, 2) if place != source]
        return (apart[0], "not_good") if apart else ("", "")
    for place, _ in totals(work, sku)[:LOOKED_AT]:
        shelf = not place.startswith(TOTE_PREFIX) and work.location_kind(place) not in NOT_A_SHELF
        if place != source and shelf:
            return place, "most"
    item = work.item_by_sku(sku)
    home = item.home if item is not None else ""
    return (home, "home") if home and home != source else ("", "")
