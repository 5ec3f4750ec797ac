"""Decisions: two persons, one content hash, a permission of the moment, never twice."""

from typing import Any

import pytest
import sqlalchemy as sa

from app.conformance.floor import stock
from app.conformance.probe import Probe, moved
from app.contract import chain
from app.contract.messages import ExceptionRow, Operation, OutcomeRow, Result
from app.domain.operation import StockKey
from app.domain.policy import ApproveLimit, Policy
from app.ledger.service import LedgerService
from app.ledger.tables import operation
from tests.ledger.conftest import MUG, enrolled
from tests.ledger.rights import about, adjust, agree, by, hire, person, price

SHELF = StockKey("A-04-2", MUG.sku)


@pytest.fixture
def station(either: LedgerService) -> Probe:
    hire(either)
    return enrolled(either, "PACK-01")


def _hash(station: Probe, original: str) -> str:
    raw = next(bytes(sent.body) for sent in station.sent if sent.id == original)
    return chain.content_hash(raw)


def decide(
    station: Probe, original: str, actor: str = "p-sven", reason: str = "approve", **changes: Any
) -> Operation:
    evidence = {"content_hash": _hash(station, original), **changes.pop("evidence", {})}
    return about(station, "decide", original, actor, reason=reason, evidence=evidence, **changes)


def asked(station: Probe, quantity: int = -5, actor: str = "p-anna") -> str:
    """An adjustment that waits."""
    wanted = adjust(station, quantity, actor=actor)
    assert station.do(wanted).outcome == "waiting"
    return wanted.id


def _last(station: Probe, id_: str) -> OutcomeRow:
    station.pull()
    rows = [row for row in station.rows if isinstance(row, OutcomeRow) and row.id == id_]
    return rows[-1]


def _open(station: Probe, code: str) -> list[str]:
    station.pull()
    rows = {row.exception: row for row in station.rows if isinstance(row, ExceptionRow)}
    return [row.sentence for row in rows.values() if row.code == code and row.state != "closed"]


def _said(result: Result) -> tuple[str, str]:
    return result.outcome, result.code


def test_an_approved_adjustment_is_posted_under_its_own_id(station: Probe) -> None:
    original = asked(station)

    result = station.do(decide(station, original))

    assert _said(result) == ("posted", "")
    row = _last(station, original)
    assert (row.outcome, row.enrolment, row.seq) == ("posted", station.who.enrolment, 1)
    assert stock(station)[SHELF] == 35
    assert _said(station.post(1, 1)[0]) == ("posted", "")


def test_a_rejected_one_is_refused_with_the_reason(station: Probe) -> None:
    original = asked(station)

    station.do(decide(station, original, reason="reject", evidence={"note": "Look behind A-05."}))

    row = _last(station, original)
    assert (row.outcome, row.code) == ("refused", "rejected")
    assert row.sentence == "Rejected by p-sven. Look behind A-05."
    assert stock(station)[SHELF] == 40


def test_an_adjustment_and_its_decision_recorded_offline_come_in_one_batch(station: Probe) -> None:
    wanted = station.record(adjust(station, -5))
    station.record(decide(station, wanted.id))

    results = station.post()

    assert [_said(one) for one in results] == [("waiting", "needs_approval"), ("posted", "")]
    assert _last(station, wanted.id).outcome == "posted"
    assert stock(station)[SHELF] == 35


def test_approving_after_stock_moved_posts_the_difference_and_says_so(station: Probe) -> None:
    original = asked(station)
    station.do(station.operation("move", moved(MUG.sku, 8, "A-04-2", "B-11-1")))

    result = station.do(decide(station, original))

    assert stock(station)[SHELF] == 27
    assert "40 when it was asked for, 32 before this, 27 after" in result.sentence
    assert result.sentence.removeprefix("Approved.") in _last(station, original).sentence


def test_approving_what_is_not_there_any_more_posts_and_opens_an_exception(station: Probe) -> None:
    original = asked(station)
    station.do(station.operation("move", moved(MUG.sku, 38, "A-04-2", "B-11-1")))

    assert station.do(decide(station, original)).outcome == "posted"

    assert stock(station)[SHELF] == -3
    assert len(_open(station, "negative_balance")) == 1


@pytest.mark.parametrize(
    ("actor", "changes", "code"),
    [
        ("p-anna", {}, "same_person"),
        ("p-ben", {}, "not_permitted"),
        ("p-ada", {}, "not_permitted"),
        ("p-otto", {}, "not_permitted"),
        ("p-nobody", {}, "not_permitted"),
        ("p-gone", {}, "not_permitted"),
        ("p-far", {}, "not_permitted"),
        ("p-anna2", {}, "same_person"),
        ("p-sven", {"evidence": {"content_hash": "0" * 64}}, "content_differs"),
        ("p-sven", {"reason": "yes"}, "bad_decision"),
        ("p-sven", {"reference": None}, "nothing_named"),
        ("p-mia", {}, "over_your_limit"),
    ],
)
def test_an_attack_is_refused_and_the_request_waits_on(
    either: LedgerService, station: Probe, actor: str, changes: dict[str, Any], code: str
) -> None:
    hire(
        either,
        person("p-anna", "clerk", badge="b7"),
        person("p-anna2", "supervisor", badge="b7"),
        person("p-gone", "supervisor", active=False),
        person("p-far", "supervisor", site="BER"),
    )
    agree(either, Policy(approve={"site_manager": ApproveLimit(quantity=4)}))
    original = asked(station)

    result = station.do(by(decide(station, original), actor, **{"role": "supervisor", **changes}))

    assert _said(result) == ("refused", code)
    assert _last(station, original).outcome == "waiting"
    assert stock(station)[SHELF] == 40
    assert _said(station.do(decide(station, original))) == ("posted", "")


def test_an_approver_is_limited_by_value(either: LedgerService, station: Probe) -> None:
    agree(either, Policy(approve={"supervisor": ApproveLimit(value=2_499)}))
    original = asked(station)

    unknown = station.do(decide(station, original))
    price(either, 500)
    over = station.do(decide(station, original, "p-sina"))

    assert [unknown.code, over.code] == ["over_your_limit"] * 2
    assert "nobody has said what" in unknown.sentence
    assert "worth 2500" in over.sentence


def test_the_same_thing_is_decided_once(station: Probe) -> None:
    original = asked(station)
    station.record(decide(station, original))
    station.record(decide(station, original, "p-sina", "reject"))

    first, second = station.post(2)
    third = station.do(decide(station, original, "p-mia"))

    assert [_said(one) for one in (first, second, third)] == [
        ("posted", ""),
        ("refused", "already_decided"),
        ("refused", "already_decided"),
    ]
    assert "posted already" in third.sentence
    assert stock(station)[SHELF] == 35


def test_what_never_waited_has_nothing_to_decide(station: Probe) -> None:
    move = station.operation("move", moved(MUG.sku, 1, "A-04-2", "B-11-1"))
    station.do(move)

    assert _said(station.do(decide(station, move.id))) == ("refused", "already_decided")


def test_a_decision_before_its_original_is_held(station: Probe) -> None:
    early = about(station, "decide", station.new_id("later"), "p-sven", reason="approve")

    assert _said(station.do(early)) == ("held", "unknown_original")


def test_a_decision_names_one_content_of_a_conflicting_id(station: Probe) -> None:
    original = asked(station)
    other = by(adjust(station, -6), "p-anna", id=original)
    assert station.do(other).outcome == "conflict"
    foreign = decide(station, original, evidence={"content_hash": _hash_of(station, -1)})

    assert _said(station.do(foreign)) == ("refused", "content_differs")
    assert _said(station.do(decide(station, original))) == ("posted", "")
    assert stock(station)[SHELF] == 35


def _hash_of(station: Probe, place: int) -> str:
    return chain.content_hash(bytes(station.sent[place].body))


def test_a_request_is_withdrawn_by_who_asked_or_by_a_supervisor(station: Probe) -> None:
    one, two = asked(station), asked(station)

    results = [
        station.do(about(station, "withdraw", one, actor)) for actor in ("p-ben", "p-anna")
    ] + [station.do(about(station, "withdraw", two, "p-sven"))]

    assert [_said(one) for one in results] == [
        ("refused", "not_yours"),
        ("posted", ""),
        ("posted", ""),
    ]
    assert (_last(station, one).outcome, _last(station, one).code) == ("refused", "withdrawn")
    assert _said(station.do(decide(station, one))) == ("refused", "already_decided")
    again = asked(station)
    assert _said(station.do(decide(station, again))) == ("posted", "")


def test_a_waiting_reversal_is_approved_like_its_original(station: Probe) -> None:
    original = asked(station)
    station.do(decide(station, original))
    back = about(station, "reverse", original, "p-anna")
    other = about(station, "reverse", original, "p-ben", id=station.new_id("other"))

    assert station.do(back).outcome == "waiting"
    assert station.do(other).outcome == "waiting"
    assert station.do(decide(station, back.id)).outcome == "posted"
    second = station.do(decide(station, other.id))

    assert stock(station)[SHELF] == 40
    assert _last(station, other.id).code == "already_reversed"
    assert "refused" in second.sentence


def test_a_revoked_station_is_released_record_by_record(
    either: LedgerService, station: Probe
) -> None:
    desk = enrolled(either, "DESK")
    either.identity.revoke("HAM", "PACK-01")
    move = station.record(station.operation("move", moved(MUG.sku, 3, "A-04-2", "B-11-1")))
    back = station.record(station.operation("reverse", original=move.id))
    wanted = station.record(adjust(station, -5))
    assert {one.code for one in station.post()} == {"revoked"}

    def release(original: str, actor: str = "p-sven", reason: str = "approve") -> Result:
        evidence = {"content_hash": _hash(station, original)}
        return desk.do(about(desk, "decide", original, actor, reason=reason, evidence=evidence))

    early = release(back.id)
    controller = release(move.id, "p-cora")
    rejected = release(move.id, "p-sven", "reject")
    done = [release(one.id) for one in (move, back, wanted)]

    assert _said(early) == ("refused", "still_held")
    assert _said(controller) == ("refused", "not_permitted")
    assert _said(rejected) == ("refused", "fact_not_refused")
    assert [_said(one) for one in done] == [("posted", "")] * 3
    assert _last(desk, move.id).outcome == "posted"
    assert _last(desk, back.id).outcome == "posted"
    assert (_last(desk, wanted.id).outcome, _last(desk, wanted.id).code) == (
        "waiting",
        "needs_approval",
    )
    assert _said(release(wanted.id)) == ("posted", "")
    assert stock(desk)[SHELF] == 35


def test_what_nobody_can_read_stays_held(station: Probe) -> None:
    odd = station.new_id("odd")
    station.record_bytes(odd, b'["not","an","operation"]')
    station.post(1)

    released = station.do(decide(station, odd))
    rejected = station.do(decide(station, odd, reason="reject"))

    assert [_said(released), _said(rejected)] == [
        ("refused", "still_held"),
        ("refused", "fact_not_refused"),
    ]
    assert _last(station, odd).outcome == "held"


def test_deciding_again_closes_a_disputed_approval(station: Probe) -> None:
    original = asked(station)
    station.do(decide(station, original, "p-ben", grant="g-1"))
    assert len(_open(station, "approval_disputed")) == 1

    station.do(decide(station, original))

    assert _open(station, "approval_disputed") == []


def test_two_who_agree_without_a_link_dispute_nothing(station: Probe) -> None:
    original = asked(station)
    station.do(decide(station, original, grant="g-1"))
    station.do(decide(station, original, "p-sina", grant="g-2"))
    assert _open(station, "approval_disputed") == []

    station.do(decide(station, original, "p-mia", "reject", grant="g-3"))

    assert len(_open(station, "approval_disputed")) == 1


def test_only_the_outcome_of_an_operation_is_settled(either: LedgerService, station: Probe) -> None:
    original = asked(station)
    before = _row(either, original)

    station.do(decide(station, original))

    after = _row(either, original)
    settled = {"outcome", "code", "sentence", "feed_seq"}
    assert {name for name in before if before[name] != after[name]} == settled


def _row(service: LedgerService, id_: str) -> dict[str, Any]:
    with service.database.read() as connection:
        found = connection.execute(sa.select(operation).where(operation.c.id == id_)).one()
    return dict(found._mapping)


@pytest.mark.parametrize(
    ("actor", "reason", "then", "left"),
    [
        ("p-sven", "approve", "posted", 35),
        ("p-sven", "reject", "refused", 40),
        ("p-ben", "approve", "waiting", 40),
    ],
)
def test_a_decision_that_came_first_is_taken_up_when_its_original_comes(
    either: LedgerService, station: Probe, actor: str, reason: str, then: str, left: int
) -> None:
    desk = enrolled(either, "DESK")
    wanted = station.record(adjust(station, -5))
    evidence = {"content_hash": _hash(station, wanted.id)}
    early = about(desk, "decide", wanted.id, actor, reason=reason, evidence=evidence)
    assert desk.do(early).code == "unknown_original"

    station.post()

    assert _last(station, wanted.id).outcome == then
    assert _last(station, early.id).outcome == ("refused" if actor == "p-ben" else "posted")
    assert stock(station)[SHELF] == left
    again = station.do(decide(station, wanted.id, "p-sina"))
    assert again.code == ("already_decided" if then != "waiting" else "")


def test_a_held_decision_is_released_with_what_it_decides(
    either: LedgerService, station: Probe
) -> None:
    original = asked(station)
    lost = enrolled(either, "LOST")
    either.identity.revoke("HAM", "LOST")
    evidence = {"content_hash": _hash(station, original)}
    told = about(lost, "decide", original, "p-sven", reason="approve", evidence=evidence)
    assert lost.do(told).code == "revoked"

    release = about(
        station, "decide", told.id, "p-mia", reason="approve",
        evidence={"content_hash": _hash(lost, told.id)},
    )  # fmt: skip

    assert _said(station.do(release)) == ("posted", "")
    assert [_last(station, id_).outcome for id_ in (told.id, original)] == ["posted", "posted"]
    assert stock(station)[SHELF] == 35
