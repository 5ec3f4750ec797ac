"""Picking where a place holds several lots: it is asked which; the first to expire stands first."""

from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.text import text
from app.station import lot_choice
from app.station.flow import Happening
from app.station.lists import ListView
from app.station.lookup import ItemFound
from app.station.lot_choice import NEVER, LotHere
from app.station.pick_board import PickBoard
from app.station.pick_job import PickJob, PickState
from app.station.screen import Sound
from app.station.turn import Fate, Turn

if TYPE_CHECKING:
    from app.station.pick import PickFlow


def asked(flow: "PickFlow", turn: Turn, found: ItemFound, source: str) -> bool:
    """Ask which lot it is, unless there is only one; whether it was asked."""
    if len(lot_choice.lots_at(turn.work, found.sku, source, turn.now[:10])) < 2:
        return False
    flow.change(state=PickState.LOT, half=found, chosen="")
    turn.fate, turn.sound, turn.why = Fate.HELD, Sound.ATTENTION, text("pick.want_lot")
    return True


def sooner(turn: Turn, sku: str, lot: str, source: str) -> dict[str, str | int | bool]:
    """What the record says when a lot stays that expires before this one."""
    here = lot_choice.lots_at(turn.work, sku, source, turn.now[:10])
    mine = next((one for one in here if one.lot == lot and one.expiry), None)
    if mine is None or not here[0].usable or (here[0].expiry or NEVER) >= mine.expiry:
        return {}
    return {"sooner_lot": here[0].lot}


def of(turn: Turn, job: PickJob, board: PickBoard) -> ListView | None:
    """The lots to choose from."""
    return lot_choice.listed(_lots(turn, job, board), job.chosen) if job.half is not None else None


def said(flow: "PickFlow", turn: Turn, happening: Happening) -> None:
    """By its label or by hand."""
    job = flow.opened()
    lot = lot_choice.meant(happening, _lots(turn, job, flow.board))
    if lot is None:
        detail = text("lots.not_here_detail", code=happening.shown, place=_source(job, flow.board))
        flow.problem(turn, text("lots.not_here"), detail)
    else:
        _go_on(flow, turn, lot)


def choose(flow: "PickFlow", turn: Turn, happening: Happening) -> None:
    """Another row is looked at."""
    job = flow.opened()
    lots = _lots(turn, job, flow.board)
    flow.change(chosen=happening.argument or lot_choice.following(lots, job.chosen))
    turn.fate = Fate.COMMAND


def take(flow: "PickFlow", turn: Turn, _: Happening) -> None:
    """The row that is looked at: unasked, the lot that expires first."""
    shown = of(turn, flow.opened(), flow.board)
    if shown is not None:
        _go_on(flow, turn, shown.chosen)


def let_be(flow: "PickFlow", turn: Turn, _: Happening) -> None:
    """The unit goes back to the shelf: nothing was counted."""
    flow.change(state=PickState.PICK, half=None, chosen="")
    turn.fate = Fate.COMMAND


def _go_on(flow: "PickFlow", turn: Turn, lot: str) -> None:
    half = flow.opened().half
    if half is not None:
        flow.change(state=PickState.PICK, half=None, chosen="")
        flow.fetched(turn, replace(half, lot=lot), asked=True)


def _source(job: PickJob, board: PickBoard) -> str:
    line = board.line_for(job.half.sku) if job.half is not None else None
    return job.source or (line.place if line is not None else "")


def _lots(turn: Turn, job: PickJob, board: PickBoard) -> tuple[LotHere, ...]:
    if job.half is None:
        return ()
    return lot_choice.lots_at(turn.work, job.half.sku, _source(job, board), turn.now[:10])
