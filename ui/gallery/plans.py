"""Planning counts in believable states: nothing yet, places of all sorts, a range, too many."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station.inbox import Intent
from app.station.lists import Choice, ListView
from app.station.plan_screen import COLUMNS
from app.station.screen import Action, Page, Prompt, Screen, Tone
from ui.gallery.bench import OFFLINE
from ui.gallery.scene import Scene

_WAYS = ("range", "class_a", "class_b", "class_c", "oldest")
_ALL = text("plan.everything")
_ROWS = (
    ("A-04-2", "Enamel mug, blue 350 ml", text("plan.last_at", at="2026-11-20T07:40:00Z")),
    ("C-07-3", "Enamel mug, blue 350 ml", text("plan.not_here")),
    ("D-06", _ALL, text("plan.last_at", at="2026-09-02T13:05:00Z")),
    ("D-05", _ALL, text("plan.not_here")),
    ("D-04", _ALL, text("plan.not_here")),
)


def _keys(*, full: bool) -> tuple[Action, ...]:
    none = None if full else text("plan.no_places")
    steps = (
        Action("F4", Intent.UNDO, text("key.step_back")),
        Action("F6", Intent.WITHDRAW, text("key.take_out")),
    )
    ways = (
        Action(str(n), Intent.REASON, text(f"plan.by_{way}"), argument=way)
        for n, way in enumerate(_WAYS, 1)
    )
    return (
        *ways,
        *(steps if full else ()),
        Action("Esc", Intent.NO, text("key.pause_task")),
        Action("F10", Intent.MAIN, text("key.ask_count"), full, none, main=True),
    )


def _list(rows: tuple[tuple[str, Text | str, Text], ...]) -> ListView:
    shown = tuple(Choice(row[0], row) for row in rows)
    empty = text("plan.empty")
    return ListView(text("plan.places"), COLUMNS, shown, len(rows), "A-04-2", empty=empty)


_WANT = text("plan.want_places")
PLAN = Screen(
    page=Page.PLAN,
    title=text("plan.title"),
    subtitle=text("plan.subtitle", n=5),
    prompt=Prompt(Tone.OK, "circle-check", text("plan.added", n=2, place="A-04-2"), _WANT),
    scan_hint=text("scan.hint"),
    choices=_list(_ROWS),
    actions=_keys(full=True),
)


def plan_scenes() -> tuple[Scene, ...]:
    """All of them."""
    ask = Prompt(Tone.ASK, "map-pin", text("plan.ask_places"), _WANT)
    nothing = replace(
        PLAN,
        subtitle=text("plan.subtitle", n=0),
        prompt=ask,
        choices=_list(()),
        actions=_keys(full=False),
    )
    offline = replace(PLAN, prompt=replace(ask, note=text("plan.offline")))
    last = text("plan.ask_last", place="D-04")
    ends = replace(
        PLAN,
        prompt=Prompt(Tone.ASK, "map-pin", last, text("plan.want_last")),
        actions=(Action("Esc", Intent.NO, text("key.back")),),
    )
    many = replace(
        PLAN,
        prompt=Prompt(
            Tone.ERROR,
            "octagon-x",
            text("plan.too_many", n=812),
            text("plan.too_many_detail"),
            text("pack.ack_note"),
        ),
        actions=(Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True),),
        locked=True,
    )
    return (
        Scene("plan", PLAN),
        Scene("plan_empty", nothing),
        Scene("plan_offline", offline, OFFLINE),
        Scene("plan_range", ends),
        Scene("plan_too_many", many),
    )
