"""The number of the last unit that was scanned into the parcel in hand, corrected (`last_scan`)."""

from typing import TYPE_CHECKING

import msgspec

from app.contract.messages import Line, Operation
from app.domain.operation import Kind
from app.domain.text import text
from app.station import last_scan, pack_parcels
from app.station.pack_board import Share
from app.station.pack_job import PackJob, PackState
from app.station.screen import Screen, Sound
from app.station.turn import Draft, Turn

if TYPE_CHECKING:
    from app.station.pack import PackFlow


def offer(screen: Screen, turn: Turn, job: PackJob | None) -> Screen:
    """The page while a number waits."""
    if job is None or job.state is not PackState.SCAN or _last(turn, job) is None:
        return screen
    return last_scan.offer(screen, turn, job.job, job.armed)


def correct(flow: "PackFlow", turn: Turn) -> bool:
    """F10 while a number waits: that many the last scan was in all. False without such a scan."""
    board, job = flow.opened()
    last = _last(turn, job)
    if last is None or last_scan.units(last) == job.armed:
        return False
    was, wanted = last_scan.units(last), job.armed
    arriving: tuple[Share, ...] = ()
    if wanted < was:
        lines = last_scan.fewer(last.lines, wanted)
        turn.record(last_scan.back(last), job.job)
        out = _shares(last.lines)
        turn.after_commit(lambda: board.advance(out, packed=-1, parcel=job.number))
    else:
        more = _more(flow, turn, last, wanted - was)
        if more is None:
            return True
        lines, arriving = more, _shares(more)
    turn.record(Draft(Kind.PACK, lines, flow.reference(), evidence=last.evidence), job.job)
    into = _shares(lines)
    turn.after_commit(lambda: board.advance(into, packed=1, parcel=job.number))
    flow.change(armed=0)
    flow.next_flash = last_scan.said(turn, last, wanted)
    turn.accept(Sound.ATTENTION)
    if wanted - was == board.open_units:
        pack_parcels.close_last(flow, arriving=arriving)
    return True


def _last(turn: Turn, job: PackJob) -> Operation | None:
    """The last scan, if it went into the parcel in hand."""
    last = last_scan.of(turn.work, job.job) if job.armed else None
    return last if last is not None and last.lines[0].target == job.parcel else None


def _more(flow: "PackFlow", turn: Turn, last: Operation, units: int) -> tuple[Line, ...] | None:
    """So many more of what was scanned; None when the order does not want them, and says so."""
    board, first = flow.opened()[0], last.lines[0]
    shares = board.share(first.item, units)
    if shares is None:
        packed, ordered = board.wanted(first.item)
        detail = text(
            "pack.too_many_detail",
            code=first.item,
            packed=packed,
            ordered=ordered,
            quantity=units,
        )
        flow.problem(turn, text("pack.too_many", item=board.name_of(first.item)), detail)
        return None
    return tuple(
        msgspec.structs.replace(
            first, quantity=one.quantity, order_line=one.line, uom_quantity=one.quantity
        )
        for one in shares
    )


def _shares(lines: tuple[Line, ...]) -> tuple[Share, ...]:
    return tuple(Share(line.order_line, line.quantity) for line in lines)
