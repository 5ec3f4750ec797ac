"""Pack order: choose → scan → weigh → label → hand over.

`TABLE` says what may happen in which state. Handlers record facts through the turn and put the next
`PackJob` into `self.next`; both become true together, when the turn's transaction is committed.
"""

from collections.abc import Callable, Sequence

import msgspec

from app.contract.messages import BoxRow, Reference
from app.domain.text import Text, text
from app.errors import Fault
from app.station import (
    open_task,
    pack_box,
    pack_claim,
    pack_correct,
    pack_last,
    pack_lots,
    pack_parcels,
    pack_right,
    pack_scan,
    pack_screen,
    pack_stop,
    pack_unpack,
)
from app.station.flow import Happening, Trigger
from app.station.pack_board import PackBoard, Share
from app.station.pack_job import PackJob, PackState, Problem, forget, load, save
from app.station.scale_watch import ScaleWatch
from app.station.screen import Page, Screen
from app.station.turn import Fate, Turn

DOCUMENT_KIND = "order"

Handler = Callable[["PackFlow", Turn, Happening], None]


class PackFlow:
    """The packing task.

    Args:
        scale: What the station knows of its scale.
    """

    page = Page.PACK

    def __init__(self, scale: ScaleWatch) -> None:
        self.scale = scale
        self.job: PackJob | None = None
        self.board: PackBoard | None = None
        self.boxes: tuple[BoxRow, ...] = ()
        self.flash: Text | None = None
        self.next: PackJob | None = None
        self.next_flash: Text | None = None

    # --------------------------------------------------------------------------- coming and going

    def enter(self, turn: Turn, argument: str) -> None:
        """Open order `argument`: resume its saved job, or begin a new one."""
        order = turn.work.order(argument)
        if order is None:
            self.leave(turn)
            return
        self.boxes, self.flash = turn.work.boxes(), None
        saved = load(turn.work, order.order)
        who = turn.session.person if turn.session else ""
        if saved is None:
            self.next = PackJob(turn.around.ids.new_id(), order.order, order.version, who)
            self.next = pack_claim.begin(turn, self.next)
        else:
            self.next = msgspec.structs.replace(saved, person=who, paused=False)
        self.job = self.next
        self.board = PackBoard.load(turn.work, order, self.next.locations)
        pack_box.catch_up(self, turn)
        open_task.open_(turn.work, Page.PACK, order.order)
        pack_stop.check(self, turn, order)
        self._settle(turn)

    def leave(self, turn: Turn) -> None:
        """Back to the task board; what is saved stays saved."""
        open_task.close(turn.work)
        turn.goto = (Page.HOME, "")

    # ------------------------------------------------------------------------------- one happening

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Answer one trigger by the table."""
        job = self.job
        if job is None or self.board is None:
            self.leave(turn)
            return
        self.next, self.next_flash = job, None
        trigger = happening.trigger
        if job.problem is not None and trigger not in PASSES_PROBLEMS:
            if trigger is Trigger.ACKNOWLEDGE:
                self.change(problem=None)
                turn.fate = Fate.COMMAND
            else:
                turn.refuse(text("pack.acknowledge_first"))
        else:
            handler = TABLE.get((job.state, trigger)) or TABLE.get((None, trigger))
            if handler is None:
                turn.refuse(text("pack.not_now", step=str(job.state)))
            else:
                handler(self, turn, happening)
        self._settle(turn)

    def change(self, **changes: object) -> None:
        """Put these changes into the next job."""
        if self.next is not None:
            self.next = msgspec.structs.replace(self.next, **changes)

    def problem(self, turn: Turn, title: Text, detail: Text) -> None:
        """Turn the panel to an error that must be acknowledged; nothing is counted."""
        self.change(problem=Problem(title, detail), armed=0, asked=0)
        turn.refuse(title)

    def screen(self, turn: Turn) -> Screen:
        """The page as it stands after this turn."""
        return pack_last.offer(pack_screen.build(self, turn), turn, self.job)

    def _settle(self, turn: Turn) -> None:
        """Save the job in this transaction; take it into memory once that is durable."""
        upcoming, flash = self.next, self.next_flash
        if upcoming is not None and turn.goto is None:
            save(turn.work, upcoming)

        def keep() -> None:
            self.job, self.flash = upcoming, flash

        turn.after_commit(keep)

    # -------------------------------------------------------------------------- pause, move on

    def pause(self, turn: Turn, _: Happening) -> None:
        """F8: leave the order as it is."""
        self.change(paused=True)
        if self.next is not None:
            save(turn.work, self.next)
        turn.fate = Fate.COMMAND
        self.leave(turn)

    def main(self, turn: Turn, _: Happening) -> None:
        """F10 while scanning: on to the scale with the last parcel, when everything is in."""
        board, job = self.opened()
        if job.armed and pack_last.correct(self, turn):
            return
        if not board.complete:
            turn.refuse(text("pack.units_missing", quantity=board.open_units))
            self.next_flash = text("pack.units_missing", quantity=board.open_units)
            return
        turn.fate = Fate.COMMAND
        if not any(board.units_in(number) for number in job.locations):
            self._nothing_to_send(turn, job)
            return
        pack_parcels.close_last(self)

    def _nothing_to_send(self, turn: Turn, job: PackJob) -> None:
        """Every line is short: there is no parcel, and the order is done here."""
        forget(turn.work, job.order)
        turn.notice = text("pack.nothing_to_send", order=job.order)
        self.leave(turn)

    # ------------------------------------------------------------------------------ what others use

    def reference(self) -> Reference:
        """What every operation of this job refers to."""
        job = self.upcoming
        return Reference(
            document_kind=DOCUMENT_KIND, document=job.order, parcel=job.parcel, shipment=job.sscc
        )

    def default_box(self, arriving: Sequence[Share] = ()) -> str:
        """The smallest preset that carries what the parcel in hand weighs, until someone chooses.

        Args:
            arriving: What goes into it in this very turn.
        """
        content = self.opened()[0].content_mg(self.upcoming.number, arriving)
        fitting = [box for box in self.boxes if box.tare_mg + content <= box.max_weight_mg]
        return fitting[0].box if fitting else self.boxes[-1].box if self.boxes else ""

    @property
    def upcoming(self) -> PackJob:
        """The job as this turn is about to make it."""
        if self.next is None:
            raise Fault("A packing step ran without an open order.")
        return self.next

    def opened(self) -> tuple[PackBoard, PackJob]:
        """The board and the job of the open order."""
        board, job = self.board, self.job
        if board is None or job is None:
            raise Fault("A packing step ran without an open order.")
        return board, job


# Readings, printer answers and new versions are not the person's doing: they pass a problem.
PASSES_PROBLEMS = frozenset(
    {Trigger.READING, Trigger.PRINTED, Trigger.CHANGED, Trigger.CLAIMED, Trigger.HOME}
)


def _ignore(_flow: PackFlow, _turn: Turn, _happening: Happening) -> None:
    """Nothing to do, and nothing wrong with it."""


def _command(_flow: PackFlow, turn: Turn, _happening: Happening) -> None:
    """A card that means nothing here."""
    turn.fate = Fate.COMMAND


TABLE: dict[tuple[PackState | None, Trigger], Handler] = {
    (None, Trigger.READING): _ignore,
    (None, Trigger.PRINTED): pack_box.printed,
    (None, Trigger.CHANGED): pack_stop.changed,
    (None, Trigger.CLAIMED): _ignore,
    (None, Trigger.STEPPED_UP): _ignore,
    (None, Trigger.STEP_UP_LEFT): _ignore,
    (None, Trigger.ACKNOWLEDGE): _command,
    (None, Trigger.PAUSE): PackFlow.pause,
    (None, Trigger.HOME): PackFlow.pause,
    (None, Trigger.NOTHING): pack_scan.nothing,
    (None, Trigger.ORDER): pack_scan.order,
    (None, Trigger.DOCUMENT): pack_scan.nothing,
    # choose ------------------------------------------------------------------------------------
    (PackState.CLAIMING, Trigger.CLAIMED): pack_claim.answered,
    (PackState.ELSEWHERE, Trigger.YES): pack_claim.packed_elsewhere,
    (PackState.ELSEWHERE, Trigger.NO): pack_claim.pack_here,
    # scan --------------------------------------------------------------------------------------
    (PackState.SCAN, Trigger.ITEM): pack_scan.item,
    (PackState.SCAN, Trigger.PLACE): pack_scan.place,
    (PackState.SCAN, Trigger.QUANTITY): pack_scan.quantity,
    (PackState.SCAN, Trigger.SHORT): pack_correct.ask_short,
    (PackState.SCAN, Trigger.DAMAGED): pack_correct.declare_damaged,
    (PackState.SCAN, Trigger.UNDO): pack_correct.undo,
    (PackState.SCAN, Trigger.MAIN): PackFlow.main,
    (PackState.SCAN, Trigger.WEIGH): PackFlow.main,
    (PackState.SCAN, Trigger.NEXT): pack_parcels.look,
    (PackState.SCAN, Trigger.LABEL): pack_parcels.by_label,
    (PackState.SCAN, Trigger.TAKE_OUT): pack_unpack.take_out,
    # short or damaged? -------------------------------------------------------------------------
    (PackState.SHORT, Trigger.SHORT): pack_correct.declare_short,
    (PackState.SHORT, Trigger.DAMAGED): pack_correct.declare_damaged,
    (PackState.SHORT, Trigger.REASON): pack_correct.because,
    (PackState.SHORT, Trigger.ACKNOWLEDGE): pack_correct.back_to_scan,
    (PackState.SHORT, Trigger.NO): pack_correct.back_to_scan,
    # expired -----------------------------------------------------------------------------------
    (PackState.EXPIRED, Trigger.ACKNOWLEDGE): pack_lots.put_aside,
    (PackState.EXPIRED, Trigger.NO): pack_lots.put_aside,
    (PackState.EXPIRED, Trigger.OVERRIDE): pack_lots.ask_why,
    (PackState.EXPIRED, Trigger.YES): pack_lots.ask_why,
    # parcels of the order ----------------------------------------------------------------------
    (PackState.PARCELS, Trigger.CHOOSE): pack_parcels.choose,
    (PackState.PARCELS, Trigger.LABEL): pack_parcels.by_label,
    (PackState.PARCELS, Trigger.OPEN): pack_parcels.take_in_hand,
    (PackState.PARCELS, Trigger.MAIN): pack_parcels.take_in_hand,
    (PackState.PARCELS, Trigger.YES): pack_parcels.take_in_hand,
    (PackState.PARCELS, Trigger.NEXT): pack_parcels.full,
    (PackState.PARCELS, Trigger.WEIGH): pack_parcels.full,
    (PackState.PARCELS, Trigger.TAKE_OUT): pack_unpack.take_out,
    (PackState.PARCELS, Trigger.UNDO): pack_correct.undo,
    (PackState.PARCELS, Trigger.ACKNOWLEDGE): pack_parcels.back,
    (PackState.PARCELS, Trigger.NO): pack_parcels.back,
    (PackState.TAKE_OUT, Trigger.ITEM): pack_unpack.unpack,
    (PackState.TAKE_OUT, Trigger.UNDO): pack_correct.undo,
    (PackState.TAKE_OUT, Trigger.MAIN): pack_parcels.back,
    (PackState.TAKE_OUT, Trigger.ACKNOWLEDGE): pack_parcels.back,
    (PackState.TAKE_OUT, Trigger.NO): pack_parcels.back,
    # weigh -------------------------------------------------------------------------------------
    (PackState.WEIGH, Trigger.ITEM): pack_scan.item,
    (PackState.WEIGH, Trigger.READING): pack_box.watch,
    (PackState.WEIGH, Trigger.MAIN): pack_box.take_weight,
    (PackState.WEIGH, Trigger.WEIGH): pack_box.take_weight,
    (PackState.WEIGH, Trigger.BOX): pack_box.choose_box,
    (PackState.WEIGH, Trigger.OVERRIDE): pack_box.without_scale,
    (PackState.WEIGH, Trigger.UNDO): pack_correct.undo,
    (PackState.WEIGH, Trigger.NO): pack_parcels.back,
    (PackState.WEIGH, Trigger.TAKE_OUT): pack_unpack.take_out,
    (PackState.OFF_WEIGHT, Trigger.YES): pack_box.weigh_again,
    (PackState.OFF_WEIGHT, Trigger.WEIGH): pack_box.weigh_again,
    (PackState.OFF_WEIGHT, Trigger.ACKNOWLEDGE): pack_box.weigh_again,
    (PackState.OFF_WEIGHT, Trigger.NEXT): pack_unpack.check,
    (PackState.OFF_WEIGHT, Trigger.OVERRIDE): pack_right.ask,
    (PackState.OFF_WEIGHT, Trigger.UNDO): pack_correct.undo,
    (PackState.OFF_WEIGHT, Trigger.TAKE_OUT): pack_unpack.take_out,
    (PackState.CHECK, Trigger.ITEM): pack_unpack.belongs,
    (PackState.CHECK, Trigger.YES): pack_box.weigh_again,
    (PackState.CHECK, Trigger.MAIN): pack_box.weigh_again,
    (PackState.CHECK, Trigger.WEIGH): pack_box.weigh_again,
    (PackState.CHECK, Trigger.NO): pack_box.weigh_again,
    (PackState.CHECK, Trigger.ACKNOWLEDGE): pack_box.weigh_again,
    (PackState.CHECK, Trigger.UNDO): pack_correct.undo,
    (PackState.CHECK, Trigger.TAKE_OUT): pack_unpack.take_out,
    # by right, with a reason -------------------------------------------------------------------
    (PackState.WHY, Trigger.REASON): pack_right.because,
    (PackState.WHY, Trigger.STEPPED_UP): pack_right.stepped_up,
    (PackState.WHY, Trigger.STEP_UP_LEFT): pack_right.step_up_left,
    (PackState.WHY, Trigger.ACKNOWLEDGE): pack_right.back,
    (PackState.WHY, Trigger.NO): pack_right.back,
    # label and hand-over -----------------------------------------------------------------------
    (PackState.LABEL, Trigger.MAIN): pack_box.print_again,
    (PackState.LABEL, Trigger.YES): pack_box.label_is_there,
    (PackState.LABEL, Trigger.NO): pack_box.label_is_missing,
    (PackState.LABEL, Trigger.LABEL): pack_box.scan_label,
    (PackState.LABEL, Trigger.UNDO): pack_correct.undo,
    (PackState.HAND_OVER, Trigger.MAIN): pack_box.hand_over,
    (PackState.HAND_OVER, Trigger.LABEL): pack_box.scan_label,
    (PackState.HAND_OVER, Trigger.REPRINT): pack_box.reprint,
    (PackState.HAND_OVER, Trigger.REASON): pack_box.packing_slip,
    (PackState.HAND_OVER, Trigger.UNDO): pack_correct.undo,
    # stopped -----------------------------------------------------------------------------------
    (PackState.STOPPED, Trigger.PLACE): pack_stop.put_at,
    (PackState.STOPPED, Trigger.MAIN): pack_stop.put_back,
}
