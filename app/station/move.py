"""Move: what → how many → where to. A move is one operation, recorded with the place.

Put-away, relocating and filling up are the same three steps; a task only says what and where to.
Until the place is scanned nothing is recorded, so a move that is broken off leaves nothing behind.
"""

from typing import ClassVar

import msgspec
from typing_extensions import override

from app.contract.messages import MAX_LINES, DocumentRow, Operation
from app.domain.barcode import Damaged, Tote
from app.domain.text import Text, text
from app.station import move_list, move_put, move_screen, piles
from app.station.flow import Happening, Trigger
from app.station.lookup import ItemFound, find_item, find_place
from app.station.move_job import EMPTY, MoveJob, MoveState
from app.station.move_task import (
    OPEN,
    TASK,
    next_line,
    place_to_look_at,
    replenishment,
    target_of,
)
from app.station.screen import Page, Screen, Sound
from app.station.task import MAX_TYPED, Table, TaskFlow, forget
from app.station.turn import Fate, Turn

_S = MoveState


class MoveFlow(TaskFlow[MoveJob]):
    """The moving task."""

    page = Page.MOVE
    title: ClassVar[Text] = text("move.title")
    not_now: ClassVar[Text] = text("move.not_now")
    jobs = MoveJob
    kind: ClassVar[str] = TASK

    # --------------------------------------------------------------------------- coming and going

    @override
    def enter(self, turn: Turn, argument: str) -> None:
        """Without a task, everybody has one job of their own; a place to look at is counted."""
        place = place_to_look_at(turn.work, argument) if argument else ""
        if place:
            turn.goto = (Page.COUNT, place)
        else:
            super().enter(turn, argument or _own(turn))

    @override
    def begin(self, turn: Turn, argument: str) -> MoveJob | None:
        job = MoveJob(job=turn.around.ids.new_id(), key=argument, state=_S.WHAT, person=_own(turn))
        if argument == _own(turn):
            return job
        task = replenishment(turn.work, argument)
        if task is None:
            turn.notice = text("move.other_task", task=argument)
            return None
        if task.state != OPEN:
            turn.notice = text("move.task_closed", task=argument)
            return None
        return msgspec.structs.replace(job, document=argument)

    @override
    def pause(self, turn: Turn, happening: Happening) -> None:
        """F8: what is in hand stays; with an empty hand there is nothing to keep."""
        job = self.opened()
        if job.state == _S.DONE or (job.state == _S.WHAT and not job.document):
            self._close(turn)
            self.leave(turn)
        else:
            super().pause(turn, happening)

    def _close(self, turn: Turn) -> None:
        forget(turn.work, self.page, self.opened().key)
        self.next = None
        turn.fate = Fate.COMMAND

    @override
    def show(self, turn: Turn) -> Screen:
        return move_screen.build(self.job or self.opened(), self.flash, turn)

    @override
    def wanted(self, job: MoveJob) -> Text:
        return text(f"move.want_{job.state}")

    # ------------------------------------------------------------------------------- what

    def item(self, turn: Turn, happening: Happening) -> None:
        """An item was scanned: fetch it from where it waits, or ask where it lies."""
        found = find_item(turn.work, happening.meaning)
        if found is None:
            self._unknown(turn, happening)
            return
        job, task = self.opened(), self.task(turn)
        if task is not None and not any(line.item == found.sku for line in task.lines):
            detail = text("move.not_asked_detail", item=found.name, task=task.document)
            self.problem(turn, text("move.not_asked"), detail)
            return
        self.change(**{**EMPTY, **_hand(found), "armed": job.armed})
        source = job.base or self._source(turn, task, found.sku)
        turn.accept(Sound.ACCEPTED)
        if source:
            self.fetch_from(turn, source)
        else:
            self.change(state=_S.SOURCE)

    def _source(self, turn: Turn, task: DocumentRow | None, sku: str) -> str:
        asked = next_line(turn.work, task, sku) if task is not None else None
        if asked is not None and asked[0].location:
            return asked[0].location
        return piles.taken_from(turn.work, sku)

    def place(self, turn: Turn, happening: Happening) -> None:
        """A place was scanned before an item: from there; a tote is moved as it is."""
        place = find_place(turn.work, happening.meaning)
        if place is None:
            self.unknown_place(turn, happening)
            return
        there = sum(row.quantity for row in turn.work.stock_at(place))
        if isinstance(happening.meaning, Tote) and there <= 0:
            detail = text("move.nothing_in_detail", code=happening.shown)
            self.problem(turn, text("move.nothing_in"), detail)
            return
        self.change(base=place, chosen="")
        turn.accept(Sound.ACCEPTED)
        if isinstance(happening.meaning, Tote) and not self.opened().document:
            self._whole(turn, place)
        else:
            code = "move.taking_from" if there > 0 else "move.taking_from_empty"
            self.next_flash = text(code, place=place)

    def main(self, turn: Turn, _happening: Happening) -> None:
        """F10: everything of the scanned place, or the task that is looked at."""
        job = self.opened()
        if job.base and not job.document:
            self._everything(turn, job.base)
        else:
            move_list.open_chosen(self, turn, job.chosen)

    def _everything(self, turn: Turn, place: str) -> None:
        rows = [row for row in turn.work.stock_at(place) if row.quantity > 0]
        if not rows:
            self.problem(turn, text("move.nothing_in"), text("move.nothing_in_detail", code=place))
        elif len(rows) > MAX_LINES:
            detail = text("move.too_much_detail", lines=len(rows), most=MAX_LINES)
            self.problem(turn, text("move.too_much"), detail)
        else:
            turn.accept(Sound.ACCEPTED)
            self._whole(turn, place)

    def _whole(self, turn: Turn, place: str) -> None:
        rows = [row for row in turn.work.stock_at(place) if row.quantity > 0]
        there = sum(row.quantity for row in rows)
        alone = rows[0].item if len({row.item for row in rows}) == 1 else ""
        where, why = ("", "")
        if alone:
            where, why = piles.suggested(turn.work, alone, rows[0].condition, place)
        self.change(**EMPTY)
        self.change(
            state=_S.TARGET, whole=True, name=place, source=place, there=there, quantity=there
        )
        self.change(place=where, why=why)

    # ------------------------------------------------------------------------------- from where

    def source(self, turn: Turn, happening: Happening) -> None:
        """The place an item is taken from was scanned."""
        place = find_place(turn.work, happening.meaning)
        if place is None:
            self.unknown_place(turn, happening)
            return
        turn.accept(Sound.ACCEPTED)
        self.fetch_from(turn, place)

    def fetch_from(self, turn: Turn, source: str) -> None:
        """Goods are taken from there: which of them, if they are not all alike."""
        job = self.opened()
        found = self.alike(turn, source)
        self.change(source=source, chosen="")
        if len(found) > 1:
            asked = self._asked_lot(turn, job.sku, source)
            same = [pile for pile in found if asked and pile.lot == asked]
            if len(same) != 1:
                self.change(state=_S.PILE, chosen=found[0].key)
                return
            found = tuple(same)
        self.take(turn, found[0] if found else None)

    def _asked_lot(self, turn: Turn, sku: str, source: str) -> str:
        task = self.task(turn)
        lines = task.lines if task is not None else ()
        return next((one.lot for one in lines if (one.item, one.location) == (sku, source)), "")

    def alike(self, turn: Turn, source: str) -> tuple[piles.Pile, ...]:
        """What there is of the item in hand at a place."""
        job = self.opened()
        rows = [row for row in turn.work.stock_at(source) if row.item == job.sku]
        return piles.soonest(turn.work, piles.piles_of(rows, job.lot, job.serial))

    def take(self, turn: Turn, pile: piles.Pile | None) -> None:
        """These are in hand: all there, what was typed before, or what a task is short of."""
        job, task = self.opened(), self.task(turn)
        there = pile.quantity if pile is not None else 0
        usual = min(there, self._missing(turn, task, job.sku) or there) or job.units
        quantity = 1 if job.serial else job.armed * job.units or usual
        condition = pile.condition if pile is not None else "good"
        where, why = piles.suggested(turn.work, job.sku, condition, job.source)
        if task is not None and target_of(task):
            where, why = target_of(task), "task"
        self.change(
            state=_S.TARGET,
            lot=pile.lot if pile is not None else job.lot,
            condition=condition,
            there=there,
            quantity=quantity,
            place=where,
            why=why,
            armed=0,
            chosen="",
        )
        if pile is None:
            self.next_flash = text("move.not_in_book", item=job.name, place=job.source)
        elif quantity > there:
            self.next_flash = text("move.more_than_there", there=there, quantity=quantity)

    def _missing(self, turn: Turn, task: DocumentRow | None, sku: str) -> int:
        asked = next_line(turn.work, task, sku) if task is not None else None
        return asked[1] if asked is not None else 0

    # ------------------------------------------------------------------------------- how many

    def count(self, turn: Turn, happening: Happening) -> None:
        """The same item again counts it; an item out of a tote takes only that."""
        job, found = self.opened(), find_item(turn.work, happening.meaning)
        if job.whole:
            self.item(turn, happening)
        elif found is None:
            self._unknown(turn, happening)
        elif found.sku != job.sku or found.serial or found.lot not in ("", job.lot):
            detail = text("move.other_item_detail", item=found.name, open=job.name)
            self.problem(turn, text("move.other_item"), detail)
        else:
            first = job.quantity if job.counted else job.units
            self.change(quantity=min(first + found.units, MAX_TYPED), counted=True)
            self.next_flash = text("move.counted", item=job.name, quantity=first + found.units)
            turn.accept(Sound.ACCEPTED)

    def number(self, turn: Turn, happening: Happening) -> None:
        """Digits in place of "all there"; more than the book has is asked for twice."""
        job, said = self.opened(), happening.argument
        number = int(said) if said.isdecimal() else 0
        if job.whole or job.serial:
            self.next_flash = text("move.whole_quantity")
            turn.refuse(self.next_flash)
        elif not 0 < number <= MAX_TYPED:
            self.next_flash = text("pack.bad_quantity", entered=said)
            turn.refuse(self.next_flash)
        elif number > job.there and number != job.asked:
            self.change(asked=number)
            self.next_flash = text("move.more_again", there=job.there, quantity=number)
            turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION
        else:
            self.change(quantity=number, counted=False, asked=0)
            self.next_flash = None
            turn.fate, turn.sound = Fate.COMMAND, Sound.ACCEPTED

    # ------------------------------------------------------------------------------- back

    def drop(self, turn: Turn, _happening: Happening) -> None:
        """Let the move be that has begun: nothing of it was recorded."""
        self.change(**EMPTY, base="" if self.opened().whole else self.opened().base)
        self.next_flash = text("move.dropped")
        turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION

    def back(self, turn: Turn, happening: Happening) -> None:
        """Esc with an empty hand: forget the scanned place, and else leave."""
        if self.opened().base:
            self.change(base="", armed=0)
            turn.fate = Fate.COMMAND
        else:
            self.pause(turn, happening)

    @override
    def undone(self, turn: Turn, original: Operation) -> None:
        self.change(**EMPTY)
        if original.lines and self.next_flash is not None:
            line, units = original.lines[0], sum(one.quantity for one in original.lines)
            self.next_flash = text(
                "move.undone",
                item=str(self.next_flash.value("item") or line.item),
                quantity=units,
                place=line.source,
            )

    def again(self, turn: Turn, _happening: Happening) -> None:
        """The task is done: back to the list of tasks."""
        self._close(turn)
        turn.goto = (self.page, "")

    # ----------------------------------------------------------------------------- what others use

    def task(self, turn: Turn) -> DocumentRow | None:
        """The task that is worked on."""
        number = self.opened().document
        return replenishment(turn.work, number) if number else None

    def document(self, turn: Turn, happening: Happening) -> None:
        """A task was scanned."""
        if self.opened().document:
            detail = text("move.task_open_detail", task=happening.extra)
            self.problem(turn, text("move.task_open"), detail)
        else:
            move_list.open_task(self, turn, happening.argument, happening.extra)

    def nothing(self, turn: Turn, happening: Happening) -> None:
        """A damaged or unknown code."""
        self._unknown(turn, happening)

    def _unknown(self, turn: Turn, happening: Happening) -> None:
        meaning = happening.meaning
        detail = text("move.unknown_detail", code=happening.shown)
        said = meaning.say if isinstance(meaning, Damaged) else detail
        self.problem(turn, text("pack.unknown"), said)

    def unknown_place(self, turn: Turn, happening: Happening) -> None:
        """What was scanned is no place here."""
        detail = text("pack.unknown_place_detail", code=happening.shown)
        self.problem(turn, text("pack.unknown_place"), detail)


def _own(turn: Turn) -> str:
    return turn.session.person if turn.session is not None else "nobody"


def _hand(found: ItemFound) -> dict[str, object]:
    return {
        "sku": found.sku,
        "name": found.name,
        "lot": found.lot,
        "serial": found.serial,
        "units": found.units,
        "uom": found.uom,
    }


TABLE: Table = {
    (None, Trigger.NOTHING): MoveFlow.nothing,
    (None, Trigger.PAUSE): MoveFlow.pause,
    (None, Trigger.HOME): MoveFlow.pause,
    (_S.WHAT, Trigger.ITEM): MoveFlow.item,
    (_S.WHAT, Trigger.PLACE): MoveFlow.place,
    (_S.WHAT, Trigger.DOCUMENT): MoveFlow.document,
    (_S.WHAT, Trigger.QUANTITY): MoveFlow.quantity,
    (_S.WHAT, Trigger.CHOOSE): move_list.choose,
    (_S.WHAT, Trigger.OPEN): move_list.open_row,
    (_S.WHAT, Trigger.NEXT): move_list.following,
    (_S.WHAT, Trigger.MAIN): MoveFlow.main,
    (_S.WHAT, Trigger.NO): MoveFlow.back,
    (_S.SOURCE, Trigger.ITEM): MoveFlow.item,
    (_S.SOURCE, Trigger.PLACE): MoveFlow.source,
    (_S.SOURCE, Trigger.QUANTITY): MoveFlow.quantity,
    (_S.SOURCE, Trigger.CHOOSE): move_list.choose,
    (_S.SOURCE, Trigger.OPEN): move_list.open_row,
    (_S.SOURCE, Trigger.NEXT): move_list.following,
    (_S.SOURCE, Trigger.MAIN): move_list.open_row,
    (_S.SOURCE, Trigger.NO): MoveFlow.drop,
    (_S.SOURCE, Trigger.UNDO): MoveFlow.drop,
    (_S.PILE, Trigger.ITEM): MoveFlow.item,
    (_S.PILE, Trigger.NOTHING): move_list.lot_said,
    (_S.PILE, Trigger.QUANTITY): MoveFlow.quantity,
    (_S.PILE, Trigger.CHOOSE): move_list.choose,
    (_S.PILE, Trigger.OPEN): move_list.open_row,
    (_S.PILE, Trigger.NEXT): move_list.following,
    (_S.PILE, Trigger.MAIN): move_list.open_row,
    (_S.PILE, Trigger.NO): MoveFlow.drop,
    (_S.PILE, Trigger.UNDO): MoveFlow.drop,
    (_S.TARGET, Trigger.ITEM): MoveFlow.count,
    (_S.TARGET, Trigger.PLACE): move_put.put,
    (_S.TARGET, Trigger.QUANTITY): MoveFlow.number,
    (_S.TARGET, Trigger.CHOOSE): MoveFlow.ignore,
    (_S.TARGET, Trigger.OPEN): MoveFlow.ignore,
    (_S.TARGET, Trigger.NO): MoveFlow.drop,
    (_S.TARGET, Trigger.UNDO): MoveFlow.drop,
    (_S.DONE, Trigger.MAIN): MoveFlow.again,
    (_S.DONE, Trigger.NEXT): MoveFlow.again,
    (_S.DONE, Trigger.NO): MoveFlow.pause,
}
MoveFlow.table = TABLE
