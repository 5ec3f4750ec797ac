"""Putting a round together: orders onto the cart, and an empty tote for each."""

from typing import TYPE_CHECKING

from app.domain.barcode import Tote
from app.domain.operation import TOTE_PREFIX
from app.domain.order import OrderState
from app.domain.text import text
from app.station.flow import Happening
from app.station.lists import Choice, ColumnView, ListView, Mark
from app.station.pick_board import ORDER, PickBoard, open_units
from app.station.pick_job import PickJob, PickState
from app.station.ports import QueuedOrder, Work
from app.station.screen import Sound
from app.station.turn import Fate, Turn
from app.station.wording import due

if TYPE_CHECKING:
    from app.station.pick import PickFlow

_S = PickState
# Totes on one cart; more cannot be told apart at a shelf.
MOST_TOTES = 12
# Orders that are offered; each is asked for what lies in totes, so not more than fit on the page.
QUEUE_ROWS = 30
_URGENT = 1

ORDERS = (
    ColumnView(text("pick.column_order"), 14, code=True),
    ColumnView(text("pick.column_carrier")),
    ColumnView(text("pick.column_before"), 8),
    ColumnView(text("move.column_units"), 8),
)


def offered(work: Work, job: PickJob, now: str) -> ListView:
    """Released orders with units on the shelves, the most urgent first."""
    queued, total = work.queue(QUEUE_ROWS)
    taken = {order for order, _ in job.totes}
    rows = []
    for one in queued:
        left = _left(work, one) if one.order not in taken else 0
        if left:
            mark = Mark.URGENT if one.priority <= _URGENT else Mark.NONE
            before = due(one.ship_before, now)
            cells = (one.order, one.carrier, before, text("move.units", n=left))
            rows.append(Choice(one.order, cells, mark))
    return ListView(
        name=text("pick.orders"),
        columns=ORDERS,
        rows=tuple(rows),
        total=max(total - len(taken), len(rows)),
        chosen=job.chosen or (rows[0].key if rows else ""),
        empty=text("pick.no_orders"),
    )


def _left(work: Work, one: QueuedOrder) -> int:
    """Units on the shelves; the lines are read only of orders that somebody has begun."""
    if not one.done and not work.counted(ORDER, one.order):
        return one.units
    known = work.order(one.order)
    return open_units(work, known) if known is not None else 0


def choose(flow: "PickFlow", turn: Turn, happening: Happening) -> None:
    """Look at a row."""
    flow.change(chosen=happening.argument)
    turn.fate = Fate.COMMAND


def following(flow: "PickFlow", turn: Turn, _happening: Happening) -> None:
    """The NEXT card: the row after, and the first after the last."""
    shown = offered(turn.work, flow.opened(), turn.now)
    keys = [row.key for row in shown.rows]
    if keys:
        at = keys.index(shown.chosen) + 1 if shown.chosen in keys else 0
        flow.change(chosen=keys[at % len(keys)])
    turn.fate = Fate.COMMAND


def open_row(flow: "PickFlow", turn: Turn, happening: Happening) -> None:
    """Enter or the YES card: the marked order goes onto the cart."""
    shown = offered(turn.work, flow.opened(), turn.now)
    number = happening.argument or shown.chosen
    if number in {row.key for row in shown.rows}:
        _put_on(flow, turn, number)
    else:
        flow.problem(turn, flow.not_now, flow.wanted(flow.opened()))


def order(flow: "PickFlow", turn: Turn, happening: Happening) -> None:
    """An order was scanned."""
    _put_on(flow, turn, happening.argument)


def _put_on(flow: "PickFlow", turn: Turn, number: str) -> None:
    job, known = flow.opened(), turn.work.order(number)
    wrong = ""
    if known is None:
        wrong = "unknown_order"
    elif number in {order for order, _ in job.totes}:
        wrong = "on_the_cart"
    elif known.state is not OrderState.RELEASED:
        wrong = "not_released"
    elif not open_units(turn.work, known):
        wrong = "nothing_left"
    elif len(job.totes) >= MOST_TOTES:
        wrong = "cart_full"
    if wrong:
        flow.problem(turn, text(f"pick.{wrong}"), text(f"pick.{wrong}_detail", order=number))
        return
    flow.change(asked=number, state=_S.TOTE, chosen="")
    turn.accept(Sound.ACCEPTED)


def tote(flow: "PickFlow", turn: Turn, happening: Happening) -> None:
    """The tote of the order that was scanned last."""
    job, meaning = flow.opened(), happening.meaning
    if not isinstance(meaning, Tote):
        detail = text("pick.no_tote_detail", code=happening.shown)
        flow.problem(turn, text("pick.no_tote"), detail)
        return
    if meaning.code in {one for _, one in job.totes} or _in_use(turn.work, meaning.code, job):
        detail = text("pick.tote_taken_detail", tote=meaning.code)
        flow.problem(turn, text("pick.tote_taken"), detail)
        return
    flow.change(totes=(*job.totes, (job.asked, meaning.code)), asked="", state=_S.ORDERS, chosen="")
    flow.next_flash = text("pick.assigned", order=job.asked, tote=meaning.code)
    turn.accept(Sound.LINE)


def _in_use(work: Work, code: str, job: PickJob) -> bool:
    """Whether goods lie in it that are not known to be of this order, of which none was picked."""
    if not any(row.quantity for row in work.stock_at(TOTE_PREFIX + code)):
        return False
    known = work.order(job.asked)
    return known is None or open_units(work, known) == sum(line.quantity for line in known.lines)


def let_be(flow: "PickFlow", turn: Turn, _happening: Happening) -> None:
    """The order that waits for a tote stays where it is."""
    flow.change(asked="", state=_S.ORDERS)
    turn.fate = Fate.COMMAND


def take_off(flow: "PickFlow", turn: Turn, happening: Happening) -> None:
    """F4: the last order comes off the cart; nothing was picked for it."""
    job = flow.opened()
    if not job.totes:
        flow.undo(turn, happening)
        return
    number, code = job.totes[-1]
    flow.change(totes=job.totes[:-1])
    flow.next_flash = text("pick.taken_off", order=number, tote=code)
    turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION


def start(flow: "PickFlow", turn: Turn, _happening: Happening) -> None:
    """F10: fetch what is on the cart; with nothing on it, the marked order."""
    job = flow.opened()
    if not job.totes:
        open_row(flow, turn, _happening)
        return
    flow.board = PickBoard.load(turn.work, job.totes)
    flow.change(state=_S.PICK if flow.board.open_units else _S.DONE, chosen="")
    turn.accept(Sound.ACCEPTED)
