"""Lots, serials, other condition, unknown items: what is learnt, contradicted, and ended."""

import msgspec

from app.conformance.announced import about, back, codes, posted, undo
from app.conformance.floor import Floor, stock
from app.conformance.probe import Broken, Probe, moved
from app.conformance.registry import promise
from app.contract.messages import (
    PROTOCOL_VERSION,
    Line,
    LotRow,
    MasterPage,
    MasterQuery,
    Operation,
    read_master_row,
)
from app.domain.operation import StockKey

SOON, LATER = "2031-03-31", "2032-06-30"


def _lots(station: Probe, item: str) -> list[tuple[str, str, str, int]]:
    """Lot, expiry, status and version of every row the master feed has of an item's lots."""
    found: list[tuple[str, str, str, int]] = []
    cursor = 0
    while True:
        page = station.ledger.master(
            MasterQuery(protocol=PROTOCOL_VERSION, epoch=station.epoch, cursor=cursor)
        )
        if not isinstance(page, MasterPage):
            raise Broken(f"master answered {page.problem}")
        for raw in page.rows:
            row = read_master_row(raw)
            if isinstance(row, LotRow) and row.item == item:
                found.append((row.lot, row.expiry, row.state, row.version))
        cursor = page.cursor
        if cursor >= page.head:
            return found


def _lot(item: str, lot: str, source: str, target: str, expiry: str = "") -> Line:
    return Line(item=item, quantity=1, source=source, target=target, lot=lot, expiry=expiry)


def _arrive(station: Probe, item: str, lot: str, dock: str, expiry: str = "") -> Operation:
    line = _lot(item, lot, "supplier", dock, expiry)
    return posted(station, station.operation("receive", line))


def _status(station: Probe, item: str, lot: str, status: str, actor: str = "p-anna") -> Operation:
    said = about(station.operation("reclassify"), "lot", f"{item}/{lot}", status)
    return posted(station, msgspec.structs.replace(said, actor=actor))


@promise(office=True)
def the_first_goods_of_a_lot_tell_its_expiry_and_a_blank_never_replaces_it(floor: Floor) -> None:
    station, item, dock = floor.station(), floor.item(), floor.name("DOCK")

    for lot, expiry in (("L-1", ""), ("L-1", SOON), ("L-1", ""), ("L-2", LATER)):
        _arrive(station, item, lot, dock, expiry)

    assert _lots(station, item) == [
        ("L-1", "", "good", 1),
        ("L-1", SOON, "good", 2),
        ("L-2", LATER, "good", 1),
    ]
    assert codes(station.pull()) == []


@promise(office=True)
def the_same_lot_with_another_expiry_is_told(floor: Floor) -> None:
    station, item, dock = floor.station(), floor.item(), floor.name("DOCK")
    _arrive(station, item, "L-1", dock, SOON)

    _arrive(station, item, "L-1", dock, LATER)

    assert codes(station.pull()) == [("lot_expiry_differs", "open")]
    assert _lots(station, item) == [("L-1", SOON, "good", 1)]
    assert stock(station)[StockKey(dock, item, "L-1")] == 2


@promise(office=True)
def releasing_a_lot_closes_lot_not_good(floor: Floor) -> None:
    station, item, dock = floor.station(), floor.item(), floor.name("DOCK")
    _arrive(station, item, "L-1", dock, SOON)
    _status(station, item, "L-1", "hold")

    posted(station, station.operation("pick", _lot(item, "L-1", dock, floor.name("tote/T"))))
    told = codes(station.pull())
    floor.desk.put_person("p-controller", "controller")
    _status(station, item, "L-1", "good", "p-controller")

    assert told == [("lot_not_good", "open")]
    assert codes(station.pull()) == [("lot_not_good", "closed")]
    assert [row[2] for row in _lots(station, item)] == ["good", "hold", "good"]


@promise(office=True)
def a_recalled_lot_that_is_shipped_is_told_at_once(floor: Floor) -> None:
    station, item, dock = floor.station(), floor.item(), floor.name("DOCK")
    _status(station, item, "L-9", "recalled")
    _arrive(station, item, "L-9", dock)

    posted(station, station.operation("ship", _lot(item, "L-9", dock, "customer")))
    told = codes(station.pull())
    floor.desk.put_person("p-controller", "controller")
    _status(station, item, "L-9", "good", "p-controller")

    assert told == [("lot_recalled", "open")]
    assert codes(station.pull()) == [("lot_recalled", "closed")]


@promise(office=True)
def a_lot_released_by_a_clerk_is_told_until_somebody_who_may_has_set_it(floor: Floor) -> None:
    station, item = floor.station(), floor.item()
    floor.desk.put_person("p-controller", "controller")

    for status in ("recalled", "good"):
        _status(station, item, "L-1", status)
    told = codes(station.pull())
    _status(station, item, "L-1", "recalled", "p-controller")

    assert told == [("lot_released_without_right", "open")]
    assert codes(station.pull()) == [("lot_released_without_right", "closed")]
    assert _lots(station, item)[-1][2] == "recalled"


@promise(office=True)
def goods_of_a_lot_whose_date_is_over_are_told(floor: Floor) -> None:
    station, item, dock = floor.station(), floor.item(), floor.name("DOCK")
    _arrive(station, item, "L-1", dock, "2001-01-31")

    posted(station, station.operation("pack", _lot(item, "L-1", dock, floor.name("parcel/P"))))

    assert codes(station.pull()) == [("lot_not_good", "open")]


@promise(office=True)
def moving_a_lot_that_is_not_good_out_of_the_way_is_not_asked_about(floor: Floor) -> None:
    station, item, dock = floor.station(), floor.item(), floor.name("DOCK")
    _arrive(station, item, "L-1", dock)
    _status(station, item, "L-1", "quarantined")

    posted(station, station.operation("move", _lot(item, "L-1", dock, floor.name("QUARANTINE"))))

    assert codes(station.pull()) == []


@promise(office=True)
def a_lot_status_nobody_knows_is_held(floor: Floor) -> None:
    station, item = floor.station(), floor.item()
    odd = (f"{item}/L-1", "fine"), (item, "hold"), ("/", "hold"), ("", "good")

    results = [
        station.do(about(station.operation("reclassify"), "lot", named, status))
        for named, status in odd
    ]

    assert [(one.outcome, one.code) for one in results] == [("held", "unknown_lot_status")] * 4


@promise(office=True)
def a_lot_status_is_set_anew_not_taken_back(floor: Floor) -> None:
    station, item = floor.station(), floor.item()
    first = len(station.sent) + 1
    said = station.record(about(station.operation("reclassify"), "lot", f"{item}/L-1", "hold"))
    station.record(station.operation("reverse", original=said.id))
    at_once = station.post(first)[-1]

    later = station.do(station.operation("reverse", original=said.id))

    told = [(one.outcome, one.code) for one in (at_once, later)]
    assert told == [("refused", "not_reversible")] * 2


def _unit(item: str, serial: str, source: str, target: str) -> Line:
    return Line(item=item, quantity=1, source=source, target=target, serial=serial)


@promise(stations=2, office=True)
def a_serial_in_two_places_is_told_until_one_is_gone(floor: Floor) -> None:
    here, there, item = floor.station(0), floor.station(1), floor.item()
    docks = floor.name("DOCK"), floor.name("DOCK")

    posted(here, here.operation("receive", _unit(item, "SN-1", "supplier", docks[0])))
    again = posted(there, there.operation("receive", _unit(item, "SN-1", "supplier", docks[1])))
    told = codes(here.pull())
    undo(there, again)

    assert told == [("serial_twice", "open")]
    assert codes(here.pull()) == [("serial_twice", "closed")]


@promise(office=True)
def a_serial_that_moves_and_comes_back_from_the_customer_is_one_unit(floor: Floor) -> None:
    station, item, dock = floor.station(), floor.item(), floor.name("DOCK")
    steps = (
        ("receive", "supplier", dock),
        ("move", dock, "A-04"),
        ("ship", "A-04", "customer"),
        ("return", "customer", dock),
    )

    for kind, source, target in steps:
        posted(station, station.operation(kind, _unit(item, "SN-1", source, target)))

    assert codes(station.pull()) == []


@promise(office=True)
def a_serial_twice_in_one_batch_is_told(floor: Floor) -> None:
    station, item, dock = floor.station(), floor.item(), floor.name("DOCK")
    first = len(station.sent) + 1
    for _ in range(2):
        station.record(station.operation("receive", _unit(item, "SN-1", "supplier", dock)))

    station.post(first)
    told = codes(station.pull())
    posted(station, station.operation("move", _unit(item, "SN-1", dock, "scrap")))

    assert told == [("serial_twice", "open")]
    assert codes(station.pull()) == [("serial_twice", "closed")]


@promise(office=True)
def goods_are_held_and_released_where_they_are(floor: Floor) -> None:
    station, item, shelf = floor.station(), floor.item(), floor.name("A-04")
    posted(station, station.operation("receive", moved(item, 5, "supplier", shelf)))
    held = Line(item=item, quantity=2, source=shelf, target=shelf, to_condition="hold")

    posted(station, about(station.operation("reclassify", held), "", "", "label unreadable"))

    assert codes(station.pull()) == []
    balances = stock(station)
    assert balances[StockKey(shelf, item)] == 3
    assert balances[StockKey(shelf, item, condition="hold")] == 2


@promise(office=True)
def a_reclassification_that_moves_is_told_until_taken_back(floor: Floor) -> None:
    station, item, shelf = floor.station(), floor.item(), floor.name("A-04")
    posted(station, station.operation("receive", moved(item, 5, "supplier", shelf)))
    line = Line(
        item=item, quantity=1, source=shelf, target=floor.name("B-11"), to_condition="damaged"
    )

    said = posted(station, station.operation("reclassify", line))
    told = codes(station.pull())
    undo(station, said)

    assert told == [("reclassified_and_moved", "open")]
    assert codes(station.pull()) == [("reclassified_and_moved", "closed")]


@promise(office=True)
def a_line_that_ends_where_it_began_is_held(floor: Floor) -> None:
    station, item, shelf = floor.station(), floor.item(), floor.name("A-04")

    results = [
        station.do(station.operation(kind, moved(item, 1, shelf, shelf)))
        for kind in ("move", "reclassify", "receive")
    ]

    assert [(one.outcome, one.code) for one in results] == [("held", "moves_nothing")] * 3


@promise(office=True)
def a_line_of_no_units_is_held(floor: Floor) -> None:
    station, item = floor.station(), floor.item()

    result = station.do(station.operation("receive", moved(item, 0, "supplier", "DOCK")))

    assert (result.outcome, result.code) == ("held", "incomplete_line")


def _identify(station: Probe, stranger: str, item: str, quantity: int = 1) -> Operation:
    line = Line(item=item, quantity=quantity)
    asked = about(station.operation("identify", line), "item", stranger)
    return msgspec.structs.replace(asked, actor="p-controller")


@promise(office=True)
def saying_which_item_it_is_moves_every_balance_and_closes_the_question(floor: Floor) -> None:
    station, item, stranger = floor.station(), floor.item(), floor.name("NO-SUCH-SKU")
    dock, shelf = floor.name("DOCK"), floor.name("A-04")
    floor.desk.put_person("p-controller", "controller")
    posted(station, station.operation("receive", moved(stranger, 5, "supplier", dock)))
    hurt = Line(item=stranger, quantity=2, source=dock, target=shelf, to_condition="damaged")
    posted(station, station.operation("move", hurt))
    posted(station, station.operation("receive", moved(item, 1, "supplier", dock)))

    posted(station, _identify(station, stranger, item))

    assert codes(station.pull()) == [("unknown_item", "open"), ("unknown_item", "closed")]
    balances = stock(station)
    assert not [key for key in balances if key.item == stranger]
    assert balances[StockKey(dock, item)] == 4
    assert balances[StockKey(shelf, item, condition="damaged")] == 2
    assert balances[StockKey("supplier", item)] == -6


@promise(office=True)
def saying_which_item_it_is_is_for_who_may_and_for_items_that_exist(floor: Floor) -> None:
    station, item, other = floor.station(), floor.item(), floor.item()
    stranger = floor.name("NO-SUCH-SKU")
    floor.desk.put_person("p-controller", "controller")
    clerk = msgspec.structs.replace(_identify(station, stranger, item), actor="p-anna")
    asked = (
        clerk,
        _identify(station, stranger, floor.name("NO-SUCH-SKU")),
        _identify(station, other, item),
        _identify(station, stranger, item, quantity=6),
        about(station.operation("identify"), "item", stranger),
    )

    results = [
        station.do(msgspec.structs.replace(one, id=station.new_id(floor.name("identify"))))
        for one in asked
    ]

    assert {one.outcome for one in results} == {"refused"}
    assert [one.code for one in results] == [
        "not_allowed",
        "unknown_item",
        "already_known",
        "incomplete_request",
        "incomplete_request",
    ]


@promise(office=True)
def a_blind_return_of_a_serial_the_book_has_shipped_is_not_asked_about(floor: Floor) -> None:
    station, item, dock = floor.station(), floor.item(), floor.name("DOCK")
    posted(station, station.operation("receive", _unit(item, "SN-1", "supplier", dock)))
    posted(station, station.operation("ship", _unit(item, "SN-1", dock, "customer")))
    known = msgspec.structs.replace(back(item, 1, dock, line=0), serial="SN-1")
    unknown = msgspec.structs.replace(known, serial="SN-2")

    posted(station, station.operation("return", known))
    before = codes(station.pull())
    posted(station, station.operation("return", unknown))

    assert before == []
    assert codes(station.pull()) == [("returned_never_shipped", "open")]
