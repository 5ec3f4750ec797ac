"""The page of an item or a place as a value: fields before and after, or mine, theirs, result."""

from typing import TYPE_CHECKING

import msgspec

from app.domain.text import Text, text
from app.station import task
from app.station.edit_fields import PACK, fields_of, said_of
from app.station.edit_job import (
    ITEM,
    PLACE,
    Draft,
    EditJob,
    EditState,
    changed_parts,
)
from app.station.inbox import Intent, LinkState
from app.station.lists import MOST, Choice, ColumnView, ListView, Mark
from app.station.screen import Action, Page, Prompt, Screen, Tone
from app.station.turn import Turn

if TYPE_CHECKING:
    from app.station.edit import EditFlow

DRAFTS = (ColumnView(text("edit.column_what")), ColumnView(text("edit.column_state"), 16))
FIELDS = (
    ColumnView(text("edit.column_field"), 16),
    ColumnView(text("edit.column_now"), 22),
    ColumnView(text("edit.column_new")),
)
SIDES = (
    ColumnView(text("edit.column_field"), 14),
    ColumnView(text("edit.column_mine")),
    ColumnView(text("edit.column_theirs")),
    ColumnView(text("edit.column_result")),
)
_REASONS = ("measured", "packaging", "mistake", "supplier")
_PARTS = {"name": "name", "weight": "weight_mg", "spread": "spread_mg", "tracking": "tracking"}
_PARTS |= {"shelf": "shelf_days", "state": "state", "packs": "packs"}


def build(flow: "EditFlow", turn: Turn) -> Screen:
    """The page after a turn."""
    job = flow.job
    if job is None:
        busy = Prompt(Tone.BUSY, "loader", text("pack.opening"))
        return Screen(Page.EDIT, text("edit.title"), busy)
    online = turn.around.link is LinkState.ONLINE
    item = job.draft.item
    return Screen(
        page=Page.EDIT,
        title=text("edit.title"),
        document=job.name,
        subtitle=text("case.plain", said=item.name) if item is not None else None,
        prompt=_prompt(job, flow.flash, online=online),
        scan_hint=text("edit.hint") if job.state == EditState.FIELDS else text("scan.hint"),
        choices=_choices(job, turn),
        actions=_actions(job, online=online),
        locked=job.problem is not None,
    )


def wanted(job: EditJob) -> Text:
    """What to do now."""
    if job.state == EditState.FIELDS and job.key.startswith(PLACE):
        return text("edit.want_place")
    return text(f"edit.want_{job.state}")


def _prompt(job: EditJob, flash: Text | None, *, online: bool) -> Prompt:
    if job.problem is not None:
        title, detail = job.problem.title, job.problem.detail
        return Prompt(Tone.ERROR, "octagon-x", title, detail, text("pack.ack_note"))
    todo, note = wanted(job), None if online else text("edit.offline")
    if job.why is not None:
        return Prompt(Tone.WARN, "triangle-alert", job.why, todo, note)
    if flash is not None:
        return Prompt(Tone.WARN, "triangle-alert", flash, todo, note)
    match job.state:
        case EditState.CHOOSE:
            return Prompt(Tone.ASK, "scan-barcode", text("edit.ask_choose"), todo, note)
        case EditState.REASON:
            return Prompt(Tone.ASK, "circle-help", text("edit.ask_reason"), todo)
        case EditState.SENDING:
            return Prompt(Tone.BUSY, "cloud-upload", text("edit.sending"), todo)
        case EditState.CONFLICT:
            return Prompt(Tone.WARN, "users", text("edit.stale"), todo)
        case _:
            parts = changed_parts(job)
            title = text("edit.ask_send") if parts else text("edit.ask_fields")
            return Prompt(Tone.ASK, "keyboard", title, todo, note)


# -------------------------------------------------------------------------------------- the list


def _choices(job: EditJob, turn: Turn) -> ListView:
    match job.state:
        case EditState.CHOOSE:
            return _drafts(job, turn)
        case EditState.CONFLICT:
            return _sides(job)
        case _:
            return _fields(job)


def _drafts(job: EditJob, turn: Turn) -> ListView:
    """What was begun here and is not sent."""
    keys = [
        one.key
        for page, one in task.saved(turn.work)
        if page is Page.EDIT and one.key.startswith((ITEM, PLACE))
    ]
    rows = tuple(
        Choice(key, (key.partition("/")[2], text("edit.kept")), Mark.PAUSED) for key in keys[:MOST]
    )
    name, empty = text("edit.drafts"), text("edit.no_drafts")
    return ListView(name, DRAFTS, rows, len(keys), job.chosen, empty=empty)


def label_of(field: str) -> Text:
    """A field's name."""
    if field.startswith(PACK):
        return text("edit.field_pack", code=field.removeprefix(PACK))
    return text(f"edit.field_{field}")


def _fields(job: EditJob) -> ListView:
    rows = []
    for field in fields_of(job.draft, job.seen):
        now, new = said_of(field, job.seen), said_of(field, job.draft)
        if field == "low" and not job.told:
            now = new = text("edit.low_not_told")
        cell, mark = (new if new != now else ""), Mark.WAITING if new != now else Mark.NONE
        if field == job.wrong and job.why is not None:
            cell, mark = job.why, Mark.WRONG
        rows.append(Choice(field, (label_of(field), now, cell), mark))
    return ListView(text("edit.fields"), FIELDS, tuple(rows), len(rows), job.chosen)


def _sides(job: EditJob) -> ListView:
    """Only what differs; the result is marked where it is mine."""
    own, theirs = job.own or job.draft, job.theirs or job.seen
    rows = []
    for field in fields_of(own, theirs):
        if field.startswith(PACK):
            continue
        cells = tuple(said_of(field, one) for one in (own, theirs, job.draft))
        if not _differs(field, own, theirs):
            continue
        mine = not _differs(field, own, job.draft)
        rows.append(Choice(field, (label_of(field), *cells), Mark.DONE if mine else Mark.ELSEWHERE))
    keys = [row.key for row in rows]
    chosen = job.chosen if job.chosen in keys else (keys[0] if keys else "")
    return ListView(text("edit.sides"), SIDES, tuple(rows), len(rows), chosen)


def _differs(field: str, one: Draft, other: Draft) -> bool:
    part = _PARTS.get(field)
    if part is not None and one.item is not None and other.item is not None:
        return bool(getattr(one.item, part) != getattr(other.item, part))
    return one.low != other.low if field == "low" else one.kind != other.kind


def swapped(job: EditJob, field: str) -> Draft | None:
    """The result with the other side's value in a field; None for a field both left alike."""
    own, theirs = job.own or job.draft, job.theirs or job.seen
    if not field or not _differs(field, own, theirs):
        return None
    other = theirs if not _differs(field, own, job.draft) else own
    part, result = _PARTS.get(field), job.draft
    if part is not None and result.item is not None:
        item = msgspec.structs.replace(result.item, **{part: getattr(other.item, part)})
        return msgspec.structs.replace(result, item=item)
    if field == "low":
        return msgspec.structs.replace(result, low=other.low)
    return msgspec.structs.replace(result, kind=other.kind)


# -------------------------------------------------------------------------------------- the keys


def _actions(job: EditJob, *, online: bool) -> tuple[Action, ...]:
    if job.problem is not None:
        return (Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True),)
    back = Action("Esc", Intent.NO, text("key.back"))
    match job.state:
        case EditState.CHOOSE:
            leave = Action("Esc", Intent.NO, text("key.leave"))
            if not job.chosen:
                return (leave,)
            return (leave, Action("F10", Intent.MAIN, text("key.open"), main=True))
        case EditState.REASON:
            reasons = (
                Action(str(n), Intent.REASON, text(f"edit.why_{word}"), argument=word)
                for n, word in enumerate(_REASONS, 1)
            )
            return (*reasons, back)
        case EditState.SENDING:
            return (back, Action("F10", Intent.MAIN, text("key.send_again"), main=True))
        case EditState.CONFLICT:
            drop = Action("F3", Intent.EMPTY, text("key.drop_draft"))
            leave = Action("Esc", Intent.NO, text("key.pause_task"))
            return (drop, leave, Action("F10", Intent.MAIN, text("key.send_result"), main=True))
        case _:
            return _field_actions(job, online=online)


def _field_actions(job: EditJob, *, online: bool) -> tuple[Action, ...]:
    changed = bool(changed_parts(job))
    keys = [Action("Esc", Intent.NO, text("key.pause_task" if changed else "key.leave"))]
    if changed:
        keys.append(Action("F3", Intent.EMPTY, text("key.drop_draft")))
    if job.steps:
        keys.append(Action("F4", Intent.UNDO, text("key.step_back")))
    if job.chosen.startswith(PACK):
        keys.append(Action("F6", Intent.WITHDRAW, text("key.take_out")))
    why = text("edit.nothing_changed") if not changed else None
    why = why if online else text("edit.offline_now")
    send = Action("F10", Intent.MAIN, text("key.send_edit"), why is None, why, main=True)
    return (*keys, send)
