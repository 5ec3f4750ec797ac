"""The parcels of one order: the next one, one that is opened again, units taken out of one.

One parcel is in hand; the others stand beside it, open or sealed. They leave together, when the
last of them is labelled.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from app.domain.operation import Kind
from app.domain.text import text
from app.station.flow import Happening
from app.station.pack_board import PackBoard, Share
from app.station.pack_job import PackJob, PackState, Parcel
from app.station.screen import Sound
from app.station.turn import Draft, Fate, Turn

if TYPE_CHECKING:
    from app.station.pack import PackFlow

# More parcels of one order stand on no bench.
MOST_PARCELS = 99


# --------------------------------------------------------------------------- which one is in hand


def bring(flow: "PackFlow", number: int) -> None:
    """Take another parcel of the order in hand, a new one if there is none of that number.

    One that was begun, holds nothing and has no label is no parcel: it is folded again.
    """
    board, job = flow.opened()[0], flow.upcoming
    if number == job.number:
        return
    found = next((one for one in job.others if one.number == number), Parcel(number=number))
    others = tuple(one for one in job.others if one.number != number)
    if job.sscc or job.before or board.units_in(job.number):
        others = (*others, job.current)
    flow.next = job.working_on(found, others)


def next_number(job: PackJob, board: PackBoard) -> int:
    """Number of the next new parcel."""
    used = [one.number for one in job.parcels if one.sscc or board.units_in(one.number)]
    return max((*used, job.gone), default=0) + 1


def following(board: PackBoard, job: PackJob) -> int:
    """Which parcel comes after the one in hand is labelled; 0 when all may leave."""
    begun = [one.number for one in job.others if not one.sscc and board.units_in(one.number)]
    if begun:
        return min(begun)
    return 0 if board.complete else next_number(job, board)


def close_last(flow: "PackFlow", arriving: Sequence[Share] = ()) -> None:
    """Every line is done: on to the scale with a parcel that holds something."""
    board, job = flow.opened()[0], flow.upcoming
    if not arriving and not board.units_in(job.number):
        begun = [one for one in job.others if not one.sscc and board.units_in(one.number)]
        sealed = [one for one in job.others if one.sscc]
        if begun:
            bring(flow, begun[0].number)
        elif sealed:
            bring(flow, sealed[-1].number)
            flow.change(state=PackState.HAND_OVER)
            return
        else:
            flow.change(state=PackState.SCAN)
            return
    to_scale(flow, arriving)


def to_scale(flow: "PackFlow", arriving: Sequence[Share] = ()) -> None:
    """The parcel in hand is closed and weighed."""
    box = flow.upcoming.box or flow.default_box(arriving)
    flow.change(state=PackState.WEIGH, box=box, armed=0, asked=0)


# ------------------------------------------------------------------------------- the list of them


def look(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """F5: the parcels of this order."""
    job = flow.opened()[1]
    flow.change(state=PackState.PARCELS, chosen=job.number, armed=0, asked=0)
    turn.fate = Fate.COMMAND


def choose(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """Another row of the list."""
    number = int(happening.argument) if happening.argument.isdecimal() else 0
    if number in _listed(flow):
        flow.change(chosen=number)
    turn.fate = Fate.COMMAND


def by_label(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """The label of a sealed parcel was scanned: that one is looked at, not opened."""
    job = flow.opened()[1]
    found = next((one for one in job.parcels if one.sscc == happening.argument), None)
    if found is None:
        detail = text("pack.no_parcel_detail", code=happening.shown, order=job.order)
        flow.problem(turn, text("label.wrong"), detail)
        return
    flow.change(state=PackState.PARCELS, chosen=found.number)
    turn.accept(Sound.ACCEPTED)


def take_in_hand(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """The chosen parcel is packed on; a sealed one is opened, and its label is void."""
    said = happening.argument
    number = int(said) if said.isdecimal() else flow.opened()[1].chosen
    if number not in _listed(flow):
        turn.refuse(text("pack.choose_parcel"))
        flow.next_flash = text("pack.choose_parcel")
        return
    bring(flow, number)
    opened = open_again(flow, turn)
    code = "pack.opened_again" if opened else "pack.packing_into"
    flow.next_flash = text(code, n=number)
    flow.change(state=PackState.SCAN)
    turn.accept(Sound.ATTENTION if opened else Sound.ACCEPTED)


def full(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """The box in hand is full: it is weighed and labelled, the rest goes into the next."""
    board, job = flow.opened()
    if not board.units_in(job.number):
        turn.refuse(text("pack.nothing_inside"))
        flow.next_flash = text("pack.nothing_inside")
        return
    if len(job.parcels) >= MOST_PARCELS:
        turn.refuse(text("pack.too_many_parcels", n=MOST_PARCELS))
        flow.next_flash = text("pack.too_many_parcels", n=MOST_PARCELS)
        return
    to_scale(flow)
    turn.fate = Fate.COMMAND


def back(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """Back to scanning."""
    flow.change(state=PackState.SCAN)
    turn.fate = Fate.COMMAND


def _listed(flow: "PackFlow") -> tuple[int, ...]:
    """Numbers that stand in the list: every parcel, and the next new one."""
    board, job = flow.opened()
    return tuple({one.number: None for one in job.parcels} | {next_number(job, board): None})


def open_again(flow: "PackFlow", turn: Turn) -> bool:
    """Record that the parcel in hand is opened, if it was sealed."""
    job = flow.upcoming
    if not job.sscc:
        return False
    sealed = msgspec.structs.replace(job.current, before=None)
    turn.record(Draft(Kind.REOPEN, (), flow.reference(), reason="repack"), job.job)
    fresh = Parcel(number=job.number, box=job.box, before=sealed)
    flow.next = job.working_on(fresh, job.others)
    return True
