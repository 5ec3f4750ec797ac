"""A parcel that was handed over and is taken back: the box is open, the order goes on with it.

The units stay in the box; the task Pack takes them out one by one (F4), or seals it again under a
new number. The old number and its label are void.
"""

import msgspec

from app.contract.messages import Operation, Reference
from app.domain.operation import Kind
from app.domain.order import Order
from app.station.pack_job import PackJob, PackState, Parcel, content_of, load, save
from app.station.turn import Draft, Turn
from app.station.undoing import Done


def reopen(turn: Turn, gone: Done) -> None:
    """Let the order of a hand-over go on at this bench; called after it was taken back.

    Args:
        turn: The open turn.
        gone: The hand-over.
    """
    about = gone.operation.reference or Reference()
    order = turn.work.order(about.document)
    if order is None:
        return
    sealed = [one.operation for one in turn.work.done_in(gone.job, Kind.SEAL)]
    numbers = {_parcel(body): int(body.evidence.get("parcel_no", 1)) for body in sealed}
    boxes = {_parcel(body): str(body.evidence.get("box", "")) for body in reversed(sealed)}
    back = Parcel(number=numbers.get(about.parcel, 1), box=boxes.get(about.parcel, ""))
    before = load(turn.work, order.order)
    if before is not None and before.job == gone.job:
        # Another parcel of the same order was taken back before: it stands beside that one.
        save(turn.work, msgspec.structs.replace(before, others=(*before.others, back)))
        return
    claim = Reference(document_kind=about.document_kind, document=about.document)
    turn.record(Draft(Kind.CLAIM, (), claim), gone.job)
    job = PackJob(
        gone.job,
        order.order,
        order.version,
        turn.session.person if turn.session else "",
        state=PackState.WEIGH if _all_in(turn, order) else PackState.SCAN,
        number=back.number,
        box=back.box,
        gone=max(numbers.values(), default=1),
        paused=True,
        content=content_of(order),
    )
    save(turn.work, job)


def _parcel(body: Operation) -> str:
    return body.reference.parcel if body.reference is not None else ""


def _all_in(turn: Turn, order: Order) -> bool:
    progress = turn.work.progress(order.order)
    return all(
        line.line in progress and not progress[line.line].open_of(line.quantity)
        for line in order.lines
    )
