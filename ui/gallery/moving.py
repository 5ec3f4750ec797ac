"""Moving goods in believable states: a put-away, a task, a place that is not the right one."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station import move_list
from app.station.cases import Fact
from app.station.inbox import Intent
from app.station.lists import Choice, ListView
from app.station.screen import (
    Action,
    LineState,
    LineView,
    Page,
    Prompt,
    Screen,
    Step,
    StepState,
    Tone,
)
from ui.gallery.bench import OFFLINE
from ui.gallery.scene import Scene

_STEPS = ("move.step_what", "move.step_quantity", "move.step_place")
_BACK = Action("Esc", Intent.NO, text("key.back"))
_DROP = Action("Esc", Intent.NO, text("move.key_drop"))
_UNDO = Action("F4", Intent.UNDO, text("move.key_undo"))
_QUANTITY = Action("F7", Intent.QUANTITY, text("key.quantity"))
_PAUSE = Action("F8", Intent.PAUSE, text("move.key_pause"))
_TASK = Action("F10", Intent.MAIN, text("move.key_task"), main=True)
_ACK = Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True)
_TRAY = "Bamboo tray, large"


def _steps(here: int) -> tuple[Step, ...]:
    states = (StepState.DONE, StepState.CURRENT, StepState.TODO)
    return tuple(
        Step(text(code), states[(at >= here) + (at > here)]) for at, code in enumerate(_STEPS)
    )


def _units(n: int) -> Text:
    return text("move.units", n=n)


def _task(number: str, item: str, source: str, target: str, n: int) -> Choice:
    return Choice(f"REPLENISH-{number}", (item, source, target, _units(n)))


TASKS = ListView(
    name=text("move.tasks"),
    columns=move_list.TASKS,
    rows=(
        _task("5f0c21aa9b31", "Enamel mug, blue 350 ml", "R-01-1", "A-04-2", 36),
        _task("81d2b6770c4e", "Tea towel, striped", "R-02-4", "A-02-5", 120),
        _task("c90415fe7712", "Glass jar with cork lid, 1 l", "R-07-2", "C-07-3", 24),
    ),
    total=3,
    chosen="REPLENISH-5f0c21aa9b31",
)
PLACES = ListView(
    name=text("move.places"),
    columns=move_list.PLACES,
    rows=(
        Choice("B-11-1", ("B-11-1", _units(25))),
        Choice("DOCK-1", ("DOCK-1", _units(18))),
        Choice("R-03-2", ("R-03-2", _units(6))),
    ),
    total=3,
    chosen="B-11-1",
)
_FACTS = (
    Fact(text("move.fact_what"), text("case.plain", said=_TRAY)),
    Fact(text("move.fact_from"), text("case.plain", said="DOCK-1")),
    Fact(text("move.fact_there"), _units(18)),
    Fact(text("move.fact_moved"), _units(18)),
)
_LINE = LineView(1, "SKU-10221", "Enamel mug, blue 350 ml", "R-01-1", 12, 36, LineState.CURRENT)


def moving_scenes() -> tuple[Scene, ...]:
    """Move from the list of tasks to a wrong place."""
    title = text("move.title")
    ask = Prompt(Tone.ASK, "scan-barcode", text("move.ask_what"), text("move.ask_what_or_task"))
    put = text("move.put", n=18, item=_TRAY, place="B-11-1")
    why = text("move.why_most", place="B-11-1")
    target = Prompt(Tone.ASK, "map-pin", put, why, text("move.target_note"))
    moved = text("move.moved", item=_TRAY, quantity=18, place="B-11-1")
    done = Prompt(Tone.OK, "circle-check", moved, text("move.ask_what"))
    fetch = Prompt(
        Tone.ASK,
        "scan-barcode",
        text("move.fetch", item="Enamel mug, blue 350 ml", n=24),
        text("move.fetch_detail", sku="SKU-10221", place="R-01-1"),
    )
    wrong = Prompt(
        Tone.ERROR,
        "octagon-x",
        text("move.same_place"),
        text("move.same_place_detail", place="DOCK-1"),
        text("pack.ack_note"),
    )
    rest, held = (_BACK, _UNDO, _QUANTITY, _TASK), (_DROP, _QUANTITY, _PAUSE)
    steps = [_steps(n) for n in range(3)]
    hint = text("scan.hint")
    at_dock = Screen(
        Page.MOVE, title, target, steps=steps[2], choices=PLACES, facts=_FACTS,
        actions=held, scan_hint=hint,
    )  # fmt: skip
    resting = replace(at_dock, prompt=ask, steps=steps[0], choices=TASKS, facts=(), actions=rest)
    task = replace(
        resting,
        title=text("move.title_task"),
        document="REPLENISH-5f0c21aa9b31",
        subtitle=text("move.subtitle", place="A-04-2"),
        prompt=fetch,
        done=12,
        total=36,
        lines=(_LINE,),
        current=1,
        choices=None,
        actions=(_BACK, _UNDO, _QUANTITY, _PAUSE),
    )
    return (
        Scene("move", resting),
        Scene("move_target", at_dock),
        Scene("move_moved", replace(resting, prompt=done), OFFLINE),
        Scene("move_wrong", replace(at_dock, prompt=wrong, actions=(_ACK,), locked=True)),
        Scene("move_task", task),
    )
