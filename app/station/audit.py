"""Audit: what was recorded at this station, newest first, and whether its chain is whole.

Nothing of it can be changed here. Limits come by scan of an item or a document, by badge, by typing
a day, or from lists by digit; what is limited can be taken away as a file, by badge and PIN, and
that is recorded itself.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from app.domain.barcode import Badge
from app.domain.operation import Kind
from app.domain.roles import Permission
from app.domain.secrets import badge_hash
from app.domain.text import Text, text
from app.station import audit_screen
from app.station.audit_log import Limits, Links
from app.station.browsing import BrowsingFlow
from app.station.events import LogAsked, LogTaken
from app.station.flow import OF_THE_WORLD, Happening, Trigger
from app.station.lookup import find_item
from app.station.screen import Page, Screen, Sound
from app.station.turn import Draft, Fate, StepUp, Turn

# Links of the chain followed in one go: 10 ms, so that a scan waits for nothing anybody notices.
PORTION = 1_000
# Reason of the event that tells of an export.
EXPORTED = "audit_exported"


class View(StrEnum):
    """What is looked at: the log, one entry, or a list to limit it by."""

    LOG = "log"
    ENTRY = "entry"
    PERSON = "person"
    KIND = "kind"
    DAY = "day"


# By digit or card.
LISTS = {"1": View.PERSON, "2": View.KIND, "3": View.DAY}


ALL = Limits()


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at.

    Attributes:
        before: The page of the log begins below this number; 0 for the newest.
        chosen: Key of the row that is chosen, or empty for the first.
        entry: Number of the entry that is open, or 0.
        trail: Limits before the last one was set, so that each can be taken back.
    """

    view: View = View.LOG
    limits: Limits = ALL
    before: int = 0
    chosen: str = ""
    entry: int = 0
    trail: tuple[Limits, ...] = ()


class AuditFlow(BrowsingFlow):
    """The log, an entry of it, and the lists to limit it by.

    Attributes:
        look: What is looked at.
        said: What the last step did, and whether it was done.
        links: How far the chain was followed.
        taking: The file that is being written, and what became of it.
    """

    page = Page.AUDIT

    def __init__(self) -> None:
        self.look = Look()
        self.said: tuple[Text, Text, bool] | None = None
        self.links = Links()
        self.taking: Future[LogTaken] | None = None
        self._wanted: Limits | None = None

    @property
    def takes_badges(self) -> bool:
        """Whether a badge that is scanned now says whose entries are wanted."""
        return self.look.view is View.PERSON

    def enter(self, turn: Turn, argument: str) -> None:
        """Begin with the newest entries; the chain is followed anew."""
        del argument
        self._keep(turn, look=Look(), said=None, links=Links(), taking=None)

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Answer by the table; what it does not name changes nothing."""
        if happening.trigger in OF_THE_WORLD:
            return
        handler = TABLE.get(happening.trigger)
        if handler is None:
            self._refuse(turn, text("audit.not_here"))
            return
        turn.fate = Fate.COMMAND
        handler(self, turn, happening)

    def screen(self, turn: Turn) -> Screen:
        """The page as it stands after this turn; the chain is followed a little further."""
        self.links = turn.work.follow_links(self.links, PORTION)
        return audit_screen.build(self, turn)

    # ------------------------------------------------------------------------------------ by scan

    def item(self, turn: Turn, happening: Happening) -> None:
        """An item: what is about it."""
        found = find_item(turn.work, happening.meaning)
        if found is None:
            self._unknown(turn, happening.shown)
        else:
            turn.accept(Sound.ACCEPTED)
            self._limit(turn, replace(self.look.limits, item=found.sku))

    def document(self, turn: Turn, happening: Happening) -> None:
        """A document: what is about it."""
        named = happening.trigger is Trigger.DOCUMENT
        turn.accept(Sound.ACCEPTED)
        number = happening.extra if named else happening.argument
        self._limit(turn, replace(self.look.limits, document=number))

    def badge(self, turn: Turn, happening: Happening) -> None:
        """A badge, while a person is looked for: their entries."""
        meaning = happening.meaning
        secret = meaning.secret if isinstance(meaning, Badge) else ""
        row = turn.work.credential_by_badge(badge_hash(secret))
        if row is None:
            self._refuse(turn, text("audit.no_badge"))
        else:
            turn.accept(Sound.ACCEPTED)
            self._limit(turn, replace(self.look.limits, person=row.person))

    def anything(self, turn: Turn, happening: Happening) -> None:
        """Something else: a day as people write it, or a number something was recorded about."""
        said = happening.scan.text.strip() if happening.scan is not None else ""
        day = a_day(said, turn.around.clock.now().astimezone().year)
        if day:
            turn.accept(Sound.ACCEPTED)
            self._limit(turn, replace(self.look.limits, day=day))
        elif said and turn.work.is_about(said):
            turn.accept(Sound.ACCEPTED)
            self._limit(turn, replace(self.look.limits, document=said))
        else:
            self._unknown(turn, happening.shown)

    # ------------------------------------------------------------------------------------ by key

    def digit(self, turn: Turn, happening: Happening) -> None:
        """A list to limit the log by."""
        view = LISTS.get(happening.argument)
        if view is None:
            self._refuse(turn, text("audit.not_here"))
        else:
            self._look(turn, replace(self.look, view=view, chosen=""))

    def choose(self, turn: Turn, happening: Happening) -> None:
        """Another row."""
        self._look(turn, replace(self.look, chosen=happening.argument))

    def open(self, turn: Turn, happening: Happening) -> None:
        """The entry of a row; in a list, limit the log by it."""
        key = happening.argument or audit_screen.chosen(self, turn)
        match self.look.view:
            case View.LOG if key.isdecimal():
                look = replace(self.look, view=View.ENTRY, chosen="", entry=int(key))
                self._look(turn, look)
            case View.PERSON | View.KIND | View.DAY if key:
                changed = {self.look.view.value: key}
                self._limit(turn, replace(self.look.limits, **changed))
            case _:
                self._keep(turn, said=None)

    def further(self, turn: Turn, _happening: Happening) -> None:
        """The next page of the log."""
        before = audit_screen.following(self, turn)
        if before:
            self._look(turn, replace(self.look, before=before, chosen=""))

    def undo(self, turn: Turn, _happening: Happening) -> None:
        """Take the last limit back."""
        if self.look.view is View.LOG and self.look.trail:
            *trail, last = self.look.trail
            self._look(turn, Look(limits=last, trail=tuple(trail)))
        else:
            self.back(turn, _happening)

    def back(self, turn: Turn, _happening: Happening) -> None:
        """One step back: what was said, the entry, the page, then the tasks."""
        look = self.look
        if self.said is not None or (self.taking is not None and self.taking.done()):
            self._keep(turn, said=None, taking=None)
        elif look.view is not View.LOG:
            chosen = str(look.entry or "")
            self._look(turn, replace(look, view=View.LOG, chosen=chosen, entry=0))
        elif look.before:
            self._look(turn, replace(look, before=0, chosen=""))
        else:
            turn.goto = (Page.HOME, "")

    def leave(self, turn: Turn, _happening: Happening) -> None:
        """To the tasks at once."""
        turn.goto = (Page.HOME, "")

    # ------------------------------------------------------------------------------------ the file

    def take(self, turn: Turn, happening: Happening) -> None:
        """Take what is limited away as a file: a privileged act, proven by badge and PIN."""
        if self.look.view is not View.LOG:
            self.open(turn, happening)
        elif self.taking is not None and not self.taking.done():
            self._refuse(turn, text("audit.busy"))
        else:
            self._keep(turn, _wanted=self.look.limits, said=None, taking=None)
            turn.step_up(StepUp(text("audit.step_up"), right=Permission.EXPORT))

    def stepped_up(self, turn: Turn, happening: Happening) -> None:
        """Somebody who may has proven themselves: it is recorded, then written."""
        who, wanted = happening.who, self._wanted
        if wanted is None or who is None:
            return
        limits = ", ".join(f"{name} {value}" for name, value in wanted.given().items())
        evidence: dict[str, str | int | bool] = {"format": "csv", "limits": limits}
        signers = (happening.key,) if happening.key is not None else ()
        draft = Draft(Kind.EVENT, reason=EXPORTED, evidence=evidence)
        told = turn.record(draft, turn.around.ids.new_id(), signers=signers, by=who)
        taking: Future[LogTaken] = Future()
        here = turn.around.identity
        asked = LogAsked(told, wanted, turn.now, who.person, here.site, here.station, taking)
        turn.announce.append(asked)
        turn.accept(Sound.ACCEPTED)
        self._keep(turn, taking=taking, _wanted=None)

    def step_up_left(self, turn: Turn, _happening: Happening) -> None:
        """Nobody did: nothing was recorded, nothing is written."""
        self._keep(turn, _wanted=None)

    # ------------------------------------------------------------------------------------ memory

    def _limit(self, turn: Turn, limits: Limits) -> None:
        trail = (*self.look.trail, self.look.limits)
        if limits == self.look.limits:
            trail = self.look.trail
        self._look(turn, Look(limits=limits, trail=trail))

    def _look(self, turn: Turn, look: Look) -> None:
        self._keep(turn, look=look, said=None)

    def _unknown(self, turn: Turn, shown: str) -> None:
        self._refuse(turn, text("audit.unknown", code=shown))

    def _refuse(self, turn: Turn, why: Text) -> None:
        turn.refuse(why)
        self._keep(turn, said=(why, text("audit.want"), False))


def a_day(said: str, year: int) -> str:
    """A day somebody typed as `2026-11-23`; empty when it is none.

    Args:
        said: `2026-11-23`, `23.11.2026`, `23.11.` or `23/11/2026`.
        year: Where none is said.
    """
    parts = said.replace("/", ".").rstrip(".").split(".")
    try:
        if len(parts) == 1:
            return date.fromisoformat(said).isoformat() if len(said) == len("2026-11-23") else ""
        day, month, *rest = (int(part) for part in parts)
        return date(rest[0] if rest else year, month, day).isoformat() if len(rest) < 2 else ""
    except ValueError:
        return ""


Handler = Callable[[AuditFlow, Turn, Happening], None]
TABLE: dict[Trigger, Handler] = {
    Trigger.ITEM: AuditFlow.item,
    Trigger.ORDER: AuditFlow.document,
    Trigger.DOCUMENT: AuditFlow.document,
    Trigger.BADGE: AuditFlow.badge,
    Trigger.NOTHING: AuditFlow.anything,
    Trigger.TASK: AuditFlow.digit,
    Trigger.QUANTITY: AuditFlow.digit,
    Trigger.CHOOSE: AuditFlow.choose,
    Trigger.OPEN: AuditFlow.open,
    Trigger.NEXT: AuditFlow.further,
    Trigger.MAIN: AuditFlow.take,
    Trigger.YES: AuditFlow.take,
    Trigger.STEPPED_UP: AuditFlow.stepped_up,
    Trigger.STEP_UP_LEFT: AuditFlow.step_up_left,
    Trigger.UNDO: AuditFlow.undo,
    Trigger.NO: AuditFlow.back,
    Trigger.ACKNOWLEDGE: AuditFlow.back,
    Trigger.HOME: AuditFlow.leave,
    Trigger.PAUSE: AuditFlow.leave,
}
