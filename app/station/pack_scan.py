"""What is scanned while an order is packed: units, places, slips, and what belongs to neither."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.contract.messages import Line
from app.domain.barcode import Damaged
from app.domain.operation import Kind
from app.domain.order import Policy
from app.domain.text import Text, text
from app.identity.userkey import UserKey
from app.station import pack_lots, pack_parcels, serials
from app.station.flow import Happening
from app.station.lookup import ItemFound, find_item, find_place
from app.station.pack_board import Share
from app.station.pack_job import Held, PackJob, PackState
from app.station.screen import Sound
from app.station.turn import Draft, Fate, Turn

if TYPE_CHECKING:
    from app.station.pack import PackFlow

# A typed quantity above this, or above three times what is open, is asked for again.
ASK_ABOVE = 99
MAX_TYPED = 99_999
Evidence = dict[str, str | int | bool]


def item(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """A unit (or a carton) is to go into the box."""
    job = flow.opened()[1]
    found = find_item(turn.work, happening.meaning)
    if found is None:
        nothing(flow, turn, happening)
    elif job.asked:
        again = text("pack.quantity_again", quantity=job.asked)
        turn.refuse(again)
        flow.next_flash = again
    elif why := serials.wrong(turn.work, found, found.units * (job.armed or 1), _inside(job)):
        flow.problem(turn, *why)
    elif (shares := _fitting(flow, turn, found, happening.shown)) is not None:
        unit = pack_lots.known(flow, turn, found)
        if pack_lots.may_go(flow, turn, unit, found.name):
            put_in(flow, turn, unit, shares, {})


def _inside(job: PackJob) -> tuple[str, ...]:
    """Where the units of an order are: in its parcels."""
    return tuple(job.locations.values())


def _fitting(flow: "PackFlow", turn: Turn, found: ItemFound, code: str) -> tuple[Share, ...] | None:
    """The order lines a scan belongs to; None when the order has no use for it, and says why."""
    board, job = flow.opened()
    quantity = found.units * (job.armed or 1)
    if not board.has(found.sku):
        flow.problem(turn, text("pack.wrong_item"), _wanted_instead(flow, found))
        return None
    shares = board.share(found.sku, quantity)
    if shares is None:
        packed, ordered = board.wanted(found.sku)
        detail = text(
            "pack.too_many_detail", code=code, packed=packed, ordered=ordered, quantity=quantity
        )
        flow.problem(turn, text("pack.too_many", item=found.name), detail)
    return shares


def _wanted_instead(flow: "PackFlow", found: ItemFound) -> Text:
    """A substitute is refused in words: what was scanned, and what the order needs."""
    view = flow.opened()[0].current_view
    if view is None:
        return text("pack.all_in_detail", sku=found.sku, item=found.name)
    return text(
        "pack.wrong_item_detail",
        sku=found.sku,
        item=found.name,
        wanted_sku=view.sku,
        wanted=view.name,
    )


def put_in(
    flow: "PackFlow",
    turn: Turn,
    unit: Held,
    shares: tuple[Share, ...],
    allowed: Evidence,
    signers: Sequence[UserKey] = (),
) -> None:
    """Record units in the parcel in hand.

    Args:
        flow: The task.
        turn: The open turn.
        unit: What goes in.
        shares: At which lines of the order it counts.
        allowed: By whose right, where one was needed.
        signers: Keys of whoever that is.
    """
    board, job = flow.opened()
    source = job.source or board.place_of(unit.sku)
    first = pack_lots.sooner(turn, unit, source)
    evidence = allowed | ({"sooner_lot": first.lot} if first is not None else {})
    lines = tuple(
        Line(
            item=unit.sku,
            quantity=share.quantity,
            source=source,
            target=job.parcel,
            lot=unit.lot,
            serial=unit.serial,
            expiry=unit.expiry,
            order_line=share.line,
            uom=unit.uom,
            uom_quantity=job.armed or 1,
        )
        for share in shares
    )
    draft = Draft(Kind.PACK, lines, flow.reference(), evidence=evidence)
    turn.record(draft, job.job, signers=signers)
    # One more unit into a box that was called full: it is packed on.
    flow.change(state=PackState.SCAN, armed=0, held=None)
    name = board.name_of(unit.sku)
    flow.next_flash = (
        text("pack.packed", item=name)
        if first is None
        else text("pack.packed_later_lot", item=name, lot=first.lot, best_on=first.expiry)
    )
    done, wanted = board.wanted(unit.sku)
    quantity = sum(share.quantity for share in shares)
    complete = done + quantity >= wanted
    turn.accept(Sound.LINE if complete else Sound.ACCEPTED if first is None else Sound.ATTENTION)
    turn.after_commit(lambda: board.advance(shares, packed=1, parcel=job.number))
    if quantity == board.open_units:
        pack_parcels.close_last(flow, arriving=shares)


def place(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """A tote or location was scanned: goods come from there from now on."""
    found = find_place(turn.work, happening.meaning)
    if found is None:
        unknown_place(flow, turn, happening)
        return
    flow.change(source=found)
    flow.next_flash = text("pack.taking_from", place=found)
    turn.accept(Sound.ACCEPTED)


def unknown_place(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """A code that stands for no place of this warehouse."""
    detail = text("pack.unknown_place_detail", code=happening.shown)
    flow.problem(turn, text("pack.unknown_place"), detail)


def order(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """Another order's slip was scanned while this one is open."""
    job = flow.opened()[1]
    if happening.argument == job.order:
        flow.next_flash = text("pack.already_open", order=job.order)
        turn.fate, turn.sound = Fate.DUPLICATE, Sound.ATTENTION
        return
    detail = text("pack.other_order_detail", order=happening.argument, open=job.order)
    flow.problem(turn, text("pack.other_order"), detail)


def nothing(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """A damaged or unknown code."""
    detail = text("pack.unknown_detail", code=happening.shown)
    if isinstance(happening.meaning, Damaged):
        detail = happening.meaning.say
    flow.problem(turn, text("pack.unknown"), detail)


def quantity(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """A quantity was typed, or a QTY card scanned: it belongs to the next scan."""
    board, job = flow.opened()
    if board.order.policy is Policy.EACH:
        turn.refuse(text("pack.unit_by_unit"))
        flow.next_flash = text("pack.unit_by_unit")
        return
    number = int(happening.argument) if happening.argument.isdecimal() else 0
    view = board.current_view
    expected = view.wanted - view.done - view.short if view else 0
    if not 0 < number <= MAX_TYPED:
        wrong = text("pack.bad_quantity", entered=happening.argument)
        turn.refuse(wrong)
        flow.next_flash = wrong
    elif number > max(3 * expected, ASK_ABOVE) and number != job.asked:
        flow.change(armed=0, asked=number)
        flow.next_flash = text("pack.quantity_again", quantity=number)
        turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION
    else:
        flow.change(armed=number, asked=0)
        flow.next_flash = text("pack.armed", quantity=number)
        turn.fate, turn.sound = Fate.COMMAND, Sound.ACCEPTED
