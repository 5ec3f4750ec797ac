"""A box can be stopped: the order was cancelled, held or changed while it was being packed."""

from typing import TYPE_CHECKING

from app.contract.messages import Line, Reference
from app.domain.operation import Kind
from app.domain.order import Order, OrderState
from app.domain.text import text
from app.station import pack_scan
from app.station.flow import Happening
from app.station.lookup import find_place
from app.station.pack_board import PackBoard
from app.station.pack_job import PackState, Parcel, Problem, content_of, forget
from app.station.screen import Sound
from app.station.turn import Draft, Fate, Turn

if TYPE_CHECKING:
    from app.station.pack import PackFlow


def check(flow: "PackFlow", turn: Turn, order: Order) -> None:
    """Hold the open job against the latest version of its order."""
    job = flow.next
    if job is None:
        return
    if order.state in (OrderState.CANCELLED, OrderState.HELD):
        if job.state is not PackState.STOPPED:
            flow.change(state=PackState.STOPPED, problem=None, armed=0)
            turn.sound = Sound.WRONG
        return
    if job.state is PackState.STOPPED:
        flow.change(state=PackState.SCAN)
    if order.version != job.version and job.content == content_of(order):
        flow.change(version=order.version)
    elif order.version != job.version:
        _changed_under_us(flow, turn, order)


def _changed_under_us(flow: "PackFlow", turn: Turn, order: Order) -> None:
    job = flow.next
    if job is None:
        return
    flow.change(
        version=order.version,
        problem=Problem(
            text("pack.order_changed"), text("pack.order_changed_detail", order=order.order)
        ),
    )
    # A sealed box carries the old address or the old content: it is opened and checked again.
    others = tuple(Parcel(number=one.number, box=one.box) for one in job.others)
    open_again = Parcel(number=job.number, box=job.box)
    flow.next = flow.upcoming.working_on(open_again, others)
    if job.state not in (PackState.CLAIMING, PackState.ELSEWHERE):
        flow.change(state=PackState.SCAN, held=None, why="")
    turn.sound = Sound.WRONG


def changed(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """The ledger sent a new version of the open order, or someone else's progress on it."""
    job = flow.opened()[1]
    order = turn.work.order(job.order)
    if order is None:
        return
    board = PackBoard.load(turn.work, order, job.locations)
    turn.after_commit(lambda: setattr(flow, "board", board))
    check(flow, turn, order)


def put_at(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """The units taken out lie at the scanned place."""
    place = find_place(turn.work, happening.meaning)
    if place is None:
        pack_scan.unknown_place(flow, turn, happening)
        return
    _empty_the_box(flow, turn, place)


def put_back(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """The units went back to where their items are kept."""
    _empty_the_box(flow, turn, "")


def _empty_the_box(flow: "PackFlow", turn: Turn, place: str) -> None:
    """Whatever is in any parcel of the order lies at a real place again."""
    board, job = flow.opened()
    turn.fate = Fate.COMMAND
    for parcel in job.parcels:
        lines = _content(turn, board, job.location(parcel.number), place)
        if lines:
            reference = Reference(
                document_kind="order",
                document=job.order,
                parcel=job.location(parcel.number),
                shipment=parcel.sscc,
            )
            reason = f"order_{board.order.state}"
            turn.record(Draft(Kind.UNPACK, lines, reference, reason=reason), job.job)
            turn.accept(Sound.ORDER)
    forget(turn.work, job.order)
    flow.leave(turn)


def _content(turn: Turn, board: PackBoard, parcel: str, place: str) -> tuple[Line, ...]:
    return tuple(
        Line(
            item=row.item,
            quantity=row.quantity,
            source=parcel,
            target=place or board.place_of(row.item),
            lot=row.lot,
            serial=row.serial,
            condition=row.condition,
            order_line=_line_of(board, row.item),
        )
        for row in turn.work.stock_at(parcel)
        if row.quantity > 0
    )


def _line_of(board: PackBoard, sku: str) -> int:
    return next((line.line for line in board.order.lines if line.item == sku), 0)
