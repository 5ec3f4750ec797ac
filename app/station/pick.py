"""Pick: orders onto the cart, a tote for each, then line by line in the order of their places.

Each scan of an item is one `pick` from the shelf into the tote of its order. Which tote is said on
the panel, and scanning it checks that it was the right one.
"""

from typing import ClassVar

import msgspec
from typing_extensions import override

from app.contract.messages import Line, Operation, Reference
from app.domain.barcode import Damaged, Tote
from app.domain.operation import TOTE_PREFIX, Kind
from app.domain.order import OrderState
from app.domain.text import Text, text
from app.station import lot_asking, pick_cart, pick_screen, pick_wrong, serials
from app.station.flow import Happening, Trigger
from app.station.lookup import ItemFound, find_item, find_place, only_lot
from app.station.pick_board import ORDER, PickBoard, PickLine
from app.station.pick_job import PickJob, PickState
from app.station.screen import Page, Screen, Sound
from app.station.task import MAX_TYPED, Table, TaskFlow, forget
from app.station.turn import Draft, Fate, Turn

_S = PickState


class PickFlow(TaskFlow[PickJob]):
    """The picking task."""

    page = Page.PICK
    title: ClassVar[Text] = text("pick.title")
    not_now: ClassVar[Text] = text("pick.not_now")
    jobs = PickJob
    kind: ClassVar[str] = ORDER
    fetching = _S.PICK.value

    def __init__(self) -> None:
        super().__init__()
        self.board = PickBoard(())

    # --------------------------------------------------------------------------- coming and going

    @override
    def enter(self, turn: Turn, argument: str) -> None:
        """Everybody has one round of their own; what was left with F8 goes on."""
        super().enter(turn, _own(turn))
        if self.next is not None:
            self.board = PickBoard.load(turn.work, self.next.totes)

    @override
    def begin(self, turn: Turn, argument: str) -> PickJob | None:
        return PickJob(
            job=turn.around.ids.new_id(), key=argument, person=argument, state=_S.ORDERS.value
        )

    @override
    def pause(self, turn: Turn, happening: Happening) -> None:
        """F8: the round stays as it is; an empty cart is no round."""
        job = self.opened()
        if job.totes and job.state != _S.DONE:
            super().pause(turn, happening)
        else:
            self.close(turn)
            self.leave(turn)

    def close(self, turn: Turn) -> None:
        """The round is over."""
        forget(turn.work, self.page, self.opened().key)
        self.next = None
        turn.fate = Fate.COMMAND

    @override
    def show(self, turn: Turn) -> Screen:
        job = self.job or self.opened()
        lots = lot_asking.of(self, turn, job)
        return pick_screen.build(job, self.board, self.flash, turn, lots)

    @override
    def wanted(self, job: PickJob) -> Text:
        return text(f"pick.want_{job.state}")

    # ---------------------------------------------------------------------------------- fetching

    def item(self, turn: Turn, happening: Happening) -> None:
        """A unit (or a carton) goes from the shelf into the tote of its order."""
        found = find_item(turn.work, happening.meaning)
        if found is None:
            self.unknown(turn, happening)
        else:
            self.fetched(turn, found)

    def fetched(self, turn: Turn, found: ItemFound, *, asked: bool = False) -> None:
        """What is in the hand; `asked` when somebody has said which lot it is."""
        job = self.opened()
        line = self.board.line_for(found.sku)
        quantity = found.units * (job.armed or 1)
        on_cart = {TOTE_PREFIX + tote for _, tote in job.totes}
        if line is None:
            pick_wrong.item(self, turn, found)
        elif turn.work.order_state(line.order) != OrderState.RELEASED:
            pick_wrong.stopped(self, turn, line)
        elif quantity > line.open:
            pick_wrong.too_many(self, turn, line, quantity)
        elif why := serials.wrong(turn.work, found, quantity, on_cart):
            self.problem(turn, *why)
        else:
            source = job.source or line.place
            if found.lot or asked or not lot_asking.asked(self, turn, found, source):
                self._pick(turn, found, line, quantity)

    def taken_from(self, turn: Turn, sku: str) -> str:
        """Where an item comes from now: the shelf that was scanned, or the one of its line."""
        del turn
        job, line = self.next or self.job, self.board.line_for(sku)
        return (job.source if job is not None else "") or (line.place if line is not None else "")

    def of_lot(self, turn: Turn, found: ItemFound) -> None:
        """Somebody has said which lot it is."""
        self.fetched(turn, found, asked=True)

    def _pick(self, turn: Turn, found: ItemFound, line: PickLine, quantity: int) -> None:
        job = self.opened()
        source = job.source or line.place
        picked = Line(
            item=found.sku,
            quantity=quantity,
            source=source,
            target=line.tote_place,
            lot=found.lot or only_lot(turn.work, found.sku, source),
            serial=found.serial,
            expiry=found.expiry,
            order_line=line.line,
            uom=found.uom,
            uom_quantity=job.armed or 1,
        )
        sooner = lot_asking.sooner(turn, found.sku, picked.lot, source)
        self.record(turn, Draft(Kind.PICK, (picked,), about(line.order), evidence=sooner))
        self.next_flash = text("pick.picked", item=line.name, quantity=quantity, tote=line.tote)
        turn.accept(Sound.LINE if quantity == line.open else Sound.ACCEPTED)
        self.change(state=_S.PICK, armed=0, last=line.tote, half=None, chosen="")
        board = self.board
        turn.after_commit(lambda: board.advance(line.order, line.line, done=quantity))
        self.gone_on(line, quantity)

    def gone_on(self, line: PickLine, units: int) -> None:
        """So many units of a line are settled: the end, or perhaps the next place."""
        if self.board.open_units == units:
            self.change(state=_S.DONE, source="", instead="")
        elif units == line.open:
            self.change(source="", instead="")

    def place(self, turn: Turn, happening: Happening) -> None:
        """A shelf: goods come from there; a tote: check that the unit belongs into it."""
        if isinstance(happening.meaning, Tote):
            pick_wrong.check_tote(self, turn, happening.meaning.code)
            return
        place, here = find_place(turn.work, happening.meaning), self.board.here
        if place is None or here is None:
            detail = text("pack.unknown_place_detail", code=happening.shown)
            self.problem(turn, text("pack.unknown_place"), detail)
            return
        turn.accept(Sound.ACCEPTED)
        self.next_flash = text("pick.taking_from", place=place)
        line = self.board.at(place)
        if line is not None:
            board = self.board
            self.change(source="", instead="")
            turn.after_commit(lambda: board.go_to(line))
        else:
            self.change(source=place, instead=here.place)

    def number(self, turn: Turn, happening: Happening) -> None:
        """Quantity before the scan it belongs to."""
        here = self.board.here
        super().quantity(turn, happening, min(here.open if here is not None else 0, MAX_TYPED))

    def later(self, turn: Turn, _happening: Happening) -> None:
        """NEXT: come back to this line at the end."""
        board = self.board
        self.change(source="", instead="", armed=0)
        turn.after_commit(board.skip)
        turn.fate = Fate.COMMAND

    def main(self, turn: Turn, _happening: Happening) -> None:
        """F10 before the end: what is missing is said."""
        self.next_flash = text("pick.units_missing", n=self.board.open_units)
        turn.refuse(self.next_flash)

    def end(self, turn: Turn, _happening: Happening) -> None:
        """F10 at the end: the totes go to packing."""
        totes = len(self.opened().totes)
        self.finish(turn, text("pick.finished", n=totes))
        turn.fate = Fate.COMMAND

    # ---------------------------------------------------------------------------------- taking back

    @override
    def undo(self, turn: Turn, happening: Happening) -> None:
        """F4: take back the latest pick or short; with none, the latest order on the cart."""
        original = turn.work.last_undoable(self.opened().job)
        if original is None:
            super().undo(turn, happening)
            return
        reference = original.reference or Reference()
        reference = msgspec.structs.replace(reference, original=original.id)
        self.record(turn, Draft(Kind.REVERSE, (), reference, reason=original.kind))
        self.change(armed=0)
        self.undone(turn, original)
        turn.accept(Sound.ATTENTION)

    @override
    def undone(self, turn: Turn, original: Operation) -> None:
        line, board = original.lines[0], self.board
        order = original.reference.document if original.reference is not None else ""
        row = turn.work.item_by_sku(line.item)
        name, units = row.name if row is not None else line.item, line.quantity
        self.next_flash = text("pick.undone", item=name, quantity=units, place=line.source)
        if original.kind == Kind.PICK:
            turn.after_commit(lambda: board.advance(order, line.order_line, done=-units))
        elif original.kind == Kind.SHORT:
            self.next_flash = text("pick.undone_short", item=name, quantity=units)
            turn.after_commit(lambda: board.advance(order, line.order_line, short=-units))
        self.change(state=_S.PICK, last="")

    @override
    def redone(self, turn: Turn, made: Operation) -> None:
        line, board = made.lines[0], self.board
        order = made.reference.document if made.reference is not None else ""
        units = line.quantity
        turn.after_commit(lambda: board.advance(order, line.order_line, done=units))

    # -------------------------------------------------------------------------- what others use

    def unknown(self, turn: Turn, happening: Happening) -> None:
        """A damaged or unknown code."""
        meaning = happening.meaning
        detail = text("pick.unknown_detail", code=happening.shown)
        said = meaning.say if isinstance(meaning, Damaged) else detail
        self.problem(turn, text("pack.unknown"), said)


def about(order: str) -> Reference:
    """What every operation for an order refers to."""
    return Reference(document_kind=ORDER, document=order)


def _own(turn: Turn) -> str:
    return turn.session.person if turn.session is not None else "nobody"


TABLE: Table = {
    (None, Trigger.NOTHING): PickFlow.unknown,
    (None, Trigger.UNDO): PickFlow.undo,
    (None, Trigger.PAUSE): PickFlow.pause,
    (None, Trigger.HOME): PickFlow.pause,
    (_S.ORDERS, Trigger.ORDER): pick_cart.order,
    (_S.ORDERS, Trigger.CHOOSE): pick_cart.choose,
    (_S.ORDERS, Trigger.NEXT): pick_cart.following,
    (_S.ORDERS, Trigger.OPEN): pick_cart.open_row,
    (_S.ORDERS, Trigger.YES): pick_cart.open_row,
    (_S.ORDERS, Trigger.MAIN): pick_cart.start,
    (_S.ORDERS, Trigger.UNDO): pick_cart.take_off,
    (_S.ORDERS, Trigger.NO): PickFlow.pause,
    (_S.TOTE, Trigger.PLACE): pick_cart.tote,
    (_S.TOTE, Trigger.ORDER): pick_cart.order,
    (_S.TOTE, Trigger.NO): pick_cart.let_be,
    (_S.TOTE, Trigger.UNDO): pick_cart.let_be,
    (_S.PICK, Trigger.ITEM): PickFlow.item,
    (_S.PICK, Trigger.PLACE): PickFlow.place,
    (_S.PICK, Trigger.QUANTITY): PickFlow.number,
    (_S.PICK, Trigger.SHORT): pick_wrong.ask,
    (_S.PICK, Trigger.DAMAGED): pick_wrong.damaged,
    (_S.PICK, Trigger.NEXT): PickFlow.later,
    (_S.PICK, Trigger.MAIN): PickFlow.main,
    **lot_asking.table(),
    (_S.SHORT, Trigger.SHORT): pick_wrong.short,
    (_S.SHORT, Trigger.DAMAGED): pick_wrong.damaged,
    (_S.SHORT, Trigger.REASON): pick_wrong.short_because,
    (_S.SHORT, Trigger.NO): pick_wrong.back,
    (_S.SHORT, Trigger.UNDO): pick_wrong.back,
    (_S.SHORT, Trigger.ACKNOWLEDGE): pick_wrong.back,
    (_S.DONE, Trigger.PLACE): PickFlow.place,
    (_S.DONE, Trigger.MAIN): PickFlow.end,
    (_S.DONE, Trigger.NEXT): PickFlow.end,
    (_S.DONE, Trigger.NO): PickFlow.pause,
}
PickFlow.table = TABLE
