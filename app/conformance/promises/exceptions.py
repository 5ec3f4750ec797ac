"""Facts that contradict the book: posted all the same, and somebody is told, once a cause."""

from collections.abc import Sequence

from msgspec.structs import replace

from app.conformance.floor import Floor, order_row
from app.conformance.probe import Probe, moved
from app.conformance.registry import promise
from app.contract.messages import ExceptionRow, FeedBody, OrderRow, Reference, Result


def _codes(rows: Sequence[FeedBody], document: str = "") -> list[str]:
    return [
        row.code
        for row in rows
        if isinstance(row, ExceptionRow) and (not document or row.document == document)
    ]


def _pack(station: Probe, order: OrderRow, quantity: int, parcel: str) -> str:
    line = moved(order.lines[0].item, quantity, "supplier", parcel, order_line=1)
    return station.do(station.operation("pack", line, order=order.order)).outcome


@promise(office=True)
def taking_more_than_there_is_opens_one_exception_a_place(floor: Floor) -> None:
    station, item, shelf = floor.station(), floor.item(), floor.name("A-04")

    for _ in range(3):
        pick = station.operation("pick", moved(item, 1, shelf, floor.name("tote/T")))
        assert station.do(pick).outcome == "posted"

    rows = station.pull()
    assert _codes(rows) == ["negative_balance"]
    told = next(row for row in rows if isinstance(row, ExceptionRow))
    assert (told.severity, told.state) == ("medium", "open")
    assert told.operation
    assert told.deadline > told.sentence[:0]
    assert shelf in told.sentence


@promise(office=True)
def places_outside_the_building_may_be_negative(floor: Floor) -> None:
    station, item = floor.station(), floor.item()

    station.do(station.operation("receive", moved(item, 10, "supplier", floor.name("DOCK"))))

    assert _codes(station.pull()) == []


@promise(office=True)
def an_item_nobody_knows_is_posted_and_asked_about(floor: Floor) -> None:
    station, stranger = floor.station(), floor.name("NO-SUCH-SKU")

    result = station.do(
        station.operation("receive", moved(stranger, 1, "supplier", floor.name("DOCK")))
    )

    assert result.outcome == "posted"
    assert _codes(station.pull()) == ["unknown_item"]


@promise(office=True)
def packing_more_than_ordered_is_told(floor: Floor) -> None:
    station, order = floor.station(), floor.order(2)

    assert _pack(station, order, 3, floor.name("parcel/P")) == "posted"

    assert _codes(station.pull(), order.order) == ["order_overpacked"]


@promise(stations=2, office=True)
def an_order_packed_at_two_stations_is_told(floor: Floor) -> None:
    here, there, order = floor.station(0), floor.station(1), floor.order(1)

    assert _pack(here, order, 1, floor.name("parcel/P")) == "posted"
    assert _pack(there, order, 1, floor.name("parcel/P")) == "posted"

    rows = here.pull()
    assert _codes(rows, order.order) == ["packed_twice"]
    told = next(row for row in rows if isinstance(row, ExceptionRow))
    assert told.severity == "high"


@promise(stations=2, office=True)
def an_order_shared_by_two_stations_is_no_exception(floor: Floor) -> None:
    here, there, order = floor.station(0), floor.station(1), floor.order(2)

    _pack(here, order, 1, floor.name("parcel/P"))
    _pack(there, order, 1, floor.name("parcel/P"))

    assert _codes(here.pull(), order.order) == []


@promise(office=True)
def packing_a_cancelled_order_is_told(floor: Floor) -> None:
    station, order = floor.station(), floor.order(2)
    floor.desk.set_order(order.order, "cancelled")

    assert _pack(station, order, 1, floor.name("parcel/P")) == "posted"

    assert _codes(station.pull(), order.order) == ["packed_after_cancel"]


@promise(office=True)
def shipping_before_everything_is_packed_is_told(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(2), floor.name("parcel/P")
    _pack(station, order, 1, parcel)

    ship = station.operation(
        "ship", moved(order.lines[0].item, 1, parcel, "customer"), order=order.order
    )
    assert station.do(ship).outcome == "posted"

    rows = station.pull()
    assert _codes(rows, order.order) == ["shipped_unverified"]
    states = [row.state for row in rows if isinstance(row, OrderRow)]
    assert "shipped" not in states


@promise(office=True)
def work_on_an_order_nobody_knows_is_told(floor: Floor) -> None:
    station, number = floor.station(), floor.name("ORD")
    line = moved(floor.item(), 1, "supplier", floor.name("parcel/P"), order_line=1)

    assert station.do(station.operation("pack", line, order=number)).outcome == "posted"

    assert _codes(station.pull(), number) == ["unknown_order"]


@promise(office=True)
def cutting_an_order_below_what_is_packed_is_told(floor: Floor) -> None:
    station, order = floor.station(), floor.order(3)
    _pack(station, order, 2, floor.name("parcel/P"))

    floor.desk.put_orders([order_row(order.order, order.lines[0].item, (1,))])

    assert _codes(station.pull(), order.order) == ["order_cut_below_packed"]


def _states(rows: Sequence[FeedBody], code: str) -> list[str]:
    return [row.state for row in rows if isinstance(row, ExceptionRow) and row.code == code]


def _unpack(station: Probe, order: OrderRow, quantity: int, parcel: str) -> None:
    line = moved(order.lines[0].item, quantity, parcel, "RETURN-SHELF", order_line=1)
    assert station.do(station.operation("unpack", line, order=order.order)).outcome == "posted"


def _ship(station: Probe, order: OrderRow, quantity: int, parcel: str) -> str:
    line = moved(order.lines[0].item, quantity, parcel, "customer")
    sent = station.operation("ship", line, order=order.order)
    assert station.do(sent).outcome == "posted"
    return sent.id


@promise(office=True)
def an_exception_tells_safe_next_steps(floor: Floor) -> None:
    station, order = floor.station(), floor.order(1)
    _pack(station, order, 2, floor.name("parcel/P"))

    told = next(row for row in station.pull() if isinstance(row, ExceptionRow))

    assert told.ways[0] == "unpack_surplus"
    assert told.ways[-1] == "close_with_note"


@promise(office=True)
def a_place_that_has_enough_again_closes_its_exception(floor: Floor) -> None:
    station, item, shelf = floor.station(), floor.item(), floor.name("A-04")
    station.do(station.operation("pick", moved(item, 2, shelf, floor.name("tote/T"))))

    station.do(station.operation("move", moved(item, 1, "DOCK-1", shelf)))
    still = _states(station.pull(), "negative_balance")
    station.do(station.operation("receive", moved(item, 1, "supplier", shelf)))

    assert still.count("closed") == 0
    assert _states(station.pull(), "negative_balance") == ["closed"]


@promise(office=True)
def a_cause_that_shows_again_and_again_is_told_at_ten_and_at_a_hundred(floor: Floor) -> None:
    station, item, shelf = floor.station(), floor.item(), floor.name("A-04")

    for _ in range(12):
        station.record(station.operation("pick", moved(item, 1, shelf, "tote/T-1")))
    station.post(len(station.sent) - 11)

    told = [row.seen for row in station.pull() if isinstance(row, ExceptionRow)]
    assert told == [1, 10]


@promise(office=True)
def importing_the_item_closes_its_exception(floor: Floor) -> None:
    station, stranger = floor.station(), floor.name("NO-SUCH-SKU")
    station.do(station.operation("receive", moved(stranger, 1, "supplier", "DOCK-1")))

    floor.desk.put_items([stranger])

    assert _states(station.pull(), "unknown_item") == ["open", "closed"]


@promise(office=True)
def importing_the_order_closes_its_exception(floor: Floor) -> None:
    station, number, item = floor.station(), floor.name("ORD"), floor.item()
    line = moved(item, 1, "supplier", floor.name("parcel/P"), order_line=1)
    station.do(station.operation("pack", line, order=number))

    floor.desk.put_orders([order_row(number, item, (1,))])

    assert _states(station.pull(), "unknown_order") == ["open", "closed"]


@promise(office=True)
def unpacking_what_is_too_much_closes_the_exception(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(2), floor.name("parcel/P")
    _pack(station, order, 4, parcel)

    _unpack(station, order, 1, parcel)
    still = _states(station.pull(), "order_overpacked")
    _unpack(station, order, 1, parcel)

    assert still == ["open"]
    assert _states(station.pull(), "order_overpacked") == ["closed"]


@promise(office=True)
def taking_back_what_was_packed_too_much_closes_the_exception(floor: Floor) -> None:
    station, order = floor.station(), floor.order(1)
    _pack(station, order, 1, floor.name("parcel/P"))
    line = moved(order.lines[0].item, 1, "supplier", floor.name("parcel/P"), order_line=1)
    twice = station.operation("pack", line, order=order.order)
    station.do(twice)

    station.do(station.operation("reverse", original=twice.id))

    assert _states(station.pull(), "order_overpacked") == ["open", "closed"]


@promise(stations=2, office=True)
def unpacking_the_second_parcel_closes_the_exception(floor: Floor) -> None:
    here, there, order = floor.station(0), floor.station(1), floor.order(1)
    _pack(here, order, 1, floor.name("parcel/P"))
    second = floor.name("parcel/P")
    _pack(there, order, 1, second)

    _unpack(there, order, 1, second)

    assert _states(here.pull(), "packed_twice") == ["open", "closed"]


@promise(office=True)
def unpacking_a_cancelled_order_closes_its_exception(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(2), floor.name("parcel/P")
    floor.desk.set_order(order.order, "cancelled")
    _pack(station, order, 1, parcel)

    _unpack(station, order, 1, parcel)

    assert _states(station.pull(), "packed_after_cancel") == ["open", "closed"]


@promise(office=True)
def releasing_a_held_order_closes_its_exception(floor: Floor) -> None:
    station, order = floor.station(), floor.order(1)
    floor.desk.set_order(order.order, "held")
    _pack(station, order, 1, floor.name("parcel/P"))

    floor.desk.set_order(order.order, "released")

    assert _states(station.pull(), "packed_while_held") == ["open", "closed"]


@promise(office=True)
def a_parcel_that_came_back_closes_its_exception(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(1), floor.name("parcel/P")
    _pack(station, order, 1, parcel)
    floor.desk.set_order(order.order, "cancelled")
    sent = _ship(station, order, 1, parcel)

    station.do(station.operation("reverse", original=sent))

    assert _states(station.pull(), "shipped_after_cancel") == ["open", "closed"]


@promise(office=True)
def declaring_the_rest_short_closes_shipped_unverified(floor: Floor) -> None:
    station, order, parcel = floor.station(), floor.order(3), floor.name("parcel/P")
    _pack(station, order, 1, parcel)
    _ship(station, order, 1, parcel)

    rest = moved(order.lines[0].item, 2, "", "", order_line=1)
    assert station.do(station.operation("short", rest, order=order.order)).outcome == "posted"

    assert _states(station.pull(), "shipped_unverified") == ["open", "closed"]


@promise(office=True)
def a_new_version_that_asks_for_what_is_packed_closes_the_cut(floor: Floor) -> None:
    station, order = floor.station(), floor.order(3)
    item = order.lines[0].item
    _pack(station, order, 2, floor.name("parcel/P"))
    floor.desk.put_orders([order_row(order.order, item, (1,))])

    floor.desk.put_orders([order_row(order.order, item, (2,))])

    assert _states(station.pull(), "order_cut_below_packed") == ["open", "closed"]


def _resolve(station: Probe, id_: str, actor: str, step: str, **evidence: str) -> Result:
    wish = replace(
        station.operation("resolve"),
        actor=actor,
        reason=step,
        reference=Reference(document_kind="exception", document=id_),
        evidence=dict(evidence),
    )
    return station.do(wish)


@promise(office=True)
def a_supervisor_closes_an_exception_with_a_note_and_a_clerk_may_not(floor: Floor) -> None:
    station, clerk, boss = floor.station(), floor.name("p-anna"), floor.name("p-marek")
    floor.desk.put_person(clerk, "clerk")
    floor.desk.put_person(boss, "supervisor")
    station.do(station.operation("pick", moved(floor.item(), 1, floor.name("A-04"), "tote/T-1")))
    id_ = next(row.exception for row in station.pull() if isinstance(row, ExceptionRow))

    taken = _resolve(station, id_, clerk, "take")
    refused = _resolve(station, id_, clerk, "close", note="Found it.")
    closed = _resolve(station, id_, boss, "close", note="Found it on A-05.")

    assert (taken.outcome, refused.outcome, closed.outcome) == ("posted", "refused", "posted")
    assert refused.code == "not_allowed"
    told = [row for row in station.pull() if isinstance(row, ExceptionRow)]
    assert [(row.owner, row.state) for row in told] == [(clerk, "open"), (clerk, "closed")]
