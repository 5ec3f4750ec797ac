"""Return: choose what was authorised, or nothing; then unit by unit what becomes of it, and why.

`TABLE` says what may happen in which state. Where a unit is to be put is told before and after; a
unit worth more than the person may scrap is put on hold for somebody else.
"""

from collections.abc import Sequence
from typing import ClassVar

import msgspec
from typing_extensions import override

from app.contract.messages import DocumentLine, Line
from app.domain.document import DocumentKind
from app.domain.goods_in import ReturnState as DocumentState
from app.domain.operation import CUSTOMER, SCRAP, Condition, Kind, is_virtual
from app.domain.text import Text, text
from app.station import photographing, take_back_screen
from app.station.dispositions import DEFAULT, DISPOSITIONS, REASONS, SCRAPPED, over_limit
from app.station.flow import Happening, Trigger
from app.station.goods_board import Board
from app.station.goods_flow import GoodsFlow, list_table
from app.station.goods_job import BLIND, LIST, Taken, more_taken
from app.station.goods_unit import Missing, Unit, as_lot, as_serial, in_hand, missing, unknown_code
from app.station.lookup import find_item, find_place
from app.station.return_job import ReturnJob, ReturnState
from app.station.screen import Page, Screen, Sound
from app.station.task import Handler
from app.station.turn import Draft, Fate, Turn
from app.station.way_back import WayBack

# More places of a kind are not asked for: the first and the last are used.
MOST_PLACES = 50
_OPEN = (DocumentState.AUTHORISED.value, DocumentState.RECEIVING.value)


class ReturnFlow(GoodsFlow[ReturnJob]):
    """The returning task."""

    page = Page.RETURN
    title = text("take_back.title")
    not_now = text("take_back.not_now")
    jobs = ReturnJob
    kind = DocumentKind.RETURN.value
    states: ClassVar[Sequence[str]] = _OPEN
    steps: ClassVar[tuple[Text, ...]] = (text("take_back.step_choose"), text("take_back.step_scan"))

    def __init__(self, way: WayBack) -> None:
        super().__init__()
        self._way = way

    @override
    def begin(self, turn: Turn, argument: str) -> ReturnJob | None:
        id_ = turn.around.ids.new_id()
        if argument in ("", LIST):
            return ReturnJob(job=id_, key=LIST, state=ReturnState.LIST)
        if argument == BLIND:
            return ReturnJob(job=id_, key=id_, state=ReturnState.SCAN)
        row = turn.work.document(self.kind, argument)
        if row is None or row.state not in _OPEN:
            shut = "take_back.not_known" if row is None else "take_back.not_open"
            turn.notice = Text(shut, (("document", argument),))
            return None
        return ReturnJob(job=id_, key=argument, document=argument, state=ReturnState.SCAN)

    @override
    def wanted(self, job: ReturnJob) -> Text:
        return text(f"take_back.want_{job.state}")

    @override
    def show(self, turn: Turn) -> Screen:
        return take_back_screen.build(self, turn)

    @override
    def leave_list(self, turn: Turn, happening: Happening) -> None:
        super().leave_list(turn, happening)
        self._way.go(turn, happening.trigger)

    @override
    def line_note(self, board: Board, line: DocumentLine) -> Text | None:
        return take_back_screen.line_note(board, line)

    # ------------------------------------------------------------------------------- one unit

    def scan_item(self, turn: Turn, happening: Happening) -> None:
        """A unit came out of the parcel."""
        found = find_item(turn.work, happening.meaning)
        code = unknown_code(happening)
        if found is not None:
            self.judge(turn, in_hand(found, 1))
        elif code:
            self.change(unit=Unit(code, code), state=ReturnState.UNKNOWN)
            turn.refuse(text("take_back.unknown"))
        else:
            detail = text("take_back.unknown_detail", code=happening.shown)
            self.problem(turn, text("take_back.unknown"), detail)

    def take_unknown(self, turn: Turn, _: Happening) -> None:
        """It is taken back under the code that was read; the office says what it is."""
        self.judge(turn, self.unit())

    def judge(self, turn: Turn, unit: Unit) -> None:
        """Ask what its barcode did not say about a unit, then what becomes of it."""
        wanted = missing(unit, turn.work.item_by_sku(unit.sku), None)
        if unit.serial and self._is_here(turn, unit):
            self.change(unit=None, state=ReturnState.SCAN)
            detail = text("take_back.serial_here_detail", serial=unit.serial)
            self.problem(turn, text("take_back.serial_here"), detail)
            return
        ask = {Missing.SERIAL: ReturnState.SERIAL, Missing.LOT: ReturnState.LOT}
        state = ask.get(wanted, ReturnState.DECIDE)
        self.change(unit=unit, state=state)
        turn.fate, turn.sound, turn.why = Fate.HELD, Sound.ATTENTION, self.wanted(self.opened())

    @staticmethod
    def _is_here(turn: Turn, unit: Unit) -> bool:
        """Whether a serial never left: what comes back is another one, or its label is wrong."""
        return any(
            row.serial == unit.serial and row.quantity > 0 and not is_virtual(row.location)
            for row in turn.work.stock_of(unit.sku)
        )

    def lot(self, turn: Turn, happening: Happening) -> None:
        """The lot was scanned or typed."""
        said, expiry = as_lot(happening)
        if said:
            unit = self.unit()
            expiry = expiry or unit.expiry
            self.judge(turn, msgspec.structs.replace(unit, lot=said, expiry=expiry))
        else:
            self.problem(turn, text("take_back.no_code"), text("take_back.want_lot"))

    def serial(self, turn: Turn, happening: Happening) -> None:
        """The serial was scanned or typed."""
        said = as_serial(happening)
        if said:
            self.judge(turn, msgspec.structs.replace(self.unit(), serial=said))
        else:
            self.problem(turn, text("take_back.no_code"), text("take_back.want_serial"))

    def place(self, turn: Turn, happening: Happening) -> None:
        """The unit is put there, instead of where it usually is."""
        place = find_place(turn.work, happening.meaning)
        if place is None:
            detail = text("take_back.unknown_place_detail", code=happening.shown)
            self.problem(turn, text("take_back.unknown_place"), detail)
            return
        self.change(place=place)
        self.next_flash = text("take_back.now_to", place=place)
        turn.accept(Sound.ACCEPTED)

    def decide(self, turn: Turn, happening: Happening) -> None:
        """What becomes of the unit: by digit, by card, or what is usual."""
        word = happening.argument or DEFAULT
        if word not in DISPOSITIONS:
            turn.refuse(text("take_back.want_decide"))
        elif word == SCRAPPED and over_limit(turn, self.unit()) is not None:
            self.problem(turn, text("take_back.over_limit"), text("take_back.over_limit_detail"))
        elif not self.destination(turn, word):
            self.problem(turn, text("take_back.no_place"), text("take_back.no_place_detail"))
        else:
            unit = msgspec.structs.replace(self.unit(), condition=word)
            self.change(unit=unit, state=ReturnState.WHY)
            turn.fate = Fate.COMMAND

    def destination(self, turn: Turn, word: str) -> str:
        """Where a unit is put; empty when this warehouse has no such place and none was scanned."""
        if word == SCRAPPED:
            return SCRAP
        job = self.next or self.job
        if job is not None and job.place:
            return job.place
        desks = turn.work.places_of_kind("returns", MOST_PLACES)
        if word == Condition.DAMAGED:
            desks = turn.work.places_of_kind("quarantine", 1) or desks
        if not desks:
            return ""
        return desks[0] if word == Condition.GOOD else desks[-1]

    def why(self, turn: Turn, happening: Happening) -> None:
        """Why it came back; then it is in the book."""
        job, word = self.opened(), happening.argument or self.usual_why()
        if word not in REASONS:
            turn.refuse(text("take_back.want_why"))
            return
        unit = self.unit()
        place, placed = self.destination(turn, unit.condition), self.placed(turn, unit)
        state = Condition.DAMAGED.value if unit.condition == SCRAPPED else unit.condition
        lines = tuple(
            Line(
                item=unit.sku,
                quantity=share.quantity,
                source=CUSTOMER,
                target=place,
                lot=unit.lot,
                serial=unit.serial,
                expiry=unit.expiry,
                to_condition=state,
                order_line=share.line,
                uom_quantity=share.quantity,
            )
            for share in placed.shares
        )
        evidence: dict[str, str | int | bool] = {"disposition": unit.condition}
        if placed.over:
            evidence["over"] = placed.over
        evidence |= photographing.evidence(self.camera.photos)
        made = self.record(turn, Draft(Kind.RETURN, lines, self.reference(), word, evidence))
        self.camera.record(turn, made)
        strays = sum(share.quantity for share in placed.shares if not share.line)
        hurt = strays if state == Condition.DAMAGED else 0
        self.change(
            unit=None,
            state=ReturnState.SCAN,
            place="",
            why=word,
            current=placed.shares[-1].line,
            taken=more_taken(job.taken, Taken(unit.sku, unit.name, strays, hurt)),
        )
        if place == SCRAP:
            self.next_flash = text("take_back.scrapped", item=unit.name)
        else:
            self.next_flash = text("take_back.put_in", item=unit.name, place=place)
        turn.accept(Sound.ACCEPTED)

    def usual_why(self) -> str:
        """The reason that F10 gives: the one before."""
        job = self.next or self.job
        return (job.why if job is not None else "") or REASONS[0]

    def put_aside(self, turn: Turn, _: Happening) -> None:
        """It is not taken back: nothing was counted."""
        self.camera.drop(turn)
        self.change(unit=None, place="", state=ReturnState.SCAN)
        self.next_flash = text("take_back.put_aside")
        turn.fate = Fate.COMMAND

    def close(self, turn: Turn, _: Happening) -> None:
        """F10: the parcel is empty; what did not come back stays authorised."""
        job, board = self.opened(), self.board(turn)
        turn.accept(Sound.ORDER)
        if board is None:
            units = sum(one.quantity for one in job.taken)
            self.finish(turn, text("take_back.done_blind", n=units))
            return
        left = sum(board.open_of(line) for line in board.plan.row.lines)
        if left:
            self.finish(turn, text("take_back.done_open", document=job.document, n=left))
        else:
            self.finish(turn, text("take_back.done", document=job.document, n=board.received))


_S = ReturnState
_TEXTS = (
    Trigger.ITEM,
    Trigger.NOTHING,
    Trigger.QUANTITY,
    Trigger.ORDER,
    Trigger.DOCUMENT,
    Trigger.LABEL,
)
TABLE: dict[tuple[str | None, Trigger], Handler] = {
    **list_table(_S.LIST),
    (_S.SCAN, Trigger.ITEM): ReturnFlow.scan_item,
    (_S.SCAN, Trigger.NOTHING): ReturnFlow.scan_item,
    (_S.SCAN, Trigger.PLACE): ReturnFlow.place,
    (_S.SCAN, Trigger.DOCUMENT): ReturnFlow.another,
    (_S.SCAN, Trigger.ORDER): ReturnFlow.another,
    (_S.SCAN, Trigger.MAIN): ReturnFlow.close,
    (_S.UNKNOWN, Trigger.YES): ReturnFlow.take_unknown,
    **{(_S.SERIAL, one): ReturnFlow.serial for one in _TEXTS},
    **{(_S.LOT, one): ReturnFlow.lot for one in _TEXTS},
    (_S.DECIDE, Trigger.REASON): ReturnFlow.decide,
    (_S.DECIDE, Trigger.MAIN): ReturnFlow.decide,
    (_S.DECIDE, Trigger.PLACE): ReturnFlow.place,
    (_S.WHY, Trigger.REASON): ReturnFlow.why,
    (_S.WHY, Trigger.MAIN): ReturnFlow.why,
    (_S.WHY, Trigger.PHOTO): ReturnFlow.photo,
    (_S.WHY, Trigger.PHOTO_TAKEN): ReturnFlow.photo_taken,
    **{
        (state, one): ReturnFlow.put_aside
        for state in (_S.SERIAL, _S.LOT, _S.DECIDE, _S.WHY, _S.UNKNOWN)
        for one in (Trigger.NO, Trigger.UNDO)
    },
}
ReturnFlow.table = TABLE
