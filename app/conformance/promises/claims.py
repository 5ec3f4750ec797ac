"""Claims: taken over with their evidence, on documents of other kinds, after a restore."""

import msgspec

from app.conformance.floor import Floor
from app.conformance.probe import Probe, moved
from app.conformance.registry import promise
from app.contract.messages import ClaimRow, ExceptionRow, Operation, OrderRow, Result


def _claim(station: Probe, order: OrderRow, *, actor: str = "", reason: str = "") -> Operation:
    claim = station.operation("claim", order=order.order)
    return msgspec.structs.replace(claim, actor=actor or claim.actor, reason=reason)


def _pack(station: Probe, order: OrderRow, quantity: int, parcel: str) -> Result:
    line = moved(order.lines[0].item, quantity, "supplier", parcel, order_line=1)
    return station.do(station.operation("pack", line, order=order.order))


def _holders(station: Probe, order: OrderRow) -> list[str]:
    """Stations the feed told to have the order, in order."""
    station.pull()
    told = [row for row in station.rows if isinstance(row, ClaimRow)]
    return [row.station for row in told if row.document == order.order and row.state == "claimed"]


@promise(stations=2, office=True)
def a_started_order_is_taken_over_by_somebody_who_may(floor: Floor) -> None:
    here, there, order = floor.station(0), floor.station(1), floor.order(2)
    floor.desk.put_person("p-weber", "supervisor")
    here.do(_claim(here, order))
    _pack(here, order, 1, floor.name("parcel/P"))

    taken = there.do(_claim(there, order, actor="p-weber", reason="take_over"))

    assert taken.outcome == "posted"
    assert _holders(here, order) == [here.who.station, there.who.station]


@promise(stations=2, office=True)
def a_clerk_takes_over_nothing(floor: Floor) -> None:
    here, there, order = floor.station(0), floor.station(1), floor.order(2)
    floor.desk.put_person("p-anna", "clerk")
    here.do(_claim(here, order))

    clerk = there.do(_claim(there, order, actor="p-anna", reason="take_over"))
    stranger = there.do(_claim(there, order, actor="p-nobody", reason="take_over"))

    assert (clerk.outcome, clerk.code) == ("refused", "not_permitted")
    assert (stranger.outcome, stranger.code) == ("refused", "not_permitted")
    assert _holders(there, order) == [here.who.station]


@promise(stations=2, office=True)
def what_the_first_station_still_sends_stands_and_the_second_parcel_is_caught(
    floor: Floor,
) -> None:
    here, there, order = floor.station(0), floor.station(1), floor.order(1)
    floor.desk.put_person("p-weber", "supervisor")
    here.do(_claim(here, order))
    there.do(_claim(there, order, actor="p-weber", reason="take_over"))
    _pack(there, order, 1, floor.name("parcel/P"))

    late = _pack(here, order, 1, floor.name("parcel/P"))

    there.pull()
    told = [row for row in there.rows if isinstance(row, ExceptionRow)]
    assert late.outcome == "posted"
    assert [row.code for row in told if row.document == order.order] == ["packed_twice"]


@promise(stations=2, office=True)
def the_office_gives_an_order_to_another_station(floor: Floor) -> None:
    here, there, order = floor.station(0), floor.station(1), floor.order(2)
    floor.desk.put_person("p-weber", "supervisor")
    here.do(_claim(here, order))

    floor.desk.take_over(order.order, there.who.station, "p-weber")
    again = here.do(_claim(here, order))

    assert _holders(here, order) == [here.who.station, there.who.station]
    assert (again.outcome, again.code) == ("refused", "already_claimed")


@promise(stations=2, office=True)
def after_a_restore_claims_are_sent_again_and_the_first_one_holds(floor: Floor) -> None:
    here, there, order = floor.station(0), floor.station(1), floor.order(2)
    epoch = floor.desk.new_epoch()
    for station in (here, there):
        station.epoch, station.cursor, station.chain = epoch, 0, "0" * 64
        station.rows.clear()
        station.pull()

    first = there.do(_claim(there, order))
    second = here.do(_claim(here, order))

    assert first.outcome == "posted"
    assert (second.outcome, second.code) == ("refused", "already_claimed")


@promise(office=True)
def an_order_released_from_hold_is_somebodys(floor: Floor) -> None:
    station, order = floor.station(), floor.order(1, state="held")
    station.pull()
    before = [row for row in station.rows if isinstance(row, ClaimRow)]

    floor.desk.set_order(order.order, "released")

    rows = station.pull()
    after = [row for row in rows if isinstance(row, ClaimRow) and row.document == order.order]
    assert [row for row in before if row.document == order.order] == []
    assert [row.state for row in after] == ["assigned"]
