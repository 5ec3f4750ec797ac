"""What becomes of an operation, and that it becomes of it once."""

from app.conformance.floor import Floor, stock
from app.conformance.probe import Probe, moved
from app.conformance.registry import promise
from app.contract.messages import MAX_QUANTITY, Line, PostedLine
from app.domain.operation import StockKey


@promise()
def a_move_is_posted_with_its_two_postings(floor: Floor) -> None:
    station, item = floor.station(), floor.item()
    dock, shelf = floor.name("DOCK"), floor.name("A-04")
    move = station.operation("move", moved(item, 3, dock, shelf))

    result = station.do(move)

    assert (result.outcome, result.known) == ("posted", False)
    station.pull()
    row = station.outcome(move.id)
    assert row.postings == (PostedLine(dock, item, -3), PostedLine(shelf, item, 3))
    assert station.cursor >= result.feed_seq


@promise()
def every_kind_of_fact_is_posted_in_one_batch(floor: Floor) -> None:
    station, item = floor.station(), floor.item()
    dock, shelf, tote, parcel = (floor.name(what) for what in ("DOCK", "A-04", "tote/", "parcel/"))
    first = len(station.sent) + 1
    for kind, source, target in (
        ("receive", "supplier", dock),
        ("move", dock, shelf),
        ("pick", shelf, tote),
        ("unpick", tote, shelf),
        ("pack", shelf, parcel),
        ("unpack", parcel, shelf),
        ("ship", parcel, "customer"),
    ):
        station.record(station.operation(kind, moved(item, 1, source, target)))
    damaged = Line(item=item, quantity=1, source=shelf, target=shelf, to_condition="damaged")
    station.record(station.operation("reclassify", damaged))
    for kind in ("short", "seal", "event"):
        station.record(station.operation(kind))

    results = station.post(first)

    assert [result.outcome for result in results] == ["posted"] * 11


@promise()
def a_move_sent_twice_is_posted_once(floor: Floor) -> None:
    station, item, shelf = floor.station(), floor.item(), floor.name("A-04")
    move = station.record(station.operation("move", moved(item, 2, floor.name("DOCK"), shelf)))
    seq = len(station.sent)

    first = station.post(seq)
    again = station.post(seq)

    assert not first[0].known
    assert again[0].known
    assert (again[0].outcome, again[0].feed_seq) == (first[0].outcome, first[0].feed_seq)
    rows = [row for row in station.pull() if getattr(row, "id", "") == move.id]
    assert len(rows) == 1
    assert stock(station)[StockKey(shelf, item)] == 2


@promise()
def after_a_lost_answer_old_and_new_go_in_together(floor: Floor) -> None:
    station, first = floor.station(), len(floor.station().sent) + 1
    _record_moves(floor, station, 3)
    before = station.post(first)
    _record_moves(floor, station, 2)

    both = station.post(first)

    assert [result.known for result in both] == [True, True, True, False, False]
    assert [result.feed_seq for result in both[:3]] == [result.feed_seq for result in before]
    assert [result.outcome for result in both] == ["posted"] * 5


@promise()
def other_content_under_a_known_id_is_a_conflict_and_changes_nothing(floor: Floor) -> None:
    station, item = floor.station(), floor.item()
    dock, shelf = floor.name("DOCK"), floor.name("A-04")
    name = floor.name("move")
    true = station.operation("move", moved(item, 1, dock, shelf), name=name)
    forged = station.operation("move", moved(item, 100, dock, shelf), name=name)
    first = station.do(true)

    second = station.do(forged)

    assert (first.outcome, second.outcome) == ("posted", "conflict")
    assert second.feed_seq > first.feed_seq
    assert stock(station)[StockKey(shelf, item)] == 1
    rows = [row for row in station.pull() if getattr(row, "id", "") == true.id]
    assert [getattr(row, "outcome", "") for row in rows] == ["posted", "conflict"]


@promise()
def a_conflict_sent_again_is_the_same_conflict(floor: Floor) -> None:
    station, item, name = floor.station(), floor.item(), floor.name("move")
    places = floor.name("DOCK"), floor.name("A-04")
    station.do(station.operation("move", moved(item, 1, *places), name=name))
    conflict = station.do(station.operation("move", moved(item, 7, *places), name=name))

    again = station.post(len(station.sent))[0]

    assert (again.outcome, again.feed_seq) == ("conflict", conflict.feed_seq)
    assert again.known


@promise()
def the_same_operation_twice_in_one_batch_is_posted_once(floor: Floor) -> None:
    station, item, shelf = floor.station(), floor.item(), floor.name("A-04")
    move = station.operation("move", moved(item, 5, floor.name("DOCK"), shelf))
    first = len(station.sent) + 1
    station.record(move)
    station.record(move)

    results = station.post(first)

    assert [(result.outcome, result.known) for result in results] == [
        ("posted", False),
        ("posted", True),
    ]
    assert results[0].feed_seq == results[1].feed_seq
    assert stock(station)[StockKey(shelf, item)] == 5


@promise()
def one_bad_operation_stops_none_of_its_neighbours(floor: Floor) -> None:
    station = floor.station()
    first = len(station.sent) + 1
    _record_moves(floor, station, 2)
    station.record_bytes(station.new_id(floor.name("scrap")), b'{"kind":"???"}')
    station.record(station.operation("claim", order=floor.name("NO-SUCH-ORDER")))
    _record_moves(floor, station, 2)

    results = station.post(first)

    assert [result.outcome for result in results] == [
        "posted",
        "posted",
        "held",
        "refused",
        "posted",
        "posted",
    ]
    assert [result.id for result in results] == [sent.id for sent in station.sent[first - 1 :]]


@promise()
def the_largest_quantity_is_counted_exactly(floor: Floor) -> None:
    station, item, shelf = floor.station(), floor.item(), floor.name("A-04")
    for quantity in (MAX_QUANTITY, MAX_QUANTITY - 1):
        result = station.do(station.operation("receive", moved(item, quantity, "supplier", shelf)))
        assert result.outcome == "posted"

    assert stock(station)[StockKey(shelf, item)] == 2 * MAX_QUANTITY - 1


@promise()
def a_sum_no_book_can_hold_is_held_and_blocks_nobody(floor: Floor) -> None:
    station, item, shelf = floor.station(), floor.item(), floor.name("A-04")
    most = moved(item, MAX_QUANTITY, "supplier", shelf)
    for _ in range(2):
        station.record(station.operation("receive", *(most,) * 450))
    first = len(station.sent) - 1
    station.record(station.operation("receive", moved(item, 1, "supplier", floor.name("B-01"))))

    outcomes = [result.outcome for result in station.post(first)]

    assert outcomes == ["posted", "held", "posted"]


@promise()
def a_refusal_is_remembered_under_its_id(floor: Floor) -> None:
    station = floor.station()
    refused = station.do(station.operation("claim", order=floor.name("NO-SUCH-ORDER")))

    again = station.post(len(station.sent))[0]

    assert (refused.outcome, refused.code) == ("refused", "unknown_document")
    assert (again.outcome, again.code, again.known) == ("refused", "unknown_document", True)
    assert refused.sentence
    station.pull()
    assert station.outcome(refused.id).code == "unknown_document"


@promise()
def an_adjustment_without_approval_waits_and_moves_nothing(floor: Floor) -> None:
    station, item, shelf = floor.station(), floor.item(), floor.name("A-04")

    result = station.do(station.operation("adjust", moved(item, 4, "adjustment", shelf)))

    assert result.outcome == "waiting"
    station.pull()
    assert station.outcome(result.id).postings == ()
    assert StockKey(shelf, item) not in stock(station)


def _record_moves(floor: Floor, station: Probe, count: int) -> None:
    item = floor.item()
    for _ in range(count):
        station.record(
            station.operation(
                "move", moved(item, 1, floor.name("DOCK"), floor.name("A-04")), name=floor.name("m")
            )
        )
