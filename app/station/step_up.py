"""Step-up: badge and PIN again, laid over the task that asked for it, for exactly one act.

The task below stays as it is. What proves the person is handed to it in the same turn and kept by
nobody, so that it cannot serve twice.
"""

from dataclasses import dataclass, replace

from app.domain.barcode import Badge
from app.domain.operation import Kind
from app.domain.roles import may
from app.domain.text import Text, text
from app.station import proving
from app.station.flow import Happening, Trigger
from app.station.inbox import Intent
from app.station.proving import Asked
from app.station.screen import Action, Prompt, ProofState, ProofView, Screen, Sound, Tone
from app.station.turn import Draft, Fate, Session, StepUp, Turn

# A question nobody answers for so long is dropped: whoever comes by next did not ask for it.
PATIENCE_NS = 60 * 1_000_000_000
LEAVING = frozenset({Trigger.NO, Trigger.HOME, Trigger.PAUSE, Trigger.ACKNOWLEDGE, Trigger.TIME_UP})


@dataclass(frozen=True, slots=True)
class Raised:
    """An open step-up.

    Attributes:
        ask: What the task wants.
        since_ns: Monotonic time of the question, or of the last step.
        asked: Who is to show their PIN.
        refused: Why the last try did not help.
    """

    ask: StepUp
    since_ns: int
    asked: Asked | None = None
    refused: Text | None = None


class StepUpStep:
    """The step-up of a station; at most one is open."""

    def __init__(self) -> None:
        self.raised: Raised | None = None
        self._next: Raised | None = None

    def open(self, ask: StepUp, now_ns: int) -> None:
        """A task asked; called after its turn was committed."""
        self.raised = Raised(ask, now_ns)

    def drop(self) -> None:
        """The task below is gone, and its question with it."""
        self.raised = None

    def late(self, now_ns: int) -> bool:
        """Whether nobody answered for too long; a key that is being tried is waited for."""
        raised = self.raised
        if raised is None or (raised.asked is not None and raised.asked.request):
            return False
        return now_ns - raised.since_ns >= PATIENCE_NS

    def happen(self, turn: Turn, happening: Happening) -> Happening | None:
        """One happening; what the task below is told, or None while it waits.

        Only called while a step-up is open.
        """
        raised = self.raised
        if raised is None:
            return None
        self._next = raised
        match happening.trigger:
            case Trigger.BADGE:
                secret = happening.meaning.secret if isinstance(happening.meaning, Badge) else ""
                self._ask(turn, raised, proving.by_badge(turn, secret))
            case Trigger.SIGN_IN_PIN:
                self._pin(turn, raised, happening.argument)
            case Trigger.UNLOCKED:
                return self._unlocked(turn, raised, happening)
            case trigger if trigger in LEAVING:
                turn.fate = Fate.COMMAND
                self._change(turn, None)
                return Happening(Trigger.STEP_UP_LEFT)
            case _:
                self._refuse(turn, raised, text("step_up.first"))
        return None

    def _ask(self, turn: Turn, raised: Raised, asked: Asked | Text) -> None:
        if raised.asked is not None and raised.asked.request:
            turn.refuse(text("sign_in.checking"))
            return
        why = asked if isinstance(asked, Text) else _unsuited(turn, raised.ask, asked)
        if isinstance(asked, Text) or why is not None:
            self._refuse(turn, raised, why or text("step_up.first"))
            return
        turn.fate, turn.sound = Fate.COMMAND, Sound.ACCEPTED
        now_ns = turn.around.clock.monotonic_ns()
        self._change(turn, replace(raised, asked=asked, refused=None, since_ns=now_ns))

    def _pin(self, turn: Turn, raised: Raised, pin: str) -> None:
        asked: Asked | Text | None = raised.asked
        if isinstance(asked, Asked) and asked.request:
            turn.refuse(text("sign_in.checking"))
            return
        if asked is None:
            asked = proving.by_name(turn, raised.ask.person)
        tried = asked if isinstance(asked, Text) else proving.try_pin(turn, asked, pin)
        if isinstance(tried, Text):
            self._refuse(turn, raised, tried)
            return
        turn.fate = Fate.COMMAND
        self._change(turn, replace(raised, asked=tried, refused=None))

    def _unlocked(self, turn: Turn, raised: Raised, happening: Happening) -> Happening | None:
        asked = raised.asked
        if asked is None or asked.request != happening.argument:
            return None
        found = proving.judge(turn, asked, happening.key)
        if isinstance(found, Text):
            kept = replace(asked, request="") if asked.badge else None
            now_ns = turn.around.clock.monotonic_ns()
            self._refuse(turn, replace(raised, asked=kept, since_ns=now_ns), found)
            return None
        self._change(turn, None)
        _record(turn, found, raised.ask)
        return Happening(Trigger.STEPPED_UP, key=found.key, who=found)

    def _refuse(self, turn: Turn, raised: Raised, why: Text) -> None:
        self._change(turn, replace(raised, refused=why))
        turn.refuse(why)

    def _change(self, turn: Turn, raised: Raised | None) -> None:
        def keep() -> None:
            self.raised = raised

        turn.after_commit(keep)

    def over(self, screen: Screen, turn: Turn) -> Screen:
        """The task's screen with the step-up over it, while one is open."""
        raised = self.raised
        if raised is None:
            return screen
        return replace(
            screen,
            prompt=_prompt(raised),
            proof=_proof(raised, turn),
            actions=(Action("Esc", Intent.NO, text("key.back")),),
        )


def _unsuited(turn: Turn, ask: StepUp, asked: Asked) -> Text | None:
    """Why this person will not do for what was asked."""
    me = turn.session
    if ask.person and asked.person != ask.person:
        return text("step_up.other_person")
    if ask.right is not None and not may(asked.row.role, ask.right):
        return text("step_up.no_right", name=asked.name)
    if ask.other and me is not None and _employee(turn, asked.person) == _employee(turn, me.person):
        return text("step_up.same_person")
    return None


def _employee(turn: Turn, person: str) -> str:
    """Two accounts of one employee are one person."""
    known = turn.work.person(person)
    return known.employee or known.person if known is not None else person


def _record(turn: Turn, who: Session, ask: StepUp) -> None:
    draft = Draft(
        Kind.EVENT,
        reason="step_up",
        evidence={"for": ask.title.code, "version": who.version},
    )
    turn.record(draft, turn.around.ids.new_id(), by=who)


def _prompt(raised: Raised) -> Prompt:
    asked, title = raised.asked, raised.ask.title
    if asked is not None and asked.request:
        return Prompt(Tone.BUSY, "loader", text("sign_in.checking_title"), title)
    if raised.refused is not None:
        return Prompt(Tone.ERROR, "octagon-x", title, raised.refused, text("step_up.note"))
    if asked is not None:
        return Prompt(Tone.ASK, "id-card", title, text("step_up.enter_pin", name=asked.name))
    how = "step_up.own_badge" if raised.ask.person else "step_up.scan_badge"
    return Prompt(Tone.ASK, "id-card", title, text(how), text("step_up.note"))


def _proof(raised: Raised, turn: Turn) -> ProofView:
    asked = raised.asked
    if asked is not None:
        now = ProofState.CHECKING if asked.request else ProofState.PIN
        return ProofView(now, asked.person, asked.name)
    row = turn.work.credential(raised.ask.person) if raised.ask.person else None
    known = turn.work.person(raised.ask.person) if row is not None and row.by_pin else None
    if known is not None:
        return ProofView(ProofState.PIN, known.person, known.name)
    return ProofView(ProofState.BADGE)
