"""Count: choose a plan or scan a place, scan what lies there, say when the place is done.

Blind: what the book expects is on no screen, and is read only to say of what was not found that
there is none of it. What was seen is saved with every scan; it is recorded as one count of the
place, at the position of the book at which the look began. A count moves nothing and is not taken
back: who doubts it counts the place again.
"""

from typing import Any

import msgspec
from typing_extensions import override

from app.domain.operation import TOTE_PREFIX, Condition
from app.domain.text import text
from app.station import count_record, count_screen, open_task
from app.station.count_goods import CountGoods
from app.station.count_job import CountJob, CountState, back, begun
from app.station.count_plan import COUNT, OPEN, Plans
from app.station.flow import Happening, Trigger
from app.station.lookup import find_place
from app.station.recounts import asked_again
from app.station.screen import Page, Screen, Sound
from app.station.task import Handler, Table, forget
from app.station.turn import Fate, Turn

# Recounts that are looked at when a place is begun; more are never open at one station.
MOST_RECOUNTS = 500
AGAIN = "again/"


class CountFlow(CountGoods):
    """The counting task."""

    page = Page.COUNT
    title = text("count.title")
    not_now = text("count.not_now")
    jobs = CountJob
    kind = COUNT

    def __init__(self) -> None:
        super().__init__()
        self.plans = Plans()

    # --------------------------------------------------------------------------- coming and going

    @override
    def begin(self, turn: Turn, argument: str) -> CountJob | None:
        who = turn.session.person if turn.session else ""
        job = turn.around.ids.new_id()
        fresh = CountJob(job=job, key=job, person=who, state=CountState.CHOOSE.value)
        if not argument:
            return fresh
        plan = turn.work.document(COUNT, argument)
        if plan is not None and plan.state == OPEN:
            return msgspec.structs.replace(
                fresh, key=argument, document=argument, state=CountState.PLACE.value
            )
        if plan is None and self._is_place(turn, argument) and self._may_count(turn, argument):
            placed = msgspec.structs.replace(fresh, key=argument)
            return begun(placed, argument, turn.seen)
        code = "count.plan_over" if plan is not None else "count.no_plan"
        turn.notice = text(f"{code}", code=argument)
        turn.refuse(turn.notice)
        return None

    @override
    def resumed(self, turn: Turn, job: CountJob) -> CountJob:
        """A place is one person's: whoever takes over begins it again."""
        who = turn.session.person if turn.session else ""
        if not job.place or job.person == who:
            return job
        again = begun(job, job.place, turn.seen, job.scope)
        return msgspec.structs.replace(again, restarted=bool(job.seen))

    @override
    def show(self, turn: Turn) -> Screen:
        return count_screen.build(self, turn)

    @staticmethod
    def _is_place(turn: Turn, code: str) -> bool:
        return code.startswith(TOTE_PREFIX) or turn.work.location_kind(code) is not None

    @staticmethod
    def _may_count(turn: Turn, place: str) -> bool:
        """Whether this is not the person whose own count of the place is doubted."""
        who = turn.session.person if turn.session else ""
        return who not in asked_again(turn.work, MOST_RECOUNTS).get(place, ())

    # ------------------------------------------------------------------------------- the choice

    def choose(self, turn: Turn, happening: Happening) -> None:
        """A row of the list is looked at."""
        turn.fate = Fate.COMMAND
        self.change(chosen=happening.argument)

    def open_chosen(self, turn: Turn, happening: Happening) -> None:
        """The row is opened: a plan, or a place that is counted again."""
        chosen = happening.argument or self.opened().chosen
        if happening.trigger is Trigger.MAIN:
            chosen = self.opened().chosen
        if not chosen:
            self.problem(turn, text("count.choose_first"), self.wanted(self.opened()))
        elif chosen.startswith(AGAIN):
            self._go(turn, chosen.removeprefix(AGAIN))
        else:
            self._go(turn, chosen)

    def document(self, turn: Turn, happening: Happening) -> None:
        """The plan's own code was scanned."""
        if happening.argument == COUNT:
            self._go(turn, happening.extra)
        else:
            said = text("count.no_plan_detail", code=happening.shown)
            self.problem(turn, text("count.no_plan", code=happening.extra), said)

    def unplanned(self, turn: Turn, happening: Happening) -> None:
        """A place was scanned before any plan: it is counted by itself."""
        place = find_place(turn.work, happening.meaning)
        if place is None:
            self.unknown(turn, happening)
        else:
            self._go(turn, place)

    def _go(self, turn: Turn, key: str) -> None:
        """Leave the list for a plan or a place; what is paused of it is resumed."""
        job = self.opened()
        plan = turn.work.document(COUNT, key)
        if plan is not None and plan.state != OPEN:
            self.problem(turn, text("count.plan_over", code=key), self.wanted(job))
        elif plan is None and not self._is_place(turn, key):
            said = text("count.no_plan_detail", code=key)
            self.problem(turn, text("count.no_plan", code=key), said)
        elif plan is None and not self._may_count(turn, key):
            self._counted_by_you(turn, key)
        else:
            forget(turn.work, self.page, job.key)
            turn.accept(Sound.ACCEPTED)
            turn.goto = (self.page, key)

    def _counted_by_you(self, turn: Turn, place: str) -> None:
        title = text("count.another_person", place=place)
        self.problem(turn, title, text("count.another_person_detail", place=place))

    # -------------------------------------------------------------------------------- the place

    def place(self, turn: Turn, happening: Happening) -> None:
        """The next place of the plan; any open one will do."""
        job, place = self.opened(), find_place(turn.work, happening.meaning)
        plan = self.plans.find(turn, job.document, job.covered)
        if place is None or plan is None:
            self.unknown(turn, happening)
        elif place not in plan.places:
            title = text("count.not_planned", place=place)
            self.problem(turn, title, text("count.not_planned_detail", plan=job.document))
        elif place not in plan.left:
            title = text("count.place_counted", place=place)
            self.problem(turn, title, text("count.place_counted_detail", n=len(plan.left)))
        elif not self._may_count(turn, place):
            self._counted_by_you(turn, place)
        else:
            turn.accept(Sound.ACCEPTED)
            scope = tuple(sorted(plan.items_at(place)))
            self.next = begun(job, place, turn.seen, scope)

    def other_place(self, turn: Turn, happening: Happening) -> None:
        """A place was scanned in the middle of one."""
        job, place = self.opened(), find_place(turn.work, happening.meaning)
        if place == job.place:
            turn.accept(Sound.ATTENTION)
            self.next_flash = text("count.same_place", place=job.place)
            return
        title = text("count.other_place", code=happening.shown, place=job.place)
        self.problem(turn, title, text("count.other_place_detail", place=job.place))

    # ------------------------------------------------------------------------------- stepping back

    @override
    def undo(self, turn: Turn, _happening: Happening) -> None:
        """F4: one step back at this place; what is recorded is counted again instead."""
        job = self.opened()
        stepped = back(job)
        if job.half is not None:
            self.change(half=None, state=CountState.COUNT.value)
            self.next_flash = text("count.let_be", item=job.half.name)
        elif stepped is not None:
            self.next, now = stepped
            self.next_flash = text("count.stepped_back", item=now.name, n=now.quantity)
        elif job.dropped:
            self.change(seen=job.dropped, dropped=(), last="")
            self.next_flash = text("count.restored", n=sum(one.quantity for one in job.dropped))
        else:
            said = text("count.recorded_stays" if job.places else "pack.nothing_to_undo")
            self.next_flash = said
            turn.refuse(said)
            return
        turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION

    def again(self, turn: Turn, _happening: Happening) -> None:
        """F5: begin this place again; F4 brings back what was seen."""
        job = self.opened()
        if not job.seen:
            said = text("count.nothing_yet", place=job.place)
            self.next_flash = said
            turn.refuse(said)
            return
        fresh = begun(job, job.place, turn.seen, job.scope)
        self.next = msgspec.structs.replace(fresh, dropped=job.seen)
        self.next_flash = text("count.begun_again", place=job.place)
        turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION

    def step_back(self, turn: Turn, happening: Happening) -> None:
        """Esc: one step back; what was seen is never dropped by it."""
        job = self.opened()
        if job.half is not None:
            self.undo(turn, happening)
        elif job.seen:
            said = text("count.not_dropped", place=job.place)
            self.problem(turn, said, text("count.not_dropped_detail"))
        elif job.document:
            turn.fate = Fate.COMMAND
            self.change(state=CountState.PLACE.value, place="", dropped=(), condition="good")
        else:
            self.drop(turn, happening)

    def drop(self, turn: Turn, _happening: Happening) -> None:
        """Leave a job in which nothing was seen: there is nothing to keep."""
        forget(turn.work, self.page, self.opened().key)
        self.next = None
        turn.fate = Fate.COMMAND
        self.leave(turn)

    # ------------------------------------------------------------------------------- the end

    def done(self, turn: Turn, _happening: Happening) -> None:
        """F10: everything at this place is counted."""
        job = self.opened()
        if not job.seen:
            title = text("count.nothing_seen", place=job.place)
            self.problem(turn, title, text("count.nothing_seen_detail"))
        else:
            self._record(turn)

    def empty(self, turn: Turn, _happening: Happening) -> None:
        """F3: nothing lies here."""
        job = self.opened()
        if job.units:
            title = text("count.not_empty", place=job.place, n=job.units)
            self.problem(turn, title, text("count.not_empty_detail"))
        else:
            self._record(turn)

    def _record(self, turn: Turn) -> None:
        """Record the count of this place and go on to the next."""
        job = self.opened()
        plan = self.plans.find(turn, job.document, job.covered)
        for draft in count_record.drafts(turn, job, plan, self.reference()):
            self.record(turn, draft)
        said = text("count.place_done", place=job.place, n=job.units)
        covered = job.covered if plan is None else (*job.covered, *plan.lines_at(job.place))
        changes: dict[str, Any] = {"covered": covered, "places": job.places + 1, "state": "place"}
        changes |= {"place": "", "seen": (), "steps": (), "dropped": (), "last": "", "half": None}
        self.change(**changes, condition=Condition.GOOD.value, armed=0, restarted=False)
        turn.accept(Sound.LINE)
        self.next_flash = said
        if plan is None:
            self._next_unplanned(turn)
        elif {job.place}.issuperset(plan.left[:2]):
            turn.accept(Sound.ORDER)
            self.finish(turn, text("count.plan_done", plan=job.document, n=len(plan.places)))

    def _next_unplanned(self, turn: Turn) -> None:
        """Back to the list, ready for the next place."""
        forget(turn.work, self.page, self.opened().key)
        fresh = turn.around.ids.new_id()
        self.change(job=fresh, key=fresh, document="", state=CountState.CHOOSE.value, covered=())
        open_task.open_(turn.work, self.page, fresh)

    def plan_done(self, turn: Turn, _happening: Happening) -> None:
        """F10 between two places: the plan ends when no place is open."""
        job = self.opened()
        plan = self.plans.find(turn, job.document, job.covered)
        if plan is not None and plan.left and plan.row.state == OPEN:
            title = text("count.places_left", n=len(plan.left))
            self.problem(turn, title, text("count.places_left_detail", place=plan.left[0]))
        else:
            turn.accept(Sound.ORDER)
            self.finish(turn, text("count.plan_left", plan=job.document, n=job.places))


_S = CountState
_COUNT: dict[Trigger, Handler] = {
    Trigger.ITEM: CountFlow.item,
    Trigger.PLACE: CountFlow.other_place,
    Trigger.QUANTITY: CountFlow.typed,
    Trigger.DAMAGED: CountFlow.damaged,
    Trigger.CHOOSE: CountFlow.choose_seen,
    Trigger.OPEN: CountFlow.choose_seen,
    Trigger.WITHDRAW: CountFlow.again,
    Trigger.EMPTY: CountFlow.empty,
    Trigger.MAIN: CountFlow.done,
    Trigger.NO: CountFlow.step_back,
}
_DETAIL = (Trigger.ITEM, Trigger.NOTHING, Trigger.QUANTITY)
TABLE: Table = {
    (_S.CHOOSE, Trigger.CHOOSE): CountFlow.choose,
    (_S.CHOOSE, Trigger.OPEN): CountFlow.open_chosen,
    (_S.CHOOSE, Trigger.MAIN): CountFlow.open_chosen,
    (_S.CHOOSE, Trigger.DOCUMENT): CountFlow.document,
    (_S.CHOOSE, Trigger.PLACE): CountFlow.unplanned,
    **{(_S.CHOOSE, one): CountFlow.drop for one in (Trigger.NO, Trigger.PAUSE, Trigger.HOME)},
    (_S.PLACE, Trigger.PLACE): CountFlow.place,
    (_S.PLACE, Trigger.CHOOSE): CountFlow.choose,
    (_S.PLACE, Trigger.MAIN): CountFlow.plan_done,
    (_S.PLACE, Trigger.NO): CountFlow.pause,
    **{(_S.COUNT, trigger): handler for trigger, handler in _COUNT.items()},
    **{(state, one): CountFlow.detail for state in (_S.LOT, _S.SERIAL) for one in _DETAIL},
    **{(state, Trigger.NO): CountFlow.step_back for state in (_S.LOT, _S.SERIAL)},
    (None, Trigger.UNDO): CountFlow.undo,
}
CountFlow.table = TABLE
