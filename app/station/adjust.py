"""Adjust: item → place → quantity → reason → sign. What the book says becomes what was found.

Whether it needs another person is told before it is sent. `TABLE` says what may happen in which
state; what it does not name is refused, and nothing is counted.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from app.contract.messages import Line
from app.domain.operation import ADJUSTMENT, Condition, Kind, StockKey
from app.domain.roles import Permission, may
from app.domain.text import Text, text
from app.station import adjust_screen, limits_here, lot_choice, photographing
from app.station.flow import OF_THE_WORLD, Happening, Trigger
from app.station.inbox import LinkState
from app.station.lookup import find_item, find_place
from app.station.lot_choice import LotHere
from app.station.photos import Photo
from app.station.screen import Page, Screen, Sound
from app.station.turn import Draft, Fate, Session, StepUp, Turn
from app.station.waiting import OFFLINE, WAITS

# What a person may choose; the word is the operation's reason, and policy knows it by that.
REASONS = ("miscounted", "damaged", "found", "write_off", "theft", "other")
# A counted number, or a difference with its sign.
_QUANTITY = re.compile(r"[+-]?[0-9]{1,5}")


class AdjustState(StrEnum):
    """What is asked for next."""

    ITEM = "item"
    PLACE = "place"
    LOT = "lot"
    QUANTITY = "quantity"
    REASON = "reason"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class AdjustJob:
    """One adjustment in the making; nothing is recorded before the end.

    Attributes:
        job: Correlation id.
        state: What is asked for next.
        sku: The item.
        name: The same for people.
        at: Place that was scanned, while it is asked which of its lots is meant.
        chosen: Lot that is looked at.
        key: Where, once it is known.
        change: Signed units.
        reason: As chosen.
        problem: An error until it is acknowledged.
        photos: Pictures that go with it.
        said: What became of the last one.
    """

    job: str
    state: AdjustState = AdjustState.ITEM
    sku: str = ""
    name: str = ""
    lot: str = ""
    at: str = ""
    chosen: str = ""
    key: StockKey | None = None
    change: int = 0
    reason: str = ""
    problem: tuple[Text, Text] | None = None
    photos: tuple[Photo, ...] = ()
    said: Text | None = None


class AdjustFlow:
    """The adjusting task."""

    page = Page.ADJUST

    def __init__(self) -> None:
        self.job: AdjustJob | None = None

    def enter(self, turn: Turn, argument: str) -> None:
        """Begin a new adjustment; coming back to one that is open goes on with it."""
        if argument or self.job is None:
            self._keep(turn, AdjustJob(turn.around.ids.new_id()))

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Answer one trigger by the table."""
        job = self.job
        if job is None or happening.trigger in _PASSED_OVER:
            return
        if job.problem is not None:
            if happening.trigger is Trigger.ACKNOWLEDGE:
                turn.fate = Fate.COMMAND
                self._keep(turn, replace(job, problem=None))
            else:
                turn.refuse(text("pack.acknowledge_first"))
            return
        handler = TABLE.get((job.state, happening.trigger)) or TABLE.get((None, happening.trigger))
        if handler is None:
            self.problem(turn, text("adjust.not_now"), text(f"adjust.want_{job.state.value}"))
            return
        handler(self, turn, happening)

    def screen(self, turn: Turn) -> Screen:
        """The page as it stands after this turn."""
        return adjust_screen.build(self.job, turn)

    def leave(self, turn: Turn, _happening: Happening) -> None:
        """Back to the task board; nothing was recorded."""
        turn.fate = Fate.COMMAND
        self._keep(turn, None)
        turn.goto = (Page.HOME, "")

    def problem(self, turn: Turn, title: Text, detail: Text) -> None:
        """Turn the panel to an error that must be acknowledged."""
        if self.job is not None:
            self._keep(turn, replace(self.job, problem=(title, detail)))
        turn.refuse(title)

    # ------------------------------------------------------------------------------- the steps

    def item(self, turn: Turn, happening: Happening) -> None:
        """An item was scanned; another one takes its place."""
        found = find_item(turn.work, happening.meaning)
        if found is None or self.job is None:
            self.problem(turn, text("home.unknown"), text("adjust.want_item"))
            return
        turn.accept(Sound.ACCEPTED)
        made = AdjustJob(self.job.job, AdjustState.PLACE, found.sku, found.name, found.lot)
        self._keep(turn, made)

    def place(self, turn: Turn, happening: Happening) -> None:
        """A place was scanned: there, one lot of the item is meant."""
        job, place = self.job, find_place(turn.work, happening.meaning)
        if job is None or place is None:
            self.problem(turn, text("home.unknown"), text("adjust.want_place"))
            return
        if _by_serial(turn, job.sku, place):
            detail = text("adjust.by_serial_detail", item=job.name, place=place)
            self.problem(turn, text("adjust.by_serial"), detail)
            return
        lots = lot_choice.lots_at(turn.work, job.sku, place, turn.now[:10])
        turn.accept(Sound.ACCEPTED)
        if not job.lot and len(lots) > 1:
            self._keep(turn, replace(job, state=AdjustState.LOT, at=place, chosen="", key=None))
        else:
            self._of_lot(turn, place, job.lot or (lots[0].lot if lots else ""))

    def _of_lot(self, turn: Turn, place: str, lot: str) -> None:
        if self.job is not None:
            key = StockKey(place, self.job.sku, lot, "", Condition.GOOD.value)
            self._keep(turn, replace(self.job, state=AdjustState.QUANTITY, key=key))

    def lot(self, turn: Turn, happening: Happening) -> None:
        """Which lot of the place: by its label or by hand."""
        job = self.job
        if job is None:
            return
        lot = lot_choice.meant(happening, self._lots(turn))
        if lot is None:
            detail = text("lots.not_here_detail", code=happening.shown, place=job.at)
            self.problem(turn, text("lots.not_here"), detail)
        else:
            turn.accept(Sound.ACCEPTED)
            self._of_lot(turn, job.at, lot)

    def choose_lot(self, turn: Turn, happening: Happening) -> None:
        """Another row is looked at."""
        if self.job is not None:
            turn.fate = Fate.COMMAND
            chosen = happening.argument or lot_choice.following(self._lots(turn), self.job.chosen)
            self._keep(turn, replace(self.job, chosen=chosen))

    def take_lot(self, turn: Turn, _happening: Happening) -> None:
        """The row that is looked at: unasked, the lot that expires first."""
        job = self.job
        if job is not None:
            turn.accept(Sound.ACCEPTED)
            self._of_lot(turn, job.at, lot_choice.listed(self._lots(turn), job.chosen).chosen)

    def _lots(self, turn: Turn) -> tuple[LotHere, ...]:
        job = self.job
        return (
            lot_choice.lots_at(turn.work, job.sku, job.at, turn.now[:10]) if job is not None else ()
        )

    def quantity(self, turn: Turn, happening: Happening) -> None:
        """How many are there; with a sign, how many more or fewer."""
        job, said = self.job, happening.argument.strip()
        if job is None or job.key is None or not _QUANTITY.fullmatch(said):
            self.problem(turn, text("adjust.not_now"), text("adjust.want_quantity"))
            return
        before = limits_here.Here(turn.work, turn.now[:10]).there(job.key)
        change = int(said) if said[0] in "+-" else int(said) - before
        if not change:
            self.problem(turn, text("adjust.nothing"), text("adjust.nothing_detail", n=before))
            return
        turn.accept(Sound.ACCEPTED)
        self._keep(turn, replace(job, state=AdjustState.REASON, change=change))

    def reason(self, turn: Turn, happening: Happening) -> None:
        """Why."""
        if self.job is None or happening.argument not in REASONS:
            self.problem(turn, text("adjust.not_now"), text("adjust.want_reason"))
            return
        turn.accept(Sound.ACCEPTED)
        made = replace(self.job, state=AdjustState.CONFIRM, reason=happening.argument, said=None)
        self._keep(turn, made)

    def back(self, turn: Turn, _happening: Happening) -> None:
        """One step back; nothing was recorded yet."""
        job = self.job
        if job is None:
            return
        order = [one for one in AdjustState if one is not AdjustState.LOT]
        if job.state is AdjustState.LOT:
            turn.fate = Fate.COMMAND
            self._keep(turn, replace(job, state=AdjustState.PLACE, at=""))
            return
        turn.fate = Fate.COMMAND
        before = order[max(order.index(job.state) - 1, 0)]
        self._keep(turn, replace(job, state=before, said=None))

    # ------------------------------------------------------------------------------- photos

    def photo(self, turn: Turn, _happening: Happening) -> None:
        """F5: the newest picture of the folder goes with it."""
        if self.job is not None:
            turn.fate = Fate.COMMAND
            self._keep(turn, replace(self.job, said=photographing.ask(turn, self.job.photos)))

    def photo_taken(self, turn: Turn, happening: Happening) -> None:
        """It came, or it is no photo."""
        job, answer = self.job, happening.photo
        if job is None or answer is None:
            return
        found = photographing.taken(answer, job.photos)
        if isinstance(found, Text):
            turn.refuse(found)
            self._keep(turn, replace(job, said=found))
        else:
            turn.accept(Sound.ACCEPTED)
            photos = (*job.photos, found)
            said = text("photo.taken", n=len(photos))
            self._keep(turn, replace(job, photos=photos, said=said))

    # ------------------------------------------------------------------------------- the end

    def confirm(self, turn: Turn, _happening: Happening) -> None:
        """Sign and record it; without a key in hand, the person proves themselves first."""
        who = turn.session
        if who is None or not may(who.role, Permission.ADJUST):
            self.problem(turn, text("adjust.no_right"), text("adjust.no_right_detail"))
        elif who.key is None and who.version:
            turn.fate = Fate.COMMAND
            turn.step_up(StepUp(text("adjust.step_up"), person=who.person))
        else:
            self._record(turn, who)

    def stepped_up(self, turn: Turn, happening: Happening) -> None:
        """They have proven themselves: record it with the key of this one act."""
        if happening.who is not None and happening.key is not None:
            self._record(turn, replace(happening.who, key=happening.key))

    def _record(self, turn: Turn, who: Session) -> None:
        job = self.job
        if job is None or job.key is None:
            return
        why = limits_here.why_waiting(turn, who, [(job.key, job.change)], job.reason)
        before = limits_here.Here(turn.work, turn.now[:10]).there(job.key)
        evidence: dict[str, str | int | bool] = {"before": before, "after": before + job.change}
        if turn.around.link is not LinkState.ONLINE:
            evidence[OFFLINE] = True
        if why is not None:
            evidence[WAITS] = why[0]
        evidence |= photographing.evidence(job.photos)
        draft = Draft(Kind.ADJUST, (_line(job.key, job.change),), None, job.reason, evidence)
        signers = (who.key,) if who.key is not None else ()
        made = turn.record(draft, job.job, signers=signers, by=who)
        turn.work.add_photos(made, job.photos)
        if why is not None:
            turn.work.wait(made, turn.around.identity.station, why[0])
        turn.accept(Sound.LINE if why is None else Sound.ATTENTION)
        change = signed(job.change)
        if why is None:
            turn.notice = text("adjust.recorded", item=job.name, change=change)
        else:
            turn.notice = text("adjust.waits_now", item=job.name, change=change)
        self._keep(turn, None)
        turn.goto = (Page.HOME, "")

    def _keep(self, turn: Turn, job: AdjustJob | None) -> None:
        """What holds once this turn is durable; the screen of the turn shows it already."""

        def keep() -> None:
            self.job = job

        turn.after_commit(keep)


def signed(units: int) -> str:
    """A difference as people write it."""
    return f"+{units}" if units > 0 else f"\N{MINUS SIGN}{-units}"


def _by_serial(turn: Turn, sku: str, place: str) -> bool:
    """Whether each unit there is known by itself: a number says not which of them is missing."""
    item = turn.work.item_by_sku(sku)
    return (item is not None and "serial" in item.tracking) or any(
        row.serial for row in turn.work.stock_at(place) if row.item == sku and row.quantity > 0
    )


def _line(key: StockKey, change: int) -> Line:
    into = change > 0
    return Line(
        item=key.item,
        quantity=abs(change),
        source=ADJUSTMENT if into else key.location,
        target=key.location if into else ADJUSTMENT,
        lot=key.lot,
        condition=key.condition,
        uom_quantity=abs(change),
    )


Handler = Callable[[AdjustFlow, Turn, Happening], None]
_S = AdjustState
_PASSED_OVER = OF_THE_WORLD | {Trigger.STEP_UP_LEFT}
TABLE: dict[tuple[AdjustState | None, Trigger], Handler] = {
    (_S.ITEM, Trigger.ITEM): AdjustFlow.item,
    (_S.PLACE, Trigger.ITEM): AdjustFlow.item,
    (_S.PLACE, Trigger.PLACE): AdjustFlow.place,
    **{(_S.LOT, one): AdjustFlow.lot for one in lot_choice.SAID},
    (_S.LOT, Trigger.PLACE): AdjustFlow.place,
    (_S.LOT, Trigger.CHOOSE): AdjustFlow.choose_lot,
    (_S.LOT, Trigger.NEXT): AdjustFlow.choose_lot,
    (_S.LOT, Trigger.OPEN): AdjustFlow.take_lot,
    (_S.LOT, Trigger.MAIN): AdjustFlow.take_lot,
    (_S.LOT, Trigger.YES): AdjustFlow.take_lot,
    (_S.QUANTITY, Trigger.PLACE): AdjustFlow.place,
    (_S.QUANTITY, Trigger.QUANTITY): AdjustFlow.quantity,
    (_S.REASON, Trigger.REASON): AdjustFlow.reason,
    (_S.CONFIRM, Trigger.REASON): AdjustFlow.reason,
    (_S.REASON, Trigger.PHOTO): AdjustFlow.photo,
    (_S.CONFIRM, Trigger.PHOTO): AdjustFlow.photo,
    (None, Trigger.PHOTO_TAKEN): AdjustFlow.photo_taken,
    (_S.CONFIRM, Trigger.MAIN): AdjustFlow.confirm,
    (_S.CONFIRM, Trigger.STEPPED_UP): AdjustFlow.stepped_up,
    (None, Trigger.UNDO): AdjustFlow.back,
    (None, Trigger.NO): AdjustFlow.leave,
    (None, Trigger.HOME): AdjustFlow.leave,
    (None, Trigger.PAUSE): AdjustFlow.leave,
}
