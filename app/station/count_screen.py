"""The Count page as a value. No number of the book is on it: only what was seen is."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from app.domain.document import DocumentKind
from app.domain.operation import Condition
from app.domain.text import Text, text
from app.station.cases import Fact
from app.station.count_job import CountJob, CountState
from app.station.count_plan import OPEN, CountPlan
from app.station.inbox import Intent
from app.station.lists import MOST, Choice, ColumnView, ListView, Mark
from app.station.recounts import asked_again
from app.station.screen import Action, Page, Prompt, Screen, Tone, trail
from app.station.task import load
from app.station.turn import Turn
from app.station.wording import due

if TYPE_CHECKING:
    from app.station.count import CountFlow

AGAIN = "again/"
_COUNT = DocumentKind.COUNT.value
_STEPS = ("choose", "place", "count")
_STEP_OF = {"choose": 0, "place": 1, "count": 2, "lot": 2, "serial": 2}
_ICONS = {
    "choose": "inbox",
    "place": "map-pin",
    "count": "scan-barcode",
    "lot": "hash",
    "serial": "hash",
}
PLANS = (
    ColumnView(text("count.column_plan"), 16, code=True),
    ColumnView(text("count.column_what")),
    ColumnView(text("count.column_due"), 12),
)
PLACES = (
    ColumnView(text("count.column_place"), 16, code=True),
    ColumnView(text("count.column_ask")),
)
SEEN = (
    ColumnView(text("count.column_item")),
    ColumnView(text("count.column_detail"), 16, code=True),
    ColumnView(text("count.column_seen"), 8, code=True),
)
_ACKNOWLEDGE = Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True)
_UNDO = Action("F4", Intent.UNDO, text("key.step_back"))
_PAUSE = Action("F8", Intent.PAUSE, text("key.pause_task"))


def build(flow: "CountFlow", turn: Turn) -> Screen:
    """The page after a turn."""
    job = flow.job
    if job is None:
        busy = Prompt(Tone.BUSY, "loader", text("pack.opening"))
        return Screen(Page.COUNT, text("count.title"), busy)
    plan = None
    if job.state == CountState.PLACE:
        plan = flow.plans.find(turn, job.document, job.covered)
    here = _STEP_OF[job.state]
    return Screen(
        page=Page.COUNT,
        title=text("count.title"),
        document=job.document,
        subtitle=text("count.subtitle", place=job.place) if job.place else None,
        steps=trail((text(f"count.step_{name}") for name in _STEPS), here),
        prompt=_prompt(job, plan, flow.flash),
        done=0 if plan is None else len(plan.places) - len(plan.left),
        total=0 if plan is None else len(plan.places),
        scan_hint=text("scan.hint"),
        choices=_choices(flow, job, plan, turn),
        facts=_facts(job, turn),
        actions=_actions(job, plan),
        locked=job.problem is not None,
    )


# ------------------------------------------------------------------------------------- the panel


def _prompt(job: CountJob, plan: CountPlan | None, flash: Text | None) -> Prompt:
    """The panel, with what was counted so far at its right."""
    made = _said(job, plan, flash)
    if plan is not None:
        total, unit = len(plan.places), text("count.places_counted")
        return replace(made, done=total - len(plan.left), total=total, unit=unit)
    if job.place:
        return replace(made, done=job.units, unit=text("count.units_here"))
    return made


def _said(job: CountJob, plan: CountPlan | None, flash: Text | None) -> Prompt:
    if job.problem is not None:
        title, detail = job.problem.title, job.problem.detail
        return Prompt(Tone.ERROR, "octagon-x", title, detail, text("pack.ack_note"))
    wanted = text(f"count.want_{job.state}", place=job.place)
    if flash is not None and flash.code in _GOOD:
        return Prompt(Tone.OK, "circle-check", flash, wanted)
    if flash is not None:
        return Prompt(Tone.WARN, "triangle-alert", flash, wanted)
    if job.restarted:
        title = text("count.restarted", place=job.place)
        return Prompt(Tone.WARN, "triangle-alert", title, wanted)
    if plan is not None and not plan.left:
        title = text("count.all_counted", plan=job.document)
        return Prompt(Tone.OK, "circle-check", title, text("count.all_counted_detail"))
    if plan is not None:
        return Prompt(Tone.ASK, "map-pin", text("count.go_to", place=plan.left[0]), wanted)
    item = job.half.name if job.half is not None else ""
    title = _ASKS[job.state](item, job.place)
    return Prompt(Tone.ASK, _ICONS[job.state], title, wanted)


_GOOD = frozenset({"count.counted", "count.total", "count.place_done", "count.restored"})
_ASKS: dict[str, Callable[[str, str], Text]] = {
    "choose": lambda _item, _place: text("count.ask_choose"),
    "place": lambda _item, _place: text("count.plan_gone"),
    "count": lambda _item, place: text("count.ask_count", place=place),
    "lot": lambda item, _place: text("count.ask_lot", item=item),
    "serial": lambda item, _place: text("count.ask_serial", item=item),
}


# -------------------------------------------------------------------------------------- the list


def _choices(flow: "CountFlow", job: CountJob, plan: CountPlan | None, turn: Turn) -> ListView:
    if job.state == CountState.CHOOSE:
        return _plans(flow, job, turn)
    if job.state == CountState.PLACE:
        return _places(job, plan)
    return _seen(job)


def _plans(flow: "CountFlow", job: CountJob, turn: Turn) -> ListView:
    """What is counted again comes first: somebody waits for it."""
    me = turn.session.person if turn.session else ""
    again = asked_again(turn.work, MOST)
    rows = [
        Choice(
            AGAIN + place,
            (
                place,
                text("count.again_yours" if me in people else "count.again"),
                "",
            ),
            Mark.ELSEWHERE if me in people else Mark.URGENT,
        )
        for place, people in again.items()
    ]
    for row in turn.work.document_heads(_COUNT, (OPEN,), MOST - len(rows)):
        plan = flow.plans.find(turn, row.document)
        left, places = (len(plan.left), len(plan.places)) if plan is not None else (0, 0)
        kept = load(turn.work, Page.COUNT, row.document, CountJob)
        cells = (row.document, text("count.plan_row", left=left, n=places), due(row.due, turn.now))
        rows.append(Choice(row.document, cells, Mark.PAUSED if kept else Mark.NONE))
    total = turn.work.document_count(_COUNT, (OPEN,)) + len(again)
    return ListView(
        text("count.plans"),
        PLANS,
        tuple(rows[:MOST]),
        total,
        job.chosen,
        empty=text("count.no_plans"),
    )


def _places(job: CountJob, plan: CountPlan | None) -> ListView:
    """Open places first, in the order they are walked; then what is counted."""
    if plan is None:
        return ListView(text("count.places"), PLACES, empty=text("count.plan_gone"))
    left = set(plan.left)
    counted = (one for one in plan.places if one not in left)
    order = islice(chain(plan.left, counted), MOST)
    rows = []
    for place in order:
        items = plan.items_at(place)
        ask = text("count.ask_items", n=len(items)) if items else text("count.ask_all")
        rows.append(Choice(place, (place, ask), Mark.NONE if place in left else Mark.DONE))
    chosen = job.chosen if job.chosen in plan.places else (plan.left[0] if plan.left else "")
    return ListView(text("count.places"), PLACES, tuple(rows), len(plan.places), chosen)


def _seen(job: CountJob) -> ListView:
    """What was seen, the latest first."""
    rows = tuple(
        Choice(
            one.key,
            (one.name, _detail(one.lot, one.serial), str(one.quantity)),
            Mark.NONE if one.condition == Condition.GOOD else Mark.WRONG,
        )
        for one in job.seen[:MOST]
    )
    empty = text("count.nothing_yet", place=job.place)
    return ListView(text("count.seen"), SEEN, rows, len(job.seen), job.last, empty=empty)


def _detail(lot: str, serial: str) -> str:
    return " · ".join(part for part in (lot, serial) if part)


# ------------------------------------------------------------------------------ facts and keys


def _facts(job: CountJob, turn: Turn) -> tuple[Fact, ...]:
    """What is special here; nothing mostly, and the list has the whole width."""
    facts = []
    if job.scope:
        names = turn.work.items(job.scope[:8])
        said = ", ".join(row.name for row in names.values())
        facts.append(Fact(text("count.fact_only"), text("case.plain", said=said)))
    if job.condition != Condition.GOOD:
        facts.append(Fact(text("count.fact_next"), text(f"count.next_{job.condition}")))
    if job.armed:
        facts.append(Fact(text("count.fact_armed"), text("case.plain", said=str(job.armed))))
    return tuple(facts)


def _actions(job: CountJob, plan: CountPlan | None) -> tuple[Action, ...]:
    if job.problem is not None:
        return (_ACKNOWLEDGE,)
    leave = Action("Esc", Intent.NO, text("key.leave"))
    if job.state == CountState.CHOOSE:
        why = None if job.chosen else text("count.choose_first")
        go = Action("F10", Intent.MAIN, text("key.open"), bool(job.chosen), why, main=True)
        return (leave, go)
    if job.state == CountState.PLACE:
        left = 0 if plan is None else len(plan.left)
        why = text("count.places_left", n=left) if left else None
        end = Action("F10", Intent.MAIN, text("key.plan_done"), not left, why, main=True)
        return (leave, _PAUSE, end)
    back = Action("Esc", Intent.NO, text("key.back"))
    if job.state != CountState.COUNT:
        return (back, _UNDO)
    found = bool(job.units)
    full = text("count.not_empty", place=job.place, n=job.units) if found else None
    none = None if job.seen else text("count.nothing_yet", place=job.place)
    return (
        Action("F3", Intent.EMPTY, text("key.place_empty"), not found, full),
        _UNDO,
        Action("F5", Intent.WITHDRAW, text("key.place_again"), bool(job.seen), none),
        Action("F6", Intent.DAMAGED, text("key.condition")),
        Action("F7", Intent.QUANTITY, text("key.quantity")),
        _PAUSE,
        Action("F10", Intent.MAIN, text("key.place_done"), bool(job.seen), none, main=True),
    )
