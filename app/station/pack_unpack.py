"""What is in the parcel in hand: units taken out of it, and asked about when its weight is odd."""

from typing import TYPE_CHECKING

from app.contract.messages import BalanceRow, Line
from app.domain.operation import Kind
from app.domain.text import text
from app.station import pack_parcels, pack_scan
from app.station.flow import Happening
from app.station.lookup import ItemFound, find_item
from app.station.pack_job import PackState
from app.station.screen import Sound
from app.station.turn import Draft, Fate, Turn

if TYPE_CHECKING:
    from app.station.pack import PackFlow


def take_out(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """Units are to come out of the parcel in hand, or of the one chosen in the list."""
    board, job = flow.opened()
    number = job.chosen if job.state is PackState.PARCELS else job.number
    if not board.units_in(number):
        turn.refuse(text("pack.nothing_inside"))
        flow.next_flash = text("pack.nothing_inside")
        return
    pack_parcels.bring(flow, number)
    pack_parcels.open_again(flow, turn)
    flow.change(state=PackState.TAKE_OUT, weight_mg=None, armed=0, asked=0)
    turn.fate = Fate.COMMAND


def unpack(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """A unit comes out: it is in the hand, and its line is open again."""
    board, job = flow.opened()
    found = find_item(turn.work, happening.meaning)
    if found is None:
        pack_scan.nothing(flow, turn, happening)
        return
    inside = [row for row in turn.work.stock_at(job.parcel) if _is_it(row, found)]
    shares = board.unshare(found.sku, found.units)
    if sum(row.quantity for row in inside) < found.units or shares is None:
        detail = text("pack.not_inside_detail", item=found.name, quantity=found.units)
        flow.problem(turn, text("pack.not_inside"), detail)
        return
    if len({row.lot for row in inside}) > 1:
        detail = text("pack.which_lot_detail", item=found.name)
        flow.problem(turn, text("pack.which_lot"), detail)
        return
    if len({row.serial for row in inside}) > 1:
        detail = text("pack.which_serial_detail", item=found.name)
        flow.problem(turn, text("pack.which_serial"), detail)
        return
    row = inside[0]
    target = job.source or board.place_of(found.sku)
    lines = tuple(
        Line(
            item=found.sku,
            quantity=share.quantity,
            source=job.parcel,
            target=target,
            lot=row.lot,
            serial=found.serial or row.serial,
            condition=row.condition,
            order_line=share.line,
            uom=found.uom,
            uom_quantity=1,
        )
        for share in shares
    )
    turn.record(Draft(Kind.UNPACK, lines, flow.reference(), reason="repack"), job.job)
    turn.after_commit(lambda: board.advance(shares, packed=-1, parcel=job.number))
    flow.next_flash = text("pack.taken_out", item=found.name, place=target)
    turn.accept(Sound.ACCEPTED)


def _is_it(row: BalanceRow, found: ItemFound) -> bool:
    same = row.item == found.sku and row.quantity > 0
    lot = not found.lot or row.lot == found.lot
    return same and lot and (not found.serial or row.serial == found.serial)


def check(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """The weight does not fit: what should be in the box?"""
    flow.change(state=PackState.CHECK)
    turn.fate = Fate.COMMAND


def belongs(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """A unit is held before the scanner to ask whether it belongs in; nothing is counted."""
    board, job = flow.opened()
    found = find_item(turn.work, happening.meaning)
    if found is None:
        pack_scan.nothing(flow, turn, happening)
        return
    units = board.units_in(job.number).get(found.sku, 0)
    if not units:
        detail = text("pack.not_inside_detail", item=found.name, quantity=found.units)
        flow.problem(turn, text("pack.not_inside"), detail)
        return
    flow.next_flash = text("pack.belongs", item=found.name, n=units)
    turn.accept(Sound.ACCEPTED)
