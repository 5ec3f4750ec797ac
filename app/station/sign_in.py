"""Sign in: a badge, or a person of the list with a PIN. Works from the list in the book alone."""

from app.domain.barcode import Badge
from app.domain.operation import Kind
from app.domain.secrets import badge_hash, is_pin
from app.domain.text import text
from app.station.flow import Happening, Trigger
from app.station.screen import Page, PersonView, Prompt, Screen, Sound, Tone
from app.station.turn import Draft, Fate, Session, Turn

# After this many wrong PINs in a row the list waits; a badge still signs in.
MAX_TRIES = 5
WAIT_NS = 30 * 1_000_000_000


class SignInFlow:
    """Who works here now?"""

    page = Page.SIGN_IN

    def __init__(self) -> None:
        self._failures = 0
        self._wait_until_ns = 0
        self._wrong = False

    def enter(self, turn: Turn, argument: str) -> None:
        """Show the list; whoever was signed in is not any more."""
        del argument
        turn.session = None
        self._wrong = False

    def happen(self, turn: Turn, happening: Happening) -> None:
        """A badge or a PIN signs in; everything else is refused."""
        match happening.trigger:
            case Trigger.BADGE:
                self._badge(turn, happening)
            case Trigger.SIGN_IN_PIN:
                self._pin(turn, happening)
            case Trigger.READING | Trigger.PRINTED | Trigger.CHANGED | Trigger.CLAIMED:
                pass
            case Trigger.ACKNOWLEDGE:
                self._wrong = False
                turn.fate = Fate.COMMAND
            case _:
                turn.refuse(text("sign_in.first"))
                self._wrong = True

    def _badge(self, turn: Turn, happening: Happening) -> None:
        secret = happening.meaning.secret if isinstance(happening.meaning, Badge) else ""
        found = turn.work.person_by_badge(badge_hash(secret))
        if found is None:
            turn.refuse(text("sign_in.unknown_badge"))
            self._wrong = True
            return
        self._welcome(turn, Session(found.person, found.name, found.role), "badge")

    def _pin(self, turn: Turn, happening: Happening) -> None:
        now = turn.around.clock.monotonic_ns()
        if now < self._wait_until_ns:
            turn.refuse(text("sign_in.wait"))
            return
        person = next((p for p in turn.work.people() if p.person == happening.extra), None)
        if person is None or not is_pin(happening.argument, person.pin_salt, person.pin_hash):
            self._failures += 1
            self._wrong = True
            if self._failures >= MAX_TRIES:
                self._wait_until_ns = now + WAIT_NS
                self._failures = 0
            turn.refuse(text("sign_in.wrong_pin"))
            return
        self._welcome(turn, Session(person.person, person.name, person.role), "pin")

    def _welcome(self, turn: Turn, session: Session, by: str) -> None:
        turn.session = session
        self._failures = 0
        self._wrong = False
        turn.record(
            Draft(Kind.EVENT, reason="sign_in", evidence={"by": by}), turn.around.ids.new_id()
        )
        turn.accept(Sound.ACCEPTED)
        turn.goto = (Page.HOME, "")

    def screen(self, turn: Turn) -> Screen:
        """The prompt and the list."""
        people = turn.work.people()
        if self._wrong:
            prompt = Prompt(
                Tone.ERROR, "octagon-x", text("sign_in.refused"), text("sign_in.refused_detail")
            )
        elif not people:
            prompt = Prompt(
                Tone.BUSY, "loader", text("sign_in.no_people"), text("sign_in.no_people_detail")
            )
        else:
            prompt = Prompt(Tone.ASK, "id-card", text("sign_in.scan_badge"), text("sign_in.or_pin"))
        return Screen(
            page=Page.SIGN_IN,
            title=text("sign_in.title"),
            prompt=prompt,
            scan_hint=text("scan.hint"),
            people=tuple(PersonView(row.person, row.name, row.role) for row in people),
        )


def sign_out(turn: Turn) -> None:
    """The person leaves; the open job stays as it is, theirs."""
    if turn.session is not None:
        turn.record(Draft(Kind.EVENT, reason="sign_out"), turn.around.ids.new_id())
    turn.fate = Fate.COMMAND
    turn.goto = (Page.SIGN_IN, "")
