"""A box can be stopped: the order was cancelled, held or changed while it was being packed."""

from typing import TYPE_CHECKING

from app.contract.messages import Line
from app.domain.operation import Kind
from app.domain.order import Order, OrderState
from app.domain.text import text
from app.station.flow import Happening
from app.station.lookup import find_place
from app.station.pack_board import PackBoard
from app.station.pack_job import PackState, Problem, content_of, forget
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
    if job.state in (PackState.WEIGH, PackState.OFF_WEIGHT, PackState.LABEL, PackState.HAND_OVER):
        flow.change(
            state=PackState.SCAN, weight_mg=None, sscc="", label=None, print_job="", print_state=""
        )
    turn.sound = Sound.WRONG


def changed(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """The ledger sent a new version of the open order, or someone else's progress on it."""
    job = flow.opened()[1]
    order = turn.work.order(job.order)
    if order is None:
        return
    board = PackBoard.load(turn.work, order)
    turn.after_commit(lambda: setattr(flow, "board", board))
    check(flow, turn, order)


def put_at(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """The units taken out lie at the scanned place."""
    place = find_place(turn.work, happening.meaning)
    if place is None:
        flow.problem(
            turn,
            text("pack.unknown_place"),
            text("pack.unknown_place_detail", code=happening.shown),
        )
        return
    _empty_the_box(flow, turn, place)


def put_back(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """The units went back to where their items are kept."""
    _empty_the_box(flow, turn, "")


def _empty_the_box(flow: "PackFlow", turn: Turn, place: str) -> None:
    board, job = flow.opened()
    inside = turn.work.stock_at(job.parcel)
    lines = tuple(
        Line(
            item=row.item,
            quantity=row.quantity,
            source=job.parcel,
            target=place or board.place_of(row.item),
            lot=row.lot,
            serial=row.serial,
            condition=row.condition,
            order_line=_line_of(board, row.item),
        )
        for row in inside
        if row.quantity > 0
    )
    if lines:
        turn.record(
            Draft(Kind.UNPACK, lines, flow.reference(), reason=f"order_{board.order.state}"),
            job.job,
        )
        turn.accept(Sound.ORDER)
    else:
        turn.fate = Fate.COMMAND
    forget(turn.work, job.order)
    flow.leave(turn)


def _line_of(board: PackBoard, sku: str) -> int:
    return next((line.line for line in board.order.lines if line.item == sku), 0)
