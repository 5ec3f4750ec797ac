"""Policy and approvals: two persons where two are needed, and nothing is decided twice."""

from dataclasses import dataclass, replace
from typing import Any

import msgspec

from app.conformance.floor import Floor, stock
from app.conformance.probe import Probe, moved
from app.conformance.registry import promise
from app.contract import chain
from app.contract.messages import ExceptionRow, Operation, OutcomeRow, PolicyRow, Result
from app.domain.operation import StockKey
from app.domain.policy import AdjustLimit, Policy

_FREE = AdjustLimit(None, None, None, None, None)


@dataclass(slots=True)
class _Team:
    """A station, two supervisors and a clerk who puts goods somewhere."""

    floor: Floor
    station: Probe
    clerk: str
    boss: str
    other: str
    item: str
    shelf: str

    def adjust(self, quantity: int, actor: str = "") -> Operation:
        """Take so many off the shelf."""
        line = moved(self.item, quantity, self.shelf, "adjustment")
        made = self.station.operation("adjust", line, name=self.floor.name("adjust"))
        return _by(made, actor or self.clerk, reason="miscounted")

    def decide(self, original: Operation, actor: str, reason: str = "approve") -> Operation:
        """A decision about exactly this."""
        raw = next(bytes(one.body) for one in self.station.sent if one.id == original.id)
        made = self.station.operation(
            "decide", original=original.id, name=self.floor.name("decide")
        )
        evidence = {"content_hash": chain.content_hash(raw)}
        return _by(made, actor, reason=reason, evidence=evidence)

    def left(self) -> int:
        """What the book has on the shelf."""
        return stock(self.station).get(StockKey(self.shelf, self.item), 0)


def _by(operation: Operation, actor: str, **changes: Any) -> Operation:
    return msgspec.structs.replace(operation, actor=actor, **changes)


def _team(floor: Floor, limit: AdjustLimit | None = None) -> _Team:
    clerk, boss, other = (floor.name(name) for name in ("p-anna", "p-sven", "p-sina"))
    for person, role in ((clerk, "clerk"), (boss, "supervisor"), (other, "supervisor")):
        floor.desk.put_person(person, role)
    floor.desk.set_policy(Policy(adjust={"clerk": limit} if limit else {}))
    team = _Team(floor, floor.station(), clerk, boss, other, floor.item(), floor.name("A-04"))
    fill = moved(team.item, 40, "supplier", team.shelf)
    team.station.do(team.station.operation("receive", fill, name=floor.name("fill")))
    return team


def _said(result: Result) -> tuple[str, str]:
    return result.outcome, result.code


def _last(station: Probe, id_: str) -> OutcomeRow:
    station.pull()
    return [row for row in station.rows if isinstance(row, OutcomeRow) and row.id == id_][-1]


@promise(office=True)
def a_policy_is_told_in_the_feed(floor: Floor) -> None:
    station = floor.station()

    floor.desk.set_policy(Policy(count_tolerance=17))

    told = [row for row in station.pull() if isinstance(row, PolicyRow)]
    assert b'"count_tolerance":17' in bytes(told[-1].body)


@promise(office=True)
def an_adjustment_within_the_policy_is_posted_and_one_over_it_waits(floor: Floor) -> None:
    team = _team(floor, replace(_FREE, quantity=5))

    within, over = (team.station.do(team.adjust(quantity)) for quantity in (5, 6))

    assert [_said(within), _said(over)] == [("posted", ""), ("waiting", "over_quantity_limit")]
    assert team.left() == 35


@promise(office=True)
def many_small_adjustments_are_seen_as_one_large_one(floor: Floor) -> None:
    team = _team(floor, replace(_FREE, quantity=2, daily_quantity=10))
    first = len(team.station.sent) + 1
    for _ in range(20):
        team.station.record(team.adjust(2))

    results = team.station.post(first)

    assert [one.outcome for one in results] == ["posted"] * 5 + ["waiting"] * 15
    assert {one.code for one in results[5:]} == {"over_daily_quantity"}
    assert team.left() == 30


@promise(office=True)
def a_stranger_adjusts_nothing_alone(floor: Floor) -> None:
    team = _team(floor, _FREE)

    result = team.station.do(team.adjust(1, actor=floor.name("p-nobody")))

    assert _said(result) == ("waiting", "unknown_actor")


@promise(office=True)
def an_approved_adjustment_keeps_its_id_and_its_place_in_its_chain(floor: Floor) -> None:
    team = _team(floor)
    wanted = team.adjust(5)
    team.station.do(wanted)
    seq = len(team.station.sent)

    result = team.station.do(team.decide(wanted, team.boss))

    row = _last(team.station, wanted.id)
    assert _said(result) == ("posted", "")
    assert (row.outcome, row.enrolment, row.seq) == ("posted", team.station.who.enrolment, seq)
    assert team.left() == 35


@promise(office=True)
def nobody_decides_their_own_request(floor: Floor) -> None:
    team = _team(floor)
    wanted = team.adjust(5, actor=team.boss)
    team.station.do(wanted)

    own = team.station.do(team.decide(wanted, team.boss))
    clerk = team.station.do(team.decide(wanted, team.clerk))
    other = team.station.do(team.decide(wanted, team.other))

    assert [_said(one) for one in (own, clerk, other)] == [
        ("refused", "same_person"),
        ("refused", "not_permitted"),
        ("posted", ""),
    ]


@promise(office=True)
def a_decision_is_about_one_content(floor: Floor) -> None:
    team = _team(floor)
    wanted = team.adjust(5)
    team.station.do(wanted)
    other = msgspec.structs.replace(
        team.decide(wanted, team.boss), evidence={"content_hash": "0" * 64}
    )

    result = team.station.do(other)

    assert _said(result) == ("refused", "content_differs")
    assert _last(team.station, wanted.id).outcome == "waiting"


@promise(office=True)
def what_is_decided_is_not_decided_again(floor: Floor) -> None:
    team = _team(floor)
    wanted = team.adjust(5)
    team.station.do(wanted)
    first = len(team.station.sent) + 1
    team.station.record(team.decide(wanted, team.boss, "reject"))
    team.station.record(team.decide(wanted, team.other))

    results = team.station.post(first)

    assert [_said(one) for one in results] == [("posted", ""), ("refused", "already_decided")]
    assert _last(team.station, wanted.id).code == "rejected"
    assert team.left() == 40


@promise(office=True)
def a_request_and_its_decision_come_in_one_batch(floor: Floor) -> None:
    team = _team(floor)
    first = len(team.station.sent) + 1
    wanted = team.station.record(team.adjust(5))
    team.station.record(team.decide(wanted, team.boss))

    results = team.station.post(first)

    assert [one.outcome for one in results] == ["waiting", "posted"]
    assert _last(team.station, wanted.id).outcome == "posted"
    assert team.left() == 35


@promise(office=True)
def an_approval_that_comes_with_its_counter_entry_leaves_the_book_as_it_was(floor: Floor) -> None:
    team = _team(floor, replace(_FREE, quantity=5))
    free = {"clerk": replace(_FREE, quantity=5), "supervisor": _FREE}
    floor.desk.set_policy(Policy(adjust=free))
    first = len(team.station.sent) + 1
    asked = team.station.record(team.adjust(12))
    team.station.record(team.decide(asked, team.boss))
    back = team.station.operation("reverse", original=asked.id, name=floor.name("back"))
    team.station.record(_by(back, team.boss))

    results = team.station.post(first)

    assert [result.outcome for result in results[1:]] == ["posted", "posted"]
    assert _last(team.station, asked.id).outcome == "posted"
    assert team.left() == 40


@promise(office=True)
def a_withdrawn_request_is_refused_and_asked_anew(floor: Floor) -> None:
    team = _team(floor)
    wanted = team.adjust(5)
    team.station.do(wanted)
    gone = team.station.operation("withdraw", original=wanted.id, name=floor.name("withdraw"))

    result = team.station.do(_by(gone, team.clerk))

    assert _said(result) == ("posted", "")
    assert _last(team.station, wanted.id).code == "withdrawn"
    assert _said(team.station.do(team.adjust(5))) == ("waiting", "needs_approval")


@promise(office=True)
def what_a_revoked_station_recorded_is_released_under_its_id(floor: Floor) -> None:
    team = _team(floor)
    lost = floor.desk.enrol(floor.name("LOST"))
    floor.desk.revoke(lost.who.station)
    move = lost.operation("move", moved(team.item, 3, team.shelf, floor.name("B-11")))
    assert lost.do(move).code == "revoked"
    release = team.station.operation("decide", original=move.id, name=floor.name("release"))
    evidence = {"content_hash": chain.content_hash(bytes(lost.sent[-1].body))}

    result = team.station.do(_by(release, team.boss, reason="approve", evidence=evidence))

    row = _last(team.station, move.id)
    assert _said(result) == ("posted", "")
    assert (row.outcome, row.enrolment) == ("posted", lost.who.enrolment)
    assert team.left() == 37


@promise(office=True)
def deciding_again_closes_a_disputed_approval(floor: Floor) -> None:
    team = _team(floor)
    wanted = team.adjust(5)
    team.station.do(wanted)
    offline = msgspec.structs.replace(team.decide(wanted, team.clerk), grant="g-1")

    team.station.do(offline)
    team.station.do(team.decide(wanted, team.boss))

    team.station.pull()
    told = [row for row in team.station.rows if isinstance(row, ExceptionRow)]
    disputed = [row.state for row in told if row.code == "approval_disputed"]
    assert disputed == ["open", "closed"]
