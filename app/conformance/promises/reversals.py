"""Undo: the mirror of what was posted, once."""

from app.conformance.floor import Floor, stock
from app.conformance.probe import moved
from app.conformance.registry import promise
from app.conformance.team import last
from app.contract.messages import Line, PostedLine
from app.domain.operation import StockKey


@promise()
def a_reversal_mirrors_the_postings(floor: Floor) -> None:
    station, item = floor.station(), floor.item()
    dock, shelf = floor.name("DOCK"), floor.name("A-04")
    move = station.operation("move", moved(item, 3, dock, shelf))
    station.do(move)

    back = station.do(station.operation("reverse", original=move.id))

    assert back.outcome == "posted"
    station.pull()
    assert station.outcome(back.id).postings == (
        PostedLine(dock, item, 3),
        PostedLine(shelf, item, -3),
    )
    assert StockKey(shelf, item) not in stock(station)


@promise()
def a_move_and_its_undo_go_in_one_batch(floor: Floor) -> None:
    station, item, shelf = floor.station(), floor.item(), floor.name("A-04")
    first = len(station.sent) + 1
    move = station.record(station.operation("move", moved(item, 3, floor.name("DOCK"), shelf)))
    station.record(station.operation("reverse", original=move.id))

    assert [result.outcome for result in station.post(first)] == ["posted", "posted"]
    assert StockKey(shelf, item) not in stock(station)


@promise(stations=2)
def a_second_reversal_is_refused(floor: Floor) -> None:
    station, other = floor.station(0), floor.station(1)
    move = station.operation("move", moved(floor.item(), 1, floor.name("DOCK"), floor.name("A-04")))
    station.do(move)
    station.do(station.operation("reverse", original=move.id))

    own = station.do(station.operation("reverse", original=move.id))
    foreign = other.do(other.operation("reverse", original=move.id))

    assert [(r.outcome, r.code) for r in (own, foreign)] == [("refused", "already_reversed")] * 2


@promise()
def a_reversal_is_not_reversed(floor: Floor) -> None:
    station = floor.station()
    move = station.operation("move", moved(floor.item(), 1, floor.name("DOCK"), floor.name("A-04")))
    station.do(move)
    back = station.do(station.operation("reverse", original=move.id))

    result = station.do(station.operation("reverse", original=back.id))

    assert (result.outcome, result.code) == ("refused", "not_reversible")


@promise()
def a_reversal_of_what_never_arrived_is_held(floor: Floor) -> None:
    station = floor.station()

    result = station.do(
        station.operation("reverse", original=station.new_id(floor.name("never sent")))
    )

    assert (result.outcome, result.code) == ("held", "unknown_original")


@promise(stations=2)
def a_reversal_that_comes_before_its_fact_takes_it_back_when_it_comes(floor: Floor) -> None:
    station, other = floor.station(), floor.station(1)
    item, dock, shelf = floor.item(), floor.name("DOCK"), floor.name("A-04")
    move = station.operation("move", moved(item, 3, dock, shelf))
    back = other.operation("reverse", original=move.id)

    early = other.do(back)
    result = station.do(move)

    now = stock(station)
    assert (early.outcome, early.code) == ("held", "unknown_original")
    assert (result.outcome, last(station, back.id).outcome) == ("posted", "posted")
    assert (now.get(StockKey(dock, item), 0), now.get(StockKey(shelf, item), 0)) == (0, 0)


@promise()
def a_reversal_of_what_is_held_is_held(floor: Floor) -> None:
    station = floor.station()
    odd = station.operation("teleport", name=floor.name("teleport"))
    station.do(odd)

    result = station.do(station.operation("reverse", original=odd.id))

    assert result.outcome == "refused" or result.code == "original_not_posted"
    assert result.outcome != "posted"


@promise()
def a_reversal_of_what_was_refused_is_refused(floor: Floor) -> None:
    station = floor.station()
    odd = station.operation(
        "adjust", moved(floor.item(), 2, floor.name("DOCK"), floor.name("A-04"))
    )
    refused = station.do(odd)

    back = station.do(station.operation("reverse", original=odd.id))

    assert (refused.outcome, refused.code) == ("refused", "not_an_adjustment")
    assert (back.outcome, back.code) == ("refused", "original_refused")


@promise()
def a_count_is_not_taken_back(floor: Floor) -> None:
    station, item, shelf = floor.station(), floor.item(), floor.name("A-04")
    line = Line(item=item, quantity=0, source=shelf)
    seen = station.operation("count", line)
    station.do(seen)

    back = station.do(station.operation("reverse", original=seen.id))

    assert (back.outcome, back.code) == ("refused", "not_reversible")


@promise()
def what_is_taken_back_step_by_step_leaves_the_book_as_it_was(floor: Floor) -> None:
    """An order packed, sealed and handed over, and every step of it back, the latest first."""
    station, item, parcel = floor.station(), floor.item(), floor.name("parcel/P")
    shelf = floor.name("A-04")
    station.do(station.operation("receive", moved(item, 5, "supplier", shelf)))
    before = stock(station)
    packed = station.operation("pack", moved(item, 2, shelf, parcel))
    gone = station.operation("ship", moved(item, 2, parcel, "customer"))
    for step in (packed, gone):
        station.do(step)

    results = [station.do(station.operation("reverse", original=one.id)) for one in (gone, packed)]

    assert [one.outcome for one in results] == ["posted", "posted"]
    assert stock(station) == before
