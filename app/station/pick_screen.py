"""The Pick page as a value: which prompt, which lines, which keys, in every state."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station import lot_choice, pick_cart
from app.station.cases import Fact
from app.station.inbox import Intent
from app.station.lists import ListView
from app.station.pick_board import PickBoard, PickLine
from app.station.pick_job import PickJob, PickState
from app.station.screen import Action, Page, Prompt, Screen, Tone, trail
from app.station.turn import Turn

_S = PickState
_STEPS = ("pick.step_cart", "pick.step_fetch", "pick.step_bring")
_HERE = {_S.ORDERS: 0, _S.TOTE: 0, _S.PICK: 1, _S.LOT: 1, _S.SHORT: 1, _S.DONE: 2}
_FLASHES = {
    "pick.picked": (Tone.OK, "circle-check"),
    "pick.right_tote": (Tone.OK, "circle-check"),
    "pick.assigned": (Tone.OK, "circle-check"),
    "pick.taking_from": (Tone.OK, "map-pin"),
    "pack.armed": (Tone.ASK, "hash"),
    "floor.corrected": (Tone.OK, "circle-check"),
    "pack.quantity_again": (Tone.WARN, "hash"),
    "pick.undone": (Tone.WARN, "undo-2"),
    "pick.undone_short": (Tone.WARN, "undo-2"),
    "pick.taken_off": (Tone.WARN, "undo-2"),
    "pick.short_recorded": (Tone.WARN, "circle-minus"),
    "pack.damaged_recorded": (Tone.WARN, "circle-minus"),
}
_UNDO = Action("F4", Intent.UNDO, text("key.undo"))
_PAUSE = Action("F8", Intent.PAUSE, text("move.key_pause"))
_BACK = Action("Esc", Intent.NO, text("key.back"))
_FIXED: dict[PickState, tuple[Action, ...]] = {
    _S.TOTE: (_BACK,),
    _S.PICK: (
        _UNDO,
        Action("F6", Intent.SHORT, text("key.short")),
        Action("F7", Intent.QUANTITY, text("key.quantity")),
        _PAUSE,
        Action("F10", Intent.NEXT, text("pick.key_later"), main=True),
    ),
    _S.LOT: (_BACK, _PAUSE, lot_choice.TAKE),
    _S.SHORT: (
        Action("1", Intent.SHORT, text("key.not_there")),
        Action("2", Intent.DAMAGED, text("key.damaged")),
        Action("3", Intent.REASON, text("pick.key_not_reached"), argument="not_reached"),
        _BACK,
    ),
    _S.DONE: (_UNDO, Action("F10", Intent.MAIN, text("pick.key_bring"), main=True)),
}


def build(
    job: PickJob, board: PickBoard, flash: Text | None, turn: Turn, lots: ListView | None
) -> Screen:
    """The page after a turn."""
    choosing = job.state == _S.ORDERS
    fetching = job.state in (_S.PICK, _S.LOT, _S.SHORT, _S.DONE)
    here = _HERE[_S(job.state)]
    return Screen(
        page=Page.PICK,
        title=text("pick.title"),
        subtitle=text("pick.subtitle", n=len(job.totes)) if job.totes else None,
        steps=trail(map(text, _STEPS), here),
        done=board.done if fetching else 0,
        total=board.total if fetching else 0,
        prompt=_prompt(job, board, flash),
        scan_hint=text("scan.hint"),
        lines=board.lines if fetching and job.state != _S.LOT else (),
        current=board.current_number if fetching else None,
        choices=pick_cart.offered(turn.work, job, turn.now) if choosing else lots,
        facts=() if fetching else _cart(job),
        actions=_actions(job),
        locked=job.problem is not None,
    )


def _cart(job: PickJob) -> tuple[Fact, ...]:
    """What is on the cart already."""
    return tuple(
        Fact(text("pick.fact_tote", tote=tote), text("case.plain", said=order))
        for order, tote in job.totes
    )


# ----------------------------------------------------------------------------------------- prompts


def _prompt(job: PickJob, board: PickBoard, flash: Text | None) -> Prompt:
    return _counted(job, board, _plain(job, board, flash))


def _plain(job: PickJob, board: PickBoard, flash: Text | None) -> Prompt:
    if job.problem is not None:
        wrong, way_out = job.problem, text("pack.ack_note")
        return Prompt(Tone.ERROR, "octagon-x", wrong.title, wrong.detail, way_out)
    title, detail = _asked(job, board)
    if job.state == _S.SHORT:
        return Prompt(Tone.WARN, "circle-help", title, detail, text("pick.short_note"))
    if job.state == _S.DONE:
        return Prompt(Tone.OK, "package-check", title, detail, flash)
    if flash is None:
        icon = "package" if job.state == _S.TOTE else "scan-barcode"
        return Prompt(Tone.ASK, icon, title, detail)
    tone, icon = _FLASHES.get(flash.code, (Tone.WARN, "triangle-alert"))
    return Prompt(tone, icon, flash, _following(job, board, title))


def _following(job: PickJob, board: PickBoard, title: Text) -> Text:
    line = board.here
    if job.state != _S.PICK or line is None:
        return title
    place = job.source or line.place
    return text("pick.next_item", item=line.name, place=place, left=line.open, tote=line.tote)


def _asked(job: PickJob, board: PickBoard) -> tuple[Text, Text]:
    line = board.here
    match job.state:
        case _S.TOTE:
            return text("pick.ask_tote", order=job.asked), text("pick.want_tote")
        case _S.DONE:
            return text("pick.all_in"), text("pick.want_done")
        case _S.PICK if line is not None:
            return _fetch(job, line)
        case _S.LOT if job.half is not None:
            return text("lots.which", item=job.half.name), text("pick.want_lot")
        case _S.SHORT if line is not None:
            detail = text("pick.short_detail", item=line.name, left=line.open)
            return text("pick.short"), detail
        case _:
            code = "pick.ask_more" if job.totes else "pick.ask_orders"
            return text(code), text("pick.start_detail" if job.totes else "pick.want_orders")


def _fetch(job: PickJob, line: PickLine) -> tuple[Text, Text]:
    place = job.source or line.place
    title = text("pick.fetch", item=line.name, place=place)
    return title, text("pick.fetch_detail", sku=line.sku, left=line.open, tote=line.tote)


def _counted(job: PickJob, board: PickBoard, prompt: Prompt) -> Prompt:
    """With the counter, once there is something to count."""
    if job.state in (_S.ORDERS, _S.TOTE):
        return prompt
    units = text("pick.units_picked")
    return replace(prompt, done=board.done, total=board.total, unit=units)


# ----------------------------------------------------------------------------------------- actions


def _actions(job: PickJob) -> tuple[Action, ...]:
    if job.problem is not None:
        return (Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True),)
    if job.state != _S.ORDERS:
        return _FIXED[_S(job.state)]
    if not job.totes:
        return (_BACK, Action("F10", Intent.MAIN, text("pick.key_take"), main=True))
    return (
        _BACK,
        Action("F4", Intent.UNDO, text("pick.key_off")),
        _PAUSE,
        Action("F10", Intent.MAIN, text("pick.key_start"), main=True),
    )
