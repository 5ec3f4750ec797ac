"""Orders: claims, progress, shipping; what was packed derives from operations alone."""

from app.conformance.floor import Floor, picture
from app.conformance.probe import Probe, moved
from app.conformance.registry import promise
from app.contract.messages import (
    ClaimRow,
    FeedBody,
    OrderRow,
    OutcomeRow,
    ProgressDelta,
    ProgressRow,
    Result,
)


def _pack(station: Probe, order: OrderRow, line: int, quantity: int, parcel: str) -> Result:
    item = order.lines[line - 1].item
    return station.do(
        station.operation(
            "pack", moved(item, quantity, "A-04", parcel, order_line=line), order=order.order
        )
    )


def _ship(station: Probe, order: OrderRow, quantity: int, parcel: str) -> Result:
    item = order.lines[0].item
    return station.do(
        station.operation("ship", moved(item, quantity, parcel, "customer"), order=order.order)
    )


def _versions(rows: list[FeedBody], order: OrderRow) -> list[tuple[int, str]]:
    return [
        (row.version, row.state)
        for row in rows
        if isinstance(row, OrderRow) and row.order == order.order
    ]


@promise(office=True)
def a_released_order_is_assigned_to_a_station(floor: Floor) -> None:
    station = floor.station()
    order = floor.order(2)

    rows = station.pull()

    claims = [row for row in rows if isinstance(row, ClaimRow) and row.document == order.order]
    assert [claim.state for claim in claims] == ["assigned"]
    assert claims[0].enrolment
    assert claims[0].station
    assert _versions(rows, order) == [(1, "released")]


@promise(stations=2, office=True)
def an_order_claimed_here_is_refused_there(floor: Floor) -> None:
    here, there = floor.station(0), floor.station(1)
    order = floor.order(2).order

    mine = here.do(here.operation("claim", order=order))
    theirs = there.do(there.operation("claim", order=order))
    again = here.do(here.operation("claim", order=order))

    assert (mine.outcome, again.outcome) == ("posted", "posted")
    assert (theirs.outcome, theirs.code) == ("refused", "already_claimed")
    assert here.who.station in theirs.sentence


@promise(stations=2, office=True)
def an_order_let_go_can_be_claimed_by_another(floor: Floor) -> None:
    here, there = floor.station(0), floor.station(1)
    order = floor.order(2).order
    here.do(here.operation("claim", order=order))

    stranger = there.do(there.operation("release", order=order))
    owner = here.do(here.operation("release", order=order))
    taken = there.do(there.operation("claim", order=order))

    assert (stranger.outcome, stranger.code) == ("refused", "not_yours")
    assert (owner.outcome, taken.outcome) == ("posted", "posted")
    rows = there.pull()
    states = [row.state for row in rows if isinstance(row, ClaimRow) and row.document == order]
    assert states[-2:] == ["free", "claimed"]


@promise(stations=2, office=True)
def a_refused_claim_stays_refused_when_the_order_is_free_again(floor: Floor) -> None:
    here, there = floor.station(0), floor.station(1)
    order = floor.order(2).order
    here.do(here.operation("claim", order=order))
    there.do(there.operation("claim", order=order))
    here.do(here.operation("release", order=order))

    again = there.post(len(there.sent))[0]

    assert (again.outcome, again.code, again.known) == ("refused", "already_claimed", True)


@promise(office=True)
def a_cancelled_or_held_order_is_not_claimed(floor: Floor) -> None:
    station = floor.station()
    for state, code in (("cancelled", "order_cancelled"), ("held", "order_held")):
        order = floor.order(2).order
        floor.desk.set_order(order, state)

        result = station.do(station.operation("claim", order=order))

        assert (result.outcome, result.code) == ("refused", code)


@promise(office=True)
def packing_unpacking_and_shorts_are_told_as_progress(floor: Floor) -> None:
    station = floor.station()
    order, parcel = floor.order(3, 2), floor.name("parcel/P")
    item = order.lines[0].item
    first = len(station.sent) + 1
    for operation in (
        station.operation("pack", moved(item, 2, "A-04", parcel, order_line=1), order=order.order),
        station.operation(
            "unpack", moved(item, 1, parcel, "A-04", order_line=1), order=order.order, name="u"
        ),
        station.operation("short", moved(item, 2, "", "", order_line=2), order=order.order),
    ):
        station.record(operation)
    results = station.post(first)

    station.pull()

    told = [station.outcome(result.id).progress for result in results]
    assert told == [
        (ProgressDelta(order.order, 1, 2, 0),),
        (ProgressDelta(order.order, 1, -1, 0),),
        (ProgressDelta(order.order, 2, 0, 2),),
    ]
    now = {
        row.line: (row.packed, row.short)
        for row in picture(station).rows
        if isinstance(row, ProgressRow) and row.order == order.order
    }
    assert now == {1: (1, 0), 2: (0, 2)}


@promise(office=True)
def an_undone_pack_gives_its_progress_back(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(1), floor.name("parcel/P")
    packed = _pack(station, order, 1, 1, parcel)

    back = station.do(station.operation("reverse", original=packed.id))

    station.pull()
    assert station.outcome(back.id).progress == (ProgressDelta(order.order, 1, -1, 0),)


@promise(office=True)
def shipping_the_last_parcel_closes_the_order(floor: Floor) -> None:
    station, order = floor.station(), floor.order(3)
    one, two = floor.name("parcel/P"), floor.name("parcel/P")
    _pack(station, order, 1, 2, one)
    _pack(station, order, 1, 1, two)

    _ship(station, order, 2, one)
    after_one = _versions(station.pull(), order)
    _ship(station, order, 1, two)
    after_two = _versions(station.pull(), order)

    assert after_one == [(1, "released")]
    assert after_two == [(2, "shipped")]
    refused = station.do(station.operation("claim", order=order.order))
    assert refused.code == "order_shipped"


@promise(office=True)
def a_parcel_brought_back_opens_the_order_again(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(1), floor.name("parcel/P")
    _pack(station, order, 1, 1, parcel)
    shipped = _ship(station, order, 1, parcel)

    station.do(station.operation("reverse", original=shipped.id))

    assert _versions(station.pull(), order) == [(1, "released"), (2, "shipped"), (3, "released")]


@promise(office=True)
def a_new_version_of_an_order_is_told_and_an_equal_one_is_not(floor: Floor) -> None:
    from app.conformance.floor import order_row

    station, order = floor.station(), floor.order(3)
    same = order_row(order.order, order.lines[0].item, (3,))
    more = order_row(order.order, order.lines[0].item, (4,))

    floor.desk.put_orders([same])
    floor.desk.put_orders([more])

    assert _versions(station.pull(), order) == [(1, "released"), (2, "released")]
    assert not any(isinstance(row, OutcomeRow) for row in station.pull())
