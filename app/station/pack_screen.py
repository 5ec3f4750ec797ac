"""The Pack page as a value: which prompt, which lines, which keys, in every state."""

from typing import TYPE_CHECKING

from app.domain.order import Policy
from app.domain.text import Text, text
from app.station import pack_box
from app.station.inbox import Intent, PrintState
from app.station.pack_board import PackBoard
from app.station.pack_job import PackJob, PackState
from app.station.screen import (
    Action,
    BoxView,
    LabelView,
    Page,
    Prompt,
    Screen,
    Tone,
    WeighView,
    trail,
)
from app.station.turn import Turn
from app.station.wording import due

if TYPE_CHECKING:
    from app.station.pack import PackFlow

_STEP_OF = {
    PackState.CLAIMING: 0,
    PackState.ELSEWHERE: 0,
    PackState.SCAN: 1,
    PackState.SHORT: 1,
    PackState.STOPPED: 1,
    PackState.WEIGH: 2,
    PackState.OFF_WEIGHT: 2,
    PackState.LABEL: 3,
    PackState.HAND_OVER: 3,
}
_STEPS = ("step.choose", "step.scan", "step.weigh", "step.label")


def build(flow: "PackFlow", turn: Turn) -> Screen:
    """The page after a turn. Reads what the turn is about to make true."""
    job, board = flow.job, flow.board
    if job is None or board is None:
        return Screen(
            Page.PACK, text("pack.title"), Prompt(Tone.BUSY, "loader", text("pack.opening"))
        )
    here = _STEP_OF[job.state]
    order = board.order
    weighing = job.state in (PackState.WEIGH, PackState.OFF_WEIGHT)
    labelled = job.state in (PackState.LABEL, PackState.HAND_OVER)
    return Screen(
        page=Page.PACK,
        title=text("pack.title"),
        document=order.order,
        subtitle=_subtitle(board, turn),
        steps=trail(map(text, _STEPS), here),
        done=board.packed,
        total=board.total,
        prompt=_prompt(flow, board, job),
        scan_hint=text("scan.hint"),
        lines=board.lines,
        current=None if board.current is None else board.order.lines[board.current].line,
        actions=_actions(board, job, turn),
        weigh=WeighView(pack_box.expected(flow, turn), flow.scale.reading, job.weight_mg)
        if weighing
        else None,
        boxes=tuple(
            BoxView(str(n), box.box, box.name, box.box == job.box)
            for n, box in enumerate(flow.boxes[:4], 1)
        )
        if weighing
        else (),
        label=_label(job) if labelled else None,
        locked=job.problem is not None,
    )


def _subtitle(board: PackBoard, turn: Turn) -> Text:
    order = board.order
    before = due(order.ship_before, turn.now)
    if order.note:
        return text("pack.subtitle_note", carrier=order.carrier, before=before, note=order.note)
    return text("pack.subtitle", carrier=order.carrier, before=before)


# ----------------------------------------------------------------------------------------- prompts


def _prompt(flow: "PackFlow", board: PackBoard, job: PackJob) -> Prompt:
    if job.problem is not None:
        return _counted(
            board,
            Tone.ERROR,
            "octagon-x",
            job.problem.title,
            job.problem.detail,
            text("pack.ack_note"),
        )
    match job.state:
        case PackState.SCAN:
            return _scan_prompt(flow, board, job)
        case PackState.WEIGH:
            title = text("weigh.title")
            return _counted(board, Tone.ASK, "scale", title, _weigh_detail(flow.flash))
        case PackState.LABEL:
            return _label_prompt(board, job)
        case PackState.CLAIMING:
            return Prompt(Tone.BUSY, "loader", text("pack.claiming"), text("pack.claiming_detail"))
        case _:
            return _QUESTIONS[job.state](board, job)


def _label(job: PackJob) -> LabelView | None:
    label = job.label
    if label is None:
        return None
    return LabelView(
        sscc=label.sscc,
        state=job.print_state,
        order=label.order,
        ship_to=label.ship_to,
        carrier=label.carrier,
        weight_mg=label.weight_mg,
        reprint=label.reprint,
        skus=label.skus,
        units=label.units,
        station=label.station,
        printed_at=label.printed_at,
    )


def _weigh_detail(flash: Text | None) -> Text:
    """Why the weight was not taken, if that was the last word; else what to do."""
    said = flash is not None and flash.code not in ("pack.packed", "pack.short_recorded")
    return flash if flash is not None and said else text("weigh.detail")


def _scan_prompt(flow: "PackFlow", board: PackBoard, job: PackJob) -> Prompt:
    view = board.current_view
    if view is None:
        return _counted(
            board, Tone.OK, "circle-check", text("pack.all_in"), text("pack.all_in_next")
        )
    left = view.wanted - view.done - view.short
    detail = text(
        "pack.take", sku=view.sku, place=job.source or view.place, left=left, wanted=view.wanted
    )
    if flow.flash is not None:
        tone, icon = _FLASHES.get(flow.flash.code, (Tone.WARN, "triangle-alert"))
        following = text(
            "pack.next_item", item=view.name, place=job.source or view.place, left=left
        )
        return _counted(board, tone, icon, flow.flash, following)
    return _counted(board, Tone.ASK, "scan-barcode", text("pack.scan_item", item=view.name), detail)


_FLASHES = {
    "pack.packed": (Tone.OK, "circle-check"),
    "pack.taking_from": (Tone.OK, "map-pin"),
    "pack.armed": (Tone.ASK, "hash"),
    "pack.quantity_again": (Tone.WARN, "hash"),
    "pack.undone": (Tone.WARN, "undo-2"),
    "pack.undone_seal": (Tone.WARN, "undo-2"),
    "pack.short_recorded": (Tone.WARN, "circle-minus"),
    "pack.damaged_recorded": (Tone.WARN, "circle-minus"),
}


def _label_prompt(board: PackBoard, job: PackJob) -> Prompt:
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
    detail = text("pack.hand_over_detail", carrier=board.order.carrier, sscc=job.sscc)
    return _counted(board, Tone.OK, "package-check", text("pack.hand_over"), detail)


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
    return _counted(
        board, Tone.WARN, "circle-help", text("pack.short"), detail, text("pack.short_note")
    )


def _off_weight(board: PackBoard, _job: PackJob) -> Prompt:
    return _counted(
        board,
        Tone.WARN,
        "scale",
        text("weigh.off"),
        text("weigh.off_detail"),
        text("weigh.off_note"),
    )


def _elsewhere(board: PackBoard, _job: PackJob) -> Prompt:
    title = text("pack.elsewhere", order=board.order.order)
    detail, note = text("pack.elsewhere_detail"), text("pack.elsewhere_note")
    return Prompt(Tone.WARN, "circle-help", title, detail, note)


_QUESTIONS = {
    PackState.SHORT: _short,
    PackState.OFF_WEIGHT: _off_weight,
    PackState.HAND_OVER: _hand_over,
    PackState.STOPPED: _stopped,
    PackState.ELSEWHERE: _elsewhere,
}


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


# ----------------------------------------------------------------------------------------- actions


def _actions(board: PackBoard, job: PackJob, turn: Turn) -> tuple[Action, ...]:
    if job.problem is not None:
        return (Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True),)
    match job.state:
        case PackState.SCAN:
            return (*_scan_actions(board), _PAUSE, _weigh_action(board))
        case PackState.LABEL:
            return (*_label_actions(job), _PAUSE)
        case PackState.OFF_WEIGHT:
            return _off_weight_actions(turn)
        case _:
            return _FIXED[job.state]


_PAUSE = Action("F8", Intent.PAUSE, text("key.pause"))
_FIXED = {
    PackState.SHORT: (
        Action("1", Intent.SHORT, text("key.not_there")),
        Action("2", Intent.DAMAGED, text("key.damaged")),
        Action("Esc", Intent.NO, text("key.back")),
    ),
    PackState.WEIGH: (
        Action("F4", Intent.UNDO, text("key.undo")),
        Action("F7", Intent.OVERRIDE, text("key.no_scale"), argument="no_scale"),
        _PAUSE,
        Action("F10", Intent.MAIN, text("key.take_weight"), main=True),
    ),
    PackState.HAND_OVER: (
        Action("F4", Intent.UNDO, text("key.unseal")),
        Action("F6", Intent.REPRINT, text("key.reprint"), argument="damaged_label"),
        _PAUSE,
        Action("F10", Intent.MAIN, text("key.hand_over"), main=True),
    ),
    PackState.STOPPED: (Action("F10", Intent.MAIN, text("key.put_back"), main=True),),
    PackState.ELSEWHERE: (
        Action("1", Intent.YES, text("key.was_packed")),
        Action("2", Intent.NO, text("key.pack_here")),
    ),
    PackState.CLAIMING: (Action("Esc", Intent.HOME, text("key.back")),),
}


def _off_weight_actions(turn: Turn) -> tuple[Action, ...]:
    allowed = turn.session is not None and turn.session.role in pack_box.MAY_OVERRIDE
    return (
        Action("1", Intent.YES, text("key.weigh_again"), main=True),
        Action("2", Intent.UNDO, text("key.undo")),
        Action(
            "3",
            Intent.OVERRIDE,
            text("key.override"),
            enabled=allowed,
            why_not=None if allowed else text("weigh.no_right"),
        ),
    )


def _scan_actions(board: PackBoard) -> tuple[Action, ...]:
    actions = [
        Action("F4", Intent.UNDO, text("key.undo")),
        Action("F6", Intent.SHORT, text("key.short")),
    ]
    if board.order.policy is Policy.QUANTITY:
        actions.append(Action("F7", Intent.QUANTITY, text("key.quantity")))
    return tuple(actions)


def _weigh_action(board: PackBoard) -> Action:
    return Action(
        "F10",
        Intent.MAIN,
        text("key.weigh"),
        enabled=board.complete,
        why_not=None if board.complete else text("pack.units_missing", quantity=board.open_units),
        main=True,
    )


def _label_actions(job: PackJob) -> tuple[Action, ...]:
    if job.print_state == PrintState.FAILED:
        return (Action("F10", Intent.MAIN, text("key.print_again"), main=True),)
    if job.print_state == PrintState.UNKNOWN:
        return (
            Action("1", Intent.YES, text("key.label_there"), main=True),
            Action("2", Intent.NO, text("key.label_missing")),
        )
    return ()
