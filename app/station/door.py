"""The door of a station: who is in, when they are locked out, and who proves themselves again.

Everything that happens passes here first. While a step-up lies over a task, it answers; nobody's
badge reaches a task; what the world tells (a reading, a printed label) always does.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress

import msgspec

from app.contract.messages import Checkpoint
from app.domain.barcode import Badge
from app.domain.operation import Kind
from app.domain.secrets import badge_hash
from app.domain.text import Text
from app.errors import PackhouseError
from app.station import former, looking_up, presence, proving, running_out
from app.station.audit import AuditFlow
from app.station.flow import Flow, Happening, Trigger
from app.station.gate import Gate
from app.station.granting import Granting
from app.station.inbox import EditAnswered, Granted, LinkState, PhotoTaken, Unlocked
from app.station.open_task import opened
from app.station.ports import Clock, Store, Unlock, Work
from app.station.presence import Why
from app.station.proving import Asked
from app.station.screen import Page, Screen
from app.station.sessions import load_session, save_session
from app.station.sign_in import WORLD, SignInFlow, sign_out
from app.station.step_up import StepUpStep
from app.station.turn import Draft, Fate, Session, Turn
from app.station.wishes import WishBook

# An unlocker that has not answered for so long has died; the try stays counted.
CHECK_NS = 10 * 1_000_000_000
# What runs out is said in hours and days.
TELL_NS = 30 * 1_000_000_000
# Where the newest signed place of the feed lies (`app.cache.store` writes it).
CHECKPOINT_NOTE = "checkpoint"
# What a step-up tells the task that asked for it, and nobody else says.
# What one page asked for outside the station, and which.
ASKED_OF = {
    Trigger.EDITED: frozenset({Page.EDIT}),
    Trigger.PHOTO_TAKEN: frozenset({Page.ADJUST, Page.RECEIVE, Page.RETURN}),
}
ANSWERS = frozenset({Trigger.STEPPED_UP, Trigger.STEP_UP_LEFT})
# Of the door itself: a task has nothing to do with them.
OWN = frozenset(
    {Trigger.UNLOCKED, Trigger.SIGN_IN_PIN, Trigger.LET_IN, Trigger.TIME_UP, Trigger.GRANTED}
)


class Door:
    """Signing in, locking, stepping up; memory on the station's thread.

    Args:
        gate: Unlocker, trusted time, counted tries.
        clock: Monotonic time.
    """

    def __init__(self, gate: Gate, clock: Clock) -> None:
        self.gate = gate
        self.sign_in = SignInFlow()
        self.step = StepUpStep()
        self.granting = Granting()
        self.wishes = WishBook()
        self._clock = clock
        self._active_ns = clock.monotonic_ns()
        self._answers: deque[Unlocked] = deque()
        self._told: Text | None = None
        self._told_about: tuple[str, LinkState] | None = None
        self._told_ns = 0

    # ----------------------------------------------------------------------------- the day begins

    def open(self, turn: Turn) -> None:
        """After a start nobody is signed in; whose open job it is stays known."""
        self.gate.trusted.start(turn.work, _signed_at(turn.work))
        turn.session = None
        turn.goto = (Page.SIGN_IN, "")
        who = load_session(turn.work)
        if who is not None:
            page, _ = opened(turn.work) or (Page.HOME, "")
            self.sign_in.lock(turn, who, page, Why.RESTART)

    # ------------------------------------------------------------------------------ one happening

    def answer(self, turn: Turn, happening: Happening, flow: Flow) -> None:
        """Answer a happening here, or hand it to the task that is open."""
        self.sign_in.begin()
        trigger = happening.trigger
        if trigger is Trigger.TIME_UP and happening.argument:
            self._lock(turn, flow, Why(happening.argument))
        elif trigger is Trigger.DISTRUSTED:
            evidence: dict[str, str | int | bool] = {"person": happening.argument}
            draft = Draft(Kind.EVENT, reason="credential_refused", evidence=evidence)
            turn.record(draft, turn.around.ids.new_id())
        elif trigger in WORLD:
            flow.happen(turn, happening)
        elif trigger in ASKED_OF:
            # Whoever has left the page meanwhile asks again when they are back.
            if flow.page in ASKED_OF[trigger]:
                flow.happen(turn, happening)
        elif self.step.raised is not None:
            told = self.step.happen(turn, happening)
            if told is not None:
                self._tell(turn, told, flow)
        elif self.granting.open:
            self.granting.happen(turn, happening)
        elif flow is self.sign_in:
            flow.happen(turn, happening)
        else:
            self._at_task(turn, happening, flow)

    def _at_task(self, turn: Turn, happening: Happening, flow: Flow) -> None:
        """Somebody is signed in and nothing lies over the task."""
        trigger = happening.trigger
        if trigger is Trigger.SIGN_OUT:
            sign_out(turn)
        elif trigger is Trigger.BADGE and not (isinstance(flow, AuditFlow) and flow.takes_badges):
            self._badge(turn, happening, flow)
        elif trigger is Trigger.LOOKUP and flow.page is not Page.LOOKUP:
            looking_up.begin(turn, flow)
        elif trigger is Trigger.GRANT:
            self.granting.begin(turn)
        elif trigger is Trigger.WISH:
            turn.fate = Fate.COMMAND
            self.wishes.wish(turn, happening.argument, happening.extra)
        elif trigger in OWN:
            turn.fate = Fate.COMMAND
        else:
            flow.happen(turn, happening)

    def _tell(self, turn: Turn, told: Happening, flow: Flow) -> None:
        """Whoever asked for a step-up hears how it ended."""
        if self.granting.wanted:
            self.granting.told(turn, told)
        else:
            flow.happen(turn, told)

    def _badge(self, turn: Turn, happening: Happening, flow: Flow) -> None:
        """A badge at a task: the own one changes nothing, another's asks for their PIN."""
        secret = happening.meaning.secret if isinstance(happening.meaning, Badge) else ""
        if former.holds(turn):
            self._former_badge(turn, happening, secret)
            return
        row = turn.work.credential_by_badge(badge_hash(secret))
        me = turn.session
        if me is not None and row is not None and row.person == me.person:
            turn.fate = Fate.COMMAND
            return
        asked = proving.by_badge(turn, secret)
        if not isinstance(asked, Asked):
            turn.refuse(asked)
            return
        self._lock(turn, flow, Why.SWITCH)
        self.sign_in.badge(turn, happening)

    def _former_badge(self, turn: Turn, happening: Happening, secret: str) -> None:
        found = former.by_badge(turn, secret)
        me = turn.session
        if me is not None and isinstance(found, Session) and found.person == me.person:
            turn.fate = Fate.COMMAND
        elif isinstance(found, Session):
            self.sign_in.badge(turn, happening)
        else:
            turn.refuse(found)

    def _lock(self, turn: Turn, flow: Flow, why: Why) -> None:
        """Lock the station: the key goes, what is open is hidden and kept."""
        me = turn.session
        if me is None:
            return
        if self.step.raised is not None:
            self._tell(turn, Happening(Trigger.STEP_UP_LEFT), flow)
            turn.after_commit(self.step.drop)
        if self.granting.open:
            self.granting.happen(turn, Happening(Trigger.NO))
        draft = Draft(Kind.EVENT, reason="lock", evidence={"why": why.value})
        turn.record(draft, turn.around.ids.new_id())
        self.sign_in.lock(turn, me, flow.page, why)

    # ------------------------------------------------------------------- around the transaction

    def keep(self, turn: Turn) -> None:
        """Whose station this is survives a crash; the key does not."""
        locked = self.sign_in.next.locked
        who = turn.session or (locked.session if locked is not None else None)
        save_session(turn, who)

    def committed(self, turn: Turn) -> None:
        """The turn is durable: ask what it wants asked."""
        if turn.asks is not None:
            self.step.open(turn.asks, self._clock.monotonic_ns())
        for unlock in turn.unlocks:
            self._unlock(unlock)

    def _unlock(self, unlock: Unlock) -> None:
        answer = self.gate.unlocker.ask(unlock)
        if answer is not None:
            self._answers.append(answer)

    def answers(self) -> Iterator[Happening]:
        """What a direct unlocker has answered meanwhile."""
        while self._answers:
            yield answered(self._answers.popleft())

    def over(self, screen: Screen, turn: Turn) -> Screen:
        """The screen of the task, with a step-up over it when one is open."""
        return self.wishes.over(self.granting.over(self.step.over(screen, turn)), turn)

    # --------------------------------------------------------------------------------- as time goes

    def wants_pin(self, flow: Flow) -> bool:
        """Whether digits that are typed now are somebody's PIN."""
        asked = self.step.raised is not None or self.granting.asking is not None
        return flow is self.sign_in or asked

    def touched(self) -> None:
        """Somebody scanned or pressed a key."""
        self._active_ns = self._clock.monotonic_ns()

    def due(self, session: Session | None) -> Happening | None:
        """What time alone brings about now: a lock, a question dropped, a try given up."""
        now_ns = self._clock.monotonic_ns()
        why = presence.due(session, self._active_ns, now_ns) if session is not None else None
        if why is not None:
            return Happening(Trigger.TIME_UP, argument=why.value)
        if self.step.late(now_ns) or self.granting.late(now_ns):
            return Happening(Trigger.TIME_UP)
        asked = self.step.raised.asked if self.step.raised else self.sign_in.state.asked
        if asked is not None and asked.request and now_ns - asked.since_ns >= CHECK_NS:
            return Happening(Trigger.UNLOCKED, argument=asked.request)
        return None

    def runs_out(self, work: Work, session: Session | None, link: LinkState) -> Text | None:
        """What runs out next, when it is near; looked up anew twice a minute, not at every scan."""
        now_ns = self._clock.monotonic_ns()
        about = (session.person if session is not None else "", link)
        if about != self._told_about or now_ns - self._told_ns >= TELL_NS:
            self._told_about, self._told_ns = about, now_ns
            trusted = self.gate.trusted
            found = running_out.endings(work, trusted, session, link)
            self._told = running_out.said(found[0], trusted.now()) if found else None
        return self._told

    def followed(self, store: Store, session: Session | None) -> tuple[Happening, ...]:
        """The book followed the ledger: a newer signed time, and perhaps the end of a session."""
        with store.begin() as work:
            self.gate.trusted.heard(_signed_at(work))
            why = _ended(work, session)
        return (Happening(Trigger.TIME_UP, argument=why.value),) if why is not None else ()

    def keep_time(self, store: Store) -> None:
        """Write the highest trusted time now and then; a full disk is told by what matters more."""
        if self.gate.trusted.grown:
            with suppress(PackhouseError), store.begin() as work:
                self.gate.trusted.keep(work)
                work.commit()


def _ended(work: Work, session: Session | None) -> Why | None:
    """Whether what the ledger sent ends a session; its facts until now stand."""
    if session is None or not session.version:
        return None
    row = work.credential(session.person)
    if row is None or row.state != proving.ACTIVE or work.person(session.person) is None:
        return Why.REVOKED
    known = (row.version, row.role)
    return Why.RENEWED if known != (session.version, session.role) else None


def distrusted(people: Iterable[str]) -> Iterator[Happening]:
    """Credentials the ledger did not sign."""
    return (Happening(Trigger.DISTRUSTED, argument=person) for person in people)


def answered(answer: Unlocked | Granted | EditAnswered | PhotoTaken) -> Happening:
    """The unlocker's or the ledger's answer as a happening."""
    if isinstance(answer, PhotoTaken):
        return Happening(Trigger.PHOTO_TAKEN, photo=answer)
    if isinstance(answer, EditAnswered):
        return Happening(
            Trigger.EDITED,
            argument=answer.what,
            extra=answer.name,
            shown=answer.sentence,
            edited=answer.answer,
        )
    if isinstance(answer, Granted):
        return Happening(Trigger.GRANTED, shown=answer.sentence, grant=answer.grant)
    return Happening(Trigger.UNLOCKED, argument=answer.request, key=answer.key)


def _signed_at(work: Work) -> str:
    value = work.note(CHECKPOINT_NOTE)
    return msgspec.json.decode(value, type=Checkpoint).at if value is not None else ""
