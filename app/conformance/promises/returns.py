"""Goods from customers: counted by what was decided of each, authorised or blind."""

from app.conformance.announced import (
    about,
    authorisation,
    back,
    codes,
    counts,
    document,
    give_back,
    posted,
    states,
    undo,
)
from app.conformance.floor import Floor, stock
from app.conformance.probe import moved
from app.conformance.registry import promise
from app.contract.messages import Line
from app.domain.operation import StockKey


@promise(office=True)
def units_that_come_back_are_counted_by_what_was_decided(floor: Floor) -> None:
    station, desk = floor.station(), floor.name("RETURNS")
    rma = authorisation(floor, 4)
    item = rma.lines[0].item

    for condition in ("good", "hold", "damaged"):
        give_back(station, rma, back(item, 1, desk, condition))
    give_back(station, rma, back(item, 1, "scrap", "damaged"))

    rows = station.pull()
    decided = {(1, word): 1 for word in ("good", "hold", "damaged", "scrapped")}
    assert counts(station, rma) == {(1, "received"): 4, **decided}
    assert states(rows, rma.document) == ["authorised", "receiving", "closed"]
    assert codes(rows) == []


@promise(office=True)
def a_unit_on_hold_is_decided_later(floor: Floor) -> None:
    station, desk, shelf = floor.station(), floor.name("RETURNS"), floor.name("A-04")
    rma = authorisation(floor, 2)
    item = rma.lines[0].item
    give_back(station, rma, back(item, 2, desk, "hold"))

    looked_at = Line(
        item=item,
        quantity=1,
        source=desk,
        target=shelf,
        condition="hold",
        to_condition="good",
        order_line=1,
    )
    give_back(station, rma, looked_at)

    station.pull()
    assert counts(station, rma) == {(1, "received"): 2, (1, "hold"): 1, (1, "good"): 1}
    balances = stock(station)
    assert balances[StockKey(shelf, item)] == 1
    assert balances[StockKey(desk, item, condition="hold")] == 1


@promise(office=True)
def a_return_taken_back_is_open_again(floor: Floor) -> None:
    station, desk = floor.station(), floor.name("RETURNS")
    rma = authorisation(floor, 1)

    came = give_back(station, rma, back(rma.lines[0].item, 1, desk))
    undo(station, came)

    assert states(station.pull(), rma.document) == ["authorised", "closed", "authorised"]
    assert counts(station, rma) == {}


@promise(office=True)
def more_returned_than_authorised_is_told_until_it_is_authorised(floor: Floor) -> None:
    station, desk = floor.station(), floor.name("RETURNS")
    rma = authorisation(floor, 1)
    item = rma.lines[0].item

    give_back(station, rma, back(item, 2, desk))
    told = codes(station.pull())
    floor.desk.put_documents([document("return", rma.document, item, 2)])

    assert told == [("over_return", "open")]
    assert codes(station.pull()) == [("over_return", "closed")]


@promise(office=True)
def authorising_a_return_counts_what_came_back_and_closes_its_exception(floor: Floor) -> None:
    station, desk, item = floor.station(), floor.name("RETURNS"), floor.item()
    rma = document("return", floor.name("RMA"), item, 1)

    give_back(station, rma, back(item, 1, desk))
    told = codes(station.pull())
    floor.desk.put_documents([rma])

    assert told == [("unknown_return", "open")]
    after = station.pull()
    assert codes(after) == [("unknown_return", "closed")]
    assert states(after, rma.document) == ["closed"]


@promise(office=True)
def goods_a_return_does_not_name_are_told_until_taken_back(floor: Floor) -> None:
    station, desk, other = floor.station(), floor.name("RETURNS"), floor.item()
    rma = authorisation(floor, 1)

    came = give_back(station, rma, back(other, 1, desk))
    undo(station, came)

    assert codes(station.pull()) == [("not_on_return", "open"), ("not_on_return", "closed")]


@promise(office=True)
def taking_back_a_late_return_closes_its_exception(floor: Floor) -> None:
    station, desk = floor.station(), floor.name("RETURNS")
    rma = authorisation(floor, 2)
    floor.desk.set_document("return", rma.document, "closed")

    came = give_back(station, rma, back(rma.lines[0].item, 1, desk))
    undo(station, came)

    assert codes(station.pull()) == [
        ("returned_after_close", "open"),
        ("returned_after_close", "closed"),
    ]


@promise(office=True)
def cutting_a_return_below_what_came_back_is_told(floor: Floor) -> None:
    station, desk = floor.station(), floor.name("RETURNS")
    rma = authorisation(floor, 3)
    item = rma.lines[0].item
    came = give_back(station, rma, back(item, 2, desk))

    floor.desk.put_documents([document("return", rma.document, item, 1)])
    told = codes(station.pull())
    undo(station, came)

    assert told == [("return_cut_below_received", "open")]
    assert codes(station.pull()) == [("return_cut_below_received", "closed")]


@promise(office=True)
def a_blind_return_of_what_was_shipped_is_not_asked_about(floor: Floor) -> None:
    station, item, desk = floor.station(), floor.item(), floor.name("RETURNS")
    parcel = floor.name("parcel/P")
    posted(station, station.operation("receive", moved(item, 1, "supplier", parcel)))
    posted(station, station.operation("move", moved(item, 1, parcel, "customer")))
    station.pull()

    posted(station, station.operation("return", back(item, 1, desk, line=0)))

    assert codes(station.pull()) == []


@promise(office=True)
def a_blind_return_of_what_never_left_is_told_until_its_shipment_arrives(floor: Floor) -> None:
    station, item, desk = floor.station(), floor.item(), floor.name("RETURNS")
    dock = floor.name("DOCK")

    posted(station, station.operation("return", back(item, 1, desk, line=0)))
    told = codes(station.pull())
    posted(station, station.operation("receive", moved(item, 1, "supplier", dock)))
    posted(station, station.operation("move", moved(item, 1, dock, "customer")))

    assert told == [("returned_never_shipped", "open")]
    assert codes(station.pull()) == [("returned_never_shipped", "closed")]


@promise(office=True)
def what_a_reference_does_not_explain_is_posted_all_the_same(floor: Floor) -> None:
    station, item, desk = floor.station(), floor.item(), floor.name("RETURNS")
    odd = about(station.operation("return", back(item, 1, desk)), "receipt", "R-1")

    posted(station, odd)

    station.pull()
    assert stock(station)[StockKey(desk, item)] == 1
