"""The Reports page as a value: the list, what it is of, as which file, and where it lies."""

from typing import TYPE_CHECKING

from app.domain.text import Text, text
from app.station.cases import Fact
from app.station.inbox import Intent
from app.station.lookup_screen import fresh
from app.station.reporting import (
    SORTS,
    Format,
    ReportAnswer,
    ReportName,
    answer_to,
    missing,
    offered,
)
from app.station.screen import Action, Page, Prompt, Screen, Tone, trail
from app.station.turn import Turn

if TYPE_CHECKING:
    from app.station.reports import ReportsFlow

_STEPS = ("report", "of", "format")
_BACK = Action("Esc", Intent.NO, text("key.back"))
_LEAVE = Action("Esc", Intent.NO, text("key.leave"))


def build(flow: "ReportsFlow", turn: Turn) -> Screen:
    """The page after a turn."""
    asking = flow.asking.value
    answer = None if flow.request is None else answer_to(turn.work, flow.request.id)
    here = _STEPS.index(asking) if asking in _STEPS else len(_STEPS)
    return Screen(
        page=Page.REPORTS,
        title=text("reports.title"),
        subtitle=fresh(turn),
        steps=trail((text(f"reports.step_{name}") for name in _STEPS), here),
        prompt=_prompt(flow, answer, none=not _offered(turn)),
        scan_hint=text("scan.hint"),
        facts=_list(turn) if asking == "report" else _facts(flow),
        actions=_actions(flow, turn, answer),
    )


def wanted(flow: "ReportsFlow") -> Text:
    """What to do now."""
    match flow.asking.value:
        case "report":
            return text("reports.ask_detail")
        case "of":
            return text(f"reports.{flow.name.value}_want")
        case "format":
            return text("reports.ask_format_detail")
        case _:
            return text("reports.making_detail")


def _prompt(flow: "ReportsFlow", answer: ReportAnswer | None, *, none: bool) -> Prompt:
    if flow.said is not None and answer is None:
        return Prompt(Tone.WARN, "circle-help", *flow.said)
    name = text(f"reports.{flow.name.value}")
    match flow.asking.value:
        case "report" if none:
            return Prompt(Tone.WARN, "circle-help", text("reports.empty"), text("reports.no_right"))
        case "report":
            return Prompt(Tone.ASK, "file-text", text("reports.ask"), wanted(flow))
        case "of":
            return Prompt(Tone.ASK, "scan-barcode", name, wanted(flow))
        case "format":
            note = text("reports.need_export") if SORTS[flow.name].leaves else None
            return Prompt(Tone.ASK, "file-text", text("reports.ask_format"), wanted(flow), note)
        case _:
            return _told(answer, wanted(flow))


def _told(answer: ReportAnswer | None, detail: Text) -> Prompt:
    if answer is None:
        return Prompt(Tone.BUSY, "loader", text("reports.making"), detail)
    if not answer.file:
        return Prompt(Tone.ERROR, "octagon-x", text("reports.failed"), _why_not(answer))
    where = text("reports.made_where", n=answer.rows, folder=answer.folder)
    return Prompt(Tone.OK, "circle-check", text("reports.made_title", file=answer.file), where)


# What has words of its own; anything else is told as it came.
WHY_NOT = frozenset({"not_known", "no_paper", "disk_full"})


def _why_not(answer: ReportAnswer) -> Text:
    if answer.code in WHY_NOT:
        return text(f"reports.why_not_{answer.code}")
    return text("ui.sentence", sentence=answer.sentence)


def _offered(turn: Turn) -> tuple[ReportName, ...]:
    return offered(turn.session.role if turn.session is not None else "")


def _list(turn: Turn) -> tuple[Fact, ...]:
    """What whoever is signed in may make, and what it says; the keys have their digits."""
    return tuple(
        Fact(text(f"reports.{one.value}"), text(f"reports.{one.value}_about"))
        for one in _offered(turn)
    )


def _facts(flow: "ReportsFlow") -> tuple[Fact, ...]:
    """Which report, and what it is limited to."""
    limits = flow.limits.said()
    if not limits:
        limits = () if missing(flow.name, flow.limits) else (text("reports.everything"),)
    return (
        Fact(text("reports.column_report"), text(f"reports.{flow.name.value}")),
        *(Fact(text("reports.limits"), limit) for limit in limits),
    )


def _actions(flow: "ReportsFlow", turn: Turn, answer: ReportAnswer | None) -> tuple[Action, ...]:
    match flow.asking.value:
        case "report":
            keys = (
                Action(str(n), Intent.REASON, text(f"reports.{one.value}"), argument=one.value)
                for n, one in enumerate(_offered(turn), 1)
            )
            return (*keys, _LEAVE)
        case "of":
            lacks = missing(flow.name, flow.limits)
            why = text("reports.needs") if lacks else None
            label = text("key.report_go_on") if flow.limits.given() else text("key.report_all")
            return (_BACK, Action("F10", Intent.MAIN, label, not lacks, why, main=True))
        case "format":
            keys = (
                Action(str(n), Intent.REASON, text(f"reports.format_{one.value}"),
                       argument=one.value)
                for n, one in enumerate(Format, 1)
            )  # fmt: skip
            return (*keys, _BACK)
        case _:
            busy = text("reports.making") if answer is None else None
            more = text("key.report_another")
            return (_LEAVE, Action("F10", Intent.MAIN, more, busy is None, busy, main=True))
