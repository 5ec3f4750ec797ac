"""Transfer: ship what goes to another site, receive what comes from one. Each scan is one record.

Shipping takes goods from the place scanned into transit; receiving takes them out of it, into the
place scanned. What is missing at the end is told, or put where it is, by a person and out loud.
"""

import msgspec
from typing_extensions import override

from app.domain.barcode import Location, PlainCode
from app.domain.operation import SCRAP, Kind
from app.domain.text import Text, text
from app.station import lot_asking, transfer_screen
from app.station.flow import Happening, Trigger
from app.station.screen import Page, Screen, Sound
from app.station.task import Handler, Table, forget
from app.station.transfer_board import (
    RECEIVABLE,
    SHIPPABLE,
    TRANSFER,
    Transfer,
    missing_lines,
)
from app.station.transfer_goods import TransferGoods
from app.station.transfer_job import TransferJob, TransferState
from app.station.turn import Draft, Fate, Turn

# Why the rest of a transfer is not shipped now.
REST = ("later", "not_found", "no_room")
# What became of goods that were shipped and are not here.
LATER, MISSING, NEVER_LEFT, LOST = "later", "missing", "never_left", "lost"
MISSING_WAYS = (LATER, MISSING, NEVER_LEFT, LOST)
MAX_SEAL = 40


class TransferFlow(TransferGoods):
    """Both ends of transfers."""

    page = Page.TRANSFER
    title = text("transfer.title")
    not_now = text("transfer.not_now")
    jobs = TransferJob
    kind = TRANSFER

    # --------------------------------------------------------------------------- coming and going

    @override
    def begin(self, turn: Turn, argument: str) -> TransferJob | None:
        ids, who = turn.around.ids, turn.session.person if turn.session else ""
        job = ids.new_id()
        fresh = TransferJob(job=job, key=job, person=who, state=TransferState.CHOOSE.value)
        if not argument:
            return fresh
        transfer = self.find(turn, argument)
        why = _why_not(transfer, argument)
        if transfer is None or why is not None:
            turn.notice = why
            turn.refuse(why or text("transfer.unknown", code=argument))
            return None
        state = TransferState.SHIP if transfer.leaves else TransferState.RECEIVE
        return msgspec.structs.replace(fresh, key=argument, document=argument, state=state.value)

    @override
    def show(self, turn: Turn) -> Screen:
        return transfer_screen.build(self, turn)

    # ------------------------------------------------------------------------------- the choice

    def choose(self, turn: Turn, happening: Happening) -> None:
        """A row of the list is looked at."""
        turn.fate = Fate.COMMAND
        self.change(chosen=happening.argument)

    def open_chosen(self, turn: Turn, happening: Happening) -> None:
        """A transfer is opened from the list, or by its code."""
        number = happening.argument
        if happening.trigger is Trigger.DOCUMENT:
            number = happening.extra
        elif happening.trigger is Trigger.MAIN:
            number = self.opened().chosen
        if not number:
            self.problem(turn, text("transfer.choose_first"), self.wanted(self.opened()))
            return
        why = _why_not(self.find(turn, number), number)
        if why is not None:
            self.problem(turn, why, self.wanted(self.opened()))
            return
        forget(turn.work, self.page, self.opened().key)
        turn.accept(Sound.ACCEPTED)
        turn.goto = (self.page, number)

    def drop(self, turn: Turn, _happening: Happening) -> None:
        """Leave the list."""
        forget(turn.work, self.page, self.opened().key)
        self.next = None
        turn.fate = Fate.COMMAND
        self.leave(turn)

    # -------------------------------------------------------------------------- the end of shipping

    def shipped(self, turn: Turn, _happening: Happening) -> None:
        """F10: nothing more leaves now; a rest needs a reason, then the seal is asked for."""
        board = self.board(turn)
        if board is None:
            return
        turn.fate = Fate.COMMAND
        short = board.left > 0
        self.change(state=(TransferState.REST if short else TransferState.SEAL).value, reason="")

    def rest(self, turn: Turn, happening: Happening) -> None:
        """Why the rest does not leave."""
        if happening.argument not in REST:
            self.problem(turn, self.not_now, self.wanted(self.opened()))
            return
        turn.accept(Sound.ACCEPTED)
        self.change(state=TransferState.SEAL.value, reason=happening.argument)

    def seal(self, turn: Turn, happening: Happening) -> None:
        """The number of the seal, scanned or typed; F10 without one."""
        said = happening.argument if happening.trigger is Trigger.QUANTITY else ""
        if isinstance(happening.meaning, PlainCode):
            said = happening.meaning.text
        if happening.trigger is not Trigger.MAIN and not 0 < len(said) <= MAX_SEAL:
            self.problem(turn, self.not_now, self.wanted(self.opened()))
            return
        board = self.board(turn)
        if board is None:
            return
        job = self.opened()
        evidence: dict[str, str | int | bool] = {"seal": said, "left": board.left}
        reason = f"transfer_{job.reason}" if job.reason else "transfer_sealed"
        self.record(turn, Draft(Kind.EVENT, (), self.reference(), reason, evidence))
        turn.accept(Sound.ORDER)
        code = "transfer.ship_done" if not board.left else "transfer.ship_part"
        self.finish(turn, Text(code, (("code", job.document), ("n", board.left))))

    def back(self, turn: Turn, _happening: Happening) -> None:
        """Esc: back to the goods."""
        turn.fate = Fate.COMMAND
        job = self.opened()
        ship = job.state in (TransferState.REST, TransferState.SEAL)
        self.change(state=(TransferState.SHIP if ship else TransferState.RECEIVE).value, extra="")

    # ------------------------------------------------------------------------- the end of receiving

    def received(self, turn: Turn, _happening: Happening) -> None:
        """F10: everything that came is scanned; what did not come is asked about."""
        board = self.board(turn)
        if board is None:
            return
        if board.left:
            turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION
            self.change(state=TransferState.MISSING.value)
            return
        turn.accept(Sound.ORDER)
        self.finish(turn, text("transfer.receive_done", code=self.opened().document))

    def missing(self, turn: Turn, happening: Happening) -> None:
        """What became of the goods that are not here."""
        board = self.board(turn)
        if board is None:
            return
        match happening.argument:
            case "later":
                turn.accept(Sound.ACCEPTED)
                said = text("transfer.more_comes", code=board.row.document)
                self.finish(turn, said)
            case "missing":
                evidence: dict[str, str | int | bool] = {"complete": True}
                self.record(turn, Draft(Kind.ACCEPT, (), self.reference(), evidence=evidence))
                turn.accept(Sound.ATTENTION)
                self.finish(turn, text("transfer.missing_told", other=board.other))
            case "never_left":
                turn.fate = Fate.COMMAND
                self.change(state=TransferState.ORIGIN.value)
            case "lost":
                self._resolve(turn, board, SCRAP, LOST)
            case _:
                self.problem(turn, self.not_now, self.wanted(self.opened()))

    def origin(self, turn: Turn, happening: Happening) -> None:
        """The place at the other site where the goods are that never left it."""
        board, meaning = self.board(turn), happening.meaning
        if board is None:
            return
        match meaning:
            case PlainCode():
                said = meaning.text
            case Location():
                said = meaning.code
            case _:
                self.problem(turn, self.not_now, self.wanted(self.opened()))
                return
        self._resolve(turn, board, said, NEVER_LEFT)

    def _resolve(self, turn: Turn, board: Transfer, target: str, reason: str) -> None:
        lines = missing_lines(turn.work, board, target)
        n = sum(line.quantity for line in lines)
        if lines:
            self.record(turn, Draft(Kind.SHORT, lines, self.reference(), reason))
        turn.accept(Sound.ATTENTION)
        code = "transfer.lost_told" if reason == LOST else "transfer.never_left_told"
        self.finish(turn, Text(code, (("code", board.row.document), ("n", n))))


def _why_not(transfer: Transfer | None, code: str) -> Text | None:
    """Why a transfer cannot be worked on here; None when it can."""
    if transfer is None:
        return text("transfer.unknown", code=code)
    state = transfer.row.state
    if state in (SHIPPABLE if transfer.leaves else RECEIVABLE):
        return None
    if state == "requested":
        return text("transfer.not_approved", code=code)
    if transfer.leaves or state != "approved":
        return text("transfer.over", code=code)
    return text("transfer.not_shipped", code=code)


_S = TransferState
_GOODS: dict[Trigger, Handler] = {
    Trigger.PLACE: TransferFlow.place,
    Trigger.QUANTITY: TransferFlow.typed,
    Trigger.NO: TransferFlow.pause,
}
TABLE: Table = {
    (_S.CHOOSE, Trigger.CHOOSE): TransferFlow.choose,
    **{
        (_S.CHOOSE, one): TransferFlow.open_chosen
        for one in (Trigger.OPEN, Trigger.MAIN, Trigger.DOCUMENT)
    },
    **{(_S.CHOOSE, one): TransferFlow.drop for one in (Trigger.NO, Trigger.PAUSE, Trigger.HOME)},
    **{(state, one): how for state in (_S.SHIP, _S.RECEIVE) for one, how in _GOODS.items()},
    (_S.SHIP, Trigger.ITEM): TransferFlow.ship,
    (_S.SHIP, Trigger.MAIN): TransferFlow.shipped,
    **lot_asking.table(),
    (_S.LOT, Trigger.PAUSE): TransferFlow.pause,
    (_S.REST, Trigger.REASON): TransferFlow.rest,
    **{
        (_S.SEAL, one): TransferFlow.seal
        for one in (Trigger.NOTHING, Trigger.QUANTITY, Trigger.MAIN)
    },
    (_S.RECEIVE, Trigger.ITEM): TransferFlow.receive,
    (_S.RECEIVE, Trigger.DAMAGED): TransferFlow.damaged,
    (_S.RECEIVE, Trigger.MAIN): TransferFlow.received,
    (_S.EXTRA, Trigger.YES): TransferFlow.extra_yes,
    (_S.EXTRA, Trigger.NO): TransferFlow.extra_no,
    (_S.MISSING, Trigger.REASON): TransferFlow.missing,
    (_S.ORIGIN, Trigger.NOTHING): TransferFlow.origin,
    (_S.ORIGIN, Trigger.PLACE): TransferFlow.origin,
    **{(state, Trigger.NO): TransferFlow.back for state in (_S.REST, _S.SEAL, _S.MISSING)},
    (_S.ORIGIN, Trigger.NO): TransferFlow.back,
}
TransferFlow.table = TABLE
