"""Count plans asked for at a station: by whoever may, once, and blind."""

from dataclasses import dataclass
from typing import Any

import msgspec

from app.conformance.floor import Floor
from app.conformance.probe import Probe
from app.conformance.registry import promise
from app.contract.messages import DocumentRow, Line, Operation, Reference
from app.domain.document import EVERYTHING
from app.identity.userkey import UserKey


@dataclass(slots=True)
class _Desk:
    """A station of protocol 2, and a controller who plans."""

    floor: Floor
    station: Probe
    controller: UserKey
    place: str

    def plan(self, number: str, *lines: Line, by: UserKey | None = None) -> Operation:
        """Ask for places to be counted; not recorded yet."""
        made = self.station.operation("request", *lines, name=self.floor.name("plan"))
        about = Reference(document_kind="count", document=number)
        return msgspec.structs.replace(
            made,
            actor=(by or self.controller).person,
            reference=about,
            evidence={"note": "Aisle A"},
        )

    def said(self, operation: Operation, key: UserKey | None = None) -> tuple[str, str]:
        """Record and send it, signed."""
        result = self.station.do(operation, key or self.controller)
        return result.outcome, result.code

    def plans(self, number: str) -> list[DocumentRow]:
        """Versions of a plan, as told."""
        self.station.pull()
        return [
            row
            for row in self.station.rows
            if isinstance(row, DocumentRow) and (row.kind, row.document) == ("count", number)
        ]


def _desk(floor: Floor) -> _Desk:
    controller = floor.desk.put_person(floor.name("p-mertens"), "controller")
    station = floor.desk.enrol(floor.name("PACK"), protocol=2)
    station.contract = 2
    station.pull()
    return _Desk(floor, station, controller, floor.name("A-04"))


def _at(place: str, item: str = EVERYTHING, **changes: Any) -> Line:
    return Line(item=item, quantity=0, source=place, **changes)


@promise(office=True)
def a_plan_of_a_station_is_told_to_all_and_names_no_quantities(floor: Floor) -> None:
    desk = _desk(floor)
    number, item = floor.name("CNT"), floor.item()

    said = desk.said(desk.plan(number, _at(desk.place), _at("B-11", item)))

    assert said == ("posted", "")
    (told,) = desk.plans(number)
    assert (told.state, told.note) == ("open", "Aisle A")
    assert [(line.location, line.item, line.quantity) for line in told.lines] == [
        (desk.place, "", 0),
        ("B-11", item, 0),
    ]


@promise(office=True)
def what_a_plan_of_a_station_asks_for_is_done_when_it_was_counted(floor: Floor) -> None:
    desk = _desk(floor)
    number = floor.name("CNT")
    desk.said(desk.plan(number, _at(desk.place)))

    seen = desk.station.operation("count", Line(item=floor.item(), quantity=3, source=desk.place))
    about = Reference(document_kind="count", document=number)
    desk.station.do(msgspec.structs.replace(seen, reference=about))

    assert [row.state for row in desk.plans(number)] == ["open", "done"]


@promise(office=True)
def a_plan_is_made_once_whatever_is_asked_again(floor: Floor) -> None:
    desk = _desk(floor)
    number = floor.name("CNT")
    desk.said(desk.plan(number, _at(desk.place)))

    again = desk.said(desk.plan(number, _at("B-11")))

    assert again == ("refused", "document_exists")
    assert len(desk.plans(number)) == 1


@promise(office=True)
def a_clerk_plans_no_counts_and_a_supervisor_who_decides_does(floor: Floor) -> None:
    desk = _desk(floor)
    clerk, boss = (
        floor.desk.put_person(floor.name(f"p-{role}"), role) for role in ("clerk", "supervisor")
    )

    refused = desk.said(desk.plan(floor.name("CNT"), _at(desk.place), by=clerk), clerk)
    taken = desk.said(desk.plan(floor.name("CNT"), _at(desk.place), by=boss), boss)

    assert refused == ("refused", "not_permitted")
    assert taken == ("posted", "")


@promise(office=True)
def a_plan_that_expects_something_or_nothing_is_refused(floor: Floor) -> None:
    desk = _desk(floor)
    expecting = Line(item=EVERYTHING, quantity=40, source=desk.place)

    said = [
        desk.said(desk.plan(floor.name("CNT"), *lines))
        for lines in ((), (expecting,), (_at("customer"),), (_at(""),))
    ]

    assert said == [("refused", "bad_plan")] * 4
