"""Reports in believable states: which one, of what, as which file, made, and a full disk."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station.cases import Fact
from app.station.inbox import Intent
from app.station.reporting import Format, ReportName
from app.station.screen import Action, Page, Prompt, Screen, Tone, trail
from ui.gallery.bench import OFFLINE
from ui.gallery.scene import Scene

_STEPS = ("report", "of", "format")
_LEAVE = Action("Esc", Intent.NO, text("key.leave"))
_BACK = Action("Esc", Intent.NO, text("key.back"))


def _page(here: int, prompt: Prompt, facts: tuple[Fact, ...], *keys: Action) -> Screen:
    return Screen(
        page=Page.REPORTS,
        title=text("reports.title"),
        subtitle=text("lookup.fresh", at="2026-11-20T09:40:00Z", n=3),
        steps=trail((text(f"reports.step_{name}") for name in _STEPS), here),
        prompt=prompt,
        scan_hint=text("scan.hint"),
        facts=facts,
        actions=keys,
    )


def _facts(name: str, *limits: Text) -> tuple[Fact, ...]:
    return (
        Fact(text("reports.column_report"), text(f"reports.{name}")),
        *(Fact(text("reports.limits"), one) for one in limits),
    )


CHOOSE = _page(
    0,
    Prompt(Tone.ASK, "file-text", text("reports.ask"), text("reports.ask_detail")),
    tuple(
        Fact(text(f"reports.{one.value}"), text(f"reports.{one.value}_about")) for one in ReportName
    ),
    *(
        Action(str(n), Intent.REASON, text(f"reports.{one.value}"), argument=one.value)
        for n, one in enumerate(ReportName, 1)
    ),
    _LEAVE,
)
OF = _page(
    1,
    Prompt(Tone.ASK, "scan-barcode", text("reports.movements"), text("reports.movements_want")),
    _facts(
        "movements",
        text("reports.of_item", code="SKU-10987"),
        text("reports.of_day", day="2026-11-20"),
    ),
    _BACK,
    Action("F10", Intent.MAIN, text("key.report_go_on"), main=True),
)
WRONG = replace(
    OF,
    prompt=Prompt(
        Tone.WARN,
        "circle-help",
        text("reports.day_wrong", code="31.11.2026"),
        text("reports.day_wrong_detail"),
    ),
)
FORMAT = _page(
    2,
    Prompt(
        Tone.ASK,
        "file-text",
        text("reports.ask_format"),
        text("reports.ask_format_detail"),
        text("reports.need_export"),
    ),
    _facts("stock_list", text("reports.everything")),
    *(
        Action(str(n), Intent.REASON, text(f"reports.format_{one.value}"), argument=one.value)
        for n, one in enumerate(Format, 1)
    ),
    _BACK,
)
MADE = _page(
    3,
    Prompt(
        Tone.OK,
        "circle-check",
        text("reports.made_title", file="stock-list-2026-11-20-094105.xlsx"),
        text("reports.made_where", n=12_408, folder="/var/lib/packhouse/exports"),
    ),
    _facts("stock_list", text("reports.everything")),
    _LEAVE,
    Action("F10", Intent.MAIN, text("key.report_another"), main=True),
)
FAILED = replace(
    MADE,
    prompt=Prompt(
        Tone.ERROR,
        "octagon-x",
        text("reports.failed"),
        text("reports.why_not_disk_full"),
    ),
)


def report_scenes() -> tuple[Scene, ...]:
    """The way to a report."""
    return (
        Scene("reports_choose", CHOOSE),
        Scene("reports_of", OF, OFFLINE),
        Scene("reports_wrong", WRONG),
        Scene("reports_format", FORMAT),
        Scene("reports_made", MADE),
        Scene("reports_failed", FAILED),
    )
