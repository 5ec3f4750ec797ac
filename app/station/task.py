"""What every task at a bench has in common: a table, a job saved with each step, undo, pause.

A task is a subclass of `TaskFlow` with a `TaskJob` of its own and a `table` of what may happen in
which state. Handlers record facts through the turn and put the next job into `self.next` with
`change`; both become true together, when the turn's transaction is committed. What the table does
not name is refused with the flow's sentence, and nothing is counted.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from msgspec import Struct

from app.contract.messages import Operation, Reference
from app.domain.operation import Kind
from app.domain.text import Text, text
from app.errors import Fault
from app.station import last_scan, open_task
from app.station.flow import Happening, Trigger
from app.station.pack_job import Problem
from app.station.ports import Work
from app.station.screen import Page, Prompt, Screen, Sound, Tone
from app.station.turn import Draft, Fate, Turn

# Saved jobs of these tasks, one note each: `task/<page>/<key>`.
PREFIX = "task/"
# A typed quantity above this, or above three times what is open, is asked for again (ux.md 1.3-11).
ASK_ABOVE = 99
MAX_TYPED = 99_999


class TaskJob(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One job, saved with every step and resumed exactly.

    Attributes:
        job: Correlation id of every operation of it; undo walks back along it.
        key: What it is saved under: the document's number, or the job's own id without one.
        document: Number of the document, or empty.
        person: Whose job it is.
        state: Where it stands; a word of the flow's own.
        problem: An error on the panel until it is acknowledged.
        armed: Quantity typed before the scan it belongs to; 0 when none.
        again: A large quantity that has to be typed once more before it is armed; 0 when none.
        paused: Left with F8.
    """

    job: str
    key: str
    document: str = ""
    person: str = ""
    state: str = ""
    problem: Problem | None = None
    armed: int = 0
    again: int = 0
    paused: bool = False


J = TypeVar("J", bound=TaskJob)
Handler = Callable[[Any, Turn, Happening], None]
Table = Mapping[tuple[str | None, Trigger], Handler]

# What is not the person's doing: it passes a problem, and is nothing wrong anywhere.
WORLD = frozenset(
    {
        Trigger.READING,
        Trigger.PRINTED,
        Trigger.CHANGED,
        Trigger.CLAIMED,
        Trigger.UNLOCKED,
        Trigger.STEP_UP_LEFT,
        Trigger.EDITED,
        Trigger.PHOTO_TAKEN,
    }
)


class TaskFlow(ABC, Generic[J]):
    """A task of the bench.

    Attributes:
        page: Its page.
        title: Name of the task.
        not_now: Title of the panel when something is scanned or pressed that means nothing now.
        jobs: Type of its jobs.
        kind: Kind of document it is about, or empty.
        table: What may happen in which state; state None means in every state.
        job: The open job, as it is durable.
        flash: What the last step did, said on the panel until the next one.
    """

    page: Page
    title: ClassVar[Text]
    not_now: ClassVar[Text]
    jobs: type[J]
    kind: ClassVar[str] = ""
    table: ClassVar[Table]

    def __init__(self) -> None:
        self.job: J | None = None
        self.flash: Text | None = None
        self.next: J | None = None
        self.next_flash: Text | None = None

    # --------------------------------------------------------------------------- coming and going

    @abstractmethod
    def begin(self, turn: Turn, argument: str) -> J | None:
        """A new job for `argument`; None when there is nothing to do for it (say why)."""

    def resumed(self, turn: Turn, job: J) -> J:
        """A saved job that is opened again, perhaps after its document has changed."""
        del turn
        return job

    @abstractmethod
    def show(self, turn: Turn) -> Screen:
        """The page of `self.job`, which is open."""

    @abstractmethod
    def wanted(self, job: J) -> Text:
        """What to do now, said when something else was done."""

    def undone(self, turn: Turn, original: Operation) -> None:
        """An operation of this job was taken back: the state it belonged to, if that is another."""

    def redone(self, turn: Turn, made: Operation) -> None:
        """After `undone`, a scan was recorded anew with another number."""

    def enter(self, turn: Turn, argument: str) -> None:
        """Resume what is saved under `argument`, or begin."""
        saved = load(turn.work, self.page, argument, self.jobs) if argument else None
        who = turn.session.person if turn.session else ""
        if saved is not None:
            job: J | None = msgspec.structs.replace(
                self.resumed(turn, saved), person=who, paused=False
            )
        else:
            job = self.begin(turn, argument)
        self.next, self.next_flash = job, None
        if job is None:
            self.leave(turn)
            return
        open_task.open_(turn.work, self.page, job.key)
        self._settle(turn)

    def leave(self, turn: Turn) -> None:
        """Back to the task board; what is saved stays saved."""
        open_task.close(turn.work)
        turn.goto = (Page.HOME, "")

    def finish(self, turn: Turn, notice: Text) -> None:
        """The job is done: it is saved no longer, and the board says so."""
        if self.next is not None:
            forget(turn.work, self.page, self.next.key)
        self.next = None
        turn.notice = notice
        self.leave(turn)

    # ------------------------------------------------------------------------------- one happening

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Answer one trigger by the table."""
        job, trigger = self.job, happening.trigger
        if job is None:
            if trigger not in WORLD:
                self.leave(turn)
            return
        self.next, self.next_flash = job, None
        handler = self.table.get((job.state, trigger)) or self.table.get((None, trigger))
        if trigger in WORLD:
            if handler is not None:
                handler(self, turn, happening)
        elif job.problem is not None and trigger not in _PASSES:
            self._acknowledge(turn, trigger)
        elif job.again and trigger in _GOES_ON:
            self._say_again(turn, job.again)
        else:
            self._answer(turn, happening, handler or _COMMON.get(trigger))
        self._settle(turn)

    def _answer(self, turn: Turn, happening: Happening, handler: Handler | None) -> None:
        job = self.opened()
        if happening.trigger is Trigger.MAIN and job.armed and last_scan.correct(self, turn):
            return
        if handler is not None:
            handler(self, turn, happening)
        else:
            self.problem(turn, self.not_now, self.wanted(job))

    def _acknowledge(self, turn: Turn, trigger: Trigger) -> None:
        if trigger is Trigger.ACKNOWLEDGE:
            self.change(problem=None)
            turn.fate = Fate.COMMAND
        else:
            turn.refuse(text("pack.acknowledge_first"))

    def _say_again(self, turn: Turn, number: int) -> None:
        """Nothing goes on with a number nobody has confirmed; any other number replaces it."""
        self.next_flash = text("pack.quantity_again", quantity=number)
        turn.refuse(self.next_flash)

    def screen(self, turn: Turn) -> Screen:
        """The page as it stands after this turn."""
        if self.job is None:
            busy = Prompt(Tone.BUSY, "loader", text("pack.opening"))
            return Screen(self.page, self.title, busy)
        return last_scan.offer(self.show(turn), turn, self.job.job, self.job.armed)

    # ------------------------------------------------------------------------- what handlers use

    def opened(self) -> J:
        """The open job."""
        if self.next is None:
            raise Fault("A step of a task ran without an open job.", detail=self.page.value)
        return self.next

    def change(self, **changes: object) -> None:
        """Put these changes into the next job."""
        self.next = msgspec.structs.replace(self.opened(), **changes)

    def problem(self, turn: Turn, title: Text, detail: Text) -> None:
        """Turn the panel to an error that must be acknowledged; nothing is counted."""
        self.change(problem=Problem(title, detail), armed=0, again=0)
        turn.refuse(title)

    def reference(self) -> Reference | None:
        """What every operation of this job refers to."""
        document = self.opened().document
        return Reference(document_kind=self.kind, document=document) if document else None

    def record(self, turn: Turn, draft: Draft) -> str:
        """Record one operation of this job."""
        return turn.record(draft, self.opened().job)

    # ------------------------------------------------------------------------- in every task

    def undo(self, turn: Turn, _happening: Happening) -> None:
        """F4: take back the latest operation of this job; what was taken back is said."""
        original = turn.work.last_undoable(self.opened().job)
        if original is None:
            turn.refuse(text("pack.nothing_to_undo"))
            self.next_flash = text("pack.nothing_to_undo")
            return
        about = self.reference() or Reference()
        reference = msgspec.structs.replace(about, original=original.id)
        self.record(turn, Draft(Kind.REVERSE, (), reference, reason=original.kind))
        names = turn.work.items(line.item for line in original.lines)
        quantity = sum(line.quantity for line in original.lines)
        sku = original.lines[0].item if original.lines else ""
        self.next_flash = text(
            "pack.undone", item=names[sku].name if sku in names else sku, quantity=quantity
        )
        self.change(armed=0, again=0)
        self.undone(turn, original)
        turn.accept(Sound.ATTENTION)

    def pause(self, turn: Turn, _happening: Happening) -> None:
        """F8: leave the job as it is."""
        self.change(paused=True)
        save(turn.work, self.page, self.opened())
        turn.fate = Fate.COMMAND
        self.leave(turn)

    def quantity(self, turn: Turn, happening: Happening, expected: int = 0) -> None:
        """A number before the scan it belongs to; a large one is asked for twice."""
        said = happening.argument
        number = int(said) if said.isdecimal() else 0
        if not 0 < number <= MAX_TYPED:
            turn.refuse(text("pack.bad_quantity", entered=said))
            self.next_flash = text("pack.bad_quantity", entered=said)
            return
        large = number > max(3 * expected, ASK_ABOVE) and number != self.opened().again
        self.change(armed=0 if large else number, again=number if large else 0)
        code = "pack.quantity_again" if large else "pack.armed"
        self.next_flash = text(code, quantity=number)
        turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION if large else Sound.ACCEPTED

    def ignore(self, turn: Turn, _happening: Happening) -> None:
        """A card that means nothing here."""
        turn.fate = Fate.COMMAND

    # ------------------------------------------------------------------------------------- memory

    def _settle(self, turn: Turn) -> None:
        """Save the job in this transaction; take it into memory once that is durable."""
        upcoming, flash = self.next, self.next_flash
        if upcoming is not None and turn.goto is None:
            save(turn.work, self.page, upcoming)

        def keep() -> None:
            self.job, self.flash = upcoming, flash

        turn.after_commit(keep)


# What a number typed before belongs to.
_GOES_ON = frozenset({Trigger.ITEM, Trigger.PLACE, Trigger.MAIN})
_PASSES = frozenset({Trigger.HOME})
# What every task answers where its table does not; a task may undo and pause in its own way.
_COMMON: dict[Trigger, Handler] = {
    Trigger.UNDO: lambda flow, turn, happening: flow.undo(turn, happening),
    Trigger.PAUSE: lambda flow, turn, happening: flow.pause(turn, happening),
    Trigger.HOME: lambda flow, turn, happening: flow.pause(turn, happening),
    Trigger.ACKNOWLEDGE: TaskFlow.ignore,
    Trigger.STEPPED_UP: TaskFlow.ignore,
}


def save(work: Work, page: Page, job: TaskJob) -> None:
    """Write the job beside the operation it belongs to."""
    work.set_note(f"{PREFIX}{page.value}/{job.key}", msgspec.json.encode(job).decode())


def load(work: Work, page: Page, key: str, jobs: type[J]) -> J | None:
    """A saved job."""
    value = work.note(f"{PREFIX}{page.value}/{key}")
    return None if value is None else msgspec.json.decode(value, type=jobs)


def forget(work: Work, page: Page, key: str) -> None:
    """The job is finished."""
    work.set_note(f"{PREFIX}{page.value}/{key}", None)


def saved(work: Work) -> tuple[tuple[Page, TaskJob], ...]:
    """Every job that was begun here and is not finished."""
    found = []
    for name, value in work.notes(PREFIX):
        page = name.removeprefix(PREFIX).partition("/")[0]
        found.append((Page(page), msgspec.json.decode(value, type=TaskJob)))
    return tuple(found)
