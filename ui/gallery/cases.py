"""Adjusting and approving in believable states: the change of the mock-ups, and what waits."""

from dataclasses import replace

from app.domain.text import text
from app.station.cases import CaseView, Fact, Figure, WaitingView
from app.station.inbox import Intent
from app.station.screen import Action, Page, Prompt, Screen, Step, StepState, Tone

_STEPS = ("step_item", "step_place", "step_quantity", "step_reason", "step_confirm")
_LEAVE = Action("Esc", Intent.NO, text("key.leave"))
_BACK = Action("F4", Intent.UNDO, text("key.step_back"))
_REASONS = ("miscounted", "damaged", "found", "write_off", "theft", "other")
_NOTES = ("count_again", "not_plausible", "wrong_reason", "other")

JAR = CaseView(
    title=text("case.title", item="Glass jar, 1 l", sku="SKU-11872", place="C-07-3"),
    figures=(
        Figure(text("case.on_hand"), 48, 36, 36, main=True),
        Figure(text("case.value"), 20_160, None, 15_120, money=True),
    ),
    change=text("case.remove", n=12),
    limit=text("waits.over_quantity_limit"),
    waits=True,
    facts=(
        Fact(
            text("case.asked_by"),
            text("case.who_where", name="Anna Novak", station="PACK-03", time="09:14"),
        ),
        Fact(text("case.reason"), text("reason.damaged")),
        Fact(text("case.evidence"), text("case.signed", name="Anna Novak")),
        Fact(text("case.since"), text("case.since_said", n=-2)),
    ),
)
_WAITING = (
    WaitingView("w-1", text("reason.count"), "Glass jar, 1 l", -12, "2026-11-20T09:14:00Z"),
    WaitingView("w-2", text("reason.damaged"), "Enamel mug, blue", -2, "2026-11-20T09:21:00Z"),
    WaitingView("w-3", text("reason.found"), "Tea towel, striped", 6, "2026-11-20T09:28:00Z"),
    WaitingView("w-4", text("reason.write_off"), "Candle, vanilla", -40, "2026-11-20T09:40:00Z"),
    WaitingView("w-5", text("reason.count"), "Soap bar", 3, "2026-11-20T09:50:00Z", decided=True),
)
_DECIDE = (
    _LEAVE,
    Action("F7", Intent.REJECT, text("key.reject")),
    Action("F8", Intent.NEXT, text("key.next")),
    Action("F10", Intent.MAIN, text("key.approve"), main=True),
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
REASON = _adjust(
    3,
    Prompt(Tone.ASK, "circle-help", text("adjust.ask_reason"), text("adjust.want_reason")),
    replace(JAR, limit=None, waits=False, facts=()),
    *(
        Action(str(n), Intent.REASON, text(f"reason.{word}"), argument=word)
        for n, word in enumerate(_REASONS, 1)
    ),
    _BACK,
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
    Action("F10", Intent.MAIN, text("key.ask_adjust"), main=True),
)
APPROVALS = Screen(
    page=Page.APPROVALS,
    title=text("approvals.title"),
    subtitle=text("approvals.subtitle", n=4),
    prompt=Prompt(Tone.ASK, "shield-alert", text("approvals.ask"), text("approvals.detail", n=4)),
    scan_hint=text("scan.hint"),
    waiting=_WAITING,
    chosen="w-1",
    case=JAR,
    actions=_DECIDE,
)
OFFLINE = replace(APPROVALS, prompt=replace(APPROVALS.prompt, note=text("approvals.offline")))
APPROVED = replace(
    APPROVALS,
    prompt=Prompt(
        Tone.OK,
        "circle-check",
        text("approvals.approved_here", name="Olu Adeyemi"),
        text("approvals.detail", n=3),
    ),
)
DISPUTED = replace(
    APPROVALS,
    prompt=Prompt(
        Tone.WARN,
        "shield-alert",
        text("judged.same_person"),
        text("approvals.detail", n=4),
    ),
)
REJECTING = replace(
    APPROVALS,
    prompt=Prompt(Tone.ASK, "circle-help", text("approvals.why_reject")),
    actions=(
        *(
            Action(str(n), Intent.REJECT, text(f"note.{word}"), argument=word)
            for n, word in enumerate(_NOTES, 1)
        ),
        Action("Esc", Intent.NO, text("key.back")),
    ),
)
EMPTY = replace(
    APPROVALS,
    subtitle=text("approvals.subtitle", n=0),
    prompt=Prompt(Tone.OK, "circle-check", text("approvals.none"), text("approvals.none_detail")),
    waiting=(),
    chosen="",
    case=None,
    actions=(_LEAVE,),
)
