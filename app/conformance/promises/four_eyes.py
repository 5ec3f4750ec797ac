"""Four eyes at protocol 2: two persons, two signatures, one content; and what does not pass for it.

Attacks are those of the security design: each is refused with a code of its own.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from app.conformance.floor import Floor, GrantLimits, picture, stock
from app.conformance.probe import Probe, moved
from app.conformance.registry import promise
from app.contract import chain
from app.contract.messages import ExceptionRow, Operation, OutcomeRow, Result, WaitingRow
from app.domain.operation import StockKey
from app.domain.policy import Policy
from app.identity.userkey import UserKey

# Probes record at six in the morning of this day; grants are given in the ledger's own time.
_LATER = "2099-01-01T06:00:00.000Z"


@dataclass(slots=True)
class _Bench:
    """A station of protocol 2, a clerk and two supervisors with keys of their own."""

    floor: Floor
    station: Probe
    clerk: UserKey
    boss: UserKey
    other: UserKey
    item: str
    shelf: str

    def adjust(self, quantity: int = 5, key: UserKey | None = None) -> Operation:
        """Take so many off the shelf; not recorded yet."""
        line = moved(self.item, quantity, self.shelf, "adjustment")
        made = self.station.operation("adjust", line, name=self.floor.name("adjust"))
        return _by(made, (key or self.clerk).person, reason="miscounted")

    def ask(self, quantity: int = 5, key: UserKey | None = None) -> Operation:
        """An adjustment that waits, signed by who asks."""
        made = self.adjust(quantity, key)
        assert self.station.do(made, key or self.clerk).outcome == "waiting"
        return made

    def decide(self, original: Operation, key: UserKey, **changes: Any) -> Operation:
        """An approval of exactly this; not recorded yet."""
        self.station.pull()
        made = self.station.operation(
            "decide", original=original.id, name=self.floor.name("decide")
        )
        if "evidence" not in changes:
            changes["evidence"] = {"content_hash": _hash(self.station, original.id)}
        return _by(made, key.person, **{"reason": "approve", **changes})

    def say(self, original: Operation, key: UserKey, **changes: Any) -> tuple[str, str]:
        """Approve it, signed; what came of that."""
        return _said(self.station.do(self.decide(original, key, **changes), key))

    def left(self) -> int:
        """What the book has on the shelf."""
        return stock(self.station).get(StockKey(self.shelf, self.item), 0)


def _bench(floor: Floor) -> _Bench:
    clerk = floor.desk.put_person(floor.name("p-anna"), "clerk")
    boss, other = (
        floor.desk.put_person(floor.name(name), "supervisor") for name in ("p-sven", "p-sina")
    )
    floor.desk.set_policy(Policy())
    station = floor.desk.enrol(floor.name("PACK"), protocol=2)
    station.contract = 2
    bench = _Bench(floor, station, clerk, boss, other, floor.item(), floor.name("A-04"))
    fill = moved(bench.item, 40, "supplier", bench.shelf)
    station.do(station.operation("receive", fill))
    station.pull()
    return bench


def _by(operation: Operation, actor: str, **changes: Any) -> Operation:
    return msgspec.structs.replace(operation, actor=actor, **changes)


def _hash(station: Probe, id_: str) -> str:
    raw = next(bytes(one.body) for one in station.sent if one.id == id_)
    return chain.content_hash(raw)


def _said(result: Result) -> tuple[str, str]:
    return result.outcome, result.code


def _refused(code: str) -> tuple[str, str]:
    return "refused", code


def _exceptions(station: Probe, code: str) -> list[str]:
    station.pull()
    rows = [row for row in station.rows if isinstance(row, ExceptionRow) and row.code == code]
    return [row.state for row in rows]


@promise(office=True)
def what_one_person_asks_for_another_approves_each_with_a_signature(floor: Floor) -> None:
    bench = _bench(floor)
    wanted = bench.ask()

    said = bench.say(wanted, bench.boss)

    assert said == ("posted", "")
    assert bench.left() == 35


@promise(office=True)
def a_request_nobody_has_signed_is_refused(floor: Floor) -> None:
    bench = _bench(floor)
    signed = bench.adjust()
    stolen = bench.clerk.sign(chain.content_hash(msgspec.json.encode("another operation")))

    unsigned = bench.station.do(signed)
    foreign = bench.adjust()
    by_another = bench.station.do(foreign, _as(bench.boss, bench.clerk))
    third = bench.adjust()
    bench.station.record(third)
    bench.station.sent[-1] = msgspec.structs.replace(bench.station.sent[-1], signatures=(stolen,))
    of_another = bench.station.post(len(bench.station.sent))[0]

    assert _said(unsigned) == _refused("unsigned")
    assert _said(by_another) == _refused("bad_person_signature")
    assert _said(of_another) == _refused("bad_person_signature")


def _as(key: UserKey, whose: UserKey) -> UserKey:
    """A key that signs in somebody else's name."""
    return UserKey(whose.person, whose.version, key.seed)


@promise(office=True)
def a_decision_without_its_own_signature_does_not_count(floor: Floor) -> None:
    bench = _bench(floor)
    one, other = bench.ask(), bench.ask()

    stripped = bench.station.do(bench.decide(one, bench.boss))
    forged = bench.station.do(bench.decide(one, bench.boss), _as(bench.clerk, bench.boss))
    right = bench.decide(one, bench.boss)
    bench.station.record(bench.decide(other, bench.boss), bench.boss)
    moved_over = bench.station.sent[-1].signatures
    bench.station.sent.pop()
    bench.station.record(right)
    bench.station.sent[-1] = msgspec.structs.replace(bench.station.sent[-1], signatures=moved_over)
    of_another = bench.station.post(len(bench.station.sent))[0]

    assert _said(stripped) == _refused("unsigned")
    assert _said(forged) == _refused("bad_person_signature")
    assert _said(of_another) == _refused("bad_person_signature")
    assert bench.left() == 40


@promise(office=True)
def two_accounts_of_one_employee_are_one_person(floor: Floor) -> None:
    bench = _bench(floor)
    employee, desk = floor.name("E"), floor.desk
    first = desk.put_person(floor.name("p-kim"), "supervisor", employee=employee)
    second = desk.put_person(floor.name("p-kim-office"), "supervisor", employee=employee)
    wanted = bench.ask(key=first)

    said = [bench.say(wanted, key) for key in (first, second, bench.boss)]

    assert said == [_refused("same_person"), _refused("same_person"), ("posted", "")]


@promise(office=True)
def who_has_no_right_here_decides_nothing(floor: Floor) -> None:
    bench = _bench(floor)
    desk, there = floor.desk, floor.desk.neighbour().who.site
    admin = desk.put_person(floor.name("p-ada"), "admin")
    stranger = desk.put_person(floor.name("p-far"), "supervisor", site=there)
    nobody = UserKey(floor.name("p-nobody"), 1, bench.boss.seed)
    wanted = bench.ask()

    said = [bench.say(wanted, key) for key in (admin, stranger, nobody)]

    assert said == [
        _refused("not_permitted"),
        _refused("not_permitted"),
        _refused("unknown_person"),
    ]
    assert bench.left() == 40


@promise(office=True)
def a_signed_decision_is_about_one_content(floor: Floor) -> None:
    bench = _bench(floor)
    wanted, other = bench.ask(), bench.ask(6)
    swapped = {"content_hash": _hash(bench.station, other.id)}

    said = bench.say(wanted, bench.boss, evidence=swapped)

    assert said == _refused("content_differs")


@promise(office=True)
def who_was_given_their_rights_by_the_requester_does_not_decide(floor: Floor) -> None:
    bench = _bench(floor)
    made = floor.desk.put_person(floor.name("p-new"), "supervisor", by=bench.clerk.person)
    wanted = bench.ask()

    said = [
        bench.say(wanted, made, recorded_at=_LATER),
        bench.say(wanted, bench.boss, recorded_at=_LATER),
    ]

    assert said == [_refused("made_by_requester"), ("posted", "")]


@promise(office=True)
def a_decision_counts_once(floor: Floor) -> None:
    bench = _bench(floor)
    wanted = bench.ask()
    bench.say(wanted, bench.boss)
    place = len(bench.station.sent)

    again = bench.station.post(place)[0]
    fresh = bench.say(wanted, bench.other)

    assert (again.outcome, again.known) == ("posted", True)
    assert fresh == _refused("already_decided")
    assert bench.left() == 35


@promise(office=True)
def nobody_goes_back_to_requests_without_signatures(floor: Floor) -> None:
    bench = _bench(floor)
    wanted = bench.ask()
    old = {"contract_version": 1}

    adjusted = bench.station.do(_by(bench.adjust(), bench.clerk.person, **old))
    decided = bench.station.do(bench.decide(wanted, bench.boss, **old), bench.boss)

    assert _said(adjusted) == _refused("unsigned")
    assert _said(decided) == _refused("unsigned")


@promise(office=True)
def a_request_of_an_old_outbox_waits_and_is_not_approved_unsigned(floor: Floor) -> None:
    bench = _bench(floor)
    renewed = floor.desk.enrol(floor.name("PACK"), protocol=2)
    line = moved(bench.item, 5, bench.shelf, "adjustment")
    old = _by(renewed.operation("adjust", line), bench.clerk.person, reason="miscounted")
    assert renewed.do(old).outcome == "waiting"
    evidence = {"content_hash": _hash(renewed, old.id)}

    approved = bench.say(old, bench.boss, evidence=evidence)
    rejected = bench.say(old, bench.boss, reason="reject", evidence=evidence)

    assert approved == _refused("request_unsigned")
    assert rejected == ("posted", "")


@promise(office=True)
def what_is_decided_on_a_grant_holds_within_its_limits(floor: Floor) -> None:
    bench = _bench(floor)
    grant = floor.desk.put_grant(bench.boss.person, bench.station, GrantLimits(5, count=1))
    one, other, large = bench.ask(), bench.ask(), bench.ask(6)

    said = [
        bench.say(large, bench.boss, grant=grant),
        bench.say(one, bench.boss, grant=grant),
        bench.say(other, bench.boss, grant=grant),
    ]

    assert said == [
        _refused("over_grant_limit"),
        ("posted", ""),
        _refused("grant_used_up"),
    ]
    assert bench.left() == 35


@promise(office=True, stations=2)
def a_grant_that_is_not_for_this_decision_is_worth_nothing(floor: Floor) -> None:
    bench = _bench(floor)
    desk, boss = floor.desk, bench.boss
    elsewhere = desk.enrol(floor.name("PACK"), protocol=2)
    grants = {
        "unknown_grant": floor.name("g"),
        "grant_of_another_person": desk.put_grant(bench.other.person, bench.station, GrantLimits()),
        "grant_of_another_station": desk.put_grant(boss.person, elsewhere, GrantLimits()),
        "grant_of_another_site": desk.put_grant(boss.person, desk.neighbour(), GrantLimits()),
    }
    wanted = bench.ask()

    said = {code: bench.say(wanted, boss, grant=grant) for code, grant in grants.items()}
    without = {"content_hash": _hash(bench.station, wanted.id), "provisional": True}
    alone = bench.say(wanted, boss, evidence=without)
    late = desk.put_grant(boss.person, bench.station, GrantLimits(hours=-24 * 9))
    expired = bench.say(wanted, boss, grant=late, recorded_at=_LATER)

    assert said == {code: _refused(code) for code in grants}
    assert alone == _refused("grant_missing")
    assert expired == _refused("grant_expired")
    assert bench.left() == 40


@promise(office=True)
def what_is_decided_on_a_carried_grant_counts_and_is_listed_for_review(floor: Floor) -> None:
    bench = _bench(floor)
    limits = GrantLimits(quantity=10, hours=-30)
    grant = floor.desk.put_grant(bench.boss.person, bench.station, limits)
    half, over = bench.ask(5), bench.ask(6)

    said = [bench.say(one, bench.boss, grant=grant, recorded_at=_LATER) for one in (over, half)]

    assert said == [_refused("over_grant_limit"), ("posted", "")]
    assert _exceptions(bench.station, "decided_on_carried_grant") == ["open"]


@promise(office=True)
def a_decision_made_before_its_maker_was_revoked_counts(floor: Floor) -> None:
    bench = _bench(floor)
    wanted, other = bench.ask(), bench.ask()
    offline = bench.decide(wanted, bench.boss)

    floor.desk.revoke_person(bench.boss.person)
    before = bench.station.do(offline, bench.boss)
    floor.desk.set_policy(Policy(count_tolerance=1))
    bench.station.pull()
    after = bench.say(other, bench.boss)

    assert _said(before) == ("posted", "")
    assert after == _refused("bad_person_signature")
    assert _exceptions(bench.station, "signed_while_revoked") == ["open"]


@promise(office=True)
def a_position_of_a_lost_epoch_gives_nobody_their_rights_back(floor: Floor) -> None:
    bench = _bench(floor)
    wanted = bench.ask()
    offline = bench.decide(wanted, bench.boss)
    floor.desk.revoke_person(bench.boss.person)

    epoch = floor.desk.new_epoch()
    bench.station.epoch = epoch
    said = bench.station.do(offline, bench.boss)

    assert _said(said) == _refused("bad_person_signature")
    assert bench.left() == 40


@promise(office=True, stations=2)
def every_station_sees_what_waits_whole(floor: Floor) -> None:
    bench = _bench(floor)
    other = floor.station(1)

    wanted = bench.ask()

    told = [row for row in other.pull() if isinstance(row, WaitingRow) and row.id == wanted.id]
    assert [row.body.encode() for row in told] == [bytes(bench.station.sent[-1].body)]
    assert told[0].content_hash == _hash(bench.station, wanted.id)
    assert told[0].signatures == bench.station.sent[-1].signatures
    assert told[0].station == bench.station.who.station


@promise(office=True)
def a_fresh_station_sees_what_waits(floor: Floor) -> None:
    bench = _bench(floor)
    wanted = bench.ask()

    fresh = floor.desk.enrol(floor.name("PACK"), protocol=2)

    shown = [row for row in picture(fresh).rows if isinstance(row, WaitingRow)]
    in_feed = [row.id for row in fresh.pull() if isinstance(row, WaitingRow)]
    assert wanted.id in {row.id for row in shown} | set(in_feed)


@promise(office=True)
def a_refused_offline_decision_waits_again_and_is_disputed(floor: Floor) -> None:
    bench = _bench(floor)
    wanted = bench.ask()
    evidence = {"content_hash": _hash(bench.station, wanted.id), "provisional": True}

    said = bench.say(wanted, bench.boss, grant=floor.name("g"), evidence=evidence)

    bench.station.pull()
    told = [row for row in bench.station.rows if isinstance(row, OutcomeRow)]
    assert said == _refused("unknown_grant")
    assert [row.outcome for row in told if row.id == wanted.id] == ["waiting"]
    assert _exceptions(bench.station, "approval_disputed") == ["open"]
    assert bench.left() == 40
