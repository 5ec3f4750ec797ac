"""Approvals: what waits at this site, decided here by another person with badge and PIN.

Whoever decides proves themselves for each act, at the same bench or as the supervisor signed in
elsewhere; a bulk is one act, of exactly the requests that were shown, each signed by itself.
Without a link a decision is made on a grant, and takes effect here provisionally.
"""

from collections.abc import Callable

from app.domain.operation import Kind
from app.domain.roles import Permission
from app.domain.text import Text, text
from app.station import approvals_screen, deciding
from app.station.approvals_job import (
    MAX_NOTE,
    NOTES,
    WRITTEN,
    Act,
    Done,
    Mode,
    Row,
    Wanted,
    chosen_of,
    rows_of,
)
from app.station.browsing import BrowsingFlow
from app.station.flow import OF_THE_WORLD, Happening, Trigger
from app.station.screen import Page, Screen, Sound
from app.station.turn import Fate, StepUp, Turn
from app.station.undo_acts import OPERATION, act_of
from app.station.waiting import Waiting
from app.station.way_back import WayBack

ALL = "all"


class ApprovalsFlow(BrowsingFlow):
    """The list of what waits, and the case of the one that is chosen.

    Attributes:
        chosen: The request that is looked at, or empty for the first.
        mode: What the page waits for.
        marked: Requests that are to be decided together.
        by_risk: Whether what is worth most stands first.
        said: What the last step did, and whether it was good.
        results: What became of each of a bulk.
    """

    page = Page.APPROVALS

    def __init__(self, way: WayBack) -> None:
        self._way = way
        self.chosen = ""
        self.mode = Mode.LIST
        self.marked: frozenset[str] = frozenset()
        self.by_risk = False
        self.said: tuple[Text, bool] | None = None
        self.results: tuple[Done, ...] = ()
        self._wanted: Wanted | None = None

    def enter(self, turn: Turn, argument: str) -> None:
        """Show what waits; one of them may be named."""
        self._keep(turn, mode=Mode.LIST, marked=frozenset(), results=(), said=None)
        if argument:
            self._keep(turn, chosen=argument)

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Answer by the table; what it does not name changes nothing."""
        trigger = happening.trigger
        if trigger in OF_THE_WORLD:
            return
        handler = TABLE.get((self.mode, trigger)) or TABLE.get((None, trigger))
        if handler is None:
            self._refuse(turn, text("approvals.not_here"))
            return
        handler(self, turn, happening)

    def screen(self, turn: Turn) -> Screen:
        """The page as it stands after this turn."""
        return approvals_screen.build(self, turn)

    def what(self, turn: Turn) -> Waiting | None:
        """The request that is chosen."""
        row = self._row(turn)
        return row.what if row is not None else None

    def _row(self, turn: Turn) -> Row | None:
        return chosen_of(rows_of(turn, by_risk=self.by_risk), self.chosen)

    # ------------------------------------------------------------------------------- choosing

    def choose(self, turn: Turn, happening: Happening) -> None:
        """By its id."""
        turn.fate = Fate.COMMAND
        self._keep(turn, chosen=happening.argument, said=None)

    def following(self, turn: Turn, _happening: Happening) -> None:
        """The next one of the list, around."""
        rows, here = rows_of(turn, by_risk=self.by_risk), self._row(turn)
        turn.fate = Fate.COMMAND
        if here is not None:
            ids = [row.what.id for row in rows]
            after = ids[(ids.index(here.what.id) + 1) % len(ids)]
            self._keep(turn, chosen=after, said=None)

    def sort(self, turn: Turn, _happening: Happening) -> None:
        """By age or by risk; the one that is looked at stays."""
        row = self._row(turn)
        turn.fate = Fate.COMMAND
        chosen = row.what.id if row is not None else ""
        self._keep(turn, by_risk=not self.by_risk, chosen=chosen, said=None)

    def mark(self, turn: Turn, happening: Happening) -> None:
        """Take one into the bulk, or out of it; `all` takes every one that may be."""
        rows = rows_of(turn, by_risk=self.by_risk)
        turn.fate = Fate.COMMAND
        if happening.argument == ALL:
            every = frozenset(row.what.id for row in rows if row.left_out is None)
            self._keep(turn, marked=frozenset() if self.marked == every else every, said=None)
            return
        row = chosen_of(rows, happening.argument or self.chosen)
        if row is None:
            self._refuse(turn, text("approvals.none"))
        elif row.left_out is not None:
            self._refuse(turn, row.left_out)
        else:
            self._keep(turn, marked=self.marked ^ {row.what.id}, chosen=row.what.id, said=None)

    def leave(self, turn: Turn, happening: Happening) -> None:
        """One step back: out of what was begun, then the marks, then the page."""
        turn.fate = Fate.COMMAND
        if self.mode is not Mode.LIST:
            self._keep(turn, mode=Mode.LIST, results=(), said=None)
        elif self.marked:
            self._keep(turn, marked=frozenset(), said=None)
        else:
            self._keep(turn, said=None)
            self._way.go(turn, happening.trigger)

    def look_back(self, turn: Turn, _happening: Happening) -> None:
        """F4: what was decided here last, or what it was about, as Take back shows it."""
        row = self._row(turn)
        pending = turn.work.done_of(row.what.decided) if row and row.what.decided else None
        last = pending or next(iter(turn.work.done({Kind.DECIDE}, 1)), None)
        about = last.operation.reference if last is not None else None
        named = (last.operation.id, about.original) if last is not None and about else ()
        found = next((one for one in named if act_of(turn, one) is not None), None)
        if found is None:
            self._refuse(turn, text("approvals.nothing_decided"))
        else:
            turn.fate, turn.goto = Fate.COMMAND, (Page.UNDO, OPERATION + found)

    # ------------------------------------------------------------------------------- deciding

    def approve(self, turn: Turn, _happening: Happening) -> None:
        """Ask whoever approves for badge and PIN; first what is marked is shown together."""
        what = self.what(turn)
        if self.marked:
            turn.fate = Fate.COMMAND
            self._keep(turn, mode=Mode.SUMMARY, said=None)
        elif what is not None and not what.decided and what.code in WRITTEN:
            turn.fate = Fate.COMMAND
            self._keep(turn, mode=Mode.ANSWER, chosen=what.id, said=None)
        else:
            self._ask(turn, Act.APPROVE, text("approvals.step_up_approve"))

    def approve_marked(self, turn: Turn, _happening: Happening) -> None:
        """The summary was read: one proof for exactly what it shows."""
        rows = rows_of(turn, by_risk=self.by_risk)
        ids = tuple(r.what.id for r in rows if r.what.id in self.marked and r.left_out is None)
        if not ids:
            self._keep(turn, mode=Mode.LIST, marked=frozenset())
            self._refuse(turn, text("approvals.gone"))
            return
        turn.fate = Fate.COMMAND
        self._keep(turn, _wanted=Wanted(Act.BULK, ids))
        title = text("approvals.step_up_bulk", n=len(ids))
        turn.step_up(StepUp(title, right=Permission.DECIDE))

    def reject(self, turn: Turn, happening: Happening) -> None:
        """First why, then badge and PIN."""
        if happening.argument in NOTES:
            self._ask(turn, Act.REJECT, text("approvals.step_up_reject"), happening.argument)
        elif self.what(turn) is None:
            self._refuse(turn, text("approvals.none"))
        else:
            turn.fate = Fate.COMMAND
            self._keep(turn, mode=Mode.REJECT, said=None)

    def recount(self, turn: Turn, _happening: Happening) -> None:
        """Have the place counted again by somebody else: rejected, with a plan for the place."""
        what = self.what(turn)
        if what is not None and not deciding.places_of(turn, what):
            self._refuse(turn, text("approvals.no_place"))
        else:
            self._ask(turn, Act.RECOUNT, text("approvals.step_up_recount"))

    def written(self, turn: Turn, happening: Happening) -> None:
        """An answer or a reason in somebody's own words; a scan is none."""
        scan = happening.scan
        note = scan.text.strip()[:MAX_NOTE] if scan is not None and scan.device == "typed" else ""
        if not note:
            self._refuse(turn, text("approvals.type_it"))
        elif self.mode is Mode.ANSWER:
            self._ask(turn, Act.APPROVE, text("approvals.step_up_approve"), note)
        else:
            self._ask(turn, Act.REJECT, text("approvals.step_up_reject"), note)

    def withdraw(self, turn: Turn, _happening: Happening) -> None:
        """The person who asked takes it back."""
        row, who = self._row(turn), turn.session
        if row is None or who is None or not row.mine:
            self._refuse(turn, text("approvals.not_yours"))
        elif row.what.decided:
            self._refuse(turn, text("approvals.decided_already"))
        elif who.key is not None:
            self._tell(turn, deciding.withdraw(turn, row.what, who, who.key))
        else:
            self._keep(turn, _wanted=Wanted(Act.WITHDRAW, (row.what.id,)))
            turn.fate = Fate.COMMAND
            turn.step_up(StepUp(text("approvals.step_up_withdraw"), person=who.person))

    def _ask(self, turn: Turn, act: Act, title: Text, note: str = "") -> None:
        what = self.what(turn)
        if what is None:
            self._refuse(turn, text("approvals.none"))
        elif what.decided:
            self._refuse(turn, text("approvals.decided_already"))
        else:
            turn.fate = Fate.COMMAND
            self._keep(turn, _wanted=Wanted(act, (what.id,), note), chosen=what.id, said=None)
            turn.step_up(StepUp(title, right=Permission.DECIDE))

    def stepped_up(self, turn: Turn, happening: Happening) -> None:
        """Somebody has proven themselves, for this one act."""
        wanted, who = self._wanted, happening.who
        if wanted is None or who is None or happening.key is None:
            return
        self._keep(turn, _wanted=None, mode=Mode.LIST)
        if wanted.act is Act.BULK:
            self._decided_together(turn, deciding.bulk(turn, wanted.ids, who, happening.key))
            return
        what = turn.work.waiting_of(wanted.ids[0])
        if what is None:
            self._refuse(turn, text("approvals.gone"))
        elif wanted.act is Act.WITHDRAW:
            self._tell(turn, deciding.withdraw(turn, what, who, happening.key))
        else:
            self._tell(turn, deciding.decide(turn, what, who, happening.key, wanted))

    def _decided_together(self, turn: Turn, results: tuple[Done, ...]) -> None:
        good = sum(one.good for one in results)
        turn.accept(Sound.LINE if good == len(results) else Sound.ATTENTION)
        self._keep(turn, mode=Mode.RESULTS, results=results, marked=frozenset(), chosen="")

    def step_up_left(self, turn: Turn, _happening: Happening) -> None:
        """Nobody proved themselves: nothing was decided."""
        self._keep(turn, _wanted=None)

    # ------------------------------------------------------------------------------- memory

    def _refuse(self, turn: Turn, why: Text) -> None:
        turn.refuse(why)
        self._keep(turn, said=(why, False))

    def _tell(self, turn: Turn, told: tuple[Text, bool]) -> None:
        if not told[1]:
            self._refuse(turn, told[0])
            return
        turn.accept(Sound.LINE)
        self._keep(turn, said=told, chosen="")


Handler = Callable[[ApprovalsFlow, Turn, Happening], None]
# What a hand types into the scan line comes as whatever it happens to look like.
_TYPED = (Trigger.NOTHING, Trigger.ITEM, Trigger.PLACE, Trigger.ORDER, Trigger.DOCUMENT)
_LIST: dict[Trigger, Handler] = {
    Trigger.OPEN: ApprovalsFlow.choose,
    Trigger.NEXT: ApprovalsFlow.following,
    Trigger.SORT: ApprovalsFlow.sort,
    Trigger.MARK: ApprovalsFlow.mark,
    Trigger.MAIN: ApprovalsFlow.approve,
    Trigger.YES: ApprovalsFlow.approve,
    Trigger.REJECT: ApprovalsFlow.reject,
    Trigger.REASON: ApprovalsFlow.reject,
    Trigger.RECOUNT: ApprovalsFlow.recount,
    Trigger.WITHDRAW: ApprovalsFlow.withdraw,
    Trigger.UNDO: ApprovalsFlow.look_back,
}
TABLE: dict[tuple[Mode | None, Trigger], Handler] = {
    **{(Mode.LIST, trigger): handler for trigger, handler in _LIST.items()},
    (Mode.REJECT, Trigger.REJECT): ApprovalsFlow.reject,
    (Mode.REJECT, Trigger.REASON): ApprovalsFlow.reject,
    **{(Mode.REJECT, trigger): ApprovalsFlow.written for trigger in _TYPED},
    **{(Mode.ANSWER, trigger): ApprovalsFlow.written for trigger in _TYPED},
    (Mode.SUMMARY, Trigger.MAIN): ApprovalsFlow.approve_marked,
    (Mode.SUMMARY, Trigger.YES): ApprovalsFlow.approve_marked,
    (Mode.RESULTS, Trigger.MAIN): ApprovalsFlow.leave,
    (Mode.RESULTS, Trigger.NEXT): ApprovalsFlow.leave,
    (None, Trigger.STEPPED_UP): ApprovalsFlow.stepped_up,
    (None, Trigger.STEP_UP_LEFT): ApprovalsFlow.step_up_left,
    (None, Trigger.NO): ApprovalsFlow.leave,
    (None, Trigger.UNDO): ApprovalsFlow.leave,
    (None, Trigger.HOME): ApprovalsFlow.leave,
    (None, Trigger.PAUSE): ApprovalsFlow.leave,
    (None, Trigger.ACKNOWLEDGE): ApprovalsFlow.leave,
}
