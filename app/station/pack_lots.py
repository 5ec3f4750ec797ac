"""Lots at the packing bench: what expires first is taken first, and what must not go does not.

A later lot is a hint and no error: the units are in the hand, and the customer waits. A lot on
hold, in quarantine, recalled or damaged goes into no box; an expired one only by somebody's right.
"""

from datetime import date
from typing import TYPE_CHECKING

from app.contract.messages import LotRow
from app.domain.operation import Condition
from app.domain.text import text
from app.station.flow import Happening
from app.station.lookup import ItemFound, only_lot
from app.station.pack_job import Held, PackState
from app.station.ports import Work
from app.station.screen import Sound
from app.station.turn import Fate, Turn

if TYPE_CHECKING:
    from app.station.pack import PackFlow

GOOD, EXPIRED = "good", "expired"
# What a lot may be, besides good and expired (`app.contract.messages.LotRow`).
STOPPED = frozenset({"hold", "quarantined", "recalled", "damaged"})


def known(flow: "PackFlow", turn: Turn, found: ItemFound) -> Held:
    """The scanned unit, with the lot that can only be meant, and the expiry the book has for it."""
    board, job = flow.opened()
    source = job.source or board.place_of(found.sku)
    lot = found.lot or only_lot(turn.work, found.sku, source)
    units = found.units * (job.armed or 1)
    return Held(found.sku, units, found.uom, lot, found.serial, found.expiry)


def may_go(flow: "PackFlow", turn: Turn, unit: Held, name: str) -> bool:
    """Whether a unit may go into the box; if not, the panel says what to do with it."""
    row = turn.work.lot(unit.sku, unit.lot) if unit.lot else None
    if row is not None and row.state in STOPPED:
        title = text(f"pack.lot_{row.state}")
        flow.problem(turn, title, text("pack.lot_detail", item=name, lot=unit.lot))
        return False
    if not is_over(unit.expiry, row, turn.now):
        return True
    flow.change(state=PackState.EXPIRED, held=unit)
    turn.refuse(text("pack.expired"))
    return False


def is_over(expiry: str, row: LotRow | None, now: str) -> bool:
    """Whether a lot has expired: by its label, by the book, or because somebody said so."""
    if row is not None and row.state == EXPIRED:
        return True
    said = [one for one in (expiry, row.expiry if row is not None else "") if one]
    return bool(said) and min(said) < now[:10]


def expiry_of(work: Work, unit: Held) -> str:
    """When a unit expires, as far as anybody said; empty when nobody did."""
    row = work.lot(unit.sku, unit.lot) if unit.lot else None
    return unit.expiry or (row.expiry if row is not None else "")


def first(work: Work, sku: str, place: str, now: str) -> LotRow | None:
    """The lot to take first at a place: the good one that expires next; None without a choice."""
    lots = {
        row.lot
        for row in work.stock_of(sku)
        if row.location == place
        and row.lot
        and row.quantity > 0
        and row.condition == Condition.GOOD
    }
    rows = [row for lot in lots if (row := work.lot(sku, lot)) is not None]
    good = [one for one in rows if one.expiry and one.state == GOOD]
    good = [one for one in good if not is_over("", one, now)]
    return min(good, key=lambda one: (one.expiry, one.lot), default=None)


def sooner(turn: Turn, unit: Held, place: str) -> LotRow | None:
    """The lot that should have been taken before this one, if there is one."""
    expiry = expiry_of(turn.work, unit)
    if not unit.lot or not _is_date(expiry):
        return None
    best = first(turn.work, unit.sku, place, turn.now)
    return best if best is not None and best.lot != unit.lot and best.expiry < expiry else None


def put_aside(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """The expired unit goes aside; nothing was counted."""
    flow.change(state=PackState.SCAN, held=None, armed=0)
    turn.fate = Fate.COMMAND


def ask_why(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """It is to go nevertheless: why?"""
    flow.change(state=PackState.WHY, why="")
    turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION


def _is_date(said: str) -> bool:
    try:
        return date.fromisoformat(said).isoformat() == said
    except ValueError:
        return False
