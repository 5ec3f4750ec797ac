"""Exceptions: what a person must look at, by cause; who has it, what can be done, what was found.

Every step is an operation `resolve` about the exception, signed by whoever does it. Nothing here
moves stock: what is wrong is put right where the goods are, and most exceptions then close by
themselves. Without a link a step is recorded like any other, and said to wait.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.contract.messages import Reference
from app.domain.operation import Kind
from app.domain.order import OrderState
from app.domain.roles import Permission, may
from app.domain.text import Text, text
from app.identity.userkey import UserKey
from app.station import exceptions_screen
from app.station.browsing import BrowsingFlow
from app.station.flow import OF_THE_WORLD, Happening, Trigger
from app.station.menu import OF_DOCUMENT
from app.station.pack_job import NOTE_PREFIX
from app.station.screen import Page, Screen, Sound
from app.station.standing import Trouble
from app.station.turn import Draft, Fate, Session, StepUp, Turn
from app.station.undo_acts import OPERATION, act_of
from app.station.way_back import WayBack

# Kind of document an exception is, in the reference of a step.
DOCUMENT_KIND = "exception"
# What is said most often when one is closed; everything else is typed. Read by people at the
# ledger, whatever language this station speaks.
NOTES = {
    "put_right": "Found and put right.",
    "counted": "Counted; the book is right.",
    "carrier": "Agreed with the carrier.",
    "nothing": "Looked at; nothing to do.",
}
# An owner that is everybody with a role.
ROLE_PREFIX = "role:"
# As long as the ledger takes one.
MAX_NOTE = 500


class Mode(StrEnum):
    """What the page waits for."""

    CAUSES = "causes"
    ROWS = "rows"
    NOTE = "note"
    CLOSE = "close"
    ASSIGN = "assign"


@dataclass(frozen=True, slots=True)
class Step:
    """A step that waits for badge and PIN."""

    exception: str
    step: str
    evidence: dict[str, str | int | bool]


class ExceptionsFlow(BrowsingFlow):
    """Causes at first, then those of one cause; notes and people when a step needs them.

    Attributes:
        code: The cause that is looked at.
        chosen: Key of the row that is chosen: a code, an exception, a person.
        subject: The exception a note or a person is chosen for.
        after: Where this page of the list begins.
        said: What the last step did, and whether it was done.
    """

    page = Page.EXCEPTIONS

    def __init__(self, way: WayBack) -> None:
        self._way = way
        self.mode = Mode.CAUSES
        self.code = ""
        self.chosen = ""
        self.subject = ""
        self.after: tuple[str, str] | None = None
        self.said: tuple[Text, Text, bool] | None = None
        self._wanted: Step | None = None

    def enter(self, turn: Turn, argument: str) -> None:
        """By cause; or at once the exception `argument`."""
        named = turn.work.trouble(argument) if argument else None
        mode, code = (Mode.ROWS, named.code) if named is not None else (Mode.CAUSES, "")
        self._keep(turn, mode=mode, code=code, chosen=argument, after=None, said=None)

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Answer by the table; what it does not name changes nothing."""
        if happening.trigger in OF_THE_WORLD:
            return
        handler = TABLE.get((self.mode, happening.trigger)) or TABLE.get((None, happening.trigger))
        if handler is None:
            self._refuse(turn, text("exceptions.not_here"))
            return
        turn.fate = Fate.COMMAND
        handler(self, turn, happening)

    def screen(self, turn: Turn) -> Screen:
        """The page as it stands after this turn."""
        return exceptions_screen.build(self, turn)

    def trouble(self, turn: Turn) -> Trouble | None:
        """The exception that is looked at."""
        if self.mode in (Mode.NOTE, Mode.CLOSE, Mode.ASSIGN):
            return turn.work.trouble(self.subject)
        key = exceptions_screen.chosen(self, turn)
        return turn.work.trouble(key) if self.mode is Mode.ROWS and key else None

    # ------------------------------------------------------------------------------------ the list

    def choose(self, turn: Turn, happening: Happening) -> None:
        """Another row."""
        self._keep(turn, chosen=happening.argument, said=None)

    def open_cause(self, turn: Turn, happening: Happening) -> None:
        """The exceptions of one cause."""
        code = happening.argument or exceptions_screen.chosen(self, turn)
        if code:
            self._keep(turn, mode=Mode.ROWS, code=code, chosen="", after=None, said=None)

    def further(self, turn: Turn, _happening: Happening) -> None:
        """The next page of the list."""
        after = exceptions_screen.following(self, turn)
        if after is not None:
            self._keep(turn, after=after, chosen="", said=None)

    def back(self, turn: Turn, happening: Happening) -> None:
        """One step back; from the causes to where one came from."""
        match self.mode:
            case Mode.CAUSES:
                self.leave(turn, happening)
            case Mode.ROWS:
                self._keep(turn, mode=Mode.CAUSES, chosen=self.code, after=None, said=None)
            case _:
                self._keep(turn, mode=Mode.ROWS, chosen=self.subject, said=None)

    def leave(self, turn: Turn, happening: Happening) -> None:
        """To where one came from."""
        self._keep(turn, said=None)
        self._way.go(turn, happening.trigger)

    # -------------------------------------------------------------------------------------- steps

    def take(self, turn: Turn, _happening: Happening) -> None:
        """I look after it."""
        found = self.trouble(turn)
        if found is None:
            self._refuse(turn, text("exceptions.choose_first"))
        else:
            self._step(turn, Step(found.id, "take", {}))

    def way(self, turn: Turn, happening: Happening) -> None:
        """One of the safe next steps: a page that does it, or what to do in the building."""
        found = self.trouble(turn)
        way = happening.argument
        if found is None or way not in found.ways:
            self._refuse(turn, text("exceptions.not_here"))
        elif way == exceptions_screen.CLOSE:
            self._ask(turn, Mode.CLOSE, found)
        elif way in AT_THE_DOCUMENT and self._go(turn, found):
            turn.accept(Sound.ACCEPTED)
        elif way in TAKEN_BACK and act_of(turn, found.operation) is not None:
            turn.accept(Sound.ACCEPTED)
            turn.goto = (Page.UNDO, OPERATION + found.operation)
        elif way in AT_A_PAGE:
            turn.accept(Sound.ACCEPTED)
            turn.goto = (AT_A_PAGE[way], "")
        else:
            self._keep(turn, said=(exceptions_screen.way(way), text("exceptions.do_it"), True))

    def document(self, turn: Turn, _happening: Happening) -> None:
        """The page of the document it is about."""
        found = self.trouble(turn)
        if found is None or not self._go(turn, found):
            self._refuse(turn, text("exceptions.no_page"))

    def note(self, turn: Turn, _happening: Happening) -> None:
        """Something was found out; it stays open."""
        self._ask(turn, Mode.NOTE, self.trouble(turn))

    def close(self, turn: Turn, _happening: Happening) -> None:
        """It is done with; a note says what was found."""
        self._ask(turn, Mode.CLOSE, self.trouble(turn))

    def assign(self, turn: Turn, _happening: Happening) -> None:
        """Somebody else looks after it."""
        self._ask(turn, Mode.ASSIGN, self.trouble(turn))

    def _ask(self, turn: Turn, mode: Mode, found: Trouble | None) -> None:
        if found is None:
            self._refuse(turn, text("exceptions.choose_first"))
        else:
            self._keep(turn, mode=mode, subject=found.id, chosen="", said=None)

    def noted(self, turn: Turn, happening: Happening) -> None:
        """A note that is said often, by digit or card."""
        said = NOTES.get(happening.argument)
        if said is None:
            self._refuse(turn, text("exceptions.not_here"))
        else:
            self._with_note(turn, said)

    def typed(self, turn: Turn, happening: Happening) -> None:
        """A note in somebody's own words; a scan is none."""
        scan = happening.scan
        if scan is None or scan.device != "typed":
            self._refuse(turn, text("exceptions.type_note"))
        else:
            self._with_note(turn, scan.text.strip()[:MAX_NOTE])

    def _with_note(self, turn: Turn, note: str) -> None:
        step = "close" if self.mode is Mode.CLOSE else "note"
        self._step(turn, Step(self.subject, step, {"note": note}))

    def assigned(self, turn: Turn, happening: Happening) -> None:
        """The person, or the role, that looks after it from now on."""
        to = happening.argument or exceptions_screen.chosen(self, turn)
        if to:
            self._step(turn, Step(self.subject, "assign", {"to": to}))

    def _step(self, turn: Turn, step: Step) -> None:
        me, right = turn.session, RIGHTS.get(step.step)
        if me is not None and (right is None or may(me.role, right)):
            if me.key is not None:
                self._record(turn, step, me, me.key)
                return
            ask = StepUp(text("exceptions.step_up"), person=me.person)
        else:
            ask = StepUp(text("exceptions.step_up"), right=right)
        self._keep(turn, _wanted=step)
        turn.step_up(ask)

    def stepped_up(self, turn: Turn, happening: Happening) -> None:
        """Somebody has proven themselves, for this one step."""
        step, who, key = self._wanted, happening.who, happening.key
        if step is not None and who is not None and key is not None:
            self._record(turn, step, who, key)

    def step_up_left(self, turn: Turn, _happening: Happening) -> None:
        """Nobody did: nothing was recorded."""
        self._keep(turn, _wanted=None)

    def _record(self, turn: Turn, step: Step, who: Session, key: UserKey) -> None:
        if turn.work.trouble(step.exception) is None:
            gone = (text("exceptions.gone"), text("exceptions.gone_detail"), False)
            self._keep(turn, mode=Mode.ROWS, chosen="", said=gone, _wanted=None)
            turn.refuse(text("exceptions.gone"))
            return
        about = Reference(document_kind=DOCUMENT_KIND, document=step.exception)
        draft = Draft(Kind.RESOLVE, reference=about, reason=step.step, evidence=step.evidence)
        turn.record(draft, turn.around.ids.new_id(), signers=(key,), by=who)
        turn.accept(Sound.LINE)
        said = (text(f"exceptions.done_{step.step}", name=who.name), text("exceptions.sent"), True)
        self._keep(turn, mode=Mode.ROWS, chosen=step.exception, said=said, _wanted=None)

    # -------------------------------------------------------------------------------------- memory

    @staticmethod
    def _go(turn: Turn, found: Trouble) -> bool:
        number = found.document
        order = turn.work.order(number) if number else None
        if order is not None:
            open_ = order.state is OrderState.RELEASED or turn.work.note(NOTE_PREFIX + number)
            if open_:
                turn.goto = (Page.PACK, number)
            return bool(open_)
        kinds = turn.work.kinds_of(number) if number else ()
        page = next((OF_DOCUMENT[kind] for kind in kinds if kind in OF_DOCUMENT), None)
        if page is not None:
            turn.goto = (page, number)
        return page is not None

    def _refuse(self, turn: Turn, why: Text) -> None:
        turn.refuse(why)
        self._keep(turn, said=(why, text("exceptions.want"), False))


# Steps that somebody needs a right for; the ledger asks the same.
RIGHTS = {
    "take": Permission.WORK,
    "assign": Permission.RESOLVE,
    "close": Permission.RESOLVE,
}
# Ways that are gone on the page of the document.
AT_THE_DOCUMENT = frozenset(
    {"unpack_surplus", "unpack_all", "open_and_seal", "pack_rest", "declare_short", "recount"}
)
# What is put right by taking back what was recorded, if that was recorded here.
TAKEN_BACK = frozenset({"reverse_mistake", "reverse_shipment"})
# Ways that have a page whatever it is about; the sentence says which place.
AT_A_PAGE = {
    "decide_again": Page.APPROVALS,
    "count_place": Page.COUNT,
    "recount": Page.COUNT,
}
Handler = Callable[[ExceptionsFlow, Turn, Happening], None]
_NOTING: dict[Trigger, Handler] = {
    Trigger.REASON: ExceptionsFlow.noted,
    Trigger.NOTHING: ExceptionsFlow.typed,
    Trigger.ITEM: ExceptionsFlow.typed,
    Trigger.PLACE: ExceptionsFlow.typed,
    Trigger.ORDER: ExceptionsFlow.typed,
    Trigger.DOCUMENT: ExceptionsFlow.typed,
}
TABLE: dict[tuple[Mode | None, Trigger], Handler] = {
    (None, Trigger.CHOOSE): ExceptionsFlow.choose,
    (None, Trigger.NO): ExceptionsFlow.back,
    (None, Trigger.UNDO): ExceptionsFlow.back,
    (None, Trigger.ACKNOWLEDGE): ExceptionsFlow.back,
    (None, Trigger.HOME): ExceptionsFlow.leave,
    (None, Trigger.PAUSE): ExceptionsFlow.leave,
    (None, Trigger.NEXT): ExceptionsFlow.further,
    (None, Trigger.STEPPED_UP): ExceptionsFlow.stepped_up,
    (None, Trigger.STEP_UP_LEFT): ExceptionsFlow.step_up_left,
    (Mode.CAUSES, Trigger.OPEN): ExceptionsFlow.open_cause,
    (Mode.CAUSES, Trigger.MAIN): ExceptionsFlow.open_cause,
    (Mode.ROWS, Trigger.OPEN): ExceptionsFlow.document,
    (Mode.ROWS, Trigger.MAIN): ExceptionsFlow.take,
    (Mode.ROWS, Trigger.TASK): ExceptionsFlow.way,
    (Mode.ROWS, Trigger.WITHDRAW): ExceptionsFlow.note,
    (Mode.ROWS, Trigger.REJECT): ExceptionsFlow.assign,
    (Mode.ROWS, Trigger.YES): ExceptionsFlow.close,
    (Mode.ASSIGN, Trigger.OPEN): ExceptionsFlow.assigned,
    (Mode.ASSIGN, Trigger.MAIN): ExceptionsFlow.assigned,
    **{(Mode.NOTE, trigger): handler for trigger, handler in _NOTING.items()},
    **{(Mode.CLOSE, trigger): handler for trigger, handler in _NOTING.items()},
}
