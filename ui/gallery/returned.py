"""Taking back in believable states: what becomes of a unit and why, too much worth, put away."""

from dataclasses import replace

from app.domain.text import text
from app.station.inbox import Intent
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
from ui.gallery.scene import Scene

_LINES = (
    LineView(1, "SKU-10221", "Enamel mug, blue, 350 ml", "A-04-2", 1, 2, LineState.CURRENT),
    LineView(2, "SKU-30200", "Cordless drill", "E-01-3", 0, 1, LineState.OPEN),
)
_ASIDE = Action("Esc", Intent.NO, text("goods.key_aside"))
_WORDS = ("good", "hold", "damaged", "scrap")
_REASONS = ("not_wanted", "wrong_item", "arrived_damaged", "defective", "other")


def _returned(prompt: Prompt, *actions: Action) -> Screen:
    return Screen(
        page=Page.RETURN,
        title=text("take_back.title"),
        document="RMA-1041",
        subtitle=text("take_back.subtitle", party="Jonna Berg", order="ORD-47980"),
        steps=(
            Step(text("take_back.step_choose"), StepState.DONE),
            Step(text("take_back.step_scan"), StepState.CURRENT),
        ),
        done=1,
        total=3,
        prompt=prompt,
        scan_hint=text("scan.hint"),
        lines=_LINES,
        current=1,
        actions=actions,
    )


def return_scenes() -> tuple[Scene, ...]:
    """Pictures of the Return page."""
    decide = Prompt(
        Tone.ASK,
        "circle-help",
        text("take_back.decide", item="Enamel mug, blue, 350 ml"),
        text("take_back.decide_detail", place="RET-B"),
    )
    worth = Prompt(
        Tone.WARN,
        "shield-alert",
        text("take_back.decide", item="Cordless drill"),
        text("take_back.decide_detail", place="RET-B"),
        text("take_back.worth", worth=89, most=20),
    )
    why = Prompt(
        Tone.ASK, "circle-help", text("take_back.why"), text("take_back.will_put", place="RET-B")
    )
    put = Prompt(
        Tone.OK,
        "circle-check",
        text("take_back.put_in", item="Enamel mug, blue, 350 ml", place="RET-B"),
        text("take_back.scan_detail"),
    )
    words = tuple(
        Action(str(n), Intent.REASON, text(f"take_back.as_{word}"), argument=word)
        for n, word in enumerate(_WORDS, 1)
    )
    barred = replace(words[-1], enabled=False, why_not=text("take_back.over_limit_detail"))
    reasons = tuple(
        Action(str(n), Intent.REASON, text(f"take_back.why_{word}"), argument=word)
        for n, word in enumerate(_REASONS, 1)
    )
    hold = Action("F10", Intent.MAIN, text("take_back.as_hold"), main=True)
    usual = Action("F10", Intent.MAIN, text("take_back.why_not_wanted"), main=True)
    scanning = (
        Action("F4", Intent.UNDO, text("key.undo")),
        Action("F8", Intent.PAUSE, text("goods.key_pause")),
        Action("F10", Intent.MAIN, text("take_back.key_close"), main=True),
    )
    counted = replace(put, done=1, total=3, unit=text("take_back.units_back"))
    return (
        Scene("return_decide", _returned(decide, *words, _ASIDE, hold)),
        Scene("return_worth", _returned(worth, *words[:-1], barred, _ASIDE, hold)),
        Scene("return_why", _returned(why, *reasons, _ASIDE, usual)),
        Scene("return_put", _returned(counted, *scanning)),
    )
