"""Goods between two sites: both feeds tell them, and no step makes or loses a unit."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import msgspec

from app.conformance.floor import Floor, picture, stock
from app.conformance.probe import Probe, moved
from app.conformance.registry import promise
from app.contract import chain
from app.contract.messages import (
    DocumentRow,
    ExceptionRow,
    Line,
    Operation,
    OutcomeRow,
    Reference,
    Result,
    TallyRow,
)
from app.domain.operation import StockKey

# Operations of each site, at the same time as those of the other.
ROUNDS = 12


@dataclass(slots=True)
class Ends:
    """A transfer of ten of an item from one site, which has forty of it, to another.

    Attributes:
        here: A station of the origin.
        there: A station of the destination.
        boss: Somebody at the origin who may decide.
        item: What is transferred.
        number: Of the transfer.
        shelf: Where it lies at the origin.
    """

    here: Probe
    there: Probe
    boss: str
    item: str
    number: str
    shelf: str

    @property
    def transit(self) -> str:
        """Where the goods are while they are at neither end."""
        return f"transit/{self.number}"

    def about(
        self, station: Probe, kind: str, *lines: Line, actor: str = "p-anna", **evidence: str | bool
    ) -> Operation:
        """Something recorded about the transfer."""
        other = self.there if station is self.here else self.here
        return msgspec.structs.replace(
            station.operation(kind, *lines),
            reference=Reference(
                document_kind="transfer", document=self.number, site=other.who.site
            ),
            actor=actor,
            evidence=dict(evidence),
        )

    def ask(self, quantity: int = 10, *, actor: str = "", at: Probe | None = None) -> Result:
        """Ask for it, at the origin by who may decide unless another place or person is named."""
        station, line = at or self.here, Line(item=self.item, quantity=quantity)
        origin = self.here.who.site
        return station.do(
            self.about(station, "request", line, actor=actor or self.boss, origin=origin)
        )

    def dispatch(self, quantity: int) -> Operation:
        """Goods leave."""
        line = moved(self.item, quantity, self.shelf, self.transit)
        made = self.about(self.here, "dispatch", line)
        assert self.here.do(made).outcome == "posted"
        return made

    def arrive(self, kind: str, quantity: int, place: str, **evidence: str | bool) -> Operation:
        """Goods leave transit, as the destination records it."""
        line = moved(self.item, quantity, self.transit, place)
        made = self.about(self.there, kind, line, actor="p-anna", **evidence)
        assert self.there.do(made).outcome == "posted"
        return made

    def states(self) -> list[str]:
        """The states of the transfer; both feeds tell the same."""
        told = [
            [row for row in station.rows if isinstance(row, DocumentRow)]
            for station in (self.here, self.there)
            if station.pull() is not None
        ]
        versions = [[row for row in rows if row.document == self.number] for rows in told]
        assert versions[0] == versions[1]
        return [row.state for row in versions[0]]

    def at(self, station: Probe, place: str) -> int:
        """What is at a place of a station's site."""
        return stock(station).get(StockKey(place, self.item), 0)

    def total(self) -> int:
        """Everything there is of the item, at both sites and outside of them."""
        return sum(
            quantity
            for station in (self.here, self.there)
            for key, quantity in stock(station).items()
            if key.item == self.item
        )


def _ends(floor: Floor) -> Ends:
    here, there, item = floor.station(), floor.desk.neighbour(), floor.item()
    boss, shelf = floor.name("p-sven"), floor.name("A-04")
    floor.desk.put_person(boss, "supervisor")
    here.do(here.operation("receive", moved(item, 40, "supplier", shelf)))
    there.pull()
    return Ends(here, there, boss, item, floor.name("TR"), shelf)


def _open(station: Probe, number: str) -> set[str]:
    station.pull()
    now = {row.exception: row for row in station.rows if isinstance(row, ExceptionRow)}
    return {row.code for row in now.values() if row.document == number and row.state != "closed"}


@promise(office=True)
def goods_in_transit_belong_to_the_receiver(floor: Floor) -> None:
    ends = _ends(floor)
    ends.ask()

    sent = ends.dispatch(10)

    assert ends.states() == ["approved", "in_transit"]
    assert ends.here.outcome(sent.id).postings[0].quantity == -10
    told = ends.there.outcome(sent.id)
    assert [(p.location, p.quantity) for p in told.postings] == [(ends.transit, 10)]
    assert told.enrolment == ends.here.who.enrolment
    assert (ends.at(ends.here, ends.transit), ends.at(ends.there, ends.transit)) == (0, 10)
    assert ends.total() == 0


@promise(office=True)
def a_transfer_arrives_in_parts_and_closes_by_itself(floor: Floor) -> None:
    ends = _ends(floor)
    place = floor.name("B-01")
    ends.ask()
    for quantity in (4, 6):
        ends.dispatch(quantity)
    for quantity in (3, 5, 2):
        ends.arrive("accept", quantity, place)
        assert ends.total() == 0

    assert ends.states() == ["approved", "dispatching", "in_transit", "receiving", "closed"]
    assert (ends.at(ends.there, place), ends.at(ends.there, ends.transit)) == (10, 0)


@promise(office=True)
def undo_of_a_dispatch_and_of_an_acceptance_is_told_at_both_sites(floor: Floor) -> None:
    ends = _ends(floor)
    place = floor.name("B-01")
    ends.ask()
    sent = ends.dispatch(10)
    taken = ends.arrive("accept", 10, place)

    untaken = ends.there.do(ends.there.operation("reverse", original=taken.id))
    assert (ends.at(ends.there, place), ends.at(ends.there, ends.transit)) == (0, 10)
    unsent = ends.here.do(ends.here.operation("reverse", original=sent.id))

    assert [untaken.outcome, unsent.outcome] == ["posted", "posted"]
    assert ends.states()[-3:] == ["closed", "in_transit", "approved"]
    for station in (ends.here, ends.there):
        assert station.outcome(untaken.id).outcome == station.outcome(unsent.id).outcome
    assert (ends.at(ends.here, ends.shelf), ends.at(ends.there, ends.transit)) == (40, 0)
    assert ends.total() == 0


@promise(office=True)
def what_never_left_and_what_was_lost_ends_at_a_named_place(floor: Floor) -> None:
    ends = _ends(floor)
    found = floor.name("DOCK")
    ends.ask()
    ends.dispatch(10)
    ends.arrive("accept", 5, floor.name("B-01"), complete=True)
    assert _open(ends.there, ends.number) == {"transfer_short"}

    ends.arrive("short", 3, found)
    ends.arrive("short", 2, "scrap")

    assert ends.states()[-1] == "closed"
    assert (ends.at(ends.here, found), ends.at(ends.there, "scrap")) == (3, 2)
    assert ends.at(ends.there, ends.transit) == 0
    assert _open(ends.there, ends.number) == set()
    assert ends.total() == 0


@promise(office=True)
def the_missing_dispatch_closes_what_its_receiver_wondered_about(floor: Floor) -> None:
    ends = _ends(floor)
    ends.ask()
    ends.arrive("accept", 10, floor.name("B-01"))
    assert _open(ends.there, ends.number) == {"transfer_over"}

    ends.dispatch(10)

    assert _open(ends.there, ends.number) == set()
    assert ends.states()[-1] == "closed"


@promise(office=True)
def cancelling_a_dispatched_transfer_puts_its_goods_somewhere(floor: Floor) -> None:
    ends = _ends(floor)
    back = floor.name("A-09")
    ends.ask()
    ends.dispatch(10)

    def cancel(*lines: Line) -> tuple[str, str]:
        result = ends.here.do(ends.about(ends.here, "cancel", *lines, actor=ends.boss))
        return result.outcome, result.code

    assert cancel() == ("refused", "name_a_place")
    assert cancel(moved(ends.item, 10, ends.transit, "scrap")) == ("refused", "name_a_place")
    assert cancel(moved(ends.item, 10, ends.transit, back)) == ("posted", "")
    assert cancel() == ("refused", "already_closed")
    assert ends.states()[-1] == "cancelled"
    assert (ends.at(ends.here, back), ends.at(ends.there, ends.transit)) == (10, 0)
    assert ends.total() == 0


@promise(office=True)
def a_transfer_waits_for_who_may_decide(floor: Floor) -> None:
    ends = _ends(floor)

    asked = ends.ask(actor="p-anna")
    assert (asked.outcome, asked.code) == ("waiting", "needs_approval")
    body = bytes(ends.here.sent[-1].body)
    decide = ends.here.operation("decide", original=asked.id)
    decided = ends.here.do(
        msgspec.structs.replace(
            decide,
            actor=ends.boss,
            reason="approve",
            evidence={"content_hash": chain.content_hash(body)},
        )
    )

    assert decided.outcome == "posted"
    assert ends.states() == ["requested", "approved"]
    told = [row for row in ends.there.rows if isinstance(row, OutcomeRow) and row.id == asked.id]
    assert [row.outcome for row in told] == ["waiting", "posted"]


@promise(office=True)
def a_picture_of_either_site_has_the_transfer_and_its_tallies(floor: Floor) -> None:
    ends = _ends(floor)
    ends.ask()
    ends.dispatch(10)
    ends.arrive("accept", 4, floor.name("B-01"))
    ends.states()

    for station in (ends.here, ends.there):
        rows = picture(station).rows
        told = [row for row in station.rows if isinstance(row, DocumentRow)][-1]
        assert told in rows
        counted = {
            row.measure: row.quantity
            for row in rows
            if isinstance(row, TallyRow) and row.document == ends.number
        }
        assert counted == {"dispatched": 10, "accepted": 4}


@promise(office=True)
def two_sites_send_to_each_other_at_once_and_neither_waits_for_ever(floor: Floor) -> None:
    out = _ends(floor)
    back = Ends(out.there, out.here, out.boss, out.item, floor.name("TR"), floor.name("B-04"))
    for each in (out, back):
        assert each.ask(ROUNDS, at=out.here).outcome == "posted"
    barrier = Barrier(2)

    def work(sending: Ends, receiving: Ends, place: str) -> Sequence[str]:
        """One site: in turn a dispatch of its own transfer and an acceptance of the other's."""
        station, outcomes = sending.here, list[str]()
        barrier.wait(timeout=10)
        for _ in range(ROUNDS):
            leaves = moved(sending.item, 1, sending.shelf, sending.transit)
            comes = moved(sending.item, 1, receiving.transit, place)
            outcomes.append(station.do(sending.about(station, "dispatch", leaves)).outcome)
            accept = receiving.about(station, "accept", comes)
            outcomes.append(station.do(accept).outcome)
        return outcomes

    with ThreadPoolExecutor(2) as pool:
        tasks = [
            pool.submit(work, out, back, floor.name("A-07")),
            pool.submit(work, back, out, floor.name("B-07")),
        ]
        told = [task.result(timeout=120) for task in tasks]

    assert told == [["posted"] * 2 * ROUNDS] * 2
    assert (out.states()[-1], back.states()[-1]) == ("closed", "closed")
    assert out.total() == 0
