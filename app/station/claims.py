"""Claims: who works on what, and taking it over to this station.

What the other station has packed stands; what it still sends stands too. Taking over is a claim
with the reason `take_over`, by somebody who may, who proves it with badge and PIN. The ledger
answers; without a link it does not, and this is said before.
"""

from collections.abc import Callable

from app.contract.messages import Reference
from app.domain.operation import Kind
from app.domain.roles import Permission
from app.domain.text import Text, text
from app.station import claims_screen
from app.station.browsing import BrowsingFlow
from app.station.flow import OF_THE_WORLD, Happening, Trigger
from app.station.menu import OF_DOCUMENT
from app.station.screen import Page, Screen, Sound
from app.station.standing import Held
from app.station.turn import Draft, Fate, StepUp, Turn

TAKE_OVER = "take_over"
# Between kind and number in the key of a row; no kind holds it.
PART = claims_screen.PART


class ClaimsFlow(BrowsingFlow):
    """The list of what is claimed or assigned.

    Attributes:
        chosen: Key of the row that is chosen.
        after: Where this page of the list begins.
        said: What the last step did, and whether it was done.
    """

    page = Page.CLAIMS

    def __init__(self) -> None:
        self.chosen = ""
        self.after: tuple[str, str] | None = None
        self.said: tuple[Text, Text, bool] | None = None
        self._wanted = ""

    def enter(self, turn: Turn, argument: str) -> None:
        """Show who works on what; a document may be named."""
        self._keep(turn, chosen=argument, after=None, said=None)

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Answer by the table; what it does not name changes nothing."""
        if happening.trigger in OF_THE_WORLD:
            return
        handler = TABLE.get(happening.trigger)
        if handler is None:
            self._refuse(turn, text("claims.not_here"))
            return
        turn.fate = Fate.COMMAND
        handler(self, turn, happening)

    def screen(self, turn: Turn) -> Screen:
        """The page as it stands after this turn."""
        return claims_screen.build(self, turn)

    def choose(self, turn: Turn, happening: Happening) -> None:
        """Another row."""
        self._keep(turn, chosen=happening.argument, said=None)

    def further(self, turn: Turn, _happening: Happening) -> None:
        """The next page of the list."""
        after = claims_screen.following(self, turn)
        if after is not None:
            self._keep(turn, after=after, chosen="", said=None)

    def scanned(self, turn: Turn, happening: Happening) -> None:
        """A document: who has it."""
        kind = happening.argument if happening.trigger is Trigger.DOCUMENT else "order"
        number = happening.extra if happening.trigger is Trigger.DOCUMENT else happening.argument
        found = turn.work.claim_of(kind, number)
        if found is None:
            self._refuse(turn, text("claims.free", document=number))
            return
        turn.accept(Sound.ACCEPTED)
        self._keep(turn, chosen=claims_screen.key_of(found), said=None)

    def leave(self, turn: Turn, _happening: Happening) -> None:
        """To the task board; from a later page of the list to its first."""
        if self.after is not None:
            self._keep(turn, after=None, chosen="", said=None)
            return
        self._keep(turn, said=None)
        turn.goto = (Page.HOME, "")

    def open(self, turn: Turn, happening: Happening) -> None:
        """The page of the document, once it is ours."""
        found = self._named(turn, happening.argument)
        page = OF_DOCUMENT.get(found.kind) if found is not None else None
        if found is None or page is None:
            self._refuse(turn, text("claims.choose_first"))
        elif not claims_screen.is_mine(turn, found):
            self._refuse(turn, text("claims.not_mine", station=found.station))
        else:
            turn.goto = (page, found.document)

    def take_over(self, turn: Turn, _happening: Happening) -> None:
        """Ask somebody who may for badge and PIN."""
        found = self._named(turn, "")
        if found is None:
            self._refuse(turn, text("claims.choose_first"))
        elif claims_screen.is_mine(turn, found):
            self._refuse(turn, text("claims.mine_already"))
        else:
            self._keep(turn, _wanted=claims_screen.key_of(found), said=None)
            turn.step_up(StepUp(text("claims.step_up"), right=Permission.TAKE_OVER))

    def stepped_up(self, turn: Turn, happening: Happening) -> None:
        """Somebody who may has proven themselves, for this one document."""
        found, who = self._named(turn, self._wanted), happening.who
        if not self._wanted or who is None:
            return
        self._keep(turn, _wanted="")
        if found is None:
            self._refuse(turn, text("claims.gone"))
            return
        about = Reference(document_kind=found.kind, document=found.document)
        draft = Draft(Kind.CLAIM, reference=about, reason=TAKE_OVER)
        signers = (happening.key,) if happening.key is not None else ()
        turn.record(draft, turn.around.ids.new_id(), signers=signers, by=who)
        turn.accept(Sound.LINE)
        said = text("claims.asked", document=found.document, station=found.station)
        self._keep(turn, chosen=claims_screen.key_of(found))
        self._keep(turn, said=(said, text("claims.asked_detail"), True))

    def step_up_left(self, turn: Turn, _happening: Happening) -> None:
        """Nobody did: nothing was recorded."""
        self._keep(turn, _wanted="")

    def _named(self, turn: Turn, key: str) -> Held | None:
        kind, _, number = (key or claims_screen.chosen(self, turn)).partition(PART)
        return turn.work.claim_of(kind, number) if number else None

    def _refuse(self, turn: Turn, why: Text) -> None:
        turn.refuse(why)
        self._keep(turn, said=(why, text("claims.want"), False))


Handler = Callable[[ClaimsFlow, Turn, Happening], None]
TABLE: dict[Trigger, Handler] = {
    Trigger.CHOOSE: ClaimsFlow.choose,
    Trigger.NEXT: ClaimsFlow.further,
    Trigger.ORDER: ClaimsFlow.scanned,
    Trigger.DOCUMENT: ClaimsFlow.scanned,
    Trigger.OPEN: ClaimsFlow.open,
    Trigger.MAIN: ClaimsFlow.take_over,
    Trigger.YES: ClaimsFlow.take_over,
    Trigger.STEPPED_UP: ClaimsFlow.stepped_up,
    Trigger.STEP_UP_LEFT: ClaimsFlow.step_up_left,
    Trigger.NO: ClaimsFlow.leave,
    Trigger.UNDO: ClaimsFlow.leave,
    Trigger.HOME: ClaimsFlow.leave,
    Trigger.PAUSE: ClaimsFlow.leave,
    Trigger.ACKNOWLEDGE: ClaimsFlow.leave,
}
