"""Approvals in believable states: one case with its story, a bulk before and after, own ones."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station.approvals_screen import units_said
from app.station.cases import TOGETHER, CaseView, Fact, Figure, WaitingView
from app.station.inbox import Intent
from app.station.lists import Choice, ListView, Mark
from app.station.screen import Action, Page, Prompt, Screen, Tone
from ui.gallery.bench import OFFLINE
from ui.gallery.scene import Scene

_NOTES = ("count_again", "not_plausible", "wrong_reason", "other")
_BACK = Action("Esc", Intent.NO, text("key.back"))
_LEAVE = Action("Esc", Intent.NO, text("key.leave"))

_JAR = CaseView(
    title=text("case.title", item="Glass jar, 1 l", sku="SKU-11872", place="C-07-3"),
    figures=(
        Figure(text("case.on_hand"), 48, 36, 36, main=True),
        Figure(text("approvals.spoken_for"), 10, None, 10),
        Figure(text("approvals.free"), 38, None, 26),
        Figure(text("case.value"), 20_160, None, 15_120, money=True),
    ),
    change=text("case.remove_worth", n=12, money=5_040),
    limit=text("approvals.over_quantity", n=10),
    waits=True,
    facts=(
        Fact(
            text("case.asked_by"),
            text(
                "approvals.asked_offline",
                name="Anna Novak",
                station="PACK-03",
                at="2026-11-20T09:14:00Z",
            ),
        ),
        Fact(text("case.reason"), text("reason.count")),
        Fact(text("case.evidence"), text("case.signed", name="Anna Novak")),
        Fact(
            text("approvals.counts"),
            text("approvals.passes", n=2, said="36 (Anna Novak), 36 (Lena Kraus)"),
        ),
        Fact(text("approvals.photos"), text("approvals.photos_said", n=3)),
        Fact(
            text("approvals.last_move"),
            text("approvals.moved", n=-6, name="Lena Kraus", at="2026-11-20T08:31:00Z"),
        ),
        Fact(text("case.since"), text("approvals.since", n=-2, left=34)),
    ),
)
_WAITING = (
    WaitingView("w-1", text("reason.count"), "Glass jar, 1 l", -12, "2026-11-20T09:14:00Z"),
    WaitingView("w-2", text("reason.damaged"), "Enamel mug, blue", -2, "2026-11-20T09:21:00Z"),
    WaitingView("w-3", text("reason.found"), "Tea towel, striped", 6, "2026-11-20T09:28:00Z"),
    WaitingView(
        "w-4",
        text("reason.write_off"),
        "Candle, vanilla",
        -40,
        "2026-11-20T09:40:00Z",
        written=True,
    ),
    WaitingView(
        "w-5", text("reason.miscounted"), "Lamp, brass", 1, "2026-11-20T09:43:00Z", mine=True
    ),
    WaitingView("w-6", text("reason.count"), "Soap bar", 3, "2026-11-20T09:50:00Z", decided=True),
)
_MARKING = (
    Action("1", Intent.SORT, text("key.by_risk")),
    Action("Space", Intent.MARK, text("key.mark")),
    Action("F5", Intent.MARK, text("key.mark_all"), argument="all"),
)
_DECIDING = (
    Action("F7", Intent.REJECT, text("key.reject")),
    Action("F8", Intent.RECOUNT, text("key.recount")),
    Action("F10", Intent.MAIN, text("key.approve"), main=True),
)
APPROVALS = Screen(
    page=Page.APPROVALS,
    title=text("approvals.title"),
    subtitle=text("approvals.subtitle_stake", n=5, money=41_260),
    prompt=Prompt(Tone.ASK, "shield-alert", text("approvals.ask"), text("approvals.detail", n=5)),
    scan_hint=text("scan.hint"),
    waiting=_WAITING,
    chosen="w-1",
    case=_JAR,
    actions=(_LEAVE, *_MARKING, *_DECIDING),
)


def _said(tone: Tone, icon: str, what: Text) -> Screen:
    prompt = Prompt(tone, icon, what, text("approvals.detail", n=4))
    last = Action("F4", Intent.UNDO, text("approvals.key_decided"))
    return replace(APPROVALS, prompt=prompt, actions=(_LEAVE, last, *_MARKING, *_DECIDING))


def _line(row: WaitingView, said: Text, mark: Mark) -> Choice:
    return Choice(row.id, (row.item, units_said(row.change), said), mark)


def _bulk(prompt: Prompt, rows: tuple[Choice, ...], *actions: Action) -> Screen:
    shown = ListView(text("approvals.together"), TOGETHER, rows, len(rows))
    return replace(APPROVALS, prompt=prompt, case=None, choices=shown, actions=actions)


def _summary() -> Screen:
    prompt = Prompt(
        Tone.WARN,
        "shield-alert",
        text("approvals.summary_worth", n=3, units=-8, money=-6_120),
        text("approvals.summary_detail"),
        text("approvals.left_written", n=1),
    )
    rows = (
        *(_line(row, text("approvals.will_approve"), Mark.NONE) for row in _WAITING[:3]),
        _line(_WAITING[3], text("approvals.out_written"), Mark.OUT),
        _line(_WAITING[4], text("approvals.out_mine"), Mark.OUT),
    )
    approve = Action("F10", Intent.MAIN, text("key.approve_all", n=3), main=True)
    return _bulk(prompt, rows, _BACK, approve)


def _results() -> Screen:
    detail = text("approvals.results_detail")
    title = text("approvals.some_done", n=2, total=3)
    good = text("approvals.approved", name="Olu Adeyemi")
    rows = (
        *(_line(row, good, Mark.DONE) for row in _WAITING[:2]),
        _line(_WAITING[2], text("judged.over_your_limit"), Mark.WRONG),
    )
    back = Action("F10", Intent.MAIN, text("key.to_list"), main=True)
    return _bulk(Prompt(Tone.WARN, "triangle-alert", title, detail), rows, back)


def _marked() -> Screen:
    waiting = tuple(replace(row, marked=row.id in {"w-1", "w-2", "w-3"}) for row in _WAITING)
    prompt = Prompt(
        Tone.ASK, "shield-alert", text("approvals.marked", n=3), text("approvals.marked_detail")
    )
    look = Action("F10", Intent.MAIN, text("key.look_marked", n=3), main=True)
    unmark = Action("Space", Intent.MARK, text("key.unmark"))
    actions = (_LEAVE, _MARKING[0], unmark, _MARKING[2], look)
    return replace(APPROVALS, prompt=prompt, waiting=waiting, actions=actions)


def _mine() -> Screen:
    prompt = replace(APPROVALS.prompt, detail=text("approvals.mine"))
    actions = (
        _LEAVE,
        _MARKING[0],
        _MARKING[2],
        Action("F6", Intent.WITHDRAW, text("key.withdraw")),
        *_DECIDING[:2],
        Action("F10", Intent.MAIN, text("key.approve_other"), main=True),
    )
    return replace(APPROVALS, prompt=prompt, chosen="w-5", actions=actions)


def _typing(code: str, detail: str, *actions: Action) -> Screen:
    prompt = Prompt(Tone.ASK, "circle-help", text(f"{code}"), text(f"{detail}"))
    return replace(APPROVALS, prompt=prompt, actions=(*actions, _BACK))


def _empty() -> Screen:
    nothing = text("approvals.none_detail")
    return replace(
        APPROVALS,
        subtitle=text("approvals.subtitle", n=0),
        prompt=Prompt(Tone.OK, "circle-check", text("approvals.none"), nothing),
        waiting=(),
        chosen="",
        case=None,
        actions=(_LEAVE,),
    )


def approval_scenes() -> tuple[Scene, ...]:
    """All of them."""
    notes = tuple(
        Action(str(n), Intent.REJECT, text(f"note.{word}"), argument=word)
        for n, word in enumerate(_NOTES, 1)
    )
    offline = replace(APPROVALS.prompt, note=text("approvals.offline"))
    here = text("approvals.approved_here", name="Olu Adeyemi")
    again = text("approvals.recount_asked", place="C-07-3", plan="CNT-R-4f9a02b1c7d8")
    return (
        Scene("approvals", APPROVALS),
        Scene("approvals_offline", replace(APPROVALS, prompt=offline), OFFLINE),
        Scene("approvals_done", _said(Tone.OK, "circle-check", here), OFFLINE),
        Scene("approvals_refused", _said(Tone.WARN, "shield-alert", text("judged.same_person"))),
        Scene("approvals_recount", _said(Tone.OK, "circle-check", again)),
        Scene("approvals_mine", _mine()),
        Scene("approvals_marked", _marked()),
        Scene("approvals_summary", _summary()),
        Scene("approvals_results", _results()),
        Scene(
            "approvals_reject",
            _typing("approvals.why_reject", "approvals.why_reject_detail", *notes),
        ),
        Scene("approvals_answer", _typing("approvals.why_approve", "approvals.why_approve_detail")),
        Scene("approvals_empty", _empty()),
    )
