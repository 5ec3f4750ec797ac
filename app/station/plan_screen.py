"""The page of a count plan as a value: the places so far, and the ways to take more in."""

from typing import TYPE_CHECKING

from app.domain.text import Text, text
from app.station.inbox import Intent, LinkState
from app.station.lists import MOST, Choice, ColumnView, ListView
from app.station.plan_job import PlanJob, Planned, PlanState
from app.station.screen import Action, Page, Prompt, Screen, Tone
from app.station.turn import Turn

if TYPE_CHECKING:
    from app.station.plan_counts import PlanFlow

COLUMNS = (
    ColumnView(text("plan.column_place"), 11, code=True),
    ColumnView(text("plan.column_what")),
    ColumnView(text("plan.column_last"), 14),
)
_WAYS = ("range", "class_a", "class_b", "class_c", "oldest")
_GOOD = frozenset({"plan.added"})


def build(flow: "PlanFlow", turn: Turn) -> Screen:
    """The page after a turn."""
    job = flow.job
    if job is None:
        busy = Prompt(Tone.BUSY, "loader", text("pack.opening"))
        return Screen(Page.PLAN, text("plan.title"), busy)
    return Screen(
        page=Page.PLAN,
        title=text("plan.title"),
        subtitle=text("plan.subtitle", n=len(job.places)),
        prompt=_prompt(job, flow.flash, turn),
        scan_hint=text("scan.hint"),
        choices=_places(job),
        actions=_actions(job),
        locked=job.problem is not None,
    )


def _prompt(job: PlanJob, flash: Text | None, turn: Turn) -> Prompt:
    if job.problem is not None:
        title, detail = job.problem.title, job.problem.detail
        return Prompt(Tone.ERROR, "octagon-x", title, detail, text("pack.ack_note"))
    wanted, offline = text(f"plan.want_{job.state}"), _offline(turn)
    if flash is not None:
        good = flash.code in _GOOD
        tone, icon = (Tone.OK, "circle-check") if good else (Tone.WARN, "triangle-alert")
        return Prompt(tone, icon, flash, wanted, offline)
    match job.state:
        case PlanState.FIRST:
            return Prompt(Tone.ASK, "map-pin", text("plan.ask_first"), wanted)
        case PlanState.LAST:
            return Prompt(Tone.ASK, "map-pin", text("plan.ask_last", place=job.first), wanted)
        case _:
            return Prompt(Tone.ASK, "map-pin", text("plan.ask_places"), wanted, offline)


def _offline(turn: Turn) -> Text | None:
    online = turn.around.link is LinkState.ONLINE
    return None if online else text("plan.offline")


def _places(job: PlanJob) -> ListView:
    """The latest first: what was just scanned is seen."""
    rows = tuple(map(_row, reversed(job.places[-MOST:])))
    total, empty = len(job.places), text("plan.empty")
    return ListView(text("plan.places"), COLUMNS, rows, total, job.chosen, empty=empty)


def _row(one: Planned) -> Choice:
    last = text("plan.last_at", at=one.last) if one.last else text("plan.not_here")
    return Choice(one.key, (one.place, one.name or one.item or text("plan.everything"), last))


def _actions(job: PlanJob) -> tuple[Action, ...]:
    if job.problem is not None:
        return (Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True),)
    if job.state != PlanState.PLACES:
        return (Action("Esc", Intent.NO, text("key.back")),)
    ways = (
        Action(str(n), Intent.REASON, text(f"plan.by_{way}"), argument=way)
        for n, way in enumerate(_WAYS, 1)
    )
    none = None if job.places else text("plan.no_places")
    keys = []
    if job.steps:
        keys.append(Action("F4", Intent.UNDO, text("key.step_back")))
    if job.chosen:
        keys.append(Action("F6", Intent.WITHDRAW, text("key.take_out")))
    return (
        *ways,
        *keys,
        Action("Esc", Intent.NO, text("key.pause_task")),
        Action("F10", Intent.MAIN, text("key.ask_count"), bool(job.places), none, main=True),
    )
