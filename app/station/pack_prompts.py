"""The one instruction of the Pack page, in every state."""

from typing import TYPE_CHECKING

from app.domain.text import Text, text
from app.station import pack_lots, pack_parcels
from app.station.inbox import PrintState
from app.station.pack_board import PackBoard
from app.station.pack_job import Held, PackJob, PackState
from app.station.screen import LineView, Prompt, Tone
from app.station.turn import Turn

if TYPE_CHECKING:
    from app.station.pack import PackFlow


def build(flow: "PackFlow", turn: Turn, board: PackBoard, job: PackJob) -> Prompt:
    """The one instruction of a state; a problem lies over any of them."""
    if job.problem is not None:
        return _counted(
            board,
            Tone.ERROR,
            "octagon-x",
            job.problem.title,
            job.problem.detail,
            text("pack.ack_note"),
        )
    if job.state in _PROMPTS:
        return _PROMPTS[job.state](flow, turn, board, job)
    return _QUESTIONS[job.state](board, job)


def _weigh_detail(flash: Text | None) -> Text:
    """Why the weight was not taken, if that was the last word; else what to do."""
    said = flash is not None and flash.code not in ("pack.packed", "pack.short_recorded")
    return flash if flash is not None and said else text("weigh.detail")


def _scan(flow: "PackFlow", turn: Turn, board: PackBoard, job: PackJob) -> Prompt:
    view = board.current_view
    if view is None:
        empty = not any(board.units_in(number) for number in job.locations)
        code = "pack.nothing_in_next" if empty else "pack.all_in_next"
        title = text("pack.nothing_in" if empty else "pack.all_in")
        return _counted(board, Tone.OK, "circle-check", title, text(code))
    place, left = job.source or view.place, view.wanted - view.done - view.short
    beside = board.several or job.number > 1
    if flow.flash is not None:
        return _flashed(board, flow.flash, _following(view, place, job.number if beside else 0))
    title = text("pack.scan_item", item=view.name)
    first = pack_lots.first(turn.work, view.sku, place, turn.now)
    if first is not None:
        detail = text("pack.take_lot", place=place, lot=first.lot, best_on=first.expiry, left=left)
    elif beside:
        detail = text("pack.take_into", sku=view.sku, place=place, left=left, n=job.number)
    else:
        detail = text("pack.take", sku=view.sku, place=place, left=left, wanted=view.wanted)
    return _counted(board, Tone.ASK, "scan-barcode", title, detail)


def _following(view: LineView, place: str, parcel: int) -> Text:
    """What comes next, and into which parcel when there are several."""
    left = view.wanted - view.done - view.short
    if parcel:
        return text("pack.next_into", item=view.name, place=place, left=left, n=parcel)
    return text("pack.next_item", item=view.name, place=place, left=left)


def _flashed(board: PackBoard, flash: Text, detail: Text) -> Prompt:
    """What the last step did, and below it what comes next."""
    tone, icon = _FLASHES.get(flash.code, (Tone.WARN, "triangle-alert"))
    return _counted(board, tone, icon, flash, detail)


def _weigh(flow: "PackFlow", _turn: Turn, board: PackBoard, job: PackJob) -> Prompt:
    title = text("weigh.title")
    if board.several or job.number > 1:
        title = text("weigh.title_parcel", n=job.number)
    return _counted(board, Tone.ASK, "scale", title, _weigh_detail(flow.flash))


def _claiming(_flow: "PackFlow", _turn: Turn, _board: PackBoard, _job: PackJob) -> Prompt:
    return Prompt(Tone.BUSY, "loader", text("pack.claiming"), text("pack.claiming_detail"))


def _parcels(flow: "PackFlow", _turn: Turn, board: PackBoard, _job: PackJob) -> Prompt:
    detail = text("pack.parcels_detail")
    if flow.flash is not None:
        return _flashed(board, flow.flash, detail)
    return _counted(board, Tone.ASK, "package", text("pack.parcels"), detail)


def _take_out(flow: "PackFlow", _turn: Turn, board: PackBoard, job: PackJob) -> Prompt:
    title, detail = text("pack.take_out", n=job.number), text("pack.take_out_detail")
    if flow.flash is not None:
        return _flashed(board, flow.flash, detail)
    return _counted(board, Tone.ASK, "package-open", title, detail)


def _check(flow: "PackFlow", _turn: Turn, board: PackBoard, job: PackJob) -> Prompt:
    detail = text("pack.check_detail")
    if flow.flash is not None:
        return _flashed(board, flow.flash, detail)
    return _counted(board, Tone.WARN, "package-open", text("pack.check", n=job.number), detail)


def _expired(_flow: "PackFlow", turn: Turn, board: PackBoard, job: PackJob) -> Prompt:
    """Red, and only F9 or somebody's right leaves it: nothing was counted."""
    held = job.held or Held("", 0, "each")
    said = pack_lots.expiry_of(turn.work, held)
    name, place = board.name_of(held.sku), job.source or board.place_of(held.sku)
    best = pack_lots.first(turn.work, held.sku, place, turn.now)
    if best is None:
        detail = text("pack.expired_detail", item=name, lot=held.lot, best_on=said)
    else:
        detail = text(
            "pack.expired_take", item=name, lot=held.lot, best_on=said, better=best.lot, place=place
        )
    title, note = text("pack.expired"), text("pack.expired_note")
    return _counted(board, Tone.ERROR, "octagon-x", title, detail, note)


_FLASHES = {
    "pack.packed": (Tone.OK, "circle-check"),
    "pack.packing_into": (Tone.OK, "package"),
    "pack.taken_out": (Tone.OK, "package-open"),
    "pack.belongs": (Tone.OK, "circle-check"),
    "pack.undone_reopen": (Tone.WARN, "undo-2"),
    "pack.undone_unpack": (Tone.WARN, "undo-2"),
    "pack.opened_again": (Tone.WARN, "package-open"),
    "pack.taking_from": (Tone.OK, "map-pin"),
    "pack.armed": (Tone.ASK, "hash"),
    "floor.corrected": (Tone.OK, "circle-check"),
    "pack.quantity_again": (Tone.WARN, "hash"),
    "pack.undone": (Tone.WARN, "undo-2"),
    "pack.undone_seal": (Tone.WARN, "undo-2"),
    "pack.short_recorded": (Tone.WARN, "circle-minus"),
    "pack.damaged_recorded": (Tone.WARN, "circle-minus"),
}


def _label(board: PackBoard, job: PackJob) -> Prompt:
    if job.print_state == PrintState.FAILED:
        return _counted(
            board, Tone.WARN, "printer", text("label.failed"), text("label.failed_detail")
        )
    if job.print_state == PrintState.UNKNOWN:
        note = text("label.unknown_note")
        return _counted(
            board, Tone.WARN, "printer", text("label.unknown"), text("label.unknown_detail"), note
        )
    return _counted(
        board, Tone.BUSY, "printer", text("label.printing"), text("label.sscc", sscc=job.sscc)
    )


def _hand_over(board: PackBoard, job: PackJob) -> Prompt:
    following = pack_parcels.following(board, job)
    if following:
        detail = text("pack.label_on_detail", sscc=job.sscc, n=following)
        return _counted(
            board, Tone.OK, "package-check", text("pack.label_on", n=job.number), detail
        )
    detail = text("pack.hand_over_detail", carrier=board.order.carrier, sscc=job.sscc)
    several = len(job.parcels)
    title = text("pack.hand_over_all", n=several) if several > 1 else text("pack.hand_over")
    return _counted(board, Tone.OK, "package-check", title, detail)


def _stopped(board: PackBoard, _job: PackJob) -> Prompt:
    code = f"pack.stopped_{board.order.state.value}"
    return _counted(
        board,
        Tone.ERROR,
        "octagon-x",
        text(code, order=board.order.order),
        text("pack.stopped_detail", quantity=board.packed),
        text("pack.stopped_note"),
    )


def _short(board: PackBoard, _job: PackJob) -> Prompt:
    view = board.current_view
    name = view.name if view else ""
    left = view.wanted - view.done - view.short if view else 0
    detail = text("pack.short_detail", item=name, left=left)
    return _counted(board, Tone.WARN, "circle-help", text("pack.short"), detail)


def _off_weight(board: PackBoard, _job: PackJob) -> Prompt:
    return _counted(board, Tone.WARN, "scale", text("weigh.off"), text("weigh.off_detail"))


def _why(board: PackBoard, job: PackJob) -> Prompt:
    detail = text("pack.why_weight" if job.held is None else "pack.why_expired")
    return _counted(board, Tone.WARN, "circle-help", text("pack.why"), detail)


def _elsewhere(board: PackBoard, _job: PackJob) -> Prompt:
    title = text("pack.elsewhere", order=board.order.order)
    detail, note = text("pack.elsewhere_detail"), text("pack.elsewhere_note")
    return Prompt(Tone.WARN, "circle-help", title, detail, note)


def _counted(
    board: PackBoard,
    tone: Tone,
    icon: str,
    title: Text,
    detail: Text | None = None,
    note: Text | None = None,
) -> Prompt:
    return Prompt(
        tone, icon, title, detail, note, board.packed, board.total, text("pack.units_packed")
    )


_PROMPTS = {
    PackState.CLAIMING: _claiming,
    PackState.SCAN: _scan,
    PackState.EXPIRED: _expired,
    PackState.PARCELS: _parcels,
    PackState.TAKE_OUT: _take_out,
    PackState.WEIGH: _weigh,
    PackState.CHECK: _check,
}
_QUESTIONS = {
    PackState.SHORT: _short,
    PackState.OFF_WEIGHT: _off_weight,
    PackState.WHY: _why,
    PackState.LABEL: _label,
    PackState.HAND_OVER: _hand_over,
    PackState.STOPPED: _stopped,
    PackState.ELSEWHERE: _elsewhere,
}
