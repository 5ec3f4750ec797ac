"""Reports at the bench: which one, of what, as which file; made beside the station.

Papers of the work in hand are made at once. What tells of the whole house needs badge and PIN of
somebody who may export, and is recorded before it is asked for: no such file without its event.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from enum import StrEnum

from app.domain.operation import Kind
from app.domain.roles import Permission
from app.domain.text import Text, text
from app.station import reports_screen
from app.station.browsing import BrowsingFlow
from app.station.events import ReportAsked
from app.station.flow import OF_THE_WORLD, Happening, Trigger
from app.station.lookup import find_item, find_place
from app.station.reporting import (
    EXPORTED,
    SORTS,
    Filter,
    Format,
    ReportName,
    ReportRequest,
    answer_to,
    evidence,
    missing,
    narrowed,
    offered,
    stray,
)
from app.station.screen import Page, Screen, Sound
from app.station.turn import Draft, Fate, Session, StepUp, Turn

_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
# Before the number of an order in `enter`: its packing slip is wanted, and nothing is asked.
PACKING_SLIP = f"{ReportName.PACKING_SLIP.value}/"


class Asking(StrEnum):
    """What is asked for next."""

    REPORT = "report"
    OF = "of"
    FORMAT = "format"
    MADE = "made"


class ReportsFlow(BrowsingFlow):
    """The way to a report. Nothing of it is saved: it is begun anew in three steps.

    Attributes:
        asking: What is asked for next.
        name: Which report.
        limits: What it is limited to.
        request: What was asked for, and is made or was.
        said: What the last step could not do.
        under: Order that is being packed, when its slip was asked for from there; or empty.
    """

    page = Page.REPORTS

    def __init__(self) -> None:
        self.asking = Asking.REPORT
        self.name = ReportName.PACKING_SLIP
        self.limits = Filter()
        self.request: ReportRequest | None = None
        self.said: tuple[Text, Text] | None = None
        self.under = ""
        self._format = Format.PDF

    def enter(self, turn: Turn, argument: str) -> None:
        """Begin, or look at what this person asked for a moment ago; or at an order's slip."""
        who = turn.session.person if turn.session else ""
        order = argument.removeprefix(PACKING_SLIP) if argument.startswith(PACKING_SLIP) else ""
        self._keep(turn, under=order)
        if order:
            limits = Filter(kind="order", document=order)
            made = {"name": ReportName.PACKING_SLIP, "limits": limits, "request": None}
            self._keep(turn, asking=Asking.FORMAT, said=None, **made)
        elif self.request is None or self.request.person != who:
            self._keep(turn, asking=Asking.REPORT, limits=Filter(), request=None, said=None)

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Answer by the table; what it does not name changes nothing."""
        if happening.trigger in _PASSED_OVER:
            return
        handler = TABLE.get((self.asking, happening.trigger)) or TABLE.get(
            (None, happening.trigger)
        )
        if handler is None:
            self._refuse(turn, text("reports.not_now"), reports_screen.wanted(self))
            return
        turn.fate = Fate.COMMAND
        handler(self, turn, happening)

    def screen(self, turn: Turn) -> Screen:
        """The page as it stands after this turn."""
        return reports_screen.build(self, turn)

    # ----------------------------------------------------------------------------------- which one

    def choose(self, turn: Turn, happening: Happening) -> None:
        """A report, by its digit or its card."""
        chosen = happening.argument
        if chosen not in {one.value for one in offered(_role(turn))}:
            self._refuse(turn, text("reports.not_now"), text("reports.ask_detail"))
            return
        turn.accept(Sound.ACCEPTED)
        made = {"name": ReportName(chosen), "limits": Filter(), "request": None}
        self._keep(turn, asking=Asking.OF, said=None, **made)

    # ------------------------------------------------------------------------------------- of what

    def item(self, turn: Turn, happening: Happening) -> None:
        """An item was scanned."""
        found = find_item(turn.work, happening.meaning)
        self._limit(turn, happening, item=found.sku if found is not None else "")

    def place(self, turn: Turn, happening: Happening) -> None:
        """A shelf or a tote was scanned."""
        self._limit(turn, happening, place=find_place(turn.work, happening.meaning) or "")

    def order(self, turn: Turn, happening: Happening) -> None:
        """An order was scanned."""
        self._limit(turn, happening, kind="order", document=happening.argument)

    def document(self, turn: Turn, happening: Happening) -> None:
        """Another document was scanned."""
        self._limit(turn, happening, kind=happening.argument, document=happening.extra)

    def parcel(self, turn: Turn, happening: Happening) -> None:
        """A parcel was scanned."""
        self._limit(turn, happening, parcel=happening.argument)

    def typed(self, turn: Turn, happening: Happening) -> None:
        """No code this book knows: a day, or somebody's account."""
        said = happening.scan.text.strip() if happening.scan is not None else ""
        if turn.work.person(said) is not None:
            self._limit(turn, happening, person=said)
        elif day := day_of(said):
            self._limit(turn, happening, day=day)
        elif said[:1].isdigit() and "day" in SORTS[self.name].takes:
            why = text("reports.day_wrong", code=happening.shown)
            self._refuse(turn, why, text("reports.day_wrong_detail"))
        else:
            why = text("reports.unknown", code=happening.shown)
            self._refuse(turn, why, text("reports.unknown_detail"))

    def _limit(self, turn: Turn, happening: Happening, **more: str) -> None:
        if not all(more.values()):
            why = text("reports.unknown", code=happening.shown)
            self._refuse(turn, why, text("reports.unknown_detail"))
            return
        limits = narrowed(self.limits, **more)
        if stray(self.name, limits):
            self._refuse(turn, text("reports.not_here"), reports_screen.wanted(self))
            return
        turn.accept(Sound.ACCEPTED)
        # One document says it all; a list may be limited further.
        enough = bool(SORTS[self.name].needs)
        asking = Asking.FORMAT if enough else Asking.OF
        self._keep(turn, limits=limits, said=None, asking=asking)

    def go_on(self, turn: Turn, _happening: Happening) -> None:
        """F10: of this, and of nothing less."""
        if missing(self.name, self.limits):
            self._refuse(turn, text("reports.needs"), reports_screen.wanted(self))
        else:
            self._keep(turn, asking=Asking.FORMAT, said=None)

    # ------------------------------------------------------------------------------- as which file

    def format(self, turn: Turn, happening: Happening) -> None:
        """PDF, XLSX or CSV; what leaves the house is proven first."""
        if happening.argument not in {one.value for one in Format}:
            self._refuse(turn, text("reports.not_now"), reports_screen.wanted(self))
            return
        self._keep(turn, _format=Format(happening.argument), said=None)
        if SORTS[self.name].leaves:
            turn.step_up(StepUp(text("reports.step_up"), right=Permission.EXPORT))
        elif turn.session is not None:
            self._ask(turn, Format(happening.argument), turn.session)

    def stepped_up(self, turn: Turn, happening: Happening) -> None:
        """Somebody who may has proven themselves: for this one report."""
        if happening.who is None or not SORTS[self.name].leaves:
            return
        request = self._ask(turn, self._format, happening.who)
        draft = Draft(Kind.EVENT, reason=EXPORTED, evidence=dict(evidence(request)))
        signers = (happening.key,) if happening.key is not None else ()
        turn.record(draft, turn.around.ids.new_id(), signers=signers, by=happening.who)

    def _ask(self, turn: Turn, kind: Format, who: Session) -> ReportRequest:
        mine = turn.session.person if turn.session is not None else who.person
        request = ReportRequest(
            id=turn.around.ids.new_id(),
            name=self.name,
            format=kind,
            limits=self.limits,
            at=turn.now,
            person=mine,
            by=who.name,
            as_of=turn.around.last_sync,
        )
        turn.announce.append(ReportAsked(request))
        turn.accept(Sound.ACCEPTED)
        self._keep(turn, asking=Asking.MADE, request=request, said=None)
        return request

    # --------------------------------------------------------------------------------- and back

    def another(self, turn: Turn, _happening: Happening) -> None:
        """From the first step on; what is being made is waited for."""
        if self.request is not None and answer_to(turn.work, self.request.id) is None:
            self._refuse(turn, text("reports.making"), text("reports.making_detail"))
            return
        self._keep(turn, asking=Asking.REPORT, limits=Filter(), request=None, said=None)

    def back(self, turn: Turn, _happening: Happening) -> None:
        """One step back; the last limit first."""
        given = [name for name in self.limits.given() if name != "kind"]
        if self.said is not None:
            self._keep(turn, said=None)
        elif self.asking is Asking.FORMAT and self.under:
            self.leave(turn, _happening)
        elif self.asking is Asking.FORMAT:
            needs = bool(SORTS[self.name].needs)
            self._keep(turn, asking=Asking.OF, limits=Filter() if needs else self.limits)
        elif self.asking is Asking.OF and given:
            self._keep(turn, limits=replace(self.limits, **{given[-1]: ""}))
        elif self.asking is Asking.OF:
            self._keep(turn, asking=Asking.REPORT)
        else:
            self.leave(turn, _happening)

    def leave(self, turn: Turn, _happening: Happening) -> None:
        """To the task board, or back to packing; a report that is being made goes on."""
        if self.request is None or answer_to(turn.work, self.request.id) is not None:
            self._keep(turn, request=None)
        turn.goto = (Page.PACK, self.under) if self.under else (Page.HOME, "")

    def _refuse(self, turn: Turn, why: Text, detail: Text) -> None:
        turn.refuse(why)
        self._keep(turn, said=(why, detail))


def _role(turn: Turn) -> str:
    return turn.session.role if turn.session is not None else ""


def day_of(said: str) -> str:
    """A day as people type it, as a date; empty when it is none."""
    found = _GERMAN_DAY.fullmatch(said)
    iso = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found is not None else said
    try:
        return date.fromisoformat(iso).isoformat() if "-" in iso else ""
    except ValueError:
        return ""


_PASSED_OVER = OF_THE_WORLD | {Trigger.STEP_UP_LEFT}
Handler = Callable[[ReportsFlow, Turn, Happening], None]
_A = Asking
TABLE: dict[tuple[Asking | None, Trigger], Handler] = {
    (_A.REPORT, Trigger.REASON): ReportsFlow.choose,
    (_A.OF, Trigger.ITEM): ReportsFlow.item,
    (_A.OF, Trigger.PLACE): ReportsFlow.place,
    (_A.OF, Trigger.ORDER): ReportsFlow.order,
    (_A.OF, Trigger.DOCUMENT): ReportsFlow.document,
    (_A.OF, Trigger.LABEL): ReportsFlow.parcel,
    (_A.OF, Trigger.NOTHING): ReportsFlow.typed,
    (_A.OF, Trigger.MAIN): ReportsFlow.go_on,
    (_A.FORMAT, Trigger.REASON): ReportsFlow.format,
    (_A.FORMAT, Trigger.STEPPED_UP): ReportsFlow.stepped_up,
    (_A.MADE, Trigger.MAIN): ReportsFlow.another,
    (None, Trigger.NO): ReportsFlow.back,
    (None, Trigger.UNDO): ReportsFlow.back,
    (None, Trigger.ACKNOWLEDGE): ReportsFlow.back,
    (None, Trigger.HOME): ReportsFlow.leave,
    (None, Trigger.PAUSE): ReportsFlow.leave,
}
