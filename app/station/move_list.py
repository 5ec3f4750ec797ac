"""The lists of Move: open tasks, places an item lies at, and goods that are not alike."""

from typing import TYPE_CHECKING

from app.contract.messages import ItemRow
from app.domain.text import Text, text
from app.station import piles
from app.station.flow import Happening
from app.station.goods_unit import as_lot
from app.station.lists import MOST, Choice, ColumnView, ListView
from app.station.move_job import MoveJob, MoveState
from app.station.move_task import TASK, next_line, open_tasks, replenishment, target_of
from app.station.ports import Work
from app.station.screen import Page, Sound
from app.station.turn import Fate, Turn

if TYPE_CHECKING:
    from app.station.move import MoveFlow

_S = MoveState
_CONDITIONS = frozenset({"good", "hold", "damaged", "expired"})

TASKS = (
    ColumnView(text("move.column_item")),
    ColumnView(text("move.column_from"), 12, code=True),
    ColumnView(text("move.column_to"), 12, code=True),
    ColumnView(text("move.column_units"), 10),
)
PLACES = (
    ColumnView(text("move.column_place"), code=True),
    ColumnView(text("move.column_units"), 10),
)


def of(work: Work, job: MoveJob) -> ListView | None:
    """What may be chosen from, or looked at, in this state."""
    match job.state:
        case _S.WHAT if not job.document and not job.base:
            return _tasks(work, job.chosen)
        case _S.SOURCE:
            return _places(work, job.sku, job.chosen)
        case _S.PILE:
            return _piles(work, job)
        case _S.TARGET if not job.whole:
            return _places(work, job.sku, job.place)
        case _:
            return None


def choose(flow: "MoveFlow", turn: Turn, happening: Happening) -> None:
    """Look at a row."""
    flow.change(chosen=happening.argument)
    turn.fate = Fate.COMMAND


def following(flow: "MoveFlow", turn: Turn, _happening: Happening) -> None:
    """The NEXT card: the row after the one that is looked at, and the first after the last."""
    shown = of(turn.work, flow.opened())
    if shown is not None and shown.rows:
        keys = [row.key for row in shown.rows]
        at = keys.index(shown.chosen) + 1 if shown.chosen in keys else 0
        flow.change(chosen=keys[at % len(keys)])
    turn.fate = Fate.COMMAND


def open_row(flow: "MoveFlow", turn: Turn, happening: Happening) -> None:
    """Take the row: Enter on it, or F10 for the one that is looked at."""
    open_chosen(flow, turn, happening.argument or flow.opened().chosen)


def lot_said(flow: "MoveFlow", turn: Turn, happening: Happening) -> None:
    """A lot was scanned alone, or typed: the goods of it, if they are all alike."""
    job, (said, _) = flow.opened(), as_lot(happening)
    meant = [one for one in flow.alike(turn, job.source) if said and one.lot == said]
    if len(meant) == 1:
        turn.accept(Sound.ACCEPTED)
        flow.take(turn, meant[0])
    else:
        flow.nothing(turn, happening)


def open_chosen(flow: "MoveFlow", turn: Turn, key: str) -> None:
    """Go on with what a row stands for; without a row, say what is wanted."""
    job = flow.opened()
    shown = of(turn.work, job)
    key = key or (shown.chosen if shown is not None else "")
    if shown is None or key not in {row.key for row in shown.rows}:
        flow.problem(turn, flow.not_now, flow.wanted(job))
        return
    match job.state:
        case _S.SOURCE:
            turn.accept(Sound.ACCEPTED)
            flow.fetch_from(turn, key)
        case _S.PILE:
            turn.accept(Sound.ACCEPTED)
            flow.take(turn, next(one for one in flow.alike(turn, job.source) if one.key == key))
        case _:
            open_task(flow, turn, TASK, key)


def open_task(flow: "MoveFlow", turn: Turn, kind: str, number: str) -> None:
    """Work on a task from here on."""
    if kind != TASK or replenishment(turn.work, number) is None:
        flow.problem(turn, text("move.no_task"), text("move.no_task_detail", code=number))
        return
    turn.accept(Sound.ACCEPTED)
    flow.change(chosen="", base="", armed=0)
    turn.goto = (Page.MOVE, number)


def _tasks(work: Work, chosen: str) -> ListView:
    rows = open_tasks(work, MOST)
    items = work.items(line.item for row in rows for line in row.lines)
    shown = []
    for row in rows:
        asked = next_line(work, row)
        if asked is not None:
            line, missing = asked
            name = _name(items, line.item)
            cells = (name, line.location, target_of(row), text("move.units", n=missing))
            shown.append(Choice(row.document, cells))
    return ListView(
        name=text("move.tasks"),
        columns=TASKS,
        rows=tuple(shown),
        total=len(shown),
        chosen=chosen or (shown[0].key if shown else ""),
        empty=text("move.no_tasks"),
    )


def _places(work: Work, sku: str, chosen: str) -> ListView:
    held = piles.totals(work, sku)
    return ListView(
        name=text("move.places"),
        columns=PLACES,
        rows=tuple(
            Choice(place, (place, text("move.units", n=units))) for place, units in held[:MOST]
        ),
        total=len(held),
        chosen=chosen,
        empty=text("move.nowhere"),
    )


def _piles(work: Work, job: MoveJob) -> ListView:
    rows = [row for row in work.stock_at(job.source) if row.item == job.sku]
    found = piles.soonest(work, piles.piles_of(rows, job.lot, job.serial))
    return ListView(
        name=text("move.piles"),
        columns=(
            ColumnView(text("move.column_lot"), code=True),
            ColumnView(text("move.column_condition"), 14),
            ColumnView(text("move.column_units"), 10),
        ),
        rows=tuple(
            Choice(
                pile.key,
                (pile.lot or "–", condition(pile.condition), text("move.units", n=pile.quantity)),
            )
            for pile in found[:MOST]
        ),
        total=len(found),
        chosen=job.chosen,
    )


def condition(word: str) -> Text | str:
    """State of goods in words."""
    return text(f"move.condition_{word}") if word in _CONDITIONS else word


def _name(items: dict[str, ItemRow], sku: str) -> str:
    return items[sku].name if sku in items else sku
