"""Sign in: badge and PIN, or a name of the list and PIN. Works from the book alone.

The same page is the lock: it hides what was open and keeps whose it was, so that they, or a
supervisor, go on where it stood. Nothing selected on the screen makes a badge mean anything else.
"""

from dataclasses import replace

from app.domain.barcode import Badge
from app.domain.operation import Kind
from app.domain.roles import Permission
from app.domain.secrets import badge_hash
from app.domain.text import Text, text
from app.station import former, open_task, proving, sign_in_screen
from app.station.entrance import Entrance, Locked
from app.station.flow import Happening, Trigger
from app.station.presence import Why, badge_suffices, decides
from app.station.proving import Asked
from app.station.screen import Page, Screen, Sound
from app.station.turn import Draft, Fate, Session, StepUp, Turn

# `goto` with this keeps what the flow holds already.
KEEP = "keep"
LEAVING = frozenset({Trigger.NO, Trigger.HOME, Trigger.PAUSE, Trigger.ACKNOWLEDGE})
WORLD = frozenset({Trigger.READING, Trigger.PRINTED, Trigger.CHANGED, Trigger.CLAIMED})


class SignInFlow:
    """Who works here now?"""

    page = Page.SIGN_IN

    def __init__(self) -> None:
        self.state = Entrance()
        self._next = self.state

    def enter(self, turn: Turn, argument: str) -> None:
        """Nobody is signed in any more; with `KEEP` after `lock`."""
        if argument != KEEP:
            self._change(turn, Entrance())
        turn.session = None

    def lock(self, turn: Turn, session: Session, page: Page, why: Why) -> None:
        """Hide what is open and let go of the key; whose it is stays known."""
        now_ns = turn.around.clock.monotonic_ns()
        plain = replace(session, key=None)
        self._change(turn, Entrance(locked=Locked(plain, page, why, now_ns)))
        turn.goto = (Page.SIGN_IN, KEEP)

    @property
    def next(self) -> Entrance:
        """What holds when the turn at hand is committed."""
        return self._next

    def begin(self) -> None:
        """A turn begins: what another wanted and did not get is forgotten."""
        self._next = self.state

    # ------------------------------------------------------------------------------- one happening

    def happen(self, turn: Turn, happening: Happening) -> None:
        """A badge and a PIN sign in; everything else is refused."""
        match happening.trigger:
            case Trigger.BADGE:
                self.badge(turn, happening)
            case Trigger.SIGN_IN_PIN:
                self._pin(turn, happening)
            case Trigger.UNLOCKED:
                self._unlocked(turn, happening)
            case Trigger.LET_IN:
                self._ask_supervisor(turn)
            case Trigger.STEPPED_UP:
                self._let_in(turn, happening)
            case trigger if trigger in LEAVING:
                self._change(turn, replace(self._next, asked=None, refused=None))
                turn.fate = Fate.COMMAND
            case trigger if trigger in WORLD or trigger is Trigger.STEP_UP_LEFT:
                pass
            case _:
                turn.refuse(text("sign_in.first"))
                self._change(turn, replace(self._next, refused=text("sign_in.first")))

    def badge(self, turn: Turn, happening: Happening) -> None:
        """A badge was scanned; also when somebody else is signed in, after `lock`."""
        secret = happening.meaning.secret if isinstance(happening.meaning, Badge) else ""
        if former.holds(turn):
            self._former(turn, former.by_badge(turn, secret), "badge")
            return
        if self._resumes(turn, secret):
            return
        row = turn.work.credential_by_badge(badge_hash(secret))
        self._ask(turn, proving.by_badge(turn, secret), row.person if row is not None else "")

    def _resumes(self, turn: Turn, secret: str) -> bool:
        """A clerk's own badge within the hour goes on without a PIN, and without a key."""
        locked = self._next.locked
        row = turn.work.credential_by_badge(badge_hash(secret))
        if locked is None or row is None or row.person != locked.session.person:
            return False
        now_ns = turn.around.clock.monotonic_ns()
        known = (locked.session.version, locked.session.role)
        if (row.version, row.role) != known or proving.why_not(turn, row) is not None:
            return False
        if not badge_suffices(row.role, locked.why, locked.since_ns, now_ns):
            return False
        self._welcome(turn, locked.session, "badge_alone")
        return True

    def _ask(self, turn: Turn, asked: Asked | Text, who: str) -> None:
        if isinstance(asked, Asked):
            turn.fate, turn.sound = Fate.COMMAND, Sound.ACCEPTED
            self._change(turn, replace(self._next, asked=asked, refused=None, who=""))
        else:
            self._change(turn, replace(self._next, asked=None))
            self._refuse(turn, asked, who)

    def _pin(self, turn: Turn, happening: Happening) -> None:
        if former.holds(turn):
            who = happening.extra
            self._former(turn, former.by_pin(turn, who, happening.argument), "pin")
            return
        asked: Asked | Text | None = self._next.asked
        if isinstance(asked, Asked) and asked.request:
            turn.refuse(text("sign_in.checking"))
            return
        if asked is None and not happening.extra:
            # Nobody to ask: what was said before still holds.
            turn.refuse(self._next.refused or text("sign_in.badge_needed"))
            return
        if asked is None:
            asked = proving.by_name(turn, happening.extra)
        tried = (
            asked if isinstance(asked, Text) else proving.try_pin(turn, asked, happening.argument)
        )
        if isinstance(tried, Text):
            who = asked.person if isinstance(asked, Asked) else happening.extra
            self._refuse(turn, tried, who)
            return
        turn.fate = Fate.COMMAND
        self._change(turn, replace(self._next, asked=tried, refused=None))

    def _unlocked(self, turn: Turn, happening: Happening) -> None:
        asked = self._next.asked
        if asked is None or asked.request != happening.argument:
            return
        found = proving.judge(turn, asked, happening.key)
        if isinstance(found, Session):
            self._welcome(turn, found, "badge" if asked.badge else "pin")
        else:
            # With a badge in hand the PIN may be tried again; a name is chosen anew.
            free = proving.why_not(turn, asked.row) is None and bool(asked.badge)
            kept = replace(asked, request="") if free else None
            self._change(turn, replace(self._next, asked=kept))
            self._refuse(turn, found, asked.person)

    def _former(self, turn: Turn, found: Session | Text, by: str) -> None:
        if isinstance(found, Session):
            self._welcome(turn, found, by)
        else:
            self._refuse(turn, found)

    # --------------------------------------------------------------------------- in, and let in

    def _welcome(self, turn: Turn, session: Session, by: str) -> None:
        locked = self._next.locked
        same = locked is not None and locked.session.person == session.person
        if locked is not None and same and by == "badge_alone":
            session = replace(session, since_ns=locked.session.since_ns)
        turn.session = session
        self._change(turn, Entrance())
        evidence: dict[str, str | int | bool] = {"by": by, "version": session.version}
        reason = "resume" if same else "sign_in"
        turn.record(Draft(Kind.EVENT, reason=reason, evidence=evidence), turn.around.ids.new_id())
        turn.accept(Sound.ACCEPTED)
        task = open_task.opened(turn.work)
        if locked is not None and (same or decides(session.role)):
            self._go_back(turn, locked, task)
        else:
            # What is open is another person's: it is saved, and listed as begun.
            open_task.close(turn.work)
            turn.goto = (Page.HOME, "")

    @staticmethod
    def _go_back(turn: Turn, locked: Locked, task: tuple[Page, str] | None) -> None:
        if task is not None:
            turn.goto = task
        elif locked.page in (Page.PACK, Page.SIGN_IN):
            turn.goto = (Page.HOME, "")
        else:
            turn.back = locked.page

    def _ask_supervisor(self, turn: Turn) -> None:
        if not self._next.who:
            turn.refuse(text("sign_in.nobody_barred"))
            return
        turn.fate = Fate.COMMAND
        turn.step_up(StepUp(text("sign_in.let_in_title"), right=Permission.DECIDE))

    def _let_in(self, turn: Turn, happening: Happening) -> None:
        who, barred = happening.who, self._next.who
        if who is None or not barred or who.person == barred:
            self._refuse(turn, text("sign_in.let_in_other"), barred)
            return
        attempts = turn.around.gate.attempts
        attempts.forgive(turn.work, barred, turn.now)
        turn.after_commit(lambda: attempts.forgiven(barred))
        draft = Draft(Kind.EVENT, reason="let_in", evidence={"person": barred})
        signers = (happening.key,) if happening.key else ()
        turn.record(draft, turn.around.ids.new_id(), signers=signers, by=who)
        self._change(turn, replace(self._next, who="", refused=None, asked=None))
        turn.accept(Sound.ACCEPTED)

    # ------------------------------------------------------------------------------------- memory

    def _refuse(self, turn: Turn, why: Text, person: str = "") -> None:
        self._change(turn, replace(self._next, refused=why, who=person))
        turn.refuse(why)

    def _change(self, turn: Turn, state: Entrance) -> None:
        self._next = state

        def keep() -> None:
            self.state = state

        turn.after_commit(keep)

    def screen(self, turn: Turn) -> Screen:
        """The prompt, the list, the PIN."""
        return sign_in_screen.build(self.state, turn)


def sign_out(turn: Turn) -> None:
    """The person leaves; the open job stays saved as it is, and is listed as begun."""
    if turn.session is not None:
        turn.record(Draft(Kind.EVENT, reason="sign_out"), turn.around.ids.new_id())
    open_task.close(turn.work)
    turn.fate = Fate.COMMAND
    turn.goto = (Page.SIGN_IN, "")
