"""Counts: blind, at a position of the book, explained by what others moved meanwhile."""

from dataclasses import dataclass
from typing import Any

import msgspec

from app.conformance.floor import Floor, stock
from app.conformance.probe import Probe, moved
from app.conformance.registry import promise
from app.contract.messages import ExceptionRow, Line, Operation, OutcomeRow
from app.domain.operation import StockKey
from app.domain.policy import AdjustLimit, Policy

_FREE = AdjustLimit(None, None, None, None, None)


@dataclass(slots=True)
class _Shelf:
    """Forty of an item at a place, two stations and two people who count."""

    floor: Floor
    station: Probe
    neighbour: Probe
    people: tuple[str, str]
    item: str
    place: str

    def count(self, quantity: int, by: int = 0, **changes: Any) -> Operation:
        """So many were seen."""
        line = Line(item=self.item, quantity=quantity, source=self.place)
        made = self.station.operation("count", line, name=self.floor.name("count"))
        return msgspec.structs.replace(made, actor=self.people[by], **changes)

    def take(self, probe: Probe, quantity: int) -> Operation:
        """So many are taken away."""
        line = moved(self.item, quantity, self.place, self.floor.name("B-11"))
        return probe.operation("move", line, name=self.floor.name("move"))

    def left(self) -> int:
        """What the book has there, once all have reported and the jobs have run."""
        for probe in (self.station, self.neighbour):
            probe.pull()
            probe.do(probe.operation("event", name=self.floor.name("event")))
        self.floor.desk.run_jobs()
        return stock(self.station).get(StockKey(self.place, self.item), 0)

    def stories(self) -> list[tuple[str, str]]:
        """Exceptions about this place, as told."""
        self.station.pull()
        return [
            (row.code, row.state)
            for row in self.station.rows
            if isinstance(row, ExceptionRow) and self.item in row.sentence
        ]


def _shelf(floor: Floor, tolerance: int = 10) -> _Shelf:
    people = (floor.name("p-anna"), floor.name("p-ben"))
    for person in people:
        floor.desk.put_person(person, "clerk")
    floor.desk.set_policy(Policy(count_tolerance=tolerance, adjust={"clerk": _FREE}))
    item, place = floor.item(), floor.name("A-04")
    station, neighbour = floor.station(0), floor.station(1)
    fill = moved(item, 40, "supplier", place)
    station.do(station.operation("receive", fill, name=floor.name("fill")))
    station.pull()
    neighbour.pull()
    return _Shelf(floor, station, neighbour, people, item, place)


@promise(stations=2, office=True)
def a_variance_becomes_an_adjustment_when_all_have_reported(floor: Floor) -> None:
    shelf = _shelf(floor)

    result = shelf.station.do(shelf.count(37))

    assert result.outcome == "posted"
    assert shelf.left() == 37


@promise(stations=2, office=True)
def own_work_recorded_before_the_count_is_no_variance(floor: Floor) -> None:
    shelf = _shelf(floor)
    first = len(shelf.station.sent) + 1
    shelf.station.record(shelf.take(shelf.station, 6))
    shelf.station.record(shelf.count(34))
    shelf.station.record(shelf.take(shelf.station, 9))

    shelf.station.post(first)

    assert shelf.left() == 25
    assert shelf.stories() == []


@promise(stations=2, office=True)
def work_of_others_meanwhile_is_no_variance(floor: Floor) -> None:
    shelf = _shelf(floor)
    shelf.neighbour.do(shelf.take(shelf.neighbour, 5))

    shelf.station.do(shelf.count(35))

    assert shelf.left() == 35
    assert shelf.stories() == []


@promise(stations=2, office=True)
def work_that_comes_in_before_all_have_reported_explains_a_count(floor: Floor) -> None:
    shelf = _shelf(floor)
    late = shelf.neighbour.record(shelf.take(shelf.neighbour, 5))
    shelf.station.do(shelf.count(35))

    shelf.neighbour.post(len(shelf.neighbour.sent))

    assert late.id == shelf.neighbour.sent[-1].id
    assert shelf.left() == 35
    assert shelf.stories() == []


@promise(stations=2, office=True)
def a_move_that_comes_in_after_its_count_is_doubted_until_a_recount(floor: Floor) -> None:
    shelf = _shelf(floor)
    shelf.neighbour.record(shelf.take(shelf.neighbour, 5))
    shelf.station.do(shelf.count(40))

    shelf.neighbour.post(len(shelf.neighbour.sent))
    assert shelf.stories() == [("moved_before_count", "open")]
    shelf.station.do(shelf.count(35, by=1))

    assert shelf.stories()[1:] == [("moved_before_count", "closed")]


@promise(stations=2, office=True)
def a_recount_by_another_person_closes_count_differs(floor: Floor) -> None:
    shelf = _shelf(floor, tolerance=0)
    shelf.station.do(shelf.count(30))
    assert shelf.stories() == [("count_differs", "open")]

    shelf.station.do(shelf.count(30, by=1))

    assert shelf.stories()[1:] == [("count_differs", "closed")]
    assert shelf.left() == 30


@promise(stations=2, office=True)
def a_recount_by_the_same_person_does_not_count(floor: Floor) -> None:
    shelf = _shelf(floor, tolerance=0)
    for _ in range(2):
        shelf.station.do(shelf.count(30))

    assert ("recount_by_same_person", "open") in shelf.stories()
    assert shelf.left() == 40


@promise(stations=2, office=True)
def nothing_is_a_quantity_a_count_may_see(floor: Floor) -> None:
    shelf = _shelf(floor, tolerance=40)

    result = shelf.station.do(shelf.count(0))

    assert result.outcome == "posted"
    assert shelf.left() == 0


@promise(stations=2, office=True)
def a_count_of_a_lost_epoch_asks_for_another(floor: Floor) -> None:
    shelf = _shelf(floor)
    lost = shelf.count(12)
    elsewhere = msgspec.structs.replace(lost.as_of, epoch="0" * 36)

    shelf.station.do(msgspec.structs.replace(lost, as_of=elsewhere))

    assert shelf.stories() == [("recount_needed", "open")]
    assert shelf.left() == 40
    shelf.station.do(shelf.count(40, by=1))
    assert shelf.stories()[1:] == [("recount_needed", "closed")]


@promise(stations=2, office=True)
def no_row_of_the_feed_tells_what_was_expected(floor: Floor) -> None:
    shelf = _shelf(floor, tolerance=0)

    shelf.station.do(shelf.count(7))

    rows = shelf.station.pull()
    (counted,) = [row for row in rows if isinstance(row, OutcomeRow)]
    assert (counted.kind, counted.postings, counted.sentence) == ("count", (), "")
    (story,) = [row for row in rows if isinstance(row, ExceptionRow)]
    words = story.sentence.replace(shelf.item, "").replace(shelf.place, "").split()
    assert not {"40", "7", "33", "-33"} & {word.strip(",.") for word in words}
