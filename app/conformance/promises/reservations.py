"""Promises of stock: never more than there is, used up by packing, given back by unpacking."""

import msgspec

from app.conformance.floor import Floor, order_row
from app.conformance.probe import Probe, moved
from app.conformance.registry import promise
from app.contract.messages import OutcomeRow


def _stocked(floor: Floor, station: Probe, units: int) -> str:
    """A new item of which some lie on a shelf."""
    item = floor.item()
    _receive(station, item, units)
    return item


def _receive(station: Probe, item: str, units: int) -> None:
    station.do(station.operation("receive", moved(item, units, "supplier", "A-04")))


def _promised(station: Probe, order: str) -> int:
    """What the feed has told of promises to an order, altogether."""
    station.pull()
    return sum(
        tally.quantity
        for row in station.rows
        if isinstance(row, OutcomeRow)
        for tally in row.tallies
        if (tally.kind, tally.document, tally.measure) == ("order", order, "reserved")
    )


@promise(office=True)
def a_released_order_is_promised_what_it_wants(floor: Floor) -> None:
    station = floor.station()
    item = _stocked(floor, station, 10)

    order = floor.order(3, 1, item=item)

    assert _promised(station, order.order) == 4
    assert floor.desk.available(item) == 6


@promise(office=True)
def no_more_is_promised_than_there_is(floor: Floor) -> None:
    station = floor.station()
    item = _stocked(floor, station, 5)

    first, second = floor.order(3, item=item), floor.order(4, item=item)

    assert (_promised(station, first.order), _promised(station, second.order)) == (3, 2)
    assert floor.desk.available(item) == 0


@promise(office=True)
def packing_uses_a_promise_up_and_unpacking_gives_it_back(floor: Floor) -> None:
    station = floor.station()
    item, parcel = _stocked(floor, station, 10), floor.name("parcel/P")
    order = floor.order(4, item=item).order

    into = moved(item, 3, "A-04", parcel, order_line=1)
    station.do(station.operation("pack", into, order=order))
    packed = floor.desk.available(item)
    back = moved(item, 3, parcel, "A-04", order_line=1)
    station.do(station.operation("unpack", back, order=order))

    assert (packed, floor.desk.available(item)) == (6, 6)
    assert _promised(station, order) == 4


@promise(office=True)
def goods_in_a_tote_are_promised_no_second_time(floor: Floor) -> None:
    station = floor.station()
    item, tote = _stocked(floor, station, 10), floor.name("tote/T")
    order = floor.order(4, item=item).order

    picked = moved(item, 4, "A-04", tote, order_line=1)
    station.do(station.operation("pick", picked, order=order))
    in_tote = floor.desk.available(item)
    packed = moved(item, 3, tote, floor.name("parcel/P"), order_line=1)
    station.do(station.operation("pack", packed, order=order))
    in_parcel = floor.desk.available(item)
    rest = moved(item, 1, tote, "A-04", order_line=1)
    station.do(station.operation("unpick", rest, order=order))

    assert (in_tote, in_parcel) == (6, 6)
    # One is on the shelf again, and still promised.
    assert floor.desk.available(item) == 6


@promise(office=True)
def what_is_short_or_cancelled_is_free_again(floor: Floor) -> None:
    station = floor.station()
    item = _stocked(floor, station, 10)
    one, two = floor.order(4, item=item).order, floor.order(5, item=item).order

    missing = moved(item, 3, "A-04", "", order_line=1)
    station.do(station.operation("short", missing, order=one))
    after_short = floor.desk.available(item)
    floor.desk.set_order(two, "cancelled")

    assert (after_short, floor.desk.available(item)) == (4, 9)
    assert _promised(station, two) == 0


@promise(office=True)
def an_order_cut_gives_back_what_it_wants_no_more(floor: Floor) -> None:
    station = floor.station()
    item = _stocked(floor, station, 10)
    order = floor.order(6, item=item)

    floor.desk.put_orders([order_row(order.order, item, (2,))])
    cut = floor.desk.available(item)
    floor.desk.put_orders([order_row(order.order, item, (5,))])

    assert (cut, floor.desk.available(item)) == (8, 5)
    assert _promised(station, order.order) == 5


@promise(office=True)
def a_held_order_keeps_its_promise(floor: Floor) -> None:
    station = floor.station()
    item = _stocked(floor, station, 5)
    order = floor.order(4, item=item).order

    floor.desk.set_order(order, "held")
    held = floor.desk.available(item)
    floor.desk.set_order(order, "released")

    assert (held, floor.desk.available(item)) == (1, 1)


@promise(office=True)
def goods_that_come_in_go_to_who_waits_for_them(floor: Floor) -> None:
    station = floor.station()
    item = _stocked(floor, station, 1)
    order = floor.order(4, item=item).order
    before = _promised(station, order)

    _receive(station, item, 5)
    floor.desk.run_jobs()

    assert (before, _promised(station, order)) == (1, 4)
    assert floor.desk.available(item) == 2


@promise(office=True)
def a_promise_that_cannot_be_kept_is_taken_back_from_the_least_urgent(floor: Floor) -> None:
    station = floor.station()
    item = _stocked(floor, station, 6)
    first, last = floor.order(3, item=item).order, floor.order(3, item=item).order

    gone = moved(item, 4, "A-04", "scrap")
    station.do(station.operation("move", gone))
    broken = floor.desk.available(item)
    floor.desk.run_jobs()

    # A ledger that is served may have been faster with its own job.
    assert broken in {-4, 0}
    assert floor.desk.available(item) == 0
    assert (_promised(station, first), _promised(station, last)) == (2, 0)


@promise(office=True)
def what_is_damaged_is_not_promised(floor: Floor) -> None:
    station = floor.station()
    item = _stocked(floor, station, 5)

    line = msgspec.structs.replace(moved(item, 3, "A-04", "A-04"), to_condition="damaged")
    station.do(station.operation("reclassify", line))
    order = floor.order(4, item=item).order

    assert _promised(station, order) == 2
    assert floor.desk.available(item) == 0


@promise(office=True)
def a_station_promises_nothing(floor: Floor) -> None:
    station = floor.station()
    item = _stocked(floor, station, 5)
    order = floor.order(1, item=item).order

    wish = station.operation("reserve", moved(item, 1, "", "", order_line=1), order=order)
    result = station.do(wish)

    assert (result.outcome, result.code) == ("refused", "ledger_only")


@promise(office=True)
def a_parcel_that_came_back_is_promised_for_again_when_it_is_unpacked(floor: Floor) -> None:
    station = floor.station()
    item, parcel = _stocked(floor, station, 2), floor.name("parcel/P")
    order = floor.order(2, item=item).order
    into = moved(item, 2, "A-04", parcel, order_line=1)
    station.do(station.operation("pack", into, order=order))
    out = moved(item, 2, parcel, "customer")
    shipped = station.do(station.operation("ship", out, order=order))
    floor.desk.run_jobs()

    station.do(station.operation("reverse", original=shipped.id))
    station.do(
        station.operation("unpack", moved(item, 2, parcel, "A-04", order_line=1), order=order)
    )
    floor.desk.run_jobs()

    assert floor.desk.available(item) == 0


@promise(office=True)
def a_station_takes_no_promise_back(floor: Floor) -> None:
    station = floor.station()
    item = _stocked(floor, station, 5)
    order = floor.order(4, item=item).order

    wish = station.operation("unreserve", moved(item, 4, "", "", order_line=1), order=order)
    result = station.do(wish)

    assert (result.outcome, result.code) == ("refused", "ledger_only")
    assert (_promised(station, order), floor.desk.available(item)) == (4, 1)


@promise(office=True)
def a_promise_taken_back_twice_frees_its_goods_once(floor: Floor) -> None:
    station = floor.station()
    item = _stocked(floor, station, 5)
    order = floor.order(4, item=item).order

    for _ in range(2):
        floor.desk.set_order(order, "cancelled")
        floor.desk.run_jobs()

    told = _told(station, "unreserve", order)
    assert [sum(tally.quantity for tally in row.tallies) for row in told] == [-4]
    assert (_promised(station, order), floor.desk.available(item)) == (0, 5)


@promise(office=True)
def what_was_picked_for_a_cancelled_order_is_not_free_before_it_is_back(floor: Floor) -> None:
    station = floor.station()
    item, tote = _stocked(floor, station, 10), floor.name("tote/T")
    order = floor.order(4, item=item).order
    station.do(station.operation("pick", moved(item, 3, "A-04", tote, order_line=1), order=order))

    floor.desk.set_order(order, "cancelled")
    floor.desk.run_jobs()
    in_tote = floor.desk.available(item)
    station.do(station.operation("unpick", moved(item, 3, tote, "A-04", order_line=1), order=order))
    floor.desk.run_jobs()

    assert (in_tote, floor.desk.available(item)) == (7, 10)
    assert _promised(station, order) == 0


@promise(office=True)
def what_is_taken_back_goes_to_who_waits_for_it(floor: Floor) -> None:
    station = floor.station()
    item = _stocked(floor, station, 5)
    first, second = floor.order(5, item=item).order, floor.order(3, item=item).order
    before = _promised(station, second)

    floor.desk.set_order(first, "cancelled")
    floor.desk.run_jobs()

    assert (before, _promised(station, second), floor.desk.available(item)) == (0, 3, 2)


@promise(office=True)
def what_was_taken_back_stays_so_in_a_new_epoch(floor: Floor) -> None:
    station = floor.station()
    item = _stocked(floor, station, 5)
    order = floor.order(4, item=item).order
    floor.desk.set_order(order, "cancelled")

    floor.desk.new_epoch()
    floor.desk.run_jobs()

    again = floor.desk.enrol(floor.name("PACK"))
    assert (_promised(again, order), floor.desk.available(item)) == (0, 5)


def _told(station: Probe, kind: str, order: str) -> list[OutcomeRow]:
    """What the feed says the ledger has done about an order, of one kind."""
    station.pull()
    return [
        row
        for row in station.rows
        if isinstance(row, OutcomeRow)
        and row.kind == kind
        and row.reference is not None
        and row.reference.document == order
    ]
