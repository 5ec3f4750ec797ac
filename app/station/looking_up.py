"""Looking something up, from anywhere: the task below stays open, and goes on exactly as it was.

Nothing is recorded here and nothing is saved: after a crash the task comes back, not the search.
What the world tells meanwhile (a reading, a printed label, a claim) goes to the task.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.operation import PARCEL_PREFIX
from app.domain.text import Text, text
from app.station import lookup_screen
from app.station.browsing import BrowsingFlow
from app.station.flow import Flow, Happening, Trigger
from app.station.lookup import find_item, find_place
from app.station.screen import Page, Screen, Sound
from app.station.turn import Fate, Turn
from app.station.undo_acts import OPERATION

# Rows of a page of a list; the next page follows by key.
ROWS = 50
# Steps back that are kept; nobody remembers more.
TRAIL = 30


class View(StrEnum):
    """What is looked at."""

    SEARCH = "search"
    ITEM = "item"
    MOVES = "moves"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Look:
    """One thing that is looked at.

    Attributes:
        about: What was typed, an SKU, or a place.
        after: Where this page of the list begins, or 0.
        chosen: Key of the row that is chosen, or empty for the first.
    """

    view: View = View.SEARCH
    about: str = ""
    after: int = 0
    chosen: str = ""


def begin(turn: Turn, flow: Flow) -> None:
    """Look something up over a task; an error on its panel is acknowledged first."""
    if flow.screen(turn).locked:
        turn.refuse(text("pack.acknowledge_first"))
        return
    turn.fate = Fate.COMMAND
    turn.goto = (Page.LOOKUP, flow.page.value)


class LookupFlow(BrowsingFlow):
    """Search, item, moves, place; each step can be taken back.

    Attributes:
        under: The page it lies over.
        trail: What was looked at, the present one last; never empty.
        said: What the last step could not find.
    """

    page = Page.LOOKUP

    def __init__(self) -> None:
        self.under = Page.HOME
        self.trail: tuple[Look, ...] = (Look(),)
        self.said: tuple[Text, Text] | None = None

    @property
    def look(self) -> Look:
        """What is looked at now."""
        return self.trail[-1]

    def enter(self, turn: Turn, argument: str) -> None:
        """Begin with an empty search over the page `argument`."""
        self._keep(turn, under=Page(argument or Page.HOME.value), trail=(Look(),), said=None)

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Answer by the table; what it does not name changes nothing."""
        handler = TABLE.get(happening.trigger)
        if handler is None:
            turn.refuse(text("lookup.not_here"))
            detail = text("lookup.not_here_detail")
            self._keep(turn, said=(text("lookup.not_here"), detail))
            return
        turn.fate = Fate.COMMAND
        handler(self, turn, happening)

    def screen(self, turn: Turn) -> Screen:
        """The page as it stands after this turn."""
        return lookup_screen.build(self, turn)

    # ------------------------------------------------------------------------ by scan and by hand

    def search(self, turn: Turn, happening: Happening) -> None:
        """What was typed so far."""
        fresh = Look(View.SEARCH, happening.argument.strip())
        here = self.look
        if here.view is View.SEARCH:
            # Letter by letter is one search; only its last state is worth coming back to.
            self._keep(turn, trail=(*self.trail[:-1], fresh), said=None)
        else:
            self._show(turn, fresh)

    def item(self, turn: Turn, happening: Happening) -> None:
        """An item was scanned."""
        found = find_item(turn.work, happening.meaning)
        if found is None:
            self._unknown(turn, happening)
            return
        turn.accept(Sound.ACCEPTED)
        self._show(turn, Look(View.ITEM, found.sku))

    def place(self, turn: Turn, happening: Happening) -> None:
        """A shelf or a tote was scanned."""
        found = find_place(turn.work, happening.meaning)
        if found is None:
            self._unknown(turn, happening)
            return
        turn.accept(Sound.ACCEPTED)
        self._show(turn, Look(View.PLACE, found))

    def parcel(self, turn: Turn, happening: Happening) -> None:
        """A parcel was scanned."""
        turn.accept(Sound.ACCEPTED)
        self._show(turn, Look(View.PLACE, PARCEL_PREFIX + happening.argument))

    def document(self, turn: Turn, happening: Happening) -> None:
        """A document has a page of its own."""
        why = text("lookup.document", code=happening.shown)
        turn.refuse(why)
        self._keep(turn, said=(why, text("lookup.document_detail")))

    def anything(self, turn: Turn, happening: Happening) -> None:
        """No code this book knows: words of a search, if a hand typed them."""
        by_hand = happening.scan is not None and happening.scan.device == "typed"
        said = happening.scan.text.strip() if happening.scan is not None else ""
        hits = turn.work.find_items(said, ROWS) if by_hand else ()
        if not hits:
            self._unknown(turn, happening)
            return
        here = self.look
        known = {hit.sku for hit in hits}
        searched = here.view is View.SEARCH and here.about == said
        chosen = here.chosen if searched and here.chosen in known else ""
        if searched or len(hits) == 1:
            self._show(turn, Look(View.ITEM, chosen or hits[0].sku))
        else:
            self._show(turn, Look(View.SEARCH, said))

    def _unknown(self, turn: Turn, happening: Happening) -> None:
        why = text("lookup.unknown", code=happening.shown)
        turn.refuse(why)
        self._keep(turn, said=(why, text("lookup.unknown_detail")))

    # ------------------------------------------------------------------------------------ the list

    def choose(self, turn: Turn, happening: Happening) -> None:
        """Another row of the list."""
        here = replace(self.look, chosen=happening.argument)
        self._keep(turn, trail=(*self.trail[:-1], here), said=None)

    def open(self, turn: Turn, happening: Happening) -> None:
        """What stands in a row: an item, or a place."""
        key = happening.argument or lookup_screen.chosen(self, turn)
        match self.look.view:
            case View.SEARCH | View.PLACE if key:
                self._show(turn, Look(View.ITEM, lookup_screen.first_part(key)))
            case View.ITEM if key:
                self._show(turn, Look(View.PLACE, lookup_screen.first_part(key)))
            case _:
                self._keep(turn, said=None)

    def further(self, turn: Turn, _happening: Happening) -> None:
        """The next page of the list."""
        after = lookup_screen.following(self, turn)
        if after:
            self._show(turn, replace(self.look, after=after, chosen=""))

    def why(self, turn: Turn, _happening: Happening) -> None:
        """What was recorded here of the item that is looked at."""
        here = self.look
        if here.view is View.ITEM:
            self._show(turn, Look(View.MOVES, here.about))
            return
        key = lookup_screen.first_part(lookup_screen.chosen(self, turn))
        if here.view is not View.MOVES and key:
            self._show(turn, Look(View.MOVES, key))

    # ------------------------------------------------------------------------------------- leaving

    def take_back(self, turn: Turn, happening: Happening) -> None:
        """F4 on something that was recorded: what taking it back would reverse. Else a step back.

        An open task is left by nobody unseen: there, it is paused or finished first.
        """
        key = lookup_screen.chosen(self, turn)
        if self.look.view is not View.MOVES or not key:
            self.back(turn, happening)
        elif self.under is not Page.HOME:
            why = text("lookup.task_open")
            turn.refuse(why)
            self._keep(turn, said=(why, text("lookup.task_open_detail")))
        else:
            turn.goto = (Page.UNDO, OPERATION + key)

    def back(self, turn: Turn, _happening: Happening) -> None:
        """One step back; from the first one to the task."""
        if self.said is not None:
            self._keep(turn, said=None)
        elif len(self.trail) > 1:
            self._keep(turn, trail=self.trail[:-1])
        else:
            turn.back = self.under

    def leave(self, turn: Turn, _happening: Happening) -> None:
        """Back to the task at once."""
        turn.back = self.under

    # -------------------------------------------------------------------------------------- memory

    def _show(self, turn: Turn, look: Look) -> None:
        if look == self.look:
            self._keep(turn, said=None)
        else:
            self._keep(turn, trail=(*self.trail, look)[-TRAIL:], said=None)


Handler = Callable[[LookupFlow, Turn, Happening], None]
TABLE: dict[Trigger, Handler] = {
    Trigger.SEARCH: LookupFlow.search,
    Trigger.ITEM: LookupFlow.item,
    Trigger.PLACE: LookupFlow.place,
    Trigger.LABEL: LookupFlow.parcel,
    Trigger.ORDER: LookupFlow.document,
    Trigger.DOCUMENT: LookupFlow.document,
    Trigger.NOTHING: LookupFlow.anything,
    Trigger.CHOOSE: LookupFlow.choose,
    Trigger.OPEN: LookupFlow.open,
    Trigger.NEXT: LookupFlow.further,
    Trigger.WHY: LookupFlow.why,
    Trigger.NO: LookupFlow.back,
    Trigger.UNDO: LookupFlow.take_back,
    Trigger.ACKNOWLEDGE: LookupFlow.back,
    Trigger.LOOKUP: LookupFlow.leave,
    Trigger.HOME: LookupFlow.leave,
    Trigger.PAUSE: LookupFlow.leave,
    Trigger.MAIN: LookupFlow.leave,
}
