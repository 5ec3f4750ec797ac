"""Goods from suppliers: counted against what was announced, or blind; nothing is turned away."""

import msgspec

from app.conformance.announced import (
    about,
    codes,
    counts,
    delivery,
    document,
    posted,
    receive,
    states,
    undo,
)
from app.conformance.floor import Floor
from app.conformance.probe import moved
from app.conformance.registry import promise
from app.contract.messages import DocumentRow, Line, Operation


@promise(office=True)
def a_delivery_is_received_when_everything_has_come(floor: Floor) -> None:
    station, dock = floor.station(), floor.name("DOCK")
    asn = delivery(floor, 3, 2)

    for line, quantity in ((1, 1), (1, 2), (2, 2)):
        receive(station, asn, quantity, dock, line)

    rows = station.pull()
    assert states(rows, asn.document) == ["expected", "receiving", "received"]
    assert counts(station, asn) == {(1, "received"): 3, (2, "received"): 2}
    assert codes(rows) == []


@promise(office=True)
def a_station_that_names_no_line_gets_the_first_open_one_of_the_item(floor: Floor) -> None:
    station, dock = floor.station(), floor.name("DOCK")
    asn = delivery(floor, 1, 1)

    for _ in range(2):
        receive(station, asn, 1, dock, line=0)

    assert states(station.pull(), asn.document)[-1] == "received"
    assert counts(station, asn) == {(1, "received"): 1, (2, "received"): 1}


@promise(office=True)
def damaged_goods_are_received_and_counted_as_damaged(floor: Floor) -> None:
    station, dock = floor.station(), floor.name("DOCK")
    asn = delivery(floor, 5)
    broken = Line(
        item=asn.lines[0].item,
        quantity=2,
        source="supplier",
        target=dock,
        to_condition="damaged",
        order_line=1,
    )

    posted(station, about(station.operation("receive", broken), "inbound", asn.document))

    station.pull()
    assert counts(station, asn) == {(1, "received"): 2, (1, "damaged"): 2}


def _short(floor: Floor, reason: str) -> tuple[DocumentRow, list[str], dict[tuple[int, str], int]]:
    station, dock = floor.station(), floor.name("DOCK")
    asn = delivery(floor, 5)
    receive(station, asn, 3, dock)
    missing = Line(item=asn.lines[0].item, quantity=2, order_line=1)
    posted(station, about(station.operation("short", missing), "inbound", asn.document, reason))
    return asn, states(station.pull(), asn.document), counts(station, asn)


@promise(office=True)
def what_is_given_up_completes_a_delivery(floor: Floor) -> None:
    _, seen, counted = _short(floor, "close")

    assert seen[-1] == "received"
    assert counted == {(1, "received"): 3, (1, "closed"): 2}


@promise(office=True)
def what_is_backordered_leaves_a_delivery_open(floor: Floor) -> None:
    _, seen, counted = _short(floor, "backorder")

    assert seen[-1] == "receiving"
    assert counted == {(1, "received"): 3, (1, "backordered"): 2}


@promise(office=True)
def more_than_expected_within_the_tolerance_is_not_asked_about(floor: Floor) -> None:
    station, dock = floor.station(), floor.name("DOCK")
    asn = delivery(floor, 99, over_permille=100)

    receive(station, asn, 108, dock)
    within = codes(station.pull())
    receive(station, asn, 1, dock)

    assert within == []
    assert codes(station.pull()) == [("over_receipt", "open")]


@promise(office=True)
def taking_back_what_is_too_much_closes_over_receipt(floor: Floor) -> None:
    station, dock = floor.station(), floor.name("DOCK")
    asn = delivery(floor, 10)

    receive(station, asn, 10, dock)
    extra = receive(station, asn, 1, dock)
    undo(station, extra)

    assert codes(station.pull()) == [("over_receipt", "open"), ("over_receipt", "closed")]


@promise(office=True)
def a_version_that_expects_more_closes_over_receipt(floor: Floor) -> None:
    station, dock = floor.station(), floor.name("DOCK")
    asn = delivery(floor, 10)
    receive(station, asn, 12, dock)

    floor.desk.put_documents([document("inbound", asn.document, asn.lines[0].item, 12)])

    assert codes(station.pull()) == [("over_receipt", "open"), ("over_receipt", "closed")]


@promise(office=True)
def a_receipt_taken_back_takes_count_and_state_with_it(floor: Floor) -> None:
    station, dock = floor.station(), floor.name("DOCK")
    asn = delivery(floor, 2)

    first = receive(station, asn, 1, dock)
    second = receive(station, asn, 1, dock)
    undo(station, second)
    undo(station, first)

    seen = states(station.pull(), asn.document)
    assert seen == ["expected", "receiving", "received", "receiving", "expected"]
    assert counts(station, asn) == {}


@promise(office=True)
def a_receipt_and_its_undo_in_one_batch_leave_a_delivery_as_it_was(floor: Floor) -> None:
    station, dock = floor.station(), floor.name("DOCK")
    asn = delivery(floor, 1)
    first = len(station.sent) + 1
    line = moved(asn.lines[0].item, 1, "supplier", dock, order_line=1)
    came = station.record(about(station.operation("receive", line), "inbound", asn.document))
    station.record(station.operation("reverse", original=came.id))

    assert [result.outcome for result in station.post(first)] == ["posted", "posted"]
    assert states(station.pull(), asn.document)[-1] == "expected"


@promise(office=True)
def goods_without_a_document_are_received(floor: Floor) -> None:
    station, item = floor.station(), floor.item()

    posted(station, station.operation("receive", moved(item, 4, "supplier", floor.name("DOCK"))))

    assert codes(station.pull()) == []


@promise(office=True)
def announcing_a_delivery_counts_what_came_and_closes_its_exception(floor: Floor) -> None:
    station, dock, item = floor.station(), floor.name("DOCK"), floor.item()
    asn = document("inbound", floor.name("ASN"), item, 3)

    receive(station, asn, 1, dock)
    receive(station, asn, 2, dock)
    before = station.pull()
    floor.desk.put_documents([asn])

    assert codes(before) == [("unknown_inbound", "open")]
    assert states(before, asn.document) == ["receiving"]
    after = station.pull()
    assert codes(after) == [("unknown_inbound", "closed")]
    assert states(after, asn.document) == ["received"]


@promise(office=True)
def taking_back_all_of_an_unknown_delivery_closes_its_exception(floor: Floor) -> None:
    station, dock, item = floor.station(), floor.name("DOCK"), floor.item()
    came = receive(station, document("inbound", floor.name("ASN"), item, 3), 1, dock)

    undo(station, came)

    assert codes(station.pull()) == [("unknown_inbound", "open"), ("unknown_inbound", "closed")]


@promise(office=True)
def goods_a_delivery_does_not_name_are_told_until_taken_back(floor: Floor) -> None:
    station, dock, other = floor.station(), floor.name("DOCK"), floor.item()
    asn = delivery(floor, 3)
    line = moved(other, 1, "supplier", dock, order_line=1)

    came = posted(station, about(station.operation("receive", line), "inbound", asn.document))
    told = codes(station.pull())
    undo(station, came)

    assert told == [("not_on_inbound", "open")]
    assert codes(station.pull()) == [("not_on_inbound", "closed")]


@promise(office=True)
def opening_a_delivery_again_closes_received_after_close(floor: Floor) -> None:
    station, dock = floor.station(), floor.name("DOCK")
    asn = delivery(floor, 5)
    receive(station, asn, 3, dock)
    floor.desk.set_document("inbound", asn.document, "closed")

    receive(station, asn, 1, dock)
    told = station.pull()
    floor.desk.set_document("inbound", asn.document, "open")

    assert codes(told) == [("received_after_close", "open")]
    assert states(told, asn.document)[-1] == "closed"
    after = station.pull()
    assert codes(after) == [("received_after_close", "closed")]
    assert states(after, asn.document) == ["receiving"]


@promise(office=True)
def goods_for_a_cancelled_delivery_are_told_until_taken_back(floor: Floor) -> None:
    station, dock = floor.station(), floor.name("DOCK")
    asn = delivery(floor, 5)
    floor.desk.set_document("inbound", asn.document, "cancelled")

    undo(station, receive(station, asn, 1, dock))

    assert codes(station.pull()) == [
        ("received_after_close", "open"),
        ("received_after_close", "closed"),
    ]


@promise(office=True)
def a_version_that_expects_what_came_closes_the_cut(floor: Floor) -> None:
    station, dock = floor.station(), floor.name("DOCK")
    asn = delivery(floor, 5)
    item = asn.lines[0].item
    receive(station, asn, 4, dock)

    floor.desk.put_documents([document("inbound", asn.document, item, 2)])
    floor.desk.put_documents([document("inbound", asn.document, item, 4)])

    assert codes(station.pull()) == [
        ("inbound_cut_below_received", "open"),
        ("inbound_cut_below_received", "closed"),
    ]


@promise(office=True)
def a_delivery_announced_twice_has_one_version(floor: Floor) -> None:
    station, asn = floor.station(), delivery(floor, 5)

    floor.desk.put_documents([asn])
    floor.desk.put_documents([msgspec.structs.replace(asn, note="at the back door")])

    versions = [
        row.version
        for row in station.pull()
        if isinstance(row, DocumentRow) and row.document == asn.document
    ]
    assert versions == [1, 2]


@promise(stations=2, office=True)
def two_stations_receive_one_delivery_together(floor: Floor) -> None:
    here, there, dock = floor.station(0), floor.station(1), floor.name("DOCK")
    asn = delivery(floor, 4)

    for station in (here, there, here, there):
        receive(station, asn, 1, dock)

    rows = here.pull()
    assert states(rows, asn.document)[-1] == "received"
    assert counts(here, asn) == {(1, "received"): 4}


@promise(office=True)
def a_receipt_near_the_end_of_the_range_is_held(floor: Floor) -> None:
    station, dock = floor.station(), floor.name("DOCK")
    asn = delivery(floor, 1)
    huge = 2**53
    item = asn.lines[0].item

    def all_of_it() -> Operation:
        lines = tuple(moved(item, huge, "supplier", dock, order_line=1) for _ in range(200))
        return about(station.operation("receive", *lines), "inbound", asn.document)

    outcomes = [station.do(all_of_it()) for _ in range(2)]

    assert [(one.outcome, one.code) for one in outcomes] == [
        ("posted", ""),
        ("held", "out_of_range"),
    ]
