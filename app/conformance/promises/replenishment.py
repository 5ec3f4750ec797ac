"""Filling up pick locations: asked for once, counted by the moves that name the task; alerts."""

import msgspec

from app.conformance.floor import Floor
from app.conformance.probe import Probe, moved
from app.conformance.registry import promise
from app.contract.messages import DocumentRow, ExceptionRow, Line, Reference, Result


def _receive(station: Probe, item: str, units: int, place: str) -> None:
    station.do(station.operation("receive", moved(item, units, "supplier", place)))


def _tasks(station: Probe, item: str) -> list[DocumentRow]:
    """Versions of tasks about an item, in order."""
    station.pull()
    return [
        row
        for row in station.rows
        if isinstance(row, DocumentRow) and row.kind == "task" and row.lines[0].item == item
    ]


def _for_task(station: Probe, kind: str, task: str, *lines: Line, actor: str = "") -> Result:
    operation = station.operation(kind, *lines)
    reference = Reference(document_kind="task", document=task)
    return station.do(
        msgspec.structs.replace(operation, reference=reference, actor=actor or operation.actor)
    )


def _low(floor: Floor, station: Probe, there: int = 2, elsewhere: int = 30) -> tuple[str, str, str]:
    """An item, its pick location where some are left, and a place that has more."""
    item, pick, bulk = floor.item(), floor.name("A-04"), floor.name("R-01")
    floor.desk.put_threshold(item, pick, 5, 20)
    _receive(station, item, elsewhere, bulk)
    if there:
        _receive(station, item, there, pick)
    return item, pick, bulk


@promise(office=True)
def a_place_that_runs_low_is_asked_for_once(floor: Floor) -> None:
    station = floor.station()
    item, pick, bulk = _low(floor, station)

    floor.desk.run_jobs()
    floor.desk.run_jobs()

    (task,) = _tasks(station, item)
    assert (task.state, task.details["to"], task.details["work"]) == ("open", pick, "replenish")
    assert [(line.location, line.quantity) for line in task.lines] == [(bulk, 18)]


@promise(office=True)
def a_place_with_enough_is_left_in_peace(floor: Floor) -> None:
    station = floor.station()
    item, _, _ = _low(floor, station, there=6)

    floor.desk.run_jobs()

    assert _tasks(station, item) == []


@promise(office=True)
def nothing_is_asked_for_that_is_nowhere(floor: Floor) -> None:
    station = floor.station()
    item, pick = floor.item(), floor.name("A-04")
    floor.desk.put_threshold(item, pick, 5, 20)
    _receive(station, item, 2, pick)

    floor.desk.run_jobs()

    assert _tasks(station, item) == []


@promise(office=True)
def moves_for_a_task_are_counted_and_finish_it(floor: Floor) -> None:
    station = floor.station()
    item, pick, bulk = _low(floor, station)
    floor.desk.run_jobs()
    (task,) = _tasks(station, item)

    first = _for_task(station, "move", task.document, moved(item, 10, bulk, pick))
    half = [row.state for row in _tasks(station, item)]
    _for_task(station, "move", task.document, moved(item, 8, bulk, pick))

    assert half == ["open"]
    assert [row.state for row in _tasks(station, item)] == ["open", "done"]
    counted = [(tally.measure, tally.quantity) for tally in station.outcome(first.id).tallies]
    assert counted == [("moved", 10)]


@promise(office=True)
def a_place_that_runs_low_again_gets_its_task_again(floor: Floor) -> None:
    station = floor.station()
    item, pick, bulk = _low(floor, station)
    floor.desk.run_jobs()
    (task,) = _tasks(station, item)
    _for_task(station, "move", task.document, moved(item, 18, bulk, pick))
    station.do(station.operation("move", moved(item, 17, pick, "scrap")))

    floor.desk.run_jobs()

    versions = _tasks(station, item)
    assert [row.state for row in versions] == ["open", "done", "open"]
    assert versions[-1].lines[0].quantity == 12
    _for_task(station, "move", task.document, moved(item, 12, bulk, pick))
    assert _tasks(station, item)[-1].state == "done"


@promise(office=True)
def somebody_at_a_station_asks_for_goods(floor: Floor) -> None:
    station = floor.station()
    floor.desk.put_person("p-lead", "packer_lead")
    item, pick, bulk = floor.item(), floor.name("A-04"), floor.name("R-01")
    _receive(station, item, 30, bulk)
    line = moved(item, 7, "", pick)

    asked = _for_task(station, "request", "", line, actor="p-lead")
    again = _for_task(station, "request", "", line, actor="p-lead")
    stranger = _for_task(station, "request", "", line, actor="p-nobody")

    assert asked.outcome == "posted"
    assert (again.outcome, again.code) == ("refused", "already_asked")
    assert (stranger.outcome, stranger.code) == ("refused", "not_permitted")
    (task,) = _tasks(station, item)
    assert [(line.location, line.quantity) for line in task.lines] == [(bulk, 7)]


@promise(office=True)
def a_cancelled_task_stays_cancelled_for_a_while(floor: Floor) -> None:
    station = floor.station()
    floor.desk.put_person("p-lead", "packer_lead")
    item, _, _ = _low(floor, station)
    floor.desk.run_jobs()
    (task,) = _tasks(station, item)

    done = _for_task(station, "cancel", task.document, actor="p-lead")
    floor.desk.run_jobs()

    assert done.outcome == "posted"
    assert [row.state for row in _tasks(station, item)] == ["open", "cancelled"]


@promise(office=True)
def goods_that_are_not_where_they_should_be_are_looked_for(floor: Floor) -> None:
    station = floor.station()
    item, bin_ = floor.item(), floor.name("A-04")
    _receive(station, item, 5, bin_)
    one, two = floor.order(2, item=item).order, floor.order(2, item=item).order

    for order in (one, two):
        line = moved(item, 2, bin_, "", order_line=1)
        station.do(station.operation("short", line, order=order))

    (task,) = _tasks(station, item)
    assert (task.state, task.details["work"], task.details["order"]) == ("open", "count", one)
    assert task.lines[0].location == bin_


@promise(office=True)
def an_item_that_runs_out_at_a_site_is_told_until_it_came_in(floor: Floor) -> None:
    station, item = floor.station(), floor.item()
    floor.desk.put_threshold(item, "", 10, 0)
    _receive(station, item, 8, "DOCK-1")

    floor.desk.run_jobs()
    floor.desk.run_jobs()
    _receive(station, item, 8, "DOCK-1")
    floor.desk.run_jobs()

    station.pull()
    told = [row for row in station.rows if isinstance(row, ExceptionRow) and item in row.sentence]
    assert [(row.code, row.state) for row in told] == [("reorder", "open"), ("reorder", "closed")]
    assert told[0].severity == "low"
