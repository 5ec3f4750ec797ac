"""Receive: choose what is expected, or nothing, then unit by unit into the dock; the rest is said.

`TABLE` says what may happen in which state. What a barcode did not say and an item needs is asked
(`receive_unit`); F10 shows what differs and says what becomes of it (`receive_close`).
"""

from collections.abc import Sequence
from typing import ClassVar

from typing_extensions import override

from app.contract.messages import DocumentLine, Operation
from app.domain.barcode import Damaged
from app.domain.document import DocumentKind, Measure
from app.domain.goods_in import InboundState
from app.domain.text import Text, text
from app.station import receive_close, receive_link, receive_screen, receive_unit
from app.station.flow import Happening, Trigger
from app.station.goods_board import Board, Placed
from app.station.goods_flow import GoodsFlow, list_table
from app.station.goods_job import BLIND, LIST
from app.station.goods_unit import in_hand, unknown_code
from app.station.lookup import find_item, find_place
from app.station.receive_job import ReceiveJob, ReceiveState
from app.station.screen import Page, Screen, Sound
from app.station.task import Handler
from app.station.turn import Fate, Turn

# What may be received against; more may come of one that is complete, and is told.
OPEN = (InboundState.EXPECTED.value, InboundState.RECEIVING.value)
_RECEIVABLE = frozenset({*OPEN, InboundState.RECEIVED.value})
DOCK = "dock"


class ReceiveFlow(GoodsFlow[ReceiveJob]):
    """The receiving task."""

    page = Page.RECEIVE
    title = text("receive.title")
    not_now = text("receive.not_now")
    jobs = ReceiveJob
    kind = DocumentKind.INBOUND.value
    states: ClassVar[Sequence[str]] = OPEN
    steps: ClassVar[tuple[Text, ...]] = (
        text("receive.step_choose"),
        text("receive.step_scan"),
        text("receive.step_close"),
    )

    # --------------------------------------------------------------------------- coming and going

    @override
    def begin(self, turn: Turn, argument: str) -> ReceiveJob | None:
        ids = turn.around.ids
        docks = turn.work.places_of_kind(DOCK, 1)
        dock = docks[0] if docks else ""
        if argument in ("", LIST):
            return ReceiveJob(job=ids.new_id(), key=LIST, state=ReceiveState.LIST, dock=dock)
        if argument == BLIND:
            job = ids.new_id()
            return ReceiveJob(job=job, key=job, state=ReceiveState.SCAN, dock=dock)
        row = turn.work.document(self.kind, argument)
        if row is None or row.state not in _RECEIVABLE:
            code = "receive.not_known" if row is None else f"receive.not_open_{row.state}"
            turn.notice = text(code, document=argument)
            return None
        return ReceiveJob(
            job=ids.new_id(), key=argument, document=argument, state=ReceiveState.SCAN, dock=dock
        )

    @override
    def undone(self, turn: Turn, original: Operation) -> None:
        super().undone(turn, original)
        self.change(code="")

    @override
    def wanted(self, job: ReceiveJob) -> Text:
        return text(f"receive.want_{job.state}")

    @override
    def show(self, turn: Turn) -> Screen:
        return receive_screen.build(self, turn)

    # ------------------------------------------------------------------------- what handlers use

    @override
    def tolerance(self, turn: Turn) -> int:
        return turn.work.policy().over_permille

    @override
    def line_note(self, board: Board, line: DocumentLine) -> Text | None:
        return receive_screen.line_note(board, line)

    def line_is_full(self, turn: Turn, placed: Placed) -> bool:
        """Whether units that were just recorded have completed a line."""
        board = self.board(turn)
        if board is None:
            return False
        named = (board.plan.line(share.line) for share in placed.shares)
        return any(
            line is not None and board.at(line.line, Measure.RECEIVED) == line.quantity
            for line in named
        )

    # ------------------------------------------------------------------------------- scanning

    def scan_item(self, turn: Turn, happening: Happening) -> None:
        """A unit, a pack, or something nobody knows."""
        job = self.opened()
        found = find_item(turn.work, happening.meaning)
        if not job.dock:
            self.problem(turn, text("receive.no_dock"), text("receive.no_dock_detail"))
        elif found is None:
            self.unknown(turn, happening)
        else:
            receive_unit.judge(self, turn, in_hand(found, job.armed))

    def unknown(self, turn: Turn, happening: Happening) -> None:
        """A code nobody knows is a question; half a code is an error."""
        code = unknown_code(happening)
        if isinstance(happening.meaning, Damaged):
            self.problem(turn, text("receive.unreadable"), happening.meaning.say)
        elif not code:
            self.problem(turn, text("receive.unreadable"), self.wanted(self.opened()))
        elif not self.opened().dock:
            self.problem(turn, text("receive.no_dock"), text("receive.no_dock_detail"))
        else:
            self.change(state=ReceiveState.UNKNOWN, code=code)
            turn.refuse(text("receive.unknown"))

    def place(self, turn: Turn, happening: Happening) -> None:
        """From now on the goods are put there."""
        place = find_place(turn.work, happening.meaning)
        if place is None:
            detail = text("receive.unknown_place_detail", code=happening.shown)
            self.problem(turn, text("receive.unknown_place"), detail)
            return
        self.change(dock=place)
        self.next_flash = text("receive.now_to", place=place)
        turn.accept(Sound.ACCEPTED)

    def mark_damaged(self, turn: Turn, _: Happening) -> None:
        """F6: the next unit is damaged; F6 again: it is not."""
        self.change(damaged=not self.opened().damaged)
        self.camera.drop(turn)
        turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION

    @override
    def photo(self, turn: Turn, happening: Happening) -> None:
        if self.opened().damaged:
            super().photo(turn, happening)
            return
        self.next_flash = text("receive.photo_of_damaged")
        turn.refuse(self.next_flash)

    def count(self, turn: Turn, happening: Happening) -> None:
        """A number before its scan; more than is expected at all is asked for twice."""
        board = self.board(turn)
        self.quantity(turn, happening, board.expected if board is not None else 0)


_S = ReceiveState
_ANY = (Trigger.ITEM, Trigger.NOTHING, Trigger.QUANTITY, Trigger.ORDER, Trigger.DOCUMENT)


def _asked(state: ReceiveState, answer: Handler) -> dict[tuple[str | None, Trigger], Handler]:
    """A question that any text answers; Esc and F4 put the unit aside."""
    rows: dict[tuple[str | None, Trigger], Handler] = {
        (state, trigger): answer for trigger in (*_ANY, Trigger.LABEL)
    }
    return {**rows, **_left(state)}


def _left(*states: ReceiveState) -> dict[tuple[str | None, Trigger], Handler]:
    leaving: Sequence[Trigger] = (Trigger.NO, Trigger.UNDO)
    return {(state, one): receive_unit.put_aside for state in states for one in leaving}


TABLE: dict[tuple[str | None, Trigger], Handler] = {
    **list_table(_S.LIST),
    (_S.SCAN, Trigger.ITEM): ReceiveFlow.scan_item,
    (_S.SCAN, Trigger.NOTHING): ReceiveFlow.unknown,
    (_S.SCAN, Trigger.PLACE): ReceiveFlow.place,
    (_S.SCAN, Trigger.DOCUMENT): ReceiveFlow.another,
    (_S.SCAN, Trigger.ORDER): ReceiveFlow.another,
    (_S.SCAN, Trigger.QUANTITY): ReceiveFlow.count,
    (_S.SCAN, Trigger.DAMAGED): ReceiveFlow.mark_damaged,
    (_S.SCAN, Trigger.PHOTO): ReceiveFlow.photo,
    (_S.SCAN, Trigger.PHOTO_TAKEN): ReceiveFlow.photo_taken,
    (_S.SCAN, Trigger.MAIN): receive_close.close,
    **_asked(_S.SERIAL, receive_unit.serial),
    **_asked(_S.LOT, receive_unit.lot),
    (_S.LOT, Trigger.MAIN): receive_unit.same_lot,
    (_S.LOT, Trigger.YES): receive_unit.same_lot,
    **_asked(_S.EXPIRY, receive_unit.expiry),
    (_S.DIFFERS, Trigger.YES): receive_unit.agree,
    (_S.OVER, Trigger.ACKNOWLEDGE): receive_unit.acknowledge_over,
    (_S.WHY, Trigger.REASON): receive_unit.why_over,
    (_S.UNKNOWN, Trigger.YES): receive_unit.take_unknown,
    (_S.UNKNOWN, Trigger.REASON): receive_link.asked,
    (_S.UNKNOWN, Trigger.ITEM): receive_link.scanned,
    (_S.UNKNOWN, Trigger.STEPPED_UP): receive_link.proven,
    **_left(_S.DIFFERS, _S.OVER, _S.WHY, _S.UNKNOWN),
    (_S.CLOSING, Trigger.YES): receive_close.later,
    (_S.CLOSING, Trigger.SHORT): receive_close.give_up,
    (_S.CLOSING, Trigger.MAIN): receive_close.leave,
    (_S.CLOSING, Trigger.NO): receive_close.back,
    (_S.CLOSING, Trigger.UNDO): receive_close.back,
}
ReceiveFlow.table = TABLE
