"""Policy and approvals: two persons where two are needed, and nothing is decided twice."""

from dataclasses import replace

import msgspec

from app.conformance.floor import Floor
from app.conformance.probe import moved
from app.conformance.registry import promise
from app.conformance.team import FREE, by, last, said, team_of
from app.contract import chain
from app.contract.messages import ExceptionRow, PolicyRow
from app.domain.policy import Policy


@promise(office=True)
def a_policy_is_told_in_the_feed(floor: Floor) -> None:
    station = floor.station()

    floor.desk.set_policy(Policy(count_tolerance=17))

    told = [row for row in station.pull() if isinstance(row, PolicyRow)]
    assert b'"count_tolerance":17' in bytes(told[-1].body)


@promise(office=True)
def an_adjustment_within_the_policy_is_posted_and_one_over_it_waits(floor: Floor) -> None:
    team = team_of(floor, replace(FREE, quantity=5))

    within, over = (team.station.do(team.adjust(quantity)) for quantity in (5, 6))

    assert [said(within), said(over)] == [("posted", ""), ("waiting", "over_quantity_limit")]
    assert team.left() == 35


@promise(office=True)
def many_small_adjustments_are_seen_as_one_large_one(floor: Floor) -> None:
    team = team_of(floor, replace(FREE, quantity=2, daily_quantity=10))
    first = len(team.station.sent) + 1
    for _ in range(20):
        team.station.record(team.adjust(2))

    results = team.station.post(first)

    assert [one.outcome for one in results] == ["posted"] * 5 + ["waiting"] * 15
    assert {one.code for one in results[5:]} == {"over_daily_quantity"}
    assert team.left() == 30


@promise(office=True)
def a_stranger_adjusts_nothing_alone(floor: Floor) -> None:
    team = team_of(floor, FREE)

    result = team.station.do(team.adjust(1, actor=floor.name("p-nobody")))

    assert said(result) == ("waiting", "unknown_actor")


@promise(office=True)
def an_approved_adjustment_keeps_its_id_and_its_place_in_its_chain(floor: Floor) -> None:
    team = team_of(floor)
    wanted = team.adjust(5)
    team.station.do(wanted)
    seq = len(team.station.sent)

    result = team.station.do(team.decide(wanted, team.boss))

    row = last(team.station, wanted.id)
    assert said(result) == ("posted", "")
    assert (row.outcome, row.enrolment, row.seq) == ("posted", team.station.who.enrolment, seq)
    assert team.left() == 35


@promise(office=True)
def nobody_decides_their_own_request(floor: Floor) -> None:
    team = team_of(floor)
    wanted = team.adjust(5, actor=team.boss)
    team.station.do(wanted)

    own = team.station.do(team.decide(wanted, team.boss))
    clerk = team.station.do(team.decide(wanted, team.clerk))
    other = team.station.do(team.decide(wanted, team.other))

    assert [said(one) for one in (own, clerk, other)] == [
        ("refused", "same_person"),
        ("refused", "not_permitted"),
        ("posted", ""),
    ]


@promise(office=True)
def a_decision_is_about_one_content(floor: Floor) -> None:
    team = team_of(floor)
    wanted = team.adjust(5)
    team.station.do(wanted)
    other = msgspec.structs.replace(
        team.decide(wanted, team.boss), evidence={"content_hash": "0" * 64}
    )

    result = team.station.do(other)

    assert said(result) == ("refused", "content_differs")
    assert last(team.station, wanted.id).outcome == "waiting"


@promise(office=True)
def what_is_decided_is_not_decided_again(floor: Floor) -> None:
    team = team_of(floor)
    wanted = team.adjust(5)
    team.station.do(wanted)
    first = len(team.station.sent) + 1
    team.station.record(team.decide(wanted, team.boss, "reject"))
    team.station.record(team.decide(wanted, team.other))

    results = team.station.post(first)

    assert [said(one) for one in results] == [("posted", ""), ("refused", "already_decided")]
    assert last(team.station, wanted.id).code == "rejected"
    assert team.left() == 40


@promise(office=True)
def a_request_and_its_decision_come_in_one_batch(floor: Floor) -> None:
    team = team_of(floor)
    first = len(team.station.sent) + 1
    wanted = team.station.record(team.adjust(5))
    team.station.record(team.decide(wanted, team.boss))

    results = team.station.post(first)

    assert [one.outcome for one in results] == ["waiting", "posted"]
    assert last(team.station, wanted.id).outcome == "posted"
    assert team.left() == 35


@promise(office=True)
def an_approval_that_comes_with_its_counter_entry_leaves_the_book_as_it_was(floor: Floor) -> None:
    team = team_of(floor, replace(FREE, quantity=5))
    free = {"clerk": replace(FREE, quantity=5), "supervisor": FREE}
    floor.desk.set_policy(Policy(adjust=free))
    first = len(team.station.sent) + 1
    asked = team.station.record(team.adjust(12))
    team.station.record(team.decide(asked, team.boss))
    back = team.station.operation("reverse", original=asked.id, name=floor.name("back"))
    team.station.record(by(back, team.boss))

    results = team.station.post(first)

    assert [result.outcome for result in results[1:]] == ["posted", "posted"]
    assert last(team.station, asked.id).outcome == "posted"
    assert team.left() == 40


@promise(office=True)
def a_withdrawn_request_is_refused_and_asked_anew(floor: Floor) -> None:
    team = team_of(floor)
    wanted = team.adjust(5)
    team.station.do(wanted)
    gone = team.station.operation("withdraw", original=wanted.id, name=floor.name("withdraw"))

    result = team.station.do(by(gone, team.clerk))

    assert said(result) == ("posted", "")
    assert last(team.station, wanted.id).code == "withdrawn"
    assert said(team.station.do(team.adjust(5))) == ("waiting", "needs_approval")


@promise(office=True)
def what_a_revoked_station_recorded_is_released_under_its_id(floor: Floor) -> None:
    team = team_of(floor)
    lost = floor.desk.enrol(floor.name("LOST"))
    floor.desk.revoke(lost.who.station)
    move = lost.operation("move", moved(team.item, 3, team.shelf, floor.name("B-11")))
    assert lost.do(move).code == "revoked"
    release = team.station.operation("decide", original=move.id, name=floor.name("release"))
    evidence = {"content_hash": chain.content_hash(bytes(lost.sent[-1].body))}

    result = team.station.do(by(release, team.boss, reason="approve", evidence=evidence))

    row = last(team.station, move.id)
    assert said(result) == ("posted", "")
    assert (row.outcome, row.enrolment) == ("posted", lost.who.enrolment)
    assert team.left() == 37


@promise(office=True)
def deciding_again_closes_a_disputed_approval(floor: Floor) -> None:
    team = team_of(floor)
    wanted = team.adjust(5)
    team.station.do(wanted)
    offline = msgspec.structs.replace(team.decide(wanted, team.clerk), grant="g-1")

    team.station.do(offline)
    team.station.do(team.decide(wanted, team.boss))

    team.station.pull()
    told = [row for row in team.station.rows if isinstance(row, ExceptionRow)]
    disputed = [row.state for row in told if row.code == "approval_disputed"]
    assert disputed == ["open", "closed"]
