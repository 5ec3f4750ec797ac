"""Plan counts: choose places by scan, range, item, class or age, then ask for them to be counted.

Nothing is recorded before F10; what was chosen is saved with every step. The plan is a request: the
ledger tells it to every station, and until then nobody else can count by it. Counts are blind, and
what differs is counted again by another person; a plan has nothing to say about either.
"""

from dataclasses import replace
from typing import ClassVar

import msgspec
from typing_extensions import override

from app.domain.document import DocumentKind
from app.domain.roles import Permission, may
from app.domain.text import Text, text
from app.station import count_asking, plan_screen
from app.station.count_asking import Plan
from app.station.flow import Happening, Trigger
from app.station.inbox import LinkState
from app.station.lists import MOST
from app.station.lookup import find_item, find_place
from app.station.plan_job import MOST_PLACES, PlanJob, Planned, PlanState, grown
from app.station.screen import Page, Screen, Sound
from app.station.task import Handler, Table, TaskFlow
from app.station.turn import Fate, Session, StepUp, Turn

COUNT = DocumentKind.COUNT.value
# Ways to choose many places at once, in the order of their digits.
WAYS = ("range", "class_a", "class_b", "class_c", "oldest")
# Places that were not counted for the longest time, added at a time: what one person walks.
OLDEST_AT_ONCE = 20
# Counts of this station that are looked through for when a place was counted.
COUNTS_BACK = 2_000
# Places with stock that are looked at for the oldest; a warehouse of one station has no more.
PLACES_LOOKED_AT = 20_000


class PlanFlow(TaskFlow[PlanJob]):
    """The planning task; everybody has one plan of their own in the making."""

    page = Page.PLAN
    title = text("plan.title")
    not_now = text("plan.not_now")
    jobs = PlanJob
    table: ClassVar[Table]

    # --------------------------------------------------------------------------- coming and going

    @override
    def enter(self, turn: Turn, argument: str) -> None:
        super().enter(turn, argument or _who(turn))

    @override
    def begin(self, turn: Turn, argument: str) -> PlanJob | None:
        job = turn.around.ids.new_id()
        return PlanJob(job=job, key=argument, person=_who(turn), state=PlanState.PLACES.value)

    @override
    def show(self, turn: Turn) -> Screen:
        return plan_screen.build(self, turn)

    @override
    def wanted(self, job: PlanJob) -> Text:
        return text(f"plan.want_{job.state}")

    # ------------------------------------------------------------------------------- the places

    def place(self, turn: Turn, happening: Happening) -> None:
        """One place, or an end of a range."""
        job, place = self.opened(), find_place(turn.work, happening.meaning)
        if place is None:
            self.unknown(turn, happening)
        elif job.state == PlanState.FIRST:
            turn.accept(Sound.ACCEPTED)
            self.change(state=PlanState.LAST.value, first=place)
        elif job.state == PlanState.LAST:
            found = turn.work.places_between(job.first, place, MOST_PLACES + 1)
            self.change(first="", state=PlanState.PLACES.value)
            self._add(turn, [(one, "") for one in found])
        else:
            self._add(turn, [(place, "")])

    def item(self, turn: Turn, happening: Happening) -> None:
        """An item: every place in which it lies, and there only it."""
        found = find_item(turn.work, happening.meaning)
        if found is None:
            self.unknown(turn, happening)
            return
        stock = turn.work.stock_of(found.sku)
        here = [row.location for row in stock if turn.work.location_kind(row.location)]
        if not here:
            title = text("plan.nowhere", item=found.name)
            self.problem(turn, title, text("plan.nowhere_detail"))
            return
        self._add(turn, [(place, found.sku) for place in dict.fromkeys(here)])

    def way(self, turn: Turn, happening: Happening) -> None:
        """Many places at once."""
        match happening.argument:
            case "range":
                turn.fate, turn.sound = Fate.COMMAND, Sound.ACCEPTED
                self.change(state=PlanState.FIRST.value, first="")
            case "oldest":
                self._oldest(turn)
            case "class_a" | "class_b" | "class_c":
                letter = happening.argument[-1]
                self._add(turn, list(turn.work.places_of_class(letter, MOST_PLACES + 1)))
            case _:
                self.problem(turn, self.not_now, self.wanted(self.opened()))

    def _oldest(self, turn: Turn) -> None:
        """Never counted here first, then the longest ago; without those that are chosen."""
        counted = turn.work.counted_here(COUNTS_BACK)
        taken = {one.place for one in self.opened().places} | self._asked(turn)
        places = [
            place for place in turn.work.places_with_stock(PLACES_LOOKED_AT) if place not in taken
        ]
        places.sort(key=lambda place: (counted.get(place, ""), place))
        self._add(turn, [(place, "") for place in places[:OLDEST_AT_ONCE]])

    def _asked(self, turn: Turn) -> set[str]:
        """Places of which an open plan asks for everything already."""
        plans = turn.work.documents(COUNT, ("open",), MOST)
        return {line.location for plan in plans for line in plan.lines if not line.item}

    def _add(self, turn: Turn, wanted: list[tuple[str, str]]) -> None:
        """Take places in that are not there yet, and say how many of them are new."""
        job, asked = self.opened(), self._asked(turn)
        there = {(one.place, one.item) for one in job.places}
        whole = {one.place for one in job.places if not one.item}
        fresh = [
            (place, item)
            for place, item in dict.fromkeys(wanted)
            if (place, item) not in there and place not in whole and place not in asked
        ]
        if len(job.places) + len(fresh) > MOST_PLACES:
            title = text("plan.too_many", n=len(job.places) + len(fresh))
            self.problem(turn, title, text("plan.too_many_detail"))
            return
        if not fresh:
            self.next_flash = text("plan.nothing_new", n=len(wanted))
            turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION
            return
        counted = turn.work.counted_here(COUNTS_BACK)
        names = turn.work.items({item for _, item in fresh if item})
        added = tuple(
            Planned(place, item, names[item].name if item in names else "", counted.get(place, ""))
            for place, item in fresh
        )
        self.next = msgspec.structs.replace(grown(job, (*job.places, *added)), chosen=added[-1].key)
        turn.accept(Sound.ACCEPTED)
        self.next_flash = text("plan.added", n=len(added), place=added[-1].place)

    def unknown(self, turn: Turn, happening: Happening) -> None:
        """A code nobody knows changes nothing."""
        title = text("plan.unknown", code=happening.shown)
        self.problem(turn, title, self.wanted(self.opened()))

    def choose(self, turn: Turn, happening: Happening) -> None:
        """A row of the list is looked at."""
        turn.fate = Fate.COMMAND
        self.change(chosen=happening.argument)

    def take_out(self, turn: Turn, _happening: Happening) -> None:
        """F6: the row that is looked at is not wanted."""
        job = self.opened()
        rest = tuple(one for one in job.places if one.key != job.chosen)
        if len(rest) == len(job.places):
            self.problem(turn, text("plan.choose_first"), self.wanted(job))
            return
        turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION
        self.next = msgspec.structs.replace(grown(job, rest), chosen="")

    @override
    def undo(self, turn: Turn, _happening: Happening) -> None:
        """F4: the places as they were one step before; nothing was recorded."""
        job = self.opened()
        if job.state != PlanState.PLACES:
            self.change(state=PlanState.PLACES.value, first="")
        elif job.steps:
            self.change(places=job.steps[-1], steps=job.steps[:-1], chosen="")
            self.next_flash = text("plan.stepped_back", n=len(job.steps[-1]))
        else:
            turn.refuse(text("pack.nothing_to_undo"))
            self.next_flash = text("pack.nothing_to_undo")
            return
        turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION

    def back(self, turn: Turn, happening: Happening) -> None:
        """Esc: out of a range, or the plan is kept as it is."""
        if self.opened().state != PlanState.PLACES:
            self.undo(turn, happening)
        else:
            self.pause(turn, happening)

    # ------------------------------------------------------------------------------- the end

    def ask(self, turn: Turn, _happening: Happening) -> None:
        """F10: ask for these places to be counted, signed."""
        job, who = self.opened(), turn.session
        if not job.places:
            self.problem(turn, text("plan.no_places"), self.wanted(job))
        elif who is None or not may(who.role, Permission.SEND_DOCUMENTS):
            self.problem(turn, text("plan.no_right"), text("plan.no_right_detail"))
        elif who.key is None and who.version:
            turn.fate = Fate.COMMAND
            turn.step_up(StepUp(text("plan.step_up"), person=who.person))
        else:
            self._record(turn, who)

    def stepped_up(self, turn: Turn, happening: Happening) -> None:
        """They have proven themselves: ask with the key of this one act."""
        if happening.who is not None and happening.key is not None and self.opened().places:
            self._record(turn, replace(happening.who, key=happening.key))

    def _record(self, turn: Turn, who: Session) -> None:
        job = self.opened()
        station, day = turn.around.identity.station, turn.now[2:10].replace("-", "")
        number = f"CNT-{station}-{day}-{turn.around.ids.new_id()[-4:]}"
        places = tuple((one.place, one.item) for one in job.places)
        count_asking.ask(turn, Plan(number, places), who, who.key)
        turn.accept(Sound.ORDER)
        online = turn.around.link is LinkState.ONLINE
        code = "plan.asked" if online else "plan.asked_offline"
        self.finish(turn, text(f"{code}", plan=number, n=len(places)))


def _who(turn: Turn) -> str:
    return turn.session.person if turn.session is not None else "nobody"


_S = PlanState
_ENDS: dict[Trigger, Handler] = {
    Trigger.PLACE: PlanFlow.place,
    Trigger.NO: PlanFlow.back,
}
TABLE: Table = {
    (_S.PLACES, Trigger.ITEM): PlanFlow.item,
    (_S.PLACES, Trigger.PLACE): PlanFlow.place,
    (_S.PLACES, Trigger.NOTHING): PlanFlow.unknown,
    (_S.PLACES, Trigger.REASON): PlanFlow.way,
    (_S.PLACES, Trigger.CHOOSE): PlanFlow.choose,
    (_S.PLACES, Trigger.OPEN): PlanFlow.choose,
    (_S.PLACES, Trigger.WITHDRAW): PlanFlow.take_out,
    (_S.PLACES, Trigger.MAIN): PlanFlow.ask,
    (_S.PLACES, Trigger.STEPPED_UP): PlanFlow.stepped_up,
    (_S.PLACES, Trigger.NO): PlanFlow.back,
    **{(state, one): how for state in (_S.FIRST, _S.LAST) for one, how in _ENDS.items()},
    (None, Trigger.UNDO): PlanFlow.undo,
}
PlanFlow.table = TABLE
