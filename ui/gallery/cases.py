"""Adjusting in believable states: the change of the mock-ups."""

from dataclasses import replace

from app.domain.text import text
from app.station import lot_choice
from app.station.cases import CaseView, Fact, Figure
from app.station.inbox import Intent
from app.station.lot_choice import LotHere
from app.station.screen import Action, Page, Prompt, Screen, Step, StepState, Tone

_STEPS = ("step_item", "step_place", "step_quantity", "step_reason", "step_confirm")
_LEAVE = Action("Esc", Intent.NO, text("key.leave"))
_BACK = Action("F4", Intent.UNDO, text("key.step_back"))
_PHOTO = Action("F5", Intent.PHOTO, text("key.photo"))
_REASONS = ("miscounted", "damaged", "found", "write_off", "theft", "other")

JAR = CaseView(
    title=text("case.title", item="Glass jar, 1 l", sku="SKU-11872", place="C-07-3"),
    figures=(
        Figure(text("case.on_hand"), 48, 36, 36, main=True),
        Figure(text("case.value"), 20_160, None, 15_120, money=True),
    ),
    change=text("case.remove", n=12),
    limit=text("waits.over_quantity_limit"),
    waits=True,
)


def _adjust(here: int, prompt: Prompt, case: CaseView | None, *actions: Action) -> Screen:
    states = (StepState.DONE, StepState.CURRENT, StepState.TODO)
    return Screen(
        page=Page.ADJUST,
        title=text("adjust.title"),
        document="SKU-11872" if case else "",
        steps=tuple(
            Step(text(f"adjust.{name}"), states[(place >= here) + (place > here)])
            for place, name in enumerate(_STEPS)
        ),
        prompt=prompt,
        scan_hint=text("scan.hint"),
        case=case,
        actions=actions,
    )


_EMPTY = replace(
    JAR,
    figures=(
        Figure(text("case.on_hand"), 48, None, None, main=True),
        Figure(text("case.value"), 20_160, None, None, money=True),
    ),
    change=text("case.no_change"),
    limit=None,
    waits=False,
    facts=(),
)
ITEM = _adjust(
    0,
    Prompt(Tone.ASK, "scan-barcode", text("adjust.ask_item"), text("adjust.want_item")),
    None,
    _LEAVE,
)
QUANTITY = _adjust(
    2,
    Prompt(Tone.ASK, "hash", text("adjust.ask_quantity"), text("adjust.want_quantity")),
    _EMPTY,
    _LEAVE,
    _BACK,
)
LOT = replace(
    _adjust(
        1,
        Prompt(Tone.ASK, "scan-barcode", text("adjust.ask_lot"), text("adjust.want_lot")),
        None,
        _LEAVE,
        _BACK,
        lot_choice.TAKE,
    ),
    document="SKU-11872",
    choices=lot_choice.listed(
        (LotHere("L-2291", "2026-12-04", 31), LotHere("L-3000", "2027-06-30", 17)), "L-2291"
    ),
)
REASON = _adjust(
    3,
    Prompt(Tone.ASK, "circle-help", text("adjust.ask_reason"), text("adjust.want_reason")),
    replace(JAR, limit=None, waits=False, facts=()),
    *(
        Action(str(n), Intent.REASON, text(f"reason.{word}"), argument=word)
        for n, word in enumerate(_REASONS, 1)
    ),
    _BACK,
    _PHOTO,
)
WAITS = _adjust(
    4,
    Prompt(
        Tone.WARN,
        "shield-alert",
        text("adjust.confirm_waits"),
        text("adjust.confirm_detail"),
        text("waits.over_quantity_limit"),
    ),
    replace(JAR, facts=(Fact(text("case.reason"), text("reason.damaged")),)),
    _LEAVE,
    _BACK,
    _PHOTO,
    Action("F10", Intent.MAIN, text("key.ask_adjust"), main=True),
)
PHOTO = replace(
    WAITS,
    prompt=Prompt(Tone.OK, "circle-check", text("photo.taken", n=2), text("adjust.want_confirm")),
    case=replace(
        JAR,
        facts=(
            Fact(text("case.reason"), text("reason.damaged")),
            Fact(text("approvals.photos"), text("photo.kept", n=2)),
        ),
    ),
)
NO_PHOTO = replace(
    WAITS,
    prompt=Prompt(
        Tone.WARN,
        "triangle-alert",
        text("photo.no_picture", name="IMG_2031.heic.jpg"),
        text("adjust.want_confirm"),
    ),
)
