"""The goods of a count: each scan is one more, a typed number the total, a serial counts once."""

import msgspec
from typing_extensions import override

from app.domain.barcode import Command, PlainCode
from app.domain.operation import Condition
from app.domain.text import Text, text
from app.station.count_job import CountJob, CountState, Seen, put
from app.station.flow import Happening, Trigger
from app.station.lookup import ItemFound, find_item
from app.station.screen import Sound
from app.station.task import ASK_ABOVE, MAX_TYPED, TaskFlow
from app.station.turn import Fate, Turn

# F6 goes round: the next piece is …
_CONDITIONS = (Condition.GOOD, Condition.DAMAGED, Condition.HOLD, Condition.EXPIRED)


class CountGoods(TaskFlow[CountJob]):
    """What may be done with the goods of one place."""

    @override
    def wanted(self, job: CountJob) -> Text:
        return text(f"count.want_{job.state}", place=job.place)

    def unknown(self, turn: Turn, happening: Happening) -> None:
        title = text("count.unknown", code=happening.shown)
        self.problem(turn, title, self.wanted(self.opened()))

    def item(self, turn: Turn, happening: Happening) -> None:
        """A piece was scanned: one more, or as many as were typed before."""
        job, found = self.opened(), find_item(turn.work, happening.meaning)
        if found is None:
            self.unknown(turn, happening)
            return
        if job.scope and found.sku not in job.scope:
            title = text("count.not_asked", item=found.name, code=happening.shown)
            self.problem(turn, title, text("count.not_asked_detail", place=job.place))
            return
        half = _half(found, job)
        if not half.serial and _tracks(turn, half.item, "serial"):
            self._ask(turn, half, CountState.SERIAL)
        elif not half.lot and self._lot_needed(turn, half):
            self._ask(turn, half, CountState.LOT)
        else:
            self._count(turn, self._with_lot(turn, half))

    def _ask(self, turn: Turn, half: Seen, state: CountState) -> None:
        self.change(half=half, state=state.value)
        turn.accept(Sound.ATTENTION)

    def _lots(self, turn: Turn, item: str) -> set[str]:
        place = self.opened().place
        return {row.lot for row in turn.work.stock_of(item) if row.location == place and row.lot}

    def _lot_needed(self, turn: Turn, half: Seen) -> bool:
        lots = self._lots(turn, half.item)
        return len(lots) > 1 or (not lots and _tracks(turn, half.item, "lot"))

    def _with_lot(self, turn: Turn, half: Seen) -> Seen:
        """The lot is known without scanning it where there is only one."""
        lots = self._lots(turn, half.item)
        if half.lot or len(lots) != 1:
            return half
        return msgspec.structs.replace(half, lot=lots.pop())

    def detail(self, turn: Turn, happening: Happening) -> None:
        """The lot or the serial of the piece just scanned, by its own code or by hand."""
        job = self.opened()
        if job.half is None:
            self.change(state=CountState.COUNT.value)
            return
        said, found = _said(happening), find_item(turn.work, happening.meaning)
        serial = job.state == CountState.SERIAL
        if found is not None and found.sku == job.half.item:
            said = found.serial if serial else found.lot
        if not said or (found is not None and found.sku != job.half.item):
            self.problem(turn, text("count.detail_first"), self.wanted(job))
            return
        field = "serial" if serial else "lot"
        half = msgspec.structs.replace(job.half, **{field: said})
        if serial and not half.lot and self._lot_needed(turn, half):
            self._ask(turn, half, CountState.LOT)
        else:
            self._count(turn, self._with_lot(turn, half))

    def _count(self, turn: Turn, what: Seen) -> None:
        job = self.opened()
        before = job.found(what.key)
        already = before is not None or any(
            one.serial == what.serial and one.item == what.item for one in job.seen
        )
        if what.serial and already:
            self.change(half=None, state=CountState.COUNT.value)
            title = text("count.serial_again", serial=what.serial)
            self.problem(turn, title, text("count.serial_again_detail", item=what.name))
            return
        if what.serial and what.quantity != 1:
            self.change(half=None, state=CountState.COUNT.value)
            title = text("count.one_serial", serial=what.serial)
            self.problem(turn, title, text("count.one_serial_detail", item=what.name))
            return
        there = what.quantity + (before.quantity if before is not None else 0)
        self.next = put(job, msgspec.structs.replace(what, quantity=there))
        self.change(state=CountState.COUNT.value)
        self.next_flash = text("count.counted", item=what.name, n=there)
        turn.accept(Sound.ACCEPTED)

    def typed(self, turn: Turn, happening: Happening) -> None:
        """A number: the total of what was scanned last; before any scan, and by card, of the next.

        A large one is asked for twice.
        """
        job = self.opened()
        last = job.found(job.last) if job.last else None
        if last is None or isinstance(happening.meaning, Command):
            self.quantity(turn, happening)
            return
        said = happening.argument
        number = int(said) if said.isdecimal() else -1
        if not 0 <= number <= MAX_TYPED:
            turn.refuse(text("pack.bad_quantity", entered=said))
            self.next_flash = text("pack.bad_quantity", entered=said)
        elif number > ASK_ABOVE and number != job.asked:
            self.change(asked=number)
            self.next_flash = text("count.total_again", n=number, item=last.name)
            turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION
        else:
            self.next = put(job, msgspec.structs.replace(last, quantity=number))
            self.next_flash = text("count.total", item=last.name, n=number)
            turn.accept(Sound.ACCEPTED)

    def damaged(self, turn: Turn, _happening: Happening) -> None:
        """F6: the next piece is damaged, blocked, expired, or good again."""
        at = _CONDITIONS.index(Condition(self.opened().condition))
        condition = _CONDITIONS[(at + 1) % len(_CONDITIONS)].value
        self.change(condition=condition)
        self.next_flash = text(f"count.next_{condition}")
        turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION

    def choose_seen(self, turn: Turn, happening: Happening) -> None:
        """A line was chosen with the arrows: a typed total is about it."""
        turn.fate = Fate.COMMAND
        row = self.opened().found(happening.argument)
        if row is not None and not row.serial:
            self.change(last=row.key, asked=0, armed=0)


def _half(found: ItemFound, job: CountJob) -> Seen:
    quantity = found.units * (job.armed or 1)
    return Seen(found.sku, found.name, quantity, found.lot, found.serial, job.condition)


def _tracks(turn: Turn, sku: str, what: str) -> bool:
    row = turn.work.item_by_sku(sku)
    return row is not None and what in row.tracking


def _said(happening: Happening) -> str:
    """A lot or serial that was scanned or typed as it stands."""
    if happening.trigger is Trigger.QUANTITY and happening.meaning is None:
        return happening.argument
    return happening.meaning.text if isinstance(happening.meaning, PlainCode) else ""
