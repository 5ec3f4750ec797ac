"""The end of a receipt: what differs from what was announced, and what becomes of the rest."""

from typing import TYPE_CHECKING

from app.contract.base import MAX_LINES
from app.contract.messages import DocumentLine, Line
from app.domain.document import Measure
from app.domain.operation import Kind
from app.domain.tallies import CLOSE
from app.domain.text import Text, text
from app.station.flow import Happening
from app.station.goods_board import Board
from app.station.goods_job import Taken
from app.station.lists import MOST, Choice, ColumnView, ListView, Mark
from app.station.receive_job import ReceiveJob, ReceiveState
from app.station.screen import Sound
from app.station.turn import Draft, Fate, Turn

if TYPE_CHECKING:
    from app.station.receive import ReceiveFlow

LATER = "backorder"
COLUMNS = (
    ColumnView(text("goods.column_sku"), 10, code=True),
    ColumnView(text("goods.column_item")),
    ColumnView(text("goods.column_difference"), 22),
)


def close(flow: "ReceiveFlow", turn: Turn, _: Happening) -> None:
    """F10: show what differs; without any difference the receipt is done."""
    job, board = flow.opened(), flow.board(turn)
    turn.fate = Fate.COMMAND
    if board is None or not board.plan.row.lines:
        units = sum(one.quantity for one in job.taken)
        flow.finish(turn, text("receive.done_blind", n=units, dock=job.dock))
    elif differences(board, job):
        flow.change(state=ReceiveState.CLOSING, unit=None, armed=0, damaged=False)
        turn.sound = Sound.ATTENTION
    else:
        turn.sound = Sound.ORDER
        flow.finish(turn, text("receive.done", document=job.document, n=board.received))


def later(flow: "ReceiveFlow", turn: Turn, _: Happening) -> None:
    """The rest is still to come: the delivery stays open."""
    _short(flow, turn, LATER)


def give_up(flow: "ReceiveFlow", turn: Turn, _: Happening) -> None:
    """The rest does not come: the delivery is received without it."""
    _short(flow, turn, CLOSE)


def leave(flow: "ReceiveFlow", turn: Turn, happening: Happening) -> None:
    """F10 again: nothing is missing, what else differs is told by what was recorded."""
    board = flow.board(turn)
    if board is not None and open_lines(board):
        turn.refuse(text("receive.want_closing"))
        flow.next_flash = text("receive.want_closing")
        return
    job = flow.opened()
    turn.accept(Sound.ORDER)
    count = board.received if board is not None else 0
    flow.finish(turn, text("receive.done", document=job.document, n=count))
    del happening


def back(flow: "ReceiveFlow", turn: Turn, _: Happening) -> None:
    """More is to be received."""
    flow.change(state=ReceiveState.SCAN)
    turn.fate = Fate.COMMAND


def open_lines(board: Board) -> list[DocumentLine]:
    """Lines of which something is missing."""
    return [line for line in board.plan.row.lines if board.open_of(line)]


def _short(flow: "ReceiveFlow", turn: Turn, reason: str) -> None:
    board, job = flow.board(turn), flow.opened()
    if board is None:
        return
    lines: list[Line] = []
    for line in open_lines(board):
        said = board.at(line.line, Measure.BACKORDERED) if reason == LATER else 0
        units = board.open_of(line) - said
        if units > 0:
            lines.append(Line(item=line.item, quantity=units, order_line=line.line))
    for start in range(0, len(lines), MAX_LINES):
        part = tuple(lines[start : start + MAX_LINES])
        flow.record(turn, Draft(Kind.SHORT, part, flow.reference(), reason))
    units = sum(line.quantity for line in lines)
    turn.accept(Sound.ORDER)
    ends = {LATER: "receive.done_later", CLOSE: "receive.done_short"}
    flow.finish(turn, Text(ends[reason], (("document", job.document), ("n", units))))


def differences(board: Board, job: ReceiveJob) -> list[Choice]:
    """Short, over, damaged, and what was not announced; a row each."""
    rows = []
    for line in board.plan.row.lines:
        said = _said(board, line)
        if said is not None:
            item = board.plan.items.get(line.item)
            name = item.name if item is not None else line.item
            rows.append(Choice(str(line.line), (line.item, name, said), Mark.URGENT))
    rows += [_stray(one) for one in job.taken]
    return rows


def shown(board: Board, job: ReceiveJob) -> ListView:
    """The differences as a list."""
    rows = differences(board, job)
    return ListView(text("receive.differences"), COLUMNS, tuple(rows[:MOST]), len(rows))


def _said(board: Board, line: DocumentLine) -> Text | None:
    came = board.at(line.line, Measure.RECEIVED)
    damaged = board.at(line.line, Measure.DAMAGED)
    lacking = board.open_of(line)
    if lacking and damaged:
        return text("receive.diff_both", short=lacking, damaged=damaged)
    if lacking:
        return text("receive.diff_short", n=lacking, wanted=line.quantity)
    if came > line.quantity:
        return text("receive.diff_over", n=came - line.quantity, wanted=line.quantity)
    return text("receive.diff_damaged", n=damaged) if damaged else None


def _stray(one: Taken) -> Choice:
    return Choice(
        one.sku, (one.sku, one.name, text("receive.diff_stray", n=one.quantity)), Mark.WRONG
    )
