"""The last step of a move: the place is scanned, and all of it is recorded in one operation."""

from typing import TYPE_CHECKING

from app.contract.messages import MAX_LINES, Line
from app.domain.operation import Kind
from app.domain.text import text
from app.station import piles
from app.station.flow import Happening
from app.station.lookup import find_place
from app.station.move_job import EMPTY, MoveState
from app.station.move_task import line_for, next_line, target_of
from app.station.screen import Sound
from app.station.turn import Draft, Turn

if TYPE_CHECKING:
    from app.station.move import MoveFlow


def put(flow: "MoveFlow", turn: Turn, happening: Happening) -> None:
    """Record the move, wherever it went; only the place it came from is no place to put it."""
    job, place = flow.opened(), find_place(turn.work, happening.meaning)
    if place is None:
        flow.unknown_place(turn, happening)
    elif place == job.source:
        detail = text("move.same_place_detail", place=place)
        flow.problem(turn, text("move.same_place"), detail)
    elif not (lines := _lines(flow, turn, place)):
        flow.problem(turn, text("move.serials"), text("move.serials_detail", item=job.name))
    elif len(lines) > MAX_LINES:
        detail = text("move.too_much_detail", lines=len(lines), most=MAX_LINES)
        flow.problem(turn, text("move.too_much"), detail)
    else:
        flow.record(turn, Draft(Kind.MOVE, lines, flow.reference()))
        flow.change(**EMPTY)
        if job.whole:
            flow.change(base="")
        units = sum(line.quantity for line in lines)
        flow.next_flash = text("move.moved", item=job.name, quantity=units, place=place)
        turn.accept(Sound.LINE)
        _look_at_task(flow, turn)


def _lines(flow: "MoveFlow", turn: Turn, target: str) -> tuple[Line, ...]:
    """What is moved; nothing when serial numbers would have to be told apart."""
    job = flow.opened()
    if job.whole:
        return piles.everything(turn.work.stock_at(job.source), job.source, target)
    line = _task_line(flow, turn, target)
    scanned = job.quantity == job.units
    return tuple(
        Line(
            item=job.sku,
            quantity=units,
            source=job.source,
            target=target,
            lot=job.lot,
            serial=serial,
            condition=job.condition,
            order_line=line,
            uom=job.uom if scanned else "each",
            uom_quantity=1 if scanned else units,
        )
        for serial, units in _parts(flow, turn)
    )


def _parts(flow: "MoveFlow", turn: Turn) -> tuple[tuple[str, int], ...]:
    """Serial and units of each line."""
    job = flow.opened()
    alike = (
        pile
        for pile in flow.alike(turn, job.source)
        if (pile.lot, pile.condition) == (job.lot, job.condition)
    )
    pile = next(alike, None)
    if job.serial or pile is None:
        return ((job.serial, job.quantity),)
    return pile.taken(job.quantity) or ()


def _task_line(flow: "MoveFlow", turn: Turn, target: str) -> int:
    """Goods count for a task only where it wants them, as at the ledger."""
    job, task = flow.opened(), flow.task(turn)
    if task is None or target != target_of(task):
        return 0
    return line_for(task, job.sku, job.source)


def _look_at_task(flow: "MoveFlow", turn: Turn) -> None:
    task = flow.task(turn)
    if task is not None and next_line(turn.work, task) is None:
        flow.change(state=MoveState.DONE)
        turn.accept(Sound.ORDER)
