"""What goes wrong at a shelf: another item, too many, another tote, nothing there, damaged."""

from typing import TYPE_CHECKING

from app.contract.messages import Line, Reference
from app.domain.operation import Kind
from app.domain.text import text
from app.station.flow import Happening
from app.station.lookup import ItemFound, only_lot
from app.station.pick_board import ORDER, PickBoard, PickLine
from app.station.pick_job import PickState
from app.station.screen import Sound
from app.station.turn import Draft, Fate, Turn

if TYPE_CHECKING:
    from app.station.pick import PickFlow

_S = PickState
# Why something is short; the word is the operation's reason.
NOT_THERE, NOT_REACHED = "not_there", "not_reached"
REASONS = (NOT_THERE, NOT_REACHED)


def item(flow: "PickFlow", turn: Turn, found: ItemFound) -> None:
    """An item no open line asks for."""
    here = flow.board.here
    if flow.board.has(found.sku) or here is None:
        detail = text("pick.enough_detail", item=found.name)
        flow.problem(turn, text("pick.enough"), detail)
        return
    detail = text("pick.wrong_item_detail", item=found.name, wanted=here.name, place=here.place)
    flow.problem(turn, text("pick.wrong_item"), detail)


def too_many(flow: "PickFlow", turn: Turn, line: PickLine, quantity: int) -> None:
    """More at once than one order line asks for: nobody could say which tote the rest is in."""
    detail = text("pick.too_many_detail", quantity=quantity, left=line.open, tote=line.tote)
    flow.problem(turn, text("pick.too_many"), detail)


def stopped(flow: "PickFlow", turn: Turn, line: PickLine) -> None:
    """The order was cancelled or held meanwhile: it comes off the cart."""
    totes = tuple(one for one in flow.opened().totes if one[0] != line.order)
    flow.board = PickBoard.load(turn.work, totes)
    flow.change(totes=totes, state=_S.PICK if flow.board.open_units else _S.DONE)
    detail = text("pick.stopped_detail", tote=line.tote)
    flow.problem(turn, text("pick.stopped", order=line.order), detail)


def check_tote(flow: "PickFlow", turn: Turn, code: str) -> None:
    """A tote was scanned after a unit: the right one?"""
    last = flow.opened().last
    if not last or code == last:
        known = code in {tote for _, tote in flow.opened().totes}
        if known:
            flow.next_flash = text("pick.right_tote", tote=code)
            turn.accept(Sound.ACCEPTED)
            return
    detail = text("pick.wrong_tote_detail", code=code, tote=last or code)
    if last:
        flow.problem(turn, text("pick.wrong_tote"), detail)
    else:
        detail = text("pick.other_tote_detail", code=code)
        flow.problem(turn, text("pick.wrong_tote"), detail)


def ask(flow: "PickFlow", turn: Turn, _happening: Happening) -> None:
    """F6: why can the current line not be fetched?"""
    flow.change(state=_S.SHORT, armed=0)
    turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION


def short(flow: "PickFlow", turn: Turn, _happening: Happening) -> None:
    """The rest of the line is not there."""
    _short(flow, turn, NOT_THERE)


def short_because(flow: "PickFlow", turn: Turn, happening: Happening) -> None:
    """The rest of the line cannot be had, for the reason that was chosen."""
    if happening.argument in REASONS:
        _short(flow, turn, happening.argument)
    else:
        flow.problem(turn, flow.not_now, flow.wanted(flow.opened()))


def _short(flow: "PickFlow", turn: Turn, reason: str) -> None:
    """Somebody looks at the place: the ledger makes that task of the place that is named here."""
    line, job, board = flow.board.here, flow.opened(), flow.board
    if line is None:
        flow.change(state=_S.PICK)
        return
    missing = line.open
    place = job.source or line.place
    made = Line(item=line.sku, quantity=missing, source=place, order_line=line.line)
    flow.record(turn, Draft(Kind.SHORT, (made,), _about(line), reason=reason))
    turn.after_commit(lambda: board.advance(line.order, line.line, short=missing))
    flow.next_flash = text("pick.short_recorded", item=line.name, quantity=missing, place=place)
    flow.change(state=_S.PICK)
    flow.gone_on(line, missing)
    turn.accept(Sound.LINE)


def damaged(flow: "PickFlow", turn: Turn, happening: Happening) -> None:
    """One unit is damaged where it lies; another one is needed."""
    line, job = flow.board.here, flow.opened()
    if line is None:
        back(flow, turn, happening)
        return
    place = job.source or line.place
    made = Line(
        item=line.sku,
        quantity=1,
        source=place,
        target=place,
        lot=only_lot(turn.work, line.sku, place),
        to_condition="damaged",
    )
    flow.record(turn, Draft(Kind.RECLASSIFY, (made,), _about(line), reason="damaged"))
    flow.next_flash = text("pack.damaged_recorded", item=line.name)
    flow.change(state=_S.PICK)
    turn.accept(Sound.ACCEPTED)


def back(flow: "PickFlow", turn: Turn, _happening: Happening) -> None:
    """Leave the question without an answer."""
    flow.change(state=_S.PICK)
    turn.fate = Fate.COMMAND


def _about(line: PickLine) -> Reference:
    return Reference(document_kind=ORDER, document=line.order)
