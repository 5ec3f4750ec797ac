"""Parcels: seals where they are used, several parcels of an order, other addresses on the way."""

import msgspec

from app.conformance.floor import Floor
from app.conformance.probe import Probe, moved
from app.conformance.registry import promise
from app.contract.messages import ExceptionRow, OrderRow, Reference, Result


def _boxed(station: Probe, kind: str, order: OrderRow, parcel: str) -> Result:
    """Something about a parcel that moves nothing."""
    operation = station.operation(kind, order=order.order)
    reference = Reference(document_kind="order", document=order.order, parcel=parcel)
    return station.do(msgspec.structs.replace(operation, reference=reference))


def _pack(station: Probe, order: OrderRow, quantity: int, parcel: str) -> Result:
    line = moved(order.lines[0].item, quantity, "A-04", parcel, order_line=1)
    return station.do(station.operation("pack", line, order=order.order))


def _ship(station: Probe, order: OrderRow, quantity: int, parcel: str) -> Result:
    line = moved(order.lines[0].item, quantity, parcel, "customer")
    return station.do(station.operation("ship", line, order=order.order))


def _stories(station: Probe, code: str, order: OrderRow) -> list[str]:
    """States told of the exceptions with this code about an order, in order."""
    station.pull()
    return [
        row.state
        for row in station.rows
        if isinstance(row, ExceptionRow) and (row.code, row.document) == (code, order.order)
    ]


def _elsewhere(floor: Floor, order: OrderRow) -> None:
    """The customer has moved."""
    there = ("Jonna Berg", "Holtenauer Str. 9", "24105 Kiel", "DE")
    floor.desk.put_orders([msgspec.structs.replace(order, ship_to=there)])


@promise(office=True)
def packing_into_a_sealed_parcel_is_seen_until_it_is_sealed_again(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(3), floor.name("parcel/P")
    _pack(station, order, 2, parcel)
    _boxed(station, "seal", order, parcel)

    late = _pack(station, order, 1, parcel)
    seen = _stories(station, "packed_after_seal", order)
    _boxed(station, "seal", order, parcel)

    assert late.outcome == "posted"
    assert seen == ["open"]
    assert _stories(station, "packed_after_seal", order) == ["open", "closed"]


@promise(office=True)
def a_parcel_that_never_was_sealed_is_packed_and_handed_over_in_peace(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(2), floor.name("parcel/P")
    _pack(station, order, 1, parcel)
    _pack(station, order, 1, parcel)

    _ship(station, order, 2, parcel)

    station.pull()
    told = [row for row in station.rows if isinstance(row, ExceptionRow)]
    assert [row.code for row in told if row.document == order.order] == ["negative_balance"]


@promise(office=True)
def an_opened_parcel_is_packed_and_sealed_again_in_peace(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(3), floor.name("parcel/P")
    _pack(station, order, 2, parcel)
    _boxed(station, "seal", order, parcel)
    _boxed(station, "reopen", order, parcel)

    _pack(station, order, 1, parcel)
    _boxed(station, "seal", order, parcel)
    _ship(station, order, 3, parcel)

    assert _stories(station, "packed_after_seal", order) == []
    assert _stories(station, "shipped_reopened", order) == []


@promise(office=True)
def an_opened_parcel_handed_over_is_seen_until_it_is_back(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(1), floor.name("parcel/P")
    _pack(station, order, 1, parcel)
    _boxed(station, "seal", order, parcel)
    _boxed(station, "reopen", order, parcel)

    shipped = _ship(station, order, 1, parcel)
    seen = _stories(station, "shipped_reopened", order)
    station.do(station.operation("reverse", original=shipped.id))

    assert seen == ["open"]
    assert _stories(station, "shipped_reopened", order) == ["open", "closed"]


@promise(office=True)
def a_seal_taken_back_leaves_the_parcel_open(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(2), floor.name("parcel/P")
    _pack(station, order, 1, parcel)
    sealed = _boxed(station, "seal", order, parcel)

    station.do(station.operation("reverse", original=sealed.id))
    _pack(station, order, 1, parcel)

    assert _stories(station, "packed_after_seal", order) == []


@promise(office=True)
def another_address_before_the_seal_is_nobodys_exception(floor: Floor) -> None:
    station, order = floor.station(), floor.order(2)
    _pack(station, order, 1, floor.name("parcel/P"))

    _elsewhere(floor, order)

    assert _stories(station, "readdressed_after_seal", order) == []
    versions = [row for row in station.rows if isinstance(row, OrderRow)]
    assert [row.version for row in versions if row.order == order.order] == [1, 2]


@promise(office=True)
def another_address_after_the_seal_is_seen_until_the_parcel_is_opened(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(2), floor.name("parcel/P")
    _pack(station, order, 1, parcel)
    _boxed(station, "seal", order, parcel)

    _elsewhere(floor, order)
    seen = _stories(station, "readdressed_after_seal", order)
    _boxed(station, "reopen", order, parcel)

    assert seen == ["open"]
    assert _stories(station, "readdressed_after_seal", order) == ["open", "closed"]


@promise(office=True)
def another_address_after_hand_over_is_seen_until_the_parcel_is_back(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(2), floor.name("parcel/P")
    _pack(station, order, 1, parcel)
    shipped = _ship(station, order, 1, parcel)

    _elsewhere(floor, order)
    seen = _stories(station, "readdressed_after_ship", order)
    station.do(station.operation("reverse", original=shipped.id))

    assert seen == ["open"]
    assert _stories(station, "readdressed_after_ship", order) == ["open", "closed"]


@promise(office=True)
def cancelling_an_order_of_which_a_parcel_is_gone_is_seen_until_it_is_back(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(2), floor.name("parcel/P")
    _pack(station, order, 1, parcel)
    shipped = _ship(station, order, 1, parcel)

    floor.desk.set_order(order.order, "cancelled")
    seen = _stories(station, "cancelled_after_ship", order)
    station.do(station.operation("reverse", original=shipped.id))

    assert seen == ["open"]
    assert _stories(station, "cancelled_after_ship", order) == ["open", "closed"]
