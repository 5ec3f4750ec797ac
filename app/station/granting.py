"""A supervisor asks the ledger, once a shift, for what they may approve here without a link.

Badge and PIN first (a step-up), then a code of their authenticator, which goes to the ledger signed
with their key. What comes back is kept when the ledger signed it, for this person, here.
"""

from dataclasses import dataclass, replace
from hashlib import sha256

from app.contract import chain
from app.contract.messages import Grant, GrantRequest
from app.domain.operation import Kind
from app.domain.roles import Permission
from app.domain.text import Text, text
from app.identity.userkey import verified
from app.station.events import GrantAsked
from app.station.flow import Happening, Trigger
from app.station.inbox import Intent, LinkState
from app.station.screen import Action, Prompt, ProofState, ProofView, Screen, Sound, Tone
from app.station.turn import Draft, Fate, Session, StepUp, Turn

# Whoever proved themselves has so long for the code; the ledger has as long to answer.
PATIENCE_NS = 60 * 1_000_000_000
CODE_LEAST, CODE_MOST = 6, 8
_ACKNOWLEDGING = frozenset({Trigger.ACKNOWLEDGE, Trigger.NO, Trigger.HOME, Trigger.TIME_UP})


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who proved themselves and is to enter a code.

    Attributes:
        who: They, with their key.
        since_ns: Monotonic time of the last step.
        waiting: Whether the ledger is being asked.
        refused: Why it gave none, until the next code.
    """

    who: Session
    since_ns: int
    waiting: bool = False
    refused: Text | None = None


class Granting:
    """Asking for a grant; at most one at a time, memory on the station's thread.

    Attributes:
        asking: Who is to enter a code, if somebody is.
        wanted: Whether the step-up that is open is for this.
        barred: Why it cannot be asked for now, until that is acknowledged.
    """

    def __init__(self) -> None:
        self.asking: Asking | None = None
        self.wanted = False
        self.barred: Text | None = None

    @property
    def open(self) -> bool:
        """Whether it lies over the task."""
        return self.asking is not None or self.barred is not None

    def begin(self, turn: Turn) -> None:
        """The key was pressed: who signed in proves themselves again."""
        me = turn.session
        if me is None or turn.around.link is not LinkState.ONLINE:
            turn.refuse(text("grant.offline"))
            self._bar(turn, text("grant.offline"))
            return
        turn.fate = Fate.COMMAND
        turn.step_up(StepUp(text("grant.title"), person=me.person, right=Permission.DECIDE))

        def want() -> None:
            self.wanted = True

        turn.after_commit(want)

    def told(self, turn: Turn, happening: Happening) -> None:
        """The step-up was answered: on to the code, or nothing."""
        who, now_ns = happening.who, turn.around.clock.monotonic_ns()
        self._change(turn, Asking(who, now_ns) if who is not None else None)
        turn.accept(Sound.ACCEPTED if who is not None else None)

    def late(self, now_ns: int) -> bool:
        """Whether nobody entered a code, or nobody answered, for too long."""
        return self.asking is not None and now_ns - self.asking.since_ns >= PATIENCE_NS

    def happen(self, turn: Turn, happening: Happening) -> None:
        """A code, an answer, or somebody lets it be."""
        asking = self.asking
        if asking is None:
            self._barred(turn, happening.trigger)
            return
        match happening.trigger:
            case Trigger.SIGN_IN_PIN if not asking.waiting:
                self._ask(turn, asking, happening.argument)
            case Trigger.GRANTED:
                self._answered(turn, asking, happening)
            case Trigger.NO | Trigger.HOME | Trigger.PAUSE | Trigger.ACKNOWLEDGE | Trigger.TIME_UP:
                turn.fate = Fate.COMMAND
                self._change(turn, None)
            case _:
                turn.refuse(text("grant.code_first"))

    def _barred(self, turn: Turn, trigger: Trigger) -> None:
        if trigger in _ACKNOWLEDGING:
            turn.fate = Fate.COMMAND
            self._bar(turn, None)
        else:
            turn.refuse(text("pack.acknowledge_first"))

    def _bar(self, turn: Turn, why: Text | None) -> None:
        def keep() -> None:
            self.barred = why

        turn.after_commit(keep)

    def _ask(self, turn: Turn, asking: Asking, code: str) -> None:
        key = asking.who.key
        if key is None or not (code.isdecimal() and CODE_LEAST <= len(code) <= CODE_MOST):
            turn.refuse(text("grant.bad_code"))
            self._change(turn, replace(asking, refused=text("grant.bad_code")))
            return
        ids, enrolment = turn.around.ids, turn.around.identity.enrolment
        nonce = sha256(f"{ids.new_id()} {ids.new_id()}".encode()).hexdigest()
        message = chain.grant_request_bytes(enrolment, key.person, key.version, code, nonce)
        request = GrantRequest(
            person=key.person,
            version=key.version,
            code=code,
            nonce=nonce,
            signature=key.raw(message),
        )
        turn.announce.append(GrantAsked(request))
        turn.fate = Fate.COMMAND
        now_ns = turn.around.clock.monotonic_ns()
        self._change(turn, replace(asking, waiting=True, refused=None, since_ns=now_ns))

    def _answered(self, turn: Turn, asking: Asking, happening: Happening) -> None:
        grant = happening.grant
        if grant is None or not _is_ours(turn, asking.who.person, grant):
            why = text("grant.false") if grant is not None else _said(happening.shown)
            turn.refuse(why)
            self._change(turn, replace(asking, waiting=False, refused=why))
            return
        turn.work.add_grant(grant)
        evidence: dict[str, str | int | bool] = {"grant": grant.id, "until": grant.expires_at}
        draft = Draft(Kind.EVENT, reason="grant", evidence=evidence)
        turn.record(draft, turn.around.ids.new_id(), by=asking.who)
        turn.sound = Sound.ORDER
        self._change(turn, None)

    def _change(self, turn: Turn, asking: Asking | None) -> None:
        def keep() -> None:
            self.asking, self.wanted = asking, False

        turn.after_commit(keep)

    def over(self, screen: Screen) -> Screen:
        """The task's screen with the question over it, while there is one."""
        asking = self.asking
        if self.barred is not None:
            title, note = text("grant.title"), text("pack.ack_note")
            acknowledge = Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True)
            prompt = Prompt(Tone.ERROR, "octagon-x", title, self.barred, note)
            return replace(screen, prompt=prompt, actions=(acknowledge,), locked=True)
        if asking is None:
            return screen
        state = ProofState.CHECKING if asking.waiting else ProofState.CODE
        return replace(
            screen,
            prompt=_prompt(asking),
            proof=ProofView(state, asking.who.person, asking.who.name),
            actions=(Action("Esc", Intent.NO, text("key.back")),),
        )


def _is_ours(turn: Turn, person: str, grant: Grant) -> bool:
    """Whether the ledger signed it, for this person, at this station."""
    here = turn.around.identity
    told = (grant.person, grant.site, grant.enrolment)
    right = told == (person, here.site, here.enrolment)
    return right and verified(here.ledger_key, grant.signature, chain.grant_bytes(grant))


def _said(sentence: str) -> Text:
    return text("trouble.sentence", sentence=sentence)


def _prompt(asking: Asking) -> Prompt:
    title, note = text("grant.title"), text("step_up.note")
    if asking.waiting:
        return Prompt(Tone.BUSY, "loader", title, text("grant.waiting"))
    if asking.refused is not None:
        return Prompt(Tone.ERROR, "octagon-x", title, asking.refused, note)
    return Prompt(Tone.ASK, "id-card", title, text("grant.code"), note)
