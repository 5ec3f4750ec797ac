"""Which lot is meant where a place holds several of an item: by its label, by hand, or from a list.

The lot that expires first stands first and is what F10 takes. A place with one lot asks nothing.
"""

from dataclasses import dataclass

from app.contract.messages import LotRow
from app.domain.operation import Condition
from app.domain.text import text
from app.station.flow import Happening, Trigger
from app.station.goods_unit import as_lot
from app.station.inbox import Intent
from app.station.lists import MOST, Choice, ColumnView, ListView, Mark
from app.station.ports import Work
from app.station.screen import Action

# How a lot is said: scanned with its item or alone, or typed.
SAID = (Trigger.ITEM, Trigger.NOTHING, Trigger.QUANTITY, Trigger.ORDER, Trigger.DOCUMENT)
# Sorted behind every day there is: nobody has said when these expire.
NEVER = "9999"
TAKE = Action("F10", Intent.MAIN, text("lots.key_take"), main=True)
COLUMNS = (
    ColumnView(text("lots.column_lot"), code=True),
    ColumnView(text("lots.column_expiry"), 11),
    ColumnView(text("lots.column_units"), 10),
)


@dataclass(frozen=True, slots=True)
class LotHere:
    """Good units of one lot at a place, by the book.

    Attributes:
        usable: Whether it may go to a customer: neither expired nor stopped.
    """

    lot: str
    expiry: str
    units: int
    usable: bool = True


def lots_at(work: Work, sku: str, place: str, day: str) -> tuple[LotHere, ...]:
    """The lots of an item at a place; those that expire first, first, and last what may not go."""
    units: dict[str, int] = {}
    for row in work.stock_at(place):
        if row.item == sku and row.quantity > 0 and row.condition == Condition.GOOD:
            units[row.lot] = units.get(row.lot, 0) + row.quantity
    known = {lot: work.lot(sku, lot) for lot in units if lot}
    found = (_here(lot, many, known.get(lot), day) for lot, many in units.items())
    return tuple(sorted(found, key=lambda one: (not one.usable, one.expiry or NEVER, one.lot)))


def _here(lot: str, units: int, known: LotRow | None, day: str) -> LotHere:
    if known is None:
        return LotHere(lot, "", units)
    usable = known.state == Condition.GOOD and (not known.expiry or known.expiry >= day)
    return LotHere(lot, known.expiry, units, usable)


def listed(lots: tuple[LotHere, ...], chosen: str) -> ListView:
    """Them to choose from."""
    return ListView(
        name=text("lots.list"),
        columns=COLUMNS,
        rows=tuple(
            Choice(
                one.lot,
                (
                    one.lot or "–",
                    text("lots.expires", best_on=one.expiry) if one.expiry else "–",
                    text("lots.units", n=one.units),
                ),
                Mark.NONE if one.usable else Mark.WRONG,
            )
            for one in lots[:MOST]
        ),
        total=len(lots),
        chosen=chosen if any(one.lot == chosen for one in lots) else lots[0].lot if lots else "",
    )


def following(lots: tuple[LotHere, ...], chosen: str) -> str:
    """The lot after the one that is looked at; after the last comes the first."""
    names = [one.lot for one in lots]
    at = names.index(chosen) + 1 if chosen in names else 0
    return names[at % len(names)] if names else ""


def meant(happening: Happening, lots: tuple[LotHere, ...]) -> str | None:
    """The lot that was scanned or typed, if it lies there; None for anything else."""
    said, _ = as_lot(happening)
    return said if said and any(one.lot == said for one in lots) else None
