"""What goes wrong with a unit, and how it is put right: short, damaged, undone."""

from typing import TYPE_CHECKING

import msgspec

from app.contract.messages import Line, Operation
from app.domain.operation import Kind
from app.domain.text import text
from app.station import pack_box, pack_parcels, pick_wrong
from app.station.flow import Happening
from app.station.lookup import only_lot
from app.station.pack_board import Share
from app.station.pack_job import PackState
from app.station.screen import Sound
from app.station.turn import Draft, Fate, Turn
from app.station.void_label import void

if TYPE_CHECKING:
    from app.station.pack import PackFlow


# Why something is short or damaged; the word is the operation's reason, the first one the usual.
SHORT_REASONS = (pick_wrong.NOT_THERE, pick_wrong.NOT_REACHED)
DAMAGED_REASONS = ("damaged", "packaging", "leaking")


def because(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """A reason was chosen by its digit or its card: it says by itself what it is a reason for."""
    if happening.argument in SHORT_REASONS:
        declare_short(flow, turn, happening)
    elif happening.argument in DAMAGED_REASONS:
        declare_damaged(flow, turn, happening)
    else:
        turn.refuse(text("pack.not_now", step="short"))


def ask_short(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """F6: why can the current line not be packed?"""
    board, _job = flow.opened()
    if board.current_view is None:
        turn.refuse(text("pack.nothing_open"))
        return
    flow.change(state=PackState.SHORT, armed=0)
    turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION


def declare_short(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """The rest of the current line cannot be had: it is not there, or for the reason chosen."""
    board, job = flow.opened()
    reason = happening.argument if happening.argument in SHORT_REASONS else SHORT_REASONS[0]
    view = board.current_view
    if view is None:
        turn.refuse(text("pack.nothing_open"))
        return
    missing = view.wanted - view.done - view.short
    line = Line(item=view.sku, quantity=missing, source=view.place, order_line=view.line)
    turn.record(Draft(Kind.SHORT, (line,), flow.reference(), reason=reason), job.job)
    last = missing == board.open_units
    share = (Share(view.line, missing),)
    turn.after_commit(lambda: board.advance(share, short=1))
    flow.next_flash = text("pack.short_recorded", item=view.name, quantity=missing)
    flow.change(state=PackState.SCAN)
    if last:
        pack_parcels.close_last(flow)
    turn.accept(Sound.LINE)


def declare_damaged(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """One unit of the current line is damaged where it lies; another one is needed."""
    board, job = flow.opened()
    reason = happening.argument if happening.argument in DAMAGED_REASONS else DAMAGED_REASONS[0]
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
    turn.record(Draft(Kind.RECLASSIFY, (line,), flow.reference(), reason=reason), job.job)
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
    about = original.reference.parcel if original.reference is not None else ""
    number = next((one.number for one in job.parcels if job.location(one.number) == about), 1)
    pack_parcels.bring(flow, number)
    reference = msgspec.structs.replace(flow.reference(), original=original.id)
    evidence = void(turn, original) if original.kind == Kind.SEAL else {}
    turn.record(Draft(Kind.REVERSE, (), reference, original.kind, evidence), job.job)
    match original.kind:
        case Kind.SEAL:
            pack_box.unseal(flow)
            flow.next_flash = text("pack.undone_seal")
        case Kind.REOPEN:
            _sealed_as_before(flow)
        case _:
            _take_back(flow, turn, original, number)
            item = board.name_of(original.lines[0].item) if original.lines else ""
            quantity = sum(line.quantity for line in original.lines)
            code = "pack.undone_unpack" if original.kind == Kind.UNPACK else "pack.undone"
            flow.next_flash = text(code, item=item, quantity=quantity)
    turn.accept(Sound.ATTENTION)


# What becomes of a line when its latest step is taken back: packed, short.
_BACK = {Kind.PACK: (-1, 0), Kind.UNPACK: (1, 0), Kind.SHORT: (0, -1)}


def _take_back(flow: "PackFlow", turn: Turn, original: Operation, number: int) -> None:
    board = flow.opened()[0]
    packed, short = _BACK.get(Kind(original.kind), (0, 0))
    shares = tuple(
        Share(line.order_line, line.quantity) for line in original.lines if line.order_line
    )
    if packed or short:
        turn.after_commit(lambda: board.advance(shares, packed=packed, short=short, parcel=number))
    flow.change(state=PackState.SCAN, armed=0, weight_mg=None)


def _sealed_as_before(flow: "PackFlow") -> None:
    """The parcel was not opened after all: its label holds."""
    job = flow.upcoming
    if job.before is not None:
        flow.next = job.working_on(job.before, job.others)
    flow.change(state=PackState.HAND_OVER)
    flow.next_flash = text("pack.undone_reopen")
