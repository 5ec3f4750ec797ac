"""What goes wrong with a unit, and how it is put right: short, damaged, undone."""

from typing import TYPE_CHECKING

import msgspec

from app.contract.messages import Line
from app.domain.operation import Kind
from app.domain.text import text
from app.station import pack_box
from app.station.flow import Happening
from app.station.lookup import only_lot
from app.station.pack_board import Share
from app.station.pack_job import PackState
from app.station.screen import Sound
from app.station.turn import Draft, Fate, Turn

if TYPE_CHECKING:
    from app.station.pack import PackFlow


def ask_short(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """F6: why can the current line not be packed?"""
    board, _job = flow.opened()
    if board.current_view is None:
        turn.refuse(text("pack.nothing_open"))
        return
    flow.change(state=PackState.SHORT, armed=0)
    turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION


def declare_short(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """The rest of the current line is not there."""
    board, job = flow.opened()
    view = board.current_view
    if view is None:
        turn.refuse(text("pack.nothing_open"))
        return
    missing = view.wanted - view.done - view.short
    line = Line(item=view.sku, quantity=missing, source=view.place, order_line=view.line)
    turn.record(Draft(Kind.SHORT, (line,), flow.reference(), reason="not_there"), job.job)
    last = missing == board.open_units
    share = (Share(view.line, missing),)
    turn.after_commit(lambda: board.advance(share, short=1))
    flow.next_flash = text("pack.short_recorded", item=view.name, quantity=missing)
    flow.change(state=PackState.WEIGH if last else PackState.SCAN)
    if last:
        flow.change(box=job.box or flow.default_box())
    turn.accept(Sound.LINE)


def declare_damaged(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """One unit of the current line is damaged where it lies; another one is needed."""
    board, job = flow.opened()
    view = board.current_view
    if view is None:
        turn.refuse(text("pack.nothing_open"))
        return
    place = job.source or view.place
    line = Line(
        item=view.sku,
        quantity=1,
        source=place,
        target=place,
        lot=only_lot(turn.work, view.sku, place),
        to_condition="damaged",
    )
    turn.record(Draft(Kind.RECLASSIFY, (line,), flow.reference(), reason="damaged"), job.job)
    flow.next_flash = text("pack.damaged_recorded", item=view.name)
    flow.change(state=PackState.SCAN)
    turn.accept(Sound.ACCEPTED)


def back_to_scan(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """Leave a question without an answer."""
    flow.change(state=PackState.SCAN)
    turn.fate = Fate.COMMAND


def undo(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """F4: reverse the latest operation of this job; what was undone is said."""
    board, job = flow.opened()
    original = turn.work.last_undoable(job.job)
    if original is None:
        turn.refuse(text("pack.nothing_to_undo"))
        flow.next_flash = text("pack.nothing_to_undo")
        return
    reference = msgspec.structs.replace(flow.reference(), original=original.id)
    turn.record(Draft(Kind.REVERSE, (), reference, reason=original.kind), job.job)
    shares = tuple(
        Share(line.order_line, line.quantity) for line in original.lines if line.order_line
    )
    quantity = sum(line.quantity for line in original.lines)
    item = board.name_of(original.lines[0].item) if original.lines else ""
    if original.kind == Kind.SEAL:
        pack_box.unseal(flow)
        flow.next_flash = text("pack.undone_seal")
    else:
        if original.kind == Kind.PACK:
            turn.after_commit(lambda: board.advance(shares, packed=-1))
        elif original.kind == Kind.SHORT:
            turn.after_commit(lambda: board.advance(shares, short=-1))
        flow.change(state=PackState.SCAN, armed=0)
        flow.next_flash = text("pack.undone", item=item, quantity=quantity)
    turn.accept(Sound.ATTENTION)
