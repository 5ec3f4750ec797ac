"""Counting in believable states: plans, places, a place half counted, a wrong scan."""

from dataclasses import replace

from app.domain.text import text
from app.station.cases import Fact
from app.station.count_screen import PLACES, PLANS, SEEN
from app.station.inbox import Intent
from app.station.lists import Choice, ListView, Mark
from app.station.screen import Action, Page, Prompt, Screen, Step, StepState, Tone
from ui.gallery.bench import OFFLINE
from ui.gallery.scene import Scene

_PAUSE = Action("F8", Intent.PAUSE, text("key.pause_task"))
_LEAVE = Action("Esc", Intent.NO, text("key.leave"))
_KEYS = (
    Action(
        "F3",
        Intent.EMPTY,
        text("key.place_empty"),
        enabled=False,
        why_not=text("count.not_empty", place="A-04-2", n=43),
    ),
    Action("F4", Intent.UNDO, text("key.step_back")),
    Action("F5", Intent.WITHDRAW, text("key.place_again")),
    Action("F6", Intent.DAMAGED, text("key.condition")),
    Action("F7", Intent.QUANTITY, text("key.quantity")),
    _PAUSE,
    Action("F10", Intent.MAIN, text("key.place_done"), main=True),
)
_ROWS = (
    Choice("jar", ("Glass jar, 1 l", "L2026-09-14", "3"), Mark.WRONG),
    Choice("mug", ("Enamel mug, blue 350 ml", "", "37")),
    Choice("clock2", ("Kitchen clock", "SN-00018", "1")),
    Choice("clock1", ("Kitchen clock", "SN-00017", "1")),
    Choice("soap", ("Soap bar", "4711", "1")),
)


def _page(here: int, prompt: Prompt, shown: ListView, *keys: Action) -> Screen:
    states = (StepState.DONE, StepState.CURRENT, StepState.TODO)
    names = ("choose", "place", "count")
    return Screen(
        page=Page.COUNT,
        title=text("count.title"),
        document="CNT-2026-007" if here else "",
        steps=tuple(
            Step(text(f"count.step_{name}"), states[(place >= here) + (place > here)])
            for place, name in enumerate(names)
        ),
        prompt=prompt,
        scan_hint=text("scan.hint"),
        choices=shown,
        actions=keys,
    )


CHOOSE = _page(
    0,
    Prompt(Tone.ASK, "inbox", text("count.ask_choose"), text("count.want_choose")),
    ListView(
        text("count.plans"),
        PLANS,
        (
            Choice("again/C-07-3", ("C-07-3", text("count.again"), ""), Mark.URGENT),
            Choice("again/B-11-1", ("B-11-1", text("count.again_yours"), ""), Mark.ELSEWHERE),
            Choice(
                "CNT-2026-007",
                ("CNT-2026-007", text("count.plan_row", left=9, n=12), "16:00"),
                Mark.PAUSED,
            ),
            Choice("CNT-2026-008", ("CNT-2026-008", text("count.plan_row", left=40, n=40), "")),
        ),
        4,
        "CNT-2026-007",
    ),
    _LEAVE,
    Action("F10", Intent.MAIN, text("key.open"), main=True),
)
NONE = replace(
    CHOOSE,
    choices=ListView(text("count.plans"), PLANS, empty=text("count.no_plans")),
    actions=(_LEAVE,),
)
WALK = _page(
    1,
    Prompt(
        Tone.ASK,
        "map-pin",
        text("count.go_to", place="A-04-2"),
        text("count.want_place"),
        done=3,
        total=12,
        unit=text("count.places_counted"),
    ),
    ListView(
        text("count.places"),
        PLACES,
        (
            Choice("A-04-2", ("A-04-2", text("count.ask_items", n=1))),
            Choice("A-04-3", ("A-04-3", text("count.ask_all"))),
            Choice("B-11-1", ("B-11-1", text("count.ask_all"))),
            Choice("A-02-5", ("A-02-5", text("count.ask_all")), Mark.DONE),
        ),
        12,
        "A-04-2",
    ),
    _LEAVE,
    _PAUSE,
    Action(
        "F10",
        Intent.MAIN,
        text("key.plan_done"),
        enabled=False,
        why_not=text("count.places_left", n=9),
        main=True,
    ),
)
HERE = replace(
    _page(
        2,
        Prompt(
            Tone.OK,
            "circle-check",
            text("count.total", item="Enamel mug, blue 350 ml", n=37),
            text("count.want_count", place="A-04-2"),
            done=43,
            unit=text("count.units_here"),
        ),
        ListView(text("count.seen"), SEEN, _ROWS, len(_ROWS), "mug"),
        *_KEYS,
    ),
    subtitle=text("count.subtitle", place="A-04-2"),
    facts=(Fact(text("count.fact_next"), text("count.next_damaged")),),
)
TWICE = replace(
    HERE,
    facts=(),
    prompt=replace(
        HERE.prompt,
        tone=Tone.ERROR,
        icon="octagon-x",
        title=text("count.serial_again", serial="SN-00017"),
        detail=text("count.serial_again_detail", item="Kitchen clock"),
        note=text("pack.ack_note"),
    ),
    actions=(Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True),),
    locked=True,
)


def count_scenes() -> tuple[Scene, ...]:
    """The counting task."""
    return (
        Scene("count_choose", CHOOSE),
        Scene("count_none", NONE),
        Scene("count_walk", WALK, OFFLINE),
        Scene("count_here", HERE),
        Scene("count_twice", TWICE),
    )
