"""One unit on its way into the book: what must be asked about it, and what is recorded."""

from typing import TYPE_CHECKING

import msgspec

from app.contract.messages import Line
from app.domain.operation import SUPPLIER, Condition, Kind, is_virtual
from app.domain.text import Text, text
from app.station import photographing
from app.station.flow import Happening
from app.station.goods_board import Placed, Share
from app.station.goods_job import Taken, more_taken
from app.station.goods_unit import Missing, Unit, as_expiry, as_lot, as_serial, differs, missing
from app.station.receive_job import ReceiveState
from app.station.screen import Sound
from app.station.turn import Draft, Fate, Turn

if TYPE_CHECKING:
    from app.station.receive import ReceiveFlow

# Why more came than was announced; digits in this order.
REASONS = ("sent_more", "replacement", "order_wrong", "other")
_ASKING = {
    Missing.SERIAL: ReceiveState.SERIAL,
    Missing.LOT: ReceiveState.LOT,
    Missing.EXPIRY: ReceiveState.EXPIRY,
}


def judge(flow: "ReceiveFlow", turn: Turn, unit: Unit) -> None:
    """Ask the next thing about a unit, or record it when nothing is left to ask."""
    known = turn.work.lot(unit.sku, unit.lot) if unit.lot else None
    item = turn.work.item_by_sku(unit.sku)
    wanted = missing(unit, item, known)
    by_serial = unit.serial or (item is not None and "serial" in item.tracking)
    if by_serial and unit.units > 1:
        flow.problem(turn, text("receive.serial_one"), text("receive.serial_one_detail"))
    elif wanted is Missing.NOTHING and unit.serial and _is_here(turn, unit):
        flow.change(unit=None, state=ReceiveState.SCAN)
        detail = text("receive.serial_twice_detail", serial=unit.serial)
        flow.problem(turn, text("receive.serial_twice"), detail)
    elif wanted is not Missing.NOTHING:
        _ask(flow, turn, unit, _ASKING[wanted])
    elif differs(unit, known):
        _ask(flow, turn, unit, ReceiveState.DIFFERS)
    elif flow.placed(turn, unit).over:
        _ask(flow, turn, unit, ReceiveState.OVER)
    else:
        record(flow, turn, unit)


def _ask(flow: "ReceiveFlow", turn: Turn, unit: Unit, state: ReceiveState) -> None:
    """Nothing is counted before the answer; the scan is held for it."""
    flow.change(unit=unit, state=state, armed=0)
    turn.fate, turn.sound, turn.why = Fate.HELD, Sound.ATTENTION, _WHY[state]


def _is_here(turn: Turn, unit: Unit) -> bool:
    """Whether this serial is in the house already."""
    return any(
        row.serial == unit.serial and row.quantity > 0 and not is_virtual(row.location)
        for row in turn.work.stock_of(unit.sku)
    )


# ---------------------------------------------------------------------------------- the answers


def lot(flow: "ReceiveFlow", turn: Turn, happening: Happening) -> None:
    """The lot was scanned or typed."""
    unit, (said, expiry) = flow.unit(), as_lot(happening)
    if not said:
        flow.problem(turn, text("receive.no_lot"), text("receive.no_lot_detail"))
        return
    judge(flow, turn, msgspec.structs.replace(unit, lot=said, expiry=expiry or unit.expiry))


def same_lot(flow: "ReceiveFlow", turn: Turn, _: Happening) -> None:
    """The same lot as the unit before."""
    unit, (sku, said, expires) = flow.unit(), flow.opened().last
    if sku != unit.sku:
        flow.problem(turn, text("receive.no_lot"), text("receive.no_lot_detail"))
        return
    judge(flow, turn, msgspec.structs.replace(unit, lot=said, expiry=unit.expiry or expires))


def expiry(flow: "ReceiveFlow", turn: Turn, happening: Happening) -> None:
    """The expiry was scanned or typed."""
    said = as_expiry(happening)
    if not said:
        flow.problem(turn, text("receive.no_date"), text("receive.no_date_detail"))
        return
    judge(flow, turn, msgspec.structs.replace(flow.unit(), expiry=said))


def serial(flow: "ReceiveFlow", turn: Turn, happening: Happening) -> None:
    """The serial was scanned or typed."""
    said = as_serial(happening)
    if not said:
        flow.problem(turn, text("receive.no_serial"), text("receive.no_serial_detail"))
        return
    judge(flow, turn, msgspec.structs.replace(flow.unit(), serial=said))


def agree(flow: "ReceiveFlow", turn: Turn, _: Happening) -> None:
    """The label does say another expiry than the book."""
    judge(flow, turn, msgspec.structs.replace(flow.unit(), agreed=True))


def acknowledge_over(flow: "ReceiveFlow", turn: Turn, _: Happening) -> None:
    """F9: they do come in. Why is asked next."""
    flow.change(state=ReceiveState.WHY)
    turn.fate = Fate.COMMAND


def why_over(flow: "ReceiveFlow", turn: Turn, happening: Happening) -> None:
    """The reason why more came in than was announced."""
    if happening.argument not in REASONS:
        turn.refuse(text("receive.want_why"))
        return
    record(flow, turn, flow.unit(), happening.argument)


def put_aside(flow: "ReceiveFlow", turn: Turn, _: Happening) -> None:
    """It is not received: nothing was counted."""
    flow.camera.drop(turn)
    flow.change(unit=None, code="", link="", state=ReceiveState.SCAN)
    flow.next_flash = text("receive.put_aside")
    turn.fate = Fate.COMMAND


def take_unknown(flow: "ReceiveFlow", turn: Turn, _: Happening) -> None:
    """A code nobody knows is received under itself; the office says what it is."""
    job = flow.opened()
    times = job.armed or 1
    record(flow, turn, Unit(job.code, job.code, times, scans=times))


# ----------------------------------------------------------------------------------- the record


def record(flow: "ReceiveFlow", turn: Turn, unit: Unit, reason: str = "") -> None:
    """Goods of one scan are in the book."""
    job = flow.opened()
    placed = flow.placed(turn, unit)
    turned = Condition.DAMAGED.value if job.damaged else ""
    evidence: dict[str, str | int | bool] = {}
    if reason:
        evidence["over"] = placed.over
    if unit.agreed:
        evidence["expiry_confirmed"] = True
    evidence |= photographing.evidence(flow.camera.photos)
    lines = tuple(_line(unit, share, job.dock, turned) for share in placed.shares)
    draft = Draft(Kind.RECEIVE, lines, flow.reference(), reason, evidence)
    flow.camera.record(turn, flow.record(turn, draft))
    flow.next_flash = _said(flow, turn, unit, placed)
    flow.change(
        unit=None,
        code="",
        link="",
        state=ReceiveState.SCAN,
        armed=0,
        damaged=False,
        last=(unit.sku, unit.lot, unit.expiry) if unit.lot else job.last,
        current=placed.shares[-1].line,
        taken=more_taken(job.taken, _taken(unit, placed, damaged=job.damaged)),
    )
    turn.accept(Sound.LINE if flow.line_is_full(turn, placed) else Sound.ACCEPTED)


def _said(flow: "ReceiveFlow", turn: Turn, unit: Unit, placed: Placed) -> Text:
    """What the panel says until the next scan."""
    job = flow.opened()
    if job.code:
        return text("receive.taken_unknown", code=unit.sku, quantity=unit.units)
    if job.damaged:
        return text("receive.taken_damaged", item=unit.name, quantity=unit.units)
    if placed.over:
        return text("receive.taken_over", item=unit.name, quantity=unit.units, over=placed.over)
    if unit.expiry and unit.expiry < turn.now[:10]:
        return text("receive.taken_expired", item=unit.name, expiry=unit.expiry)
    return text("receive.taken", item=unit.name, quantity=unit.units)


def _line(unit: Unit, share: Share, dock: str, turned: str) -> Line:
    whole = share.quantity == unit.units
    return Line(
        item=unit.sku,
        quantity=share.quantity,
        source=SUPPLIER,
        target=dock,
        lot=unit.lot,
        serial=unit.serial,
        expiry=unit.expiry,
        to_condition=turned,
        order_line=share.line,
        uom=unit.uom if whole else "each",
        uom_quantity=unit.scans if whole else share.quantity,
    )


def _taken(unit: Unit, placed: Placed, *, damaged: bool) -> Taken:
    units = sum(share.quantity for share in placed.shares if not share.line)
    return Taken(unit.sku, unit.name, units, units if damaged else 0)


_WHY = {
    ReceiveState.SERIAL: text("receive.want_serial"),
    ReceiveState.LOT: text("receive.want_lot"),
    ReceiveState.EXPIRY: text("receive.want_expiry"),
    ReceiveState.DIFFERS: text("receive.want_differs"),
    ReceiveState.OVER: text("receive.want_over"),
}
