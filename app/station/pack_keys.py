"""The keys of the Pack page, in every state."""

from app.domain.order import Policy
from app.domain.text import text
from app.station import pack_parcels, pack_right
from app.station.inbox import Intent, PrintState
from app.station.pack_board import PackBoard
from app.station.pack_correct import DAMAGED_REASONS
from app.station.pack_job import PackJob, PackState
from app.station.pick_wrong import NOT_REACHED
from app.station.screen import Action


def build(board: PackBoard, job: PackJob) -> tuple[Action, ...]:
    """The keys of a state; while a problem is on the panel there is one."""
    if job.problem is not None:
        return (Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True),)
    match job.state:
        case PackState.SCAN:
            return (*_scan_actions(board), _PAUSE, _weigh_action(board))
        case PackState.LABEL:
            return (*_label_actions(job), _PAUSE)
        case PackState.WHY:
            return _because(job)
        case PackState.HAND_OVER:
            return _hand_over_actions(board, job)
        case PackState.PARCELS:
            return (*_PARCEL_KEYS, _in_hand(job))
        case _:
            return _FIXED[job.state]


_PAUSE = Action("F8", Intent.PAUSE, text("key.pause"))
_BACK = Action("Esc", Intent.NO, text("key.back"))
_UNDO = Action("F4", Intent.UNDO, text("key.undo"))
_TAKE_OUT = Action("2", Intent.TAKE_OUT, text("key.take_out"))
_SLIP = Action("1", Intent.REASON, text("reports.packing_slip"), argument="packing_slip")
_PARCEL_KEYS = (
    Action("1", Intent.NEXT, text("key.box_full")),
    _TAKE_OUT,
    _UNDO,
    _BACK,
)
_FIXED = {
    PackState.SHORT: (
        Action("1", Intent.SHORT, text("key.not_there")),
        Action("2", Intent.REASON, text("pick.key_not_reached"), argument=NOT_REACHED),
        *(
            Action(str(n), Intent.REASON, text(f"pack.as_{word}"), argument=word)
            for n, word in enumerate(DAMAGED_REASONS, 3)
        ),
        _BACK,
    ),
    PackState.EXPIRED: (
        Action("1", Intent.OVERRIDE, text("key.pack_anyway")),
        Action("F9", Intent.ACKNOWLEDGE, text("key.put_aside"), main=True),
    ),
    PackState.TAKE_OUT: (
        _UNDO,
        Action("F10", Intent.MAIN, text("key.taken_out"), main=True),
    ),
    PackState.OFF_WEIGHT: (
        Action("1", Intent.YES, text("key.weigh_again"), main=True),
        Action("2", Intent.NEXT, text("key.check_box")),
        Action("3", Intent.OVERRIDE, text("key.override")),
        _UNDO,
    ),
    PackState.CHECK: (
        Action("1", Intent.YES, text("key.weigh_again"), main=True),
        _TAKE_OUT,
        _UNDO,
        _BACK,
    ),
    PackState.WEIGH: (
        _UNDO,
        Action("F7", Intent.OVERRIDE, text("key.no_scale"), argument="no_scale"),
        _PAUSE,
        Action("F10", Intent.MAIN, text("key.take_weight"), main=True),
    ),
    PackState.STOPPED: (Action("F10", Intent.MAIN, text("key.put_back"), main=True),),
    PackState.ELSEWHERE: (
        Action("1", Intent.YES, text("key.was_packed")),
        Action("2", Intent.NO, text("key.pack_here")),
    ),
    PackState.CLAIMING: (Action("Esc", Intent.HOME, text("key.back")),),
}


def _hand_over_actions(board: PackBoard, job: PackJob) -> tuple[Action, ...]:
    following = pack_parcels.following(board, job)
    label = text("key.next_parcel", n=following) if following else text("key.hand_over")
    return (
        _SLIP,
        Action("F4", Intent.UNDO, text("key.unseal")),
        Action("F6", Intent.REPRINT, text("key.reprint"), argument="damaged_label"),
        _PAUSE,
        Action("F10", Intent.MAIN, label, main=True),
    )


def _in_hand(job: PackJob) -> Action:
    """Enter and F10: what becomes of the chosen parcel."""
    sealed = any(one.sscc for one in job.parcels if one.number == job.chosen)
    label = text("key.open_parcel" if sealed else "key.pack_into", n=job.chosen)
    return Action("F10", Intent.MAIN, label, main=True)


def _because(job: PackJob) -> tuple[Action, ...]:
    """Reasons by digit, and the way back."""
    reasons = pack_right.reasons(job)
    return (
        *(
            Action(str(n), Intent.REASON, text(f"pack.why_{word}"), argument=word)
            for n, word in enumerate(reasons, 1)
        ),
        _BACK,
    )


def _scan_actions(board: PackBoard) -> tuple[Action, ...]:
    actions = [
        _UNDO,
        Action("F5", Intent.NEXT, text("key.parcels")),
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
