"""The goods of a transfer: a piece leaves, or arrives, and each is one record."""

from typing_extensions import override

from app.contract.messages import Line, Reference
from app.domain.operation import Condition, Kind
from app.domain.text import Text, text
from app.station import lot_asking, serials
from app.station.flow import Happening
from app.station.lookup import ItemFound, find_item, find_place, only_lot
from app.station.screen import Sound
from app.station.task import TaskFlow
from app.station.transfer_board import TRANSFER, Part, Transfer, after, find_transfer
from app.station.transfer_job import TransferJob, TransferState
from app.station.transfer_lines import Lines
from app.station.turn import Draft, Fate, Turn


class TransferGoods(TaskFlow[TransferJob]):
    """What may be done with the goods of one transfer.

    Attributes:
        seen: The transfer as it was read last; only what has changed is worked out anew.
        lines: Its lines as the page shows them.
    """

    fetching = TransferState.SHIP.value

    def __init__(self) -> None:
        super().__init__()
        self.seen: Transfer | None = None
        self.lines = Lines()
        self._looked: tuple[Turn, str] | None = None

    @override
    def wanted(self, job: TransferJob) -> Text:
        return text(f"transfer.want_{job.state}")

    @override
    def reference(self) -> Reference | None:
        document = self.opened().document
        return Reference(document_kind=TRANSFER, document=document) if document else None

    def find(self, turn: Turn, number: str) -> Transfer | None:
        """A transfer that this site is an end of."""
        seen = self.seen if self.seen and self.seen.row.document == number else None
        return find_transfer(turn.work, number, turn.around.identity.site, seen)

    def look(self, turn: Turn, number: str) -> Transfer | None:
        """The same for the one on the bench, kept in mind until it is looked at again.

        What is kept is compared with the book before it is used in another turn: one that fails
        after this leaves nothing wrong behind.
        """
        if self._looked != (turn, turn.operation):
            self.seen, self._looked = self.find(turn, number), (turn, turn.operation)
        return self.seen

    def board(self, turn: Turn) -> Transfer | None:
        """The transfer of the open job; without it, nothing can be recorded."""
        board = self.look(turn, self.opened().document)
        if board is None:
            code = self.opened().document
            self.problem(turn, text("transfer.unknown", code=code), text("transfer.leave_it"))
        return board

    def place(self, turn: Turn, happening: Happening) -> None:
        """Where goods are taken from, or put, from now on."""
        place = find_place(turn.work, happening.meaning)
        if place is None:
            title = text("transfer.unknown_place", code=happening.shown)
            self.problem(turn, title, self.wanted(self.opened()))
            return
        self.change(place=place)
        self.next_flash = text(f"transfer.place_{self.opened().state}", place=place)
        turn.accept(Sound.ACCEPTED)

    def ship(self, turn: Turn, happening: Happening) -> None:
        """A piece leaves: one `dispatch`."""
        found = find_item(turn.work, happening.meaning)
        if found is None:
            self._unknown(turn, happening, found)
        else:
            self._ship(turn, found, happening.shown)

    def taken_from(self, turn: Turn, sku: str) -> str:
        """Where an item comes from now: the place that was scanned, or the one it lies at."""
        job = self.next or self.job
        return (job.place if job is not None else "") or turn.work.places([sku]).get(sku, "")

    def of_lot(self, turn: Turn, found: ItemFound) -> None:
        """Somebody has said which lot it is."""
        self._ship(turn, found, found.lot, asked=True)

    def _ship(self, turn: Turn, found: ItemFound, shown: str, *, asked: bool = False) -> None:
        job, board = self.opened(), self.board(turn)
        if board is None:
            return
        units = found.units * (job.armed or 1)
        left = board.open_units(found.sku)
        if not board.has(found.sku):
            title = text("transfer.not_asked", item=found.name)
            self.problem(turn, title, text("transfer.not_asked_detail", code=shown))
        elif units > left:
            title = text("transfer.too_many", item=found.name, n=left)
            self.problem(turn, title, text("transfer.too_many_detail", code=shown))
        elif not self._tracked(turn, found):
            title = text("transfer.no_serial", item=found.name)
            self.problem(turn, title, text("transfer.no_serial_detail", code=shown))
        elif why := serials.wrong(turn.work, found, units, (board.transit,)):
            self.problem(turn, *why)
        else:
            place = self.taken_from(turn, found.sku)
            if not place:
                title = text("transfer.place_first", item=found.name)
                self.problem(turn, title, text("transfer.place_first_detail"))
                return
            if not (found.lot or asked) and lot_asking.asked(self, turn, found, place):
                return
            lot = found.lot or only_lot(turn.work, found.sku, place)
            parts = board.parts(found.sku, lot, units)
            self._post(turn, Kind.DISPATCH, found, parts, (place, board.transit, lot))
            self._counted(turn, "transfer.shipped", found, parts)

    def receive(self, turn: Turn, happening: Happening) -> None:
        """A piece arrives: one `accept`; what is not on the manifest is asked about first."""
        job, board = self.opened(), self.board(turn)
        found = find_item(turn.work, happening.meaning)
        if board is None or found is None:
            self._unknown(turn, happening, found)
            return
        if not job.place:
            title = text("transfer.target_first", item=found.name)
            self.problem(turn, title, text("transfer.target_first_detail", item=found.name))
            return
        if not self._tracked(turn, found):
            title = text("transfer.no_serial", item=found.name)
            self.problem(turn, title, text("transfer.no_serial_detail", code=happening.shown))
            return
        units = found.units * (job.armed or 1)
        if why := serials.wrong(turn.work, found, units, (job.place,)):
            self.problem(turn, *why)
            return
        lot = found.lot or self._lot_under_way(turn, board, found.sku)
        parts = board.parts(found.sku, lot, units)
        if any(part.line == 0 for part in parts):
            self.change(extra=found.sku, units=units, lot=lot, serial=found.serial, armed=0)
            self.change(state=TransferState.EXTRA.value)
            turn.accept(Sound.ATTENTION)
            return
        self._accept(turn, board, _of_lot(found, lot), units)

    def _accept(self, turn: Turn, board: Transfer, found: ItemFound, units: int) -> None:
        job = self.opened()
        parts = board.parts(found.sku, found.lot, units)
        self._post(turn, Kind.ACCEPT, found, parts, (board.transit, job.place, found.lot))
        code = "transfer.received"
        if job.condition != Condition.GOOD:
            code = "transfer.received_damaged"
        self.change(condition=Condition.GOOD.value)
        self._counted(turn, code, found, parts)

    @staticmethod
    def _lot_under_way(turn: Turn, board: Transfer, sku: str) -> str:
        here = [row for row in turn.work.stock_of(sku) if row.location == board.transit]
        lots = {row.lot for row in here if row.quantity > 0}
        return lots.pop() if len(lots) == 1 else ""

    @staticmethod
    def _tracked(turn: Turn, found: ItemFound) -> bool:
        row = turn.work.item_by_sku(found.sku)
        return row is None or "serial" not in row.tracking or bool(found.serial)

    def _post(
        self,
        turn: Turn,
        kind: Kind,
        found: ItemFound,
        parts: tuple[Part, ...],
        way: tuple[str, str, str],
    ) -> None:
        """One operation: from where, to where and of which lot is said by `way`."""
        source, target, lot = way
        condition = self.opened().condition
        lines = tuple(
            Line(
                item=found.sku,
                quantity=part.quantity,
                source=source,
                target=target,
                lot=lot,
                serial=found.serial,
                to_condition="" if condition == Condition.GOOD else condition,
                order_line=part.line,
                uom=found.uom,
                uom_quantity=part.quantity,
            )
            for part in parts
        )
        self.record(turn, Draft(kind, lines, self.reference()))

    def _counted(self, turn: Turn, code: str, found: ItemFound, parts: tuple[Part, ...]) -> None:
        """Say what was recorded; the last unit sounds like the end."""
        if self.seen is not None:
            self.seen = after(turn.work, self.seen, [part.line for part in parts if part.line])
            self._looked = (turn, turn.operation)
        self.change(armed=0)
        units = sum(part.quantity for part in parts)
        self.next_flash = Text(code, (("item", found.name), ("n", units)))
        turn.accept(Sound.ORDER if self.seen and not self.seen.left else Sound.ACCEPTED)

    def _unknown(self, turn: Turn, happening: Happening, found: ItemFound | None) -> None:
        if found is None:
            title = text("transfer.unknown_item", code=happening.shown)
            self.problem(turn, title, self.wanted(self.opened()))

    def typed(self, turn: Turn, happening: Happening) -> None:
        """How many the next scan stands for."""
        self.quantity(turn, happening)

    def damaged(self, turn: Turn, _happening: Happening) -> None:
        """F6: the next piece that arrives is damaged, or good again."""
        good = self.opened().condition == Condition.GOOD
        self.change(condition=(Condition.DAMAGED if good else Condition.GOOD).value)
        self.next_flash = text("transfer.next_damaged" if good else "transfer.next_good")
        turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION

    def extra_yes(self, turn: Turn, _happening: Happening) -> None:
        """It is here, so it is received; the ledger asks the sender about it."""
        job, board = self.opened(), self.board(turn)
        row = turn.work.item_by_sku(job.extra)
        if board is None or row is None:
            return
        found = ItemFound(row.sku, row.name, 1, "each", job.lot, job.serial)
        self.change(state=TransferState.RECEIVE.value, extra="")
        self._accept(turn, board, found, job.units)
        turn.sound = Sound.ATTENTION

    def extra_no(self, turn: Turn, _happening: Happening) -> None:
        """It is put aside; nothing is recorded."""
        turn.fate = Fate.COMMAND
        self.change(state=TransferState.RECEIVE.value, extra="")
        self.next_flash = text("transfer.put_aside")


def _of_lot(found: ItemFound, lot: str) -> ItemFound:
    """The same piece with its lot."""
    return ItemFound(found.sku, found.name, found.units, found.uom, lot, found.serial)
