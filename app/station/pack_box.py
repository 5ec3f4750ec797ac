"""The closed box: weigh, seal, label, hand over."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from app.contract.messages import Line, Reference
from app.domain.gtin import check_digit
from app.domain.operation import CUSTOMER, Kind
from app.domain.text import text
from app.domain.weight import WeightRange, expected_range
from app.identity.userkey import UserKey
from app.station import pack_parcels
from app.station.events import PrintAsked
from app.station.flow import Happening, Trigger
from app.station.inbox import PrintState
from app.station.pack_job import LabelContent, PackState, Parcel, forget
from app.station.reporting import ReportName
from app.station.screen import Page, Sound
from app.station.turn import Draft, Fate, Turn

if TYPE_CHECKING:
    from app.station.pack import PackFlow

PARCEL_LABEL = "parcel"
LINES_PER_SHIP = 500
# A scale that is gone, or cannot carry the box, must not hold up the box.
WITHOUT_SCALE = frozenset({"weigh.no_scale", "weigh.over"})


def expected(flow: "PackFlow", turn: Turn) -> WeightRange:
    """What the closed box should weigh."""
    board, job = flow.opened()
    inside = turn.work.stock_at(job.parcel)
    parts = tuple(
        (row.quantity, known.weight_mg, known.spread_mg)
        for row in inside
        if (known := board.items.get(row.item)) is not None
    )
    tare = next((box.tare_mg for box in flow.boxes if box.box == job.box), 0)
    reading = flow.scale.reading
    return expected_range(parts, tare, reading.resolution_mg if reading else None)


def choose_box(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """Keys 1–4: which box it is."""
    place = int(happening.argument) - 1 if happening.argument.isdecimal() else -1
    if not 0 <= place < len(flow.boxes):
        turn.refuse(text("pack.no_such_box", key=happening.argument))
        return
    flow.change(box=flow.boxes[place].box)
    turn.accept(Sound.ACCEPTED)


def watch(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """A live reading: a settled weight inside the range is taken by itself."""
    if flow.scale.why_not(turn.around.clock.monotonic_ns()) is not None:
        return
    reading = flow.scale.reading
    if reading is None or reading.weight_mg is None:
        return
    limits = expected(flow, turn)
    # Where nothing would fit as well, a platform that settled says nothing of the box.
    if limits.low_mg > 0 and limits.holds(reading.weight_mg):
        seal(flow, turn, reading.weight_mg, {"stable": True})


def take_weight(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """F10: take what the scale says, if it may be used."""
    why = flow.scale.why_not(turn.around.clock.monotonic_ns())
    reading = flow.scale.reading
    if why is not None or reading is None or reading.weight_mg is None:
        sentence = why or text("weigh.stale")
        turn.refuse(sentence)
        flow.next_flash = sentence
        return
    if expected(flow, turn).holds(reading.weight_mg):
        seal(flow, turn, reading.weight_mg, {"stable": True})
        return
    flow.change(state=PackState.OFF_WEIGHT, weight_mg=reading.weight_mg)
    turn.fate, turn.sound = Fate.REFUSED, Sound.WRONG


def weigh_again(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """Back to the scale."""
    flow.change(state=PackState.WEIGH, weight_mg=None)
    turn.fate = Fate.COMMAND


def without_scale(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """The scale is gone: work goes on, and the box says it was not weighed."""
    why = flow.scale.why_not(turn.around.clock.monotonic_ns())
    if why is None or why.code not in WITHOUT_SCALE:
        turn.refuse(text("weigh.scale_works"))
        flow.next_flash = text("weigh.scale_works")
        return
    seal(flow, turn, 0, {"not_weighed": True})


def seal(
    flow: "PackFlow",
    turn: Turn,
    weight_mg: int,
    evidence: dict[str, str | int | bool],
    signers: Sequence[UserKey] = (),
) -> None:
    """Seal the box: weight, number and label job in one transaction; signed by who allowed it."""
    job = flow.opened()[1]
    number = turn.work.next_number()
    if number is None:
        flow.problem(turn, text("pack.no_numbers"), text("pack.no_numbers_detail"))
        return
    sscc = f"{number}{check_digit(number)}"
    limits = expected(flow, turn)
    said = evidence | {
        "parcel_no": job.number,
        "weight_mg": weight_mg,
        "expected_mg": limits.expected_mg,
        "low_mg": limits.low_mg,
        "high_mg": limits.high_mg,
        "box": job.box,
    }
    reference = msgspec.structs.replace(flow.reference(), shipment=sscc)
    sealed = turn.record(Draft(Kind.SEAL, (), reference, evidence=said), job.job, signers=signers)
    flow.scale.take()
    flow.change(state=PackState.LABEL, weight_mg=weight_mg, sscc=sscc, seal=sealed, before=None)
    _ask_print(flow, turn, sscc, weight_mg, reprint=False)
    turn.accept(Sound.LINE)


def unseal(flow: "PackFlow") -> None:
    """The seal was reversed: the label is void, the box is weighed again."""
    flow.change(
        state=PackState.WEIGH,
        weight_mg=None,
        sscc="",
        seal="",
        label=None,
        print_job="",
        print_state="",
    )


# ------------------------------------------------------------------------------------------ label


def _ask_print(flow: "PackFlow", turn: Turn, sscc: str, weight_mg: int, *, reprint: bool) -> None:
    """Make the label's content and its print job; both are in the book before the printer hears."""
    board, pack = flow.opened()
    inside = [row for row in turn.work.stock_at(pack.parcel) if row.quantity > 0]
    label = LabelContent(
        order=pack.order,
        ship_to=board.order.ship_to,
        carrier=board.order.carrier,
        weight_mg=weight_mg,
        sscc=sscc,
        skus=len({row.item for row in inside}),
        units=sum(row.quantity for row in inside),
        station=turn.around.identity.station,
        printed_at=turn.now,
        reprint=reprint,
        parcel_no=pack.number,
    )
    job = turn.around.ids.new_id()
    payload = msgspec.json.encode(label).decode()
    turn.work.add_print(job, PARCEL_LABEL, payload, turn.now)
    turn.announce.append(PrintAsked(job, PARCEL_LABEL, payload))
    flow.change(label=label, print_job=job, print_state=PrintState.WAITING.value)


def printed(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """The printer answered the label's job."""
    job = flow.opened()[1]
    state = happening.print_state
    if state is None or happening.print_job != job.print_job:
        return
    flow.change(print_state=state.value)
    if state is PrintState.PRINTED and job.state is PackState.LABEL:
        flow.change(state=PackState.HAND_OVER)
        turn.sound = Sound.ACCEPTED
    elif state is not PrintState.PRINTED:
        turn.sound = Sound.ATTENTION


def catch_up(flow: "PackFlow", turn: Turn) -> None:
    """What the printer said while the order was not on the screen: locked, left, or the power."""
    job = flow.opened()[1]
    state = turn.work.print_state(job.print_job) if job.print_job else ""
    if state and job.print_state == PrintState.WAITING:
        said = PrintState(state)
        told = Happening(Trigger.PRINTED, print_job=job.print_job, print_state=said)
        printed(flow, turn, told)


def print_again(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """F10 after a failed print: nothing came out, so the same label may be printed."""
    job = flow.opened()[1]
    if job.print_state != PrintState.FAILED:
        turn.refuse(text("label.still_printing"))
        return
    _again(flow, turn, reprint=False, reason="printer_failed")


def label_is_there(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """The cable went while printing, but the label came out."""
    job = flow.opened()[1]
    if job.print_state != PrintState.UNKNOWN:
        turn.refuse(text("label.still_printing"))
        return
    turn.work.settle_print(job.print_job, PrintState.PRINTED.value, "confirmed by a person")
    flow.change(state=PackState.HAND_OVER, print_state=PrintState.PRINTED.value)
    turn.accept(Sound.ACCEPTED)


def label_is_missing(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """The cable went while printing and nothing came out: print again, marked as a reprint."""
    job = flow.opened()[1]
    if job.print_state != PrintState.UNKNOWN:
        turn.refuse(text("label.still_printing"))
        return
    _again(flow, turn, reprint=True, reason="label_lost")


def reprint(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """A second label, with a reason; the first one is void."""
    _again(flow, turn, reprint=True, reason=happening.argument or "damaged_label")
    flow.change(state=PackState.LABEL)


def _again(flow: "PackFlow", turn: Turn, *, reprint: bool, reason: str) -> None:
    job = flow.opened()[1]
    evidence: dict[str, str | int | bool] = {"reprint": reprint, "voids": job.print_job}
    turn.record(Draft(Kind.EVENT, (), flow.reference(), reason=reason, evidence=evidence), job.job)
    _ask_print(flow, turn, job.sscc, job.weight_mg or 0, reprint=reprint)
    turn.accept(Sound.ACCEPTED)


# -------------------------------------------------------------------------------------- hand over


def scan_label(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """The label on the box was scanned: the right one hands the box over."""
    job = flow.opened()[1]
    if happening.argument != job.sscc:
        flow.problem(
            turn,
            text("label.wrong"),
            text("label.wrong_detail", code=happening.argument, sscc=job.sscc),
        )
        return
    hand_over(flow, turn, happening)


def packing_slip(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """To the reports, with this order's slip; from there back to the box."""
    if happening.argument != ReportName.PACKING_SLIP.value:
        turn.refuse(text("pack.not_now", step=PackState.HAND_OVER.value))
        return
    turn.fate = Fate.COMMAND
    turn.goto = (Page.REPORTS, f"{happening.argument}/{flow.opened()[1].order}")


def hand_over(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """The label is on: on with the next parcel; after the last one all leave the bench."""
    board, job = flow.opened()
    following = pack_parcels.following(board, job)
    if following:
        pack_parcels.bring(flow, following)
        flow.next_flash = text("pack.packing_into", n=following)
        turn.accept(Sound.LINE)
        if board.complete:
            pack_parcels.to_scale(flow)
        else:
            flow.change(state=PackState.SCAN)
        return
    for parcel in job.parcels:
        _ship(flow, turn, parcel)
    forget(turn.work, job.order)
    turn.notice = text("pack.done", order=job.order)
    turn.accept(Sound.ORDER)
    flow.leave(turn)


def _ship(flow: "PackFlow", turn: Turn, parcel: Parcel) -> None:
    """One parcel leaves the bench; its content is the customer's."""
    board, job = flow.opened()
    place = job.location(parcel.number)
    inside = [row for row in turn.work.stock_at(place) if row.quantity > 0]
    reference = Reference(
        document_kind="order", document=job.order, parcel=place, shipment=parcel.sscc
    )
    evidence: dict[str, str | int | bool] = {
        "carrier": board.order.carrier,
        "sscc": parcel.sscc,
        "parcel_no": parcel.number,
    }
    for start in range(0, len(inside), LINES_PER_SHIP):
        lines = tuple(
            Line(
                item=row.item,
                quantity=row.quantity,
                source=place,
                target=CUSTOMER,
                lot=row.lot,
                serial=row.serial,
                condition=row.condition,
            )
            for row in inside[start : start + LINES_PER_SHIP]
        )
        turn.record(Draft(Kind.SHIP, lines, reference, evidence=evidence), job.job)
