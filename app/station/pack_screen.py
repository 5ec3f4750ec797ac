"""The Pack page as a value: which prompt, which lines, which keys, in every state."""

from typing import TYPE_CHECKING

from app.domain.text import Text, text
from app.station import pack_box, pack_keys, pack_parcels, pack_prompts
from app.station.cases import Fact
from app.station.lists import MOST, Choice, ColumnView, ListView, Mark
from app.station.pack_board import PackBoard
from app.station.pack_job import PackJob, PackState, Parcel
from app.station.screen import (
    BoxView,
    LabelView,
    Page,
    Prompt,
    Screen,
    Tone,
    WeighView,
    trail,
)
from app.station.turn import Turn
from app.station.wording import due

if TYPE_CHECKING:
    from app.station.pack import PackFlow

_STEP_OF = {
    PackState.CLAIMING: 0,
    PackState.ELSEWHERE: 0,
    PackState.SCAN: 1,
    PackState.SHORT: 1,
    PackState.EXPIRED: 1,
    PackState.PARCELS: 1,
    PackState.TAKE_OUT: 1,
    PackState.STOPPED: 1,
    PackState.WEIGH: 2,
    PackState.OFF_WEIGHT: 2,
    PackState.CHECK: 2,
    PackState.LABEL: 3,
    PackState.HAND_OVER: 3,
}
_LABELLED = (PackState.LABEL, PackState.HAND_OVER)
# More would have to be scrolled for: then one looks into the box.
FACTS_SHOWN = 8
_STEPS = ("step.choose", "step.scan", "step.weigh", "step.label")


def build(flow: "PackFlow", turn: Turn) -> Screen:
    """The page after a turn. Reads what the turn is about to make true."""
    job, board = flow.job, flow.board
    if job is None or board is None:
        return Screen(
            Page.PACK, text("pack.title"), Prompt(Tone.BUSY, "loader", text("pack.opening"))
        )
    here = _STEP_OF.get(job.state, 2 if job.held is None else 1)
    order = board.order
    weighing = job.state in (PackState.WEIGH, PackState.OFF_WEIGHT)
    return Screen(
        page=Page.PACK,
        title=text("pack.title"),
        document=order.order,
        subtitle=_subtitle(board, job, turn),
        steps=trail(map(text, _STEPS), here),
        done=board.packed,
        total=board.total,
        prompt=pack_prompts.build(flow, turn, board, job),
        scan_hint=text("scan.hint"),
        lines=board.lines,
        current=None if board.current is None else board.order.lines[board.current].line,
        actions=pack_keys.build(board, job),
        weigh=WeighView(pack_box.expected(flow, turn), flow.scale.reading, job.weight_mg)
        if weighing
        else None,
        boxes=tuple(
            BoxView(str(n), box.box, box.name, box.box == job.box)
            for n, box in enumerate(flow.boxes[:4], 1)
        )
        if weighing
        else (),
        label=_label(job) if job.state in _LABELLED else None,
        choices=_list(board, job),
        facts=_facts(board, job),
        flag=_flag(board, job),
        locked=job.problem is not None or job.state is PackState.EXPIRED,
    )


def _subtitle(board: PackBoard, job: PackJob, turn: Turn) -> Text:
    order = board.order
    before = due(order.ship_before, turn.now)
    if board.several or job.number > 1:
        return text("pack.subtitle_parcel", carrier=order.carrier, before=before, n=job.number)
    return text("pack.subtitle", carrier=order.carrier, before=before)


def _flag(board: PackBoard, job: PackJob) -> Text | None:
    """What the customer or the office wants the packer to know, until the box is closed."""
    note = board.order.note
    return text("pack.flag", note=note) if note and job.state not in _LABELLED else None


def _label(job: PackJob) -> LabelView | None:
    label = job.label
    if label is None:
        return None
    return LabelView(
        sscc=label.sscc,
        state=job.print_state,
        order=label.order,
        ship_to=label.ship_to,
        carrier=label.carrier,
        weight_mg=label.weight_mg,
        reprint=label.reprint,
        skus=label.skus,
        units=label.units,
        station=label.station,
        printed_at=label.printed_at,
        parcel_no=label.parcel_no,
    )


# ------------------------------------------------------------------------------------------- lists


_PARCEL_COLUMNS = (
    ColumnView(text("pack.column_parcel"), 10),
    ColumnView(text("pack.column_units"), 8),
    ColumnView(text("pack.column_state")),
)
_CONTENT_COLUMNS = (
    ColumnView(text("ui.column_item")),
    ColumnView(text("ui.column_sku"), 12, code=True),
    ColumnView(text("pack.column_units"), 8),
)


def _list(board: PackBoard, job: PackJob) -> ListView | None:
    match job.state:
        case PackState.PARCELS:
            return _parcels(board, job)
        case PackState.TAKE_OUT | PackState.CHECK:
            return _content(board, job)
        case _:
            return None


def _parcels(board: PackBoard, job: PackJob) -> ListView:
    """The parcels of the order, and below them the next new one."""
    rows = [
        Choice(
            str(one.number),
            (
                text("pack.parcel_n", n=one.number),
                text("pack.units", n=sum(board.units_in(one.number).values())),
                _standing(job, one),
            ),
            Mark.DONE if one.sscc else Mark.NONE,
        )
        for one in job.parcels
    ]
    new = pack_parcels.next_number(job, board)
    if all(one.number != new for one in job.parcels):
        cells = (text("pack.parcel_n", n=new), text("pack.units", n=0), text("pack.parcel_new"))
        rows.append(Choice(str(new), cells))
    return ListView(
        text("pack.parcels_list"), _PARCEL_COLUMNS, tuple(rows), len(rows), str(job.chosen)
    )


def _facts(board: PackBoard, job: PackJob) -> tuple[Fact, ...]:
    """What is in the parcel that is looked at, beside the list of them."""
    if job.state is not PackState.PARCELS:
        return ()
    inside = sorted(board.units_in(job.chosen).items())
    said = [(n, board.name_of(sku)) for sku, n in inside[:FACTS_SHOWN]]
    return tuple(Fact(text("pack.units", n=n), text("case.plain", said=name)) for n, name in said)


def _standing(job: PackJob, parcel: Parcel) -> Text:
    if parcel.sscc:
        return text("pack.parcel_sealed", sscc=parcel.sscc)
    return text("pack.parcel_in_hand" if parcel.number == job.number else "pack.parcel_open")


def _content(board: PackBoard, job: PackJob) -> ListView:
    """What is in the parcel in hand."""
    inside = board.units_in(job.number)
    rows = tuple(
        Choice(sku, (board.name_of(sku), sku, str(units)))
        for sku, units in sorted(inside.items())[:MOST]
    )
    return ListView(
        text("pack.content_list"),
        _CONTENT_COLUMNS,
        rows,
        len(inside),
        empty=text("pack.nothing_inside"),
    )
