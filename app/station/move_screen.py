"""The Move page as a value: which prompt, what may be chosen, which keys, in every state."""

from app.contract.messages import DocumentRow
from app.domain.text import Text, text
from app.station import move_list
from app.station.cases import Fact
from app.station.inbox import Intent
from app.station.lists import ListView
from app.station.move_job import MoveJob, MoveState
from app.station.move_task import OPEN, done_by_line, replenishment, target_of
from app.station.ports import Work
from app.station.screen import Action, LineState, LineView, Page, Prompt, Screen, Tone, trail
from app.station.turn import Turn

_S = MoveState
_STEPS = ("move.step_what", "move.step_quantity", "move.step_place")
_HERE = {_S.WHAT: 0, _S.SOURCE: 0, _S.PILE: 0, _S.TARGET: 2, _S.DONE: 3}
_FLASHES = {
    "move.moved": (Tone.OK, "circle-check"),
    "move.taking_from": (Tone.OK, "map-pin"),
    "move.counted": (Tone.OK, "hash"),
    "pack.armed": (Tone.ASK, "hash"),
    "pack.quantity_again": (Tone.WARN, "hash"),
    "move.more_again": (Tone.WARN, "hash"),
    "move.undone": (Tone.WARN, "undo-2"),
    "move.dropped": (Tone.WARN, "undo-2"),
}


def build(job: MoveJob, flash: Text | None, turn: Turn) -> Screen:
    """The page after a turn."""
    work = turn.work
    task = replenishment(work, job.document) if job.document else None
    lines = _lines(work, task, job) if task is not None else ()
    done, total = sum(one.done for one in lines), sum(one.wanted for one in lines)
    choices = move_list.of(work, job)
    return Screen(
        page=Page.MOVE,
        title=text("move.title" if task is None else "move.title_task"),
        document=job.document,
        subtitle=text("move.subtitle", place=target_of(task)) if task is not None else None,
        steps=trail(map(text, _STEPS), _HERE[_S(job.state)]),
        done=min(done, total),
        total=total,
        prompt=_prompt(job, flash, _current(lines), task, choices),
        scan_hint=text("scan.hint"),
        lines=lines,
        current=next((one.line for one in lines if one.state is LineState.CURRENT), None),
        choices=None if lines else choices,
        facts=_facts(job),
        actions=_actions(job, choices),
        locked=job.problem is not None,
    )


def _lines(work: Work, task: DocumentRow, job: MoveJob) -> tuple[LineView, ...]:
    items, done = work.items(line.item for line in task.lines), done_by_line(work, task)
    found: list[LineView] = []
    current = False
    for line in task.lines:
        state = LineState.DONE
        if done[line.line] < line.quantity:
            mine = not current and job.sku in ("", line.item)
            state, current = (LineState.CURRENT, True) if mine else (LineState.OPEN, current)
        name = items[line.item].name if line.item in items else line.item
        found.append(
            LineView(
                line=line.line,
                sku=line.item,
                name=name,
                place=line.location,
                done=done[line.line],
                wanted=line.quantity,
                state=state,
            )
        )
    return tuple(found)


def _current(lines: tuple[LineView, ...]) -> LineView | None:
    return next((one for one in lines if one.state is LineState.CURRENT), None)


# ----------------------------------------------------------------------------------------- prompts


def _prompt(
    job: MoveJob,
    flash: Text | None,
    line: LineView | None,
    task: DocumentRow | None,
    choices: ListView | None,
) -> Prompt:
    if job.problem is not None:
        wrong, way_out = job.problem, text("pack.ack_note")
        return Prompt(Tone.ERROR, "octagon-x", wrong.title, wrong.detail, way_out)
    if job.state == _S.DONE:
        title = text("move.task_done", task=job.document)
        return Prompt(Tone.OK, "circle-check", title, text("move.task_done_detail"))
    title, detail, note = _asked(job, line, choices)
    if task is not None and task.state != OPEN:
        note = text("move.task_not_open", task=job.document)
    if flash is None:
        icon = "map-pin" if job.state in (_S.SOURCE, _S.TARGET) else "scan-barcode"
        return Prompt(Tone.ASK, icon, title, detail, note)
    tone, icon = _FLASHES.get(flash.code, (Tone.WARN, "triangle-alert"))
    return Prompt(tone, icon, flash, title if job.state != _S.TARGET else _short(job), note)


def _asked(
    job: MoveJob, line: LineView | None, choices: ListView | None
) -> tuple[Text, Text, Text | None]:
    match job.state:
        case _S.SOURCE:
            return text("move.ask_source", item=job.name), text("move.want_source"), None
        case _S.PILE:
            title = text("move.ask_pile", item=job.name, place=job.source)
            return title, text("move.want_pile"), None
        case _S.TARGET:
            return _target(job)
        case _ if line is not None:
            left = line.wanted - line.done
            title = text("move.fetch", item=line.name, n=left)
            return (
                title,
                text("move.fetch_detail", sku=line.sku, place=job.base or line.place),
                None,
            )
        case _ if job.base:
            title = text("move.ask_what_at", place=job.base)
            return title, text("move.ask_what_at_detail", place=job.base), None
        case _:
            some = choices is not None and bool(choices.rows)
            detail = text("move.ask_what_or_task" if some else "move.want_what")
            return text("move.ask_what"), detail, None


def _short(job: MoveJob) -> Text:
    """Where to, in one line under what just happened."""
    if job.place:
        return text("move.put", n=job.quantity, item=job.name, place=job.place)
    return text("move.put_somewhere", n=job.quantity, item=job.name)


def _target(job: MoveJob) -> tuple[Text, Text, Text]:
    if job.whole:
        title = text("move.put_all", place=job.source)
        if job.place:
            title = text("move.put_all_in", place=job.source, target=job.place)
        return title, text("move.whole_detail", n=job.quantity), text("move.whole_note")
    if job.place:
        why = text(f"move.why_{job.why}", place=job.place)
        return _short(job), why, text("move.target_note")
    return _short(job), text("move.no_idea", item=job.name), text("move.target_note")


def _facts(job: MoveJob) -> tuple[Fact, ...]:
    if job.state != _S.TARGET:
        return ()
    facts = [
        Fact(text("move.fact_what"), text("case.plain", said=job.name)),
        Fact(text("move.fact_from"), text("case.plain", said=job.source)),
        Fact(text("move.fact_there"), text("move.units", n=job.there)),
        Fact(text("move.fact_moved"), text("move.units", n=job.quantity)),
    ]
    if job.lot:
        facts.append(Fact(text("case.lot"), text("case.plain", said=job.lot)))
    if job.serial:
        facts.append(Fact(text("move.fact_serial"), text("case.plain", said=job.serial)))
    if job.condition != "good":
        said = move_list.condition(job.condition)
        plain = said if isinstance(said, Text) else text("case.plain", said=said)
        facts.append(Fact(text("move.column_condition"), plain))
    return tuple(facts)


# ----------------------------------------------------------------------------------------- actions


def _actions(job: MoveJob, choices: ListView | None) -> tuple[Action, ...]:
    if job.problem is not None:
        return (Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True),)
    leave = Action("Esc", Intent.NO, text("move.key_drop"))
    quantity = Action("F7", Intent.QUANTITY, text("key.quantity"))
    pause = Action("F8", Intent.PAUSE, text("move.key_pause"))
    match job.state:
        case _S.TARGET if job.whole:
            return (leave, pause)
        case _S.TARGET:
            return (leave, quantity, pause)
        case _S.SOURCE | _S.PILE:
            take = Action("F10", Intent.MAIN, text("move.key_take"), main=True)
            return (leave, quantity, pause, take)
        case _S.DONE:
            undo = Action("F4", Intent.UNDO, text("move.key_undo"))
            return (undo, Action("F10", Intent.MAIN, text("move.key_next"), main=True))
        case _:
            return (*_resting(job, choices),)


def _resting(job: MoveJob, choices: ListView | None) -> tuple[Action, ...]:
    leave = Action("Esc", Intent.NO, text("key.back"))
    undo = Action("F4", Intent.UNDO, text("move.key_undo"))
    quantity = Action("F7", Intent.QUANTITY, text("key.quantity"))
    pause = Action("F8", Intent.PAUSE, text("move.key_pause"))
    if job.document:
        return (leave, undo, quantity, pause)
    if job.base:
        everything = Action("F10", Intent.MAIN, text("move.key_everything"), main=True)
        return (leave, undo, quantity, everything)
    some = choices is not None and bool(choices.rows)
    take = Action(
        "F10",
        Intent.MAIN,
        text("move.key_task"),
        enabled=some,
        why_not=None if some else text("move.no_tasks"),
        main=True,
    )
    return (leave, undo, quantity, take)
