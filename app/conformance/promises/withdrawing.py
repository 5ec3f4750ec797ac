"""A mistake taken back before anybody decided it: whatever it meets at the ledger, it ends."""

from dataclasses import replace

from app.conformance.floor import Floor
from app.conformance.registry import promise
from app.conformance.team import FREE, Team, by, last, said, team_of
from app.contract.messages import Operation, OutcomeRow
from app.domain.policy import Policy

_WITHDRAWN = ("refused", "withdrawn")


def _became(team: Team, *operations: Operation) -> list[tuple[str, str]]:
    rows = [last(team.station, one.id) for one in operations]
    return [(row.outcome, row.code) for row in rows]


@promise(office=True)
def taking_back_what_waits_withdraws_it(floor: Floor) -> None:
    team = team_of(floor)
    wanted = team.adjust(5)
    team.station.do(wanted)
    back = team.back(wanted)

    result = team.station.do(back)

    assert said(result) == ("posted", "withdrew")
    assert team.clerk in result.sentence
    assert _became(team, wanted, back) == [_WITHDRAWN, ("posted", "withdrew")]
    assert last(team.station, back.id).postings == ()
    later = (team.back(wanted), team.decide(wanted, team.boss))
    assert [said(team.station.do(one)) for one in later] == [
        ("refused", "already_reversed"),
        ("refused", "already_decided"),
    ]
    assert team.left() == 40


@promise(office=True)
def what_is_taken_back_before_the_ledger_heard_of_it_comes_in_one_batch(floor: Floor) -> None:
    team = team_of(floor)
    first = len(team.station.sent) + 1
    wanted = team.station.record(team.adjust(5))
    back = team.station.record(team.back(wanted))

    results = team.station.post(first)

    assert [said(one) for one in results] == [("waiting", "needs_approval"), ("posted", "withdrew")]
    assert _became(team, wanted, back) == [_WITHDRAWN, ("posted", "withdrew")]
    assert [said(one) for one in team.station.post(first)][1] == ("posted", "withdrew")
    assert team.left() == 40


@promise(office=True)
def only_who_asked_or_a_supervisor_takes_back_what_waits(floor: Floor) -> None:
    team = team_of(floor)
    mate = floor.name("p-ben")
    floor.desk.put_person(mate, "clerk")
    wanted, other = team.adjust(5), team.adjust(6)
    for one in (wanted, other):
        team.station.do(one)

    results = [
        team.station.do(team.back(wanted, mate)),
        team.station.do(team.back(other, team.boss)),
    ]

    assert [said(one) for one in results] == [("refused", "not_yours"), ("posted", "withdrew")]
    assert _became(team, wanted, other) == [("waiting", "needs_approval"), _WITHDRAWN]


@promise(office=True)
def what_was_decided_meanwhile_is_taken_back_as_far_as_it_counted(floor: Floor) -> None:
    team = team_of(floor)
    approved, rejected = team.adjust(5), team.adjust(6)
    for one, reason in ((approved, "approve"), (rejected, "reject")):
        team.station.do(one)
        team.station.do(team.decide(one, team.boss, reason))
    floor.desk.set_policy(Policy(adjust={"clerk": FREE}))

    results = [team.station.do(team.back(one)) for one in (approved, rejected)]

    assert [said(one) for one in results] == [("posted", ""), ("refused", "original_refused")]
    assert _became(team, approved, rejected) == [("posted", ""), ("refused", "rejected")]
    assert team.left() == 40


@promise(stations=2, office=True)
def a_reversal_that_comes_before_its_adjustment_meets_it_when_it_comes(floor: Floor) -> None:
    team, other = team_of(floor, replace(FREE, quantity=5)), floor.station(1)
    first = len(team.station.sent) + 1
    waits, posts = (team.station.record(team.adjust(n)) for n in (6, 5))
    backs = [team.back(one, team.clerk, other) for one in (waits, posts)]
    early = [other.do(one) for one in backs]

    results = team.station.post(first)

    assert [said(one) for one in early] == [("held", "unknown_original")] * 2
    assert [one.outcome for one in results] == ["waiting", "posted"]
    became = _became(team, waits, posts, *backs)
    assert became == [_WITHDRAWN, ("posted", ""), ("posted", "withdrew"), ("posted", "")]
    assert team.left() == 40


@promise(office=True)
def a_disputed_approval_is_over_when_its_adjustment_is_taken_back(floor: Floor) -> None:
    team = team_of(floor)
    first = len(team.station.sent) + 1
    wanted = team.station.record(team.adjust(5))
    team.station.record(by(team.decide(wanted, team.clerk), team.clerk, grant="g-1"))
    back = team.station.record(team.back(wanted))

    results = team.station.post(first)

    assert [one.outcome for one in results] == ["waiting", "refused", "posted"]
    assert _became(team, wanted, back) == [_WITHDRAWN, ("posted", "withdrew")]
    told = [row for row in team.station.rows if isinstance(row, OutcomeRow)]
    assert [row.id for row in told][-2:] == [back.id, wanted.id]
    assert team.left() == 40
