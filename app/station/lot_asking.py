"""A task asks which lot a unit is of where its place holds several: picking, shipping a transfer.

What was scanned is held until the lot is said, by label, by hand, or from the list, which begins
with what expires first. Nothing is counted before.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from app.domain.text import Text, text
from app.station import lot_choice
from app.station.flow import Happening, Trigger
from app.station.lists import ListView
from app.station.lookup import ItemFound
from app.station.lot_choice import NEVER, LotHere
from app.station.screen import Sound
from app.station.turn import Fate, Turn

# The state of every task in which a lot is asked for.
LOT = "lot"


class Half(Protocol):
    """What a job keeps while it is asked."""

    @property
    def half(self) -> ItemFound | None:
        """What was scanned."""
        ...

    @property
    def chosen(self) -> str:
        """The lot that is looked at."""
        ...


class Asking(Protocol):
    """A task whose goods may lie in several lots."""

    @property
    def fetching(self) -> str:
        """The state that goes on when the lot is known."""
        ...

    def opened(self) -> Half:
        """The open job."""
        ...

    def change(self, **changes: object) -> None:
        """Put these changes into the next job."""
        ...

    def problem(self, turn: Turn, title: Text, detail: Text) -> None:
        """An error that must be acknowledged."""
        ...

    def taken_from(self, turn: Turn, sku: str) -> str:
        """Where an item comes from now."""
        ...

    def of_lot(self, turn: Turn, found: ItemFound) -> None:
        """Go on with what was held: its lot is said."""
        ...


def table() -> dict[tuple[str | None, Trigger], Callable[[Any, Turn, Happening], None]]:
    """What may happen while it is asked."""
    ways = {
        Trigger.CHOOSE: choose,
        Trigger.NEXT: choose,
        Trigger.OPEN: take,
        Trigger.MAIN: take,
        Trigger.YES: take,
        Trigger.NO: let_be,
        Trigger.UNDO: let_be,
    }
    return {(LOT, one): said for one in lot_choice.SAID} | {
        (LOT, one): way for one, way in ways.items()
    }


def asked(flow: Asking, turn: Turn, found: ItemFound, place: str) -> bool:
    """Ask which lot it is, unless there is only one; whether it was asked."""
    if len(lot_choice.lots_at(turn.work, found.sku, place, turn.now[:10])) < 2:
        return False
    flow.change(state=LOT, half=found, chosen="")
    turn.fate, turn.sound, turn.why = Fate.HELD, Sound.ATTENTION, text("lots.want")
    return True


def sooner(turn: Turn, sku: str, lot: str, place: str) -> dict[str, str | int | bool]:
    """What the record says when a lot stays that expires before this one."""
    here = lot_choice.lots_at(turn.work, sku, place, turn.now[:10])
    mine = next((one for one in here if one.lot == lot and one.expiry), None)
    if mine is None or not here[0].usable or (here[0].expiry or NEVER) >= mine.expiry:
        return {}
    return {"sooner_lot": here[0].lot}


def of(flow: Asking, turn: Turn, job: Half) -> ListView | None:
    """The lots to choose from; None while nothing is asked."""
    return None if job.half is None else lot_choice.listed(_lots(flow, turn, job), job.chosen)


def said(flow: Asking, turn: Turn, happening: Happening) -> None:
    """By its label or by hand."""
    job = flow.opened()
    lot = lot_choice.meant(happening, _lots(flow, turn, job))
    if lot is not None:
        _go_on(flow, turn, lot)
    elif job.half is not None:
        place = flow.taken_from(turn, job.half.sku)
        detail = text("lots.not_here_detail", code=happening.shown, place=place)
        flow.problem(turn, text("lots.not_here"), detail)


def choose(flow: Asking, turn: Turn, happening: Happening) -> None:
    """Another row is looked at."""
    job = flow.opened()
    following = lot_choice.following(_lots(flow, turn, job), job.chosen)
    flow.change(chosen=happening.argument or following)
    turn.fate = Fate.COMMAND


def take(flow: Asking, turn: Turn, _: Happening) -> None:
    """The row that is looked at: unasked, the lot that expires first."""
    shown = of(flow, turn, flow.opened())
    if shown is not None:
        _go_on(flow, turn, shown.chosen)


def let_be(flow: Asking, turn: Turn, _: Happening) -> None:
    """The unit goes back to its place: nothing was counted."""
    flow.change(state=flow.fetching, half=None, chosen="")
    turn.fate = Fate.COMMAND


def _go_on(flow: Asking, turn: Turn, lot: str) -> None:
    half = flow.opened().half
    if half is not None:
        flow.change(state=flow.fetching, half=None, chosen="")
        flow.of_lot(turn, replace(half, lot=lot))


def _lots(flow: Asking, turn: Turn, job: Half) -> tuple[LotHere, ...]:
    if job.half is None:
        return ()
    place = flow.taken_from(turn, job.half.sku)
    return lot_choice.lots_at(turn.work, job.half.sku, place, turn.now[:10])
