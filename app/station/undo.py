"""Take back: what was finished at this station is chosen, shown line by line, and reversed.

Nothing is saved here: after a stop the list comes back, and what was taken back stands in it as
taken back. `TABLE` says what may happen in which state; what it does not name is an error that must
be acknowledged, and records nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from app.domain.barcode import Damaged
from app.domain.operation import Kind
from app.domain.text import Text, text
from app.identity.userkey import UserKey
from app.station import undo_judge, undo_screen, undo_take
from app.station.browsing import BrowsingFlow
from app.station.flow import OF_THE_WORLD, Happening, Trigger
from app.station.lookup import find_item
from app.station.screen import Page, Screen, Sound
from app.station.turn import Fate, Session, StepUp, Turn
from app.station.undo_acts import DOCUMENT, OPERATION, Act, Acts, Looked, act_of, acts
from app.station.undo_judge import Way


class UndoState(StrEnum):
    """Whether one is chosen from, or one is shown."""

    LIST = "list"
    ACT = "act"


class UndoFlow(BrowsingFlow):
    """The list of what was finished here, and the act that is shown.

    Attributes:
        state: What is shown.
        looked: What the list is of.
        chosen: Key of the row that is chosen, or of the act that is shown.
        label: Number of the parcel whose label was scanned.
        said: What the last step did: title and detail.
        problem: An error until it is acknowledged.
    """

    page = Page.UNDO

    def __init__(self) -> None:
        self.state = UndoState.LIST
        self.looked = Looked()
        self.chosen = ""
        self.label = ""
        self.said: tuple[Text, Text] | None = None
        self.problem: tuple[Text, Text] | None = None
        self._read: tuple[tuple[Turn, str, Looked], Acts] | None = None

    def enter(self, turn: Turn, argument: str) -> None:
        """Begin with the latest, with one operation, or with what was done for a document."""
        looked, act = Looked(), None
        if argument.startswith(DOCUMENT):
            looked = Looked(document=argument.removeprefix(DOCUMENT))
        elif argument.startswith(OPERATION):
            act = act_of(turn, argument.removeprefix(OPERATION))
        self._keep(
            turn,
            state=UndoState.ACT if act is not None else UndoState.LIST,
            looked=looked,
            chosen=act.key if act is not None else "",
            label="",
            said=None,
            problem=None,
        )

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Answer one trigger by the table."""
        trigger = happening.trigger
        if trigger in OF_THE_WORLD:
            return
        handler = TABLE.get((self.state, trigger)) or TABLE.get((None, trigger))
        if self.problem is not None:
            turn.fate = Fate.COMMAND
            if trigger is Trigger.ACKNOWLEDGE:
                self._keep(turn, problem=None)
            else:
                turn.refuse(text("pack.acknowledge_first"))
        elif handler is None:
            self._wrong(turn, text("undo.not_now"), text(f"undo.want_{self.state.value}"))
        else:
            turn.fate = Fate.COMMAND
            handler(self, turn, happening)

    def screen(self, turn: Turn) -> Screen:
        """The page as it stands after this turn."""
        return undo_screen.build(self, turn)

    # --------------------------------------------------------------------------- what is looked at

    def listed(self, turn: Turn) -> Acts:
        """The rows of the list; read once a turn, and again after something was recorded."""
        asked = (turn, turn.operation, self.looked)
        if self._read is None or self._read[0] != asked:
            self._read = asked, acts(turn, self.looked)
        return self._read[1]

    def here(self, turn: Turn) -> Act | None:
        """The act that is chosen, or the first."""
        if self.state is UndoState.ACT:
            return act_of(turn, self.chosen)
        rows = self.listed(turn).rows
        return next((one for one in rows if one.key == self.chosen), rows[0] if rows else None)

    # ------------------------------------------------------------------------------------ the list

    def choose(self, turn: Turn, happening: Happening) -> None:
        """Another row."""
        self._keep(turn, chosen=happening.argument, said=None)

    def further(self, turn: Turn, _happening: Happening) -> None:
        """The next page of the list; after the last comes the first."""
        following = self.listed(turn).following
        self._keep(turn, looked=replace(self.looked, before=following), chosen="", said=None)

    def open(self, turn: Turn, happening: Happening) -> None:
        """Show what would be taken back."""
        act = act_of(turn, happening.argument) if happening.argument else self.here(turn)
        if act is None:
            self._wrong(turn, text("undo.none"), text("undo.none_detail"))
        else:
            self._keep(turn, state=UndoState.ACT, chosen=act.key, label="", said=None)

    def document(self, turn: Turn, happening: Happening) -> None:
        """The slip of an order, or another document: what was done for it."""
        number = happening.extra if happening.trigger is Trigger.DOCUMENT else happening.argument
        self._find(turn, Looked(document=number), happening.shown or number)

    def item(self, turn: Turn, happening: Happening) -> None:
        """An item: what was done with it."""
        found = find_item(turn.work, happening.meaning)
        self._find(turn, Looked(item=found.sku if found is not None else "?"), happening.shown)

    def parcel(self, turn: Turn, happening: Happening) -> None:
        """The label of a parcel: its hand-over, shown; the parcel is evidently here."""
        rows = acts(turn, Looked(sscc=happening.argument)).rows
        if not rows:
            self._unknown(turn, happening)
            return
        turn.accept(Sound.ACCEPTED)
        self._keep(
            turn, state=UndoState.ACT, chosen=rows[0].key, label=happening.argument, said=None
        )

    def _find(self, turn: Turn, looked: Looked, shown: str) -> None:
        if not acts(turn, looked).rows:
            self._wrong(turn, text("undo.nothing_of", code=shown), text("undo.nothing_of_detail"))
            return
        turn.accept(Sound.ACCEPTED)
        self._keep(turn, looked=looked, chosen="", said=None)

    # ------------------------------------------------------------------------------------- one act

    def prove(self, turn: Turn, happening: Happening) -> None:
        """The label of the parcel that is shown: it is here, and may be opened."""
        act = self.here(turn)
        if act is None or act.about.shipment != happening.argument:
            detail = text("undo.other_label_detail", code=happening.shown)
            self._wrong(turn, text("undo.other_label"), detail)
            return
        turn.accept(Sound.ACCEPTED)
        self._keep(turn, label=happening.argument)

    def main(self, turn: Turn, _happening: Happening) -> None:
        """F10: take it back; if that cannot be, do what is done instead."""
        named, who = self.here(turn), turn.session
        bar = undo_judge.barred(turn, named) if named is not None else None
        if bar is not None and bar.way is not None:
            self._go(turn, bar.way)
            return
        act = self._ready(turn)
        if act is None:
            return
        if act.kind == Kind.ADJUST and who is not None and who.key is None and who.version:
            turn.step_up(StepUp(text("undo.step_up"), person=who.person))
        else:
            self._take(turn, act, who, who.key if who is not None else None)

    def stepped_up(self, turn: Turn, happening: Happening) -> None:
        """They have proven themselves, for this one act."""
        act = self._ready(turn)
        if act is not None and happening.who is not None:
            self._take(turn, act, happening.who, happening.key)

    def _ready(self, turn: Turn) -> Act | None:
        """The act that is shown, if it can be taken back now; else why not is said."""
        act = self.here(turn)
        if act is None:
            self._wrong(turn, text("undo.none"), text("undo.none_detail"))
            return None
        bar = undo_judge.barred(turn, act)
        if bar is not None:
            turn.refuse(bar.why)
            return None
        if undo_judge.needs_label(act, self.label):
            turn.refuse(text("undo.scan_label"))
            return None
        return act

    def _take(self, turn: Turn, act: Act, who: Session | None, key: UserKey | None) -> None:
        waits = undo_take.take(turn, act, who, key)
        turn.accept(Sound.ATTENTION)
        self._keep(
            turn,
            state=UndoState.LIST,
            chosen=self._next(turn, act),
            label="",
            said=undo_screen.said_of(turn, act, waits=waits),
        )

    def _next(self, turn: Turn, act: Act) -> str:
        """The one before it that stands: several steps back are as many times the same key."""
        rows = self.listed(turn).rows
        before = [one for one in rows if one.steps[0].place < act.steps[-1].place and one.standing]
        return before[0].key if before else act.key

    def way(self, turn: Turn, happening: Happening) -> None:
        """By card, or F6: the task in which it is done instead."""
        act = self.here(turn) if self.state is UndoState.ACT else None
        bar = undo_judge.barred(turn, act) if act is not None else None
        way = bar.way if bar is not None else None
        if act is not None and bar is None:
            way = undo_screen.other_way(turn, act)
        if way is None or way.page is None or way.page.value != happening.argument:
            self._wrong(turn, text("undo.not_now"), text(f"undo.want_{self.state.value}"))
        else:
            self._go(turn, way)

    def _go(self, turn: Turn, way: Way) -> None:
        if way.page is None:
            self._keep(turn, chosen=way.argument, label="", said=None)
        else:
            turn.goto = (way.page, way.argument)

    # ------------------------------------------------------------------------------------- leaving

    def first_look(self, turn: Turn, _happening: Happening) -> None:
        """F4 again: the list is open; what is taken back is said by F10."""
        turn.refuse(text("undo.want_act"))

    def back(self, turn: Turn, happening: Happening) -> None:
        """One step back: to the list, to all of it, to the task board."""
        if self.state is UndoState.ACT:
            self._keep(turn, state=UndoState.LIST, label="", said=None)
        elif self.looked != Looked():
            self._keep(turn, looked=Looked(), chosen="", said=None)
        else:
            self.leave(turn, happening)

    def leave(self, turn: Turn, _happening: Happening) -> None:
        """To the task board."""
        turn.goto = (Page.HOME, "")

    def nothing(self, turn: Turn, _happening: Happening) -> None:
        """A card that means nothing here, or nobody proved themselves: nothing was recorded."""

    def unknown(self, turn: Turn, happening: Happening) -> None:
        """A code nobody knows."""
        self._unknown(turn, happening)

    def _unknown(self, turn: Turn, happening: Happening) -> None:
        meaning = happening.meaning
        detail = text("undo.nothing_of_detail")
        said = meaning.say if isinstance(meaning, Damaged) else detail
        self._wrong(turn, text("undo.nothing_of", code=happening.shown), said)

    def _wrong(self, turn: Turn, title: Text, detail: Text) -> None:
        turn.refuse(title)
        self._keep(turn, problem=(title, detail), said=None)


_S = UndoState
Handler = Callable[[UndoFlow, Turn, Happening], None]
TABLE: dict[tuple[UndoState | None, Trigger], Handler] = {
    (_S.LIST, Trigger.CHOOSE): UndoFlow.choose,
    (_S.LIST, Trigger.NEXT): UndoFlow.further,
    (_S.LIST, Trigger.OPEN): UndoFlow.open,
    (_S.LIST, Trigger.MAIN): UndoFlow.open,
    (_S.LIST, Trigger.YES): UndoFlow.open,
    (_S.LIST, Trigger.UNDO): UndoFlow.open,
    (_S.LIST, Trigger.ORDER): UndoFlow.document,
    (_S.LIST, Trigger.DOCUMENT): UndoFlow.document,
    (_S.LIST, Trigger.ITEM): UndoFlow.item,
    (_S.LIST, Trigger.LABEL): UndoFlow.parcel,
    (_S.LIST, Trigger.STEPPED_UP): UndoFlow.nothing,
    (_S.ACT, Trigger.MAIN): UndoFlow.main,
    (_S.ACT, Trigger.YES): UndoFlow.main,
    (_S.ACT, Trigger.UNDO): UndoFlow.first_look,
    (_S.ACT, Trigger.LABEL): UndoFlow.prove,
    (_S.ACT, Trigger.STEPPED_UP): UndoFlow.stepped_up,
    (None, Trigger.CHOOSE): UndoFlow.nothing,
    (None, Trigger.NEXT): UndoFlow.nothing,
    (None, Trigger.TASK): UndoFlow.way,
    (None, Trigger.NOTHING): UndoFlow.unknown,
    (None, Trigger.NO): UndoFlow.back,
    (None, Trigger.HOME): UndoFlow.leave,
    (None, Trigger.PAUSE): UndoFlow.leave,
    (None, Trigger.ACKNOWLEDGE): UndoFlow.nothing,
    (None, Trigger.STEP_UP_LEFT): UndoFlow.nothing,
}
