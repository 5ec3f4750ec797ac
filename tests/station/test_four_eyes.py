"""Adjusting and approving at the bench: two persons, online and offline, and what is undone."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.contract import chain
from app.contract.codec import canonical
from app.contract.messages import (
    Grant,
    Line,
    Operation,
    OutcomeRow,
    PolicyRow,
    PostedLine,
    Signed,
    WaitingRow,
    operation_body,
)
from app.domain.policy import AdjustLimit, Policy
from app.identity.userkey import verified
from app.station.inbox import Intent, LinkChanged, LinkState
from app.station.screen import Tone
from tests.support.bench import MUG, TestBench
from tests.support.people import BADGE, BOSS_BADGE, OTHER_BADGE, PINS, credential

MUG_CODE = "2900000000018"


def policy_row(limit: int = 5) -> PolicyRow:
    """Clerks adjust five units alone."""
    policy = Policy(adjust={"clerk": AdjustLimit(limit, None, None, None, None)})
    return PolicyRow(version=limit, body=msgspec.Raw(msgspec.json.encode(policy)))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    made.feed(policy_row())
    made.station.handle([LinkChanged(LinkState.ONLINE, "2026-11-23T07:00:00Z")])
    made.sign_in()
    yield made
    made.book.close()


def offline(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:00:00Z")])


def adjust(bench: TestBench, counted: str, reason: str = "miscounted") -> None:
    """The whole way, by scanner and keyboard."""
    bench.scan("CMD:ADJUST")
    bench.scan(MUG_CODE)
    bench.scan("LOC:A-04-2")
    bench.do(Intent.CODE, counted)
    bench.do(Intent.REASON, reason)
    bench.do(Intent.MAIN)


def prove(bench: TestBench, badge: str) -> None:
    """Badge and PIN over the open task."""
    bench.scan(badge)
    bench.enter_pin(PINS[badge])


def operations(bench: TestBench) -> list[tuple[Operation, tuple[Signed, ...]]]:
    with bench.book.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT body, signatures FROM operation ORDER BY n")
        return [
            (
                operation_body.decode(body),
                msgspec.json.decode(raw, type=tuple[Signed, ...]) if raw else (),
            )
            for body, raw in rows
        ]


def last(bench: TestBench, kind: str) -> tuple[Operation, tuple[Signed, ...]]:
    return next(found for found in reversed(operations(bench)) if found[0].kind == kind)


def is_signed_by(bench: TestBench, kind: str, badge: str) -> bool:
    body, signatures = last(bench, kind)
    with bench.book.reader.connect() as connection:
        content = connection.exec_driver_sql(
            "SELECT content_hash FROM operation WHERE id = ?", (body.id,)
        ).scalar_one()
    row = credential(badge)
    return [
        one.person == row.person
        and verified(
            row.public_key, one.signature, chain.person_bytes(one.person, one.version, content)
        )
        for one in signatures
    ] == [True]


def outcome(
    bench: TestBench, kind: str, what: str, code: str = "", **changes: object
) -> OutcomeRow:
    """What the ledger says of the latest own operation of a kind."""
    body, _ = last(bench, kind)
    with bench.book.reader.connect() as connection:
        seq = connection.exec_driver_sql(
            "SELECT seq FROM operation WHERE id = ?", (body.id,)
        ).scalar_one()
    row = OutcomeRow(
        id=body.id, kind=kind, outcome=what, enrolment="enr-1", seq=seq, code=code, sentence="…"
    )
    return msgspec.structs.replace(row, **changes)


def mugs(bench: TestBench) -> int:
    return bench.stock("A-04-2")[MUG.sku]


def grant_to_boss(bench: TestBench, quantity: int = 20) -> Grant:
    """A grant that holds at this bench for a day."""
    made = Grant(
        id="grant-1",
        person="p-adeyemi",
        site="HAM",
        enrolment="enr-1",
        max_quantity=quantity,
        max_value=-1,
        max_count=3,
        issued_at="2026-11-20T06:00:00.000Z",
        expires_at="2099-11-24T06:00:00.000Z",
        signature="",
    )
    with bench.store.begin() as work:
        work.add_grant(made)
        work.commit()
    return made


def test_an_adjustment_within_the_limit_is_signed_and_holds_at_once(bench: TestBench) -> None:
    adjust(bench, "37")

    body, _ = last(bench, "adjust")
    assert bench.title == "adjust.recorded"
    assert mugs(bench) == 37
    assert (body.reason, body.evidence["after"]) == ("miscounted", 37)
    assert is_signed_by(bench, "adjust", BADGE)


def test_what_needs_another_person_is_told_before_it_is_sent(bench: TestBench) -> None:
    bench.scan("CMD:ADJUST")
    bench.scan(MUG_CODE)
    bench.scan("LOC:A-04-2")
    bench.do(Intent.CODE, "-12")
    bench.scan("CMD:REASON-damaged")

    case = bench.screen.case
    assert bench.title == "adjust.confirm_waits"
    assert case is not None
    assert case.waits
    assert case.limit is not None
    assert case.limit.code == "waits.over_quantity_limit"
    assert [(row.before, row.after) for row in case.figures] == [(40, 28)]
    assert "adjust" not in bench.kinds()


def test_what_waits_has_no_effect_here(bench: TestBench) -> None:
    adjust(bench, "28")

    assert bench.title == "adjust.waits_now"
    assert mugs(bench) == 40
    bench.scan("CMD:APPROVALS")
    assert [row.change for row in bench.screen.waiting] == [-12]
    assert bench.screen.waiting[0].mine


def test_another_person_approves_at_the_same_bench(bench: TestBench) -> None:
    adjust(bench, "28")
    bench.scan("CMD:APPROVALS")

    bench.do(Intent.MAIN)
    prove(bench, BOSS_BADGE)

    body, _ = last(bench, "decide")
    assert bench.title == "approvals.approved"
    assert (body.actor, body.role, body.reason) == ("p-adeyemi", "supervisor", "approve")
    assert body.reference is not None
    assert body.reference.original == last(bench, "adjust")[0].id
    assert is_signed_by(bench, "decide", BOSS_BADGE)
    assert mugs(bench) == 40, "with a link the ledger says when it holds"


def test_nobody_approves_their_own_request(bench: TestBench) -> None:
    bench.scan("CMD:SIGN-OUT")
    bench.sign_in(BOSS_BADGE)
    adjust(bench, "28")
    bench.scan("CMD:APPROVALS")

    bench.do(Intent.MAIN)
    prove(bench, BOSS_BADGE)

    assert bench.title == "judged.same_person"
    assert bench.screen.prompt.tone is Tone.WARN
    assert "decide" not in bench.kinds()


def test_who_may_not_decide_does_not(bench: TestBench) -> None:
    adjust(bench, "28")
    bench.scan("CMD:APPROVALS")

    bench.do(Intent.MAIN)
    bench.scan(OTHER_BADGE)

    assert bench.screen.prompt.tone is Tone.ERROR
    assert "decide" not in bench.kinds()


def test_a_rejection_says_why(bench: TestBench) -> None:
    adjust(bench, "28")
    bench.scan("CMD:APPROVALS")

    bench.do(Intent.REJECT)
    bench.do(Intent.REJECT, "count_again")
    prove(bench, BOSS_BADGE)

    body, _ = last(bench, "decide")
    assert (body.reason, body.evidence["note"]) == ("reject", "count_again")
    assert bench.title == "approvals.rejected"


def test_the_person_who_asked_takes_it_back(bench: TestBench) -> None:
    adjust(bench, "28")
    bench.scan("CMD:APPROVALS")

    bench.scan("CMD:WITHDRAW")

    body, _ = last(bench, "withdraw")
    assert body.actor == "p-novak"
    assert is_signed_by(bench, "withdraw", BADGE)
    assert bench.title == "approvals.withdrawn"
    assert [row.decided for row in bench.screen.waiting] == [True]


def test_without_a_link_and_a_grant_nothing_is_decided(bench: TestBench) -> None:
    offline(bench)
    adjust(bench, "28")
    bench.scan("CMD:APPROVALS")

    bench.do(Intent.MAIN)
    prove(bench, BOSS_BADGE)

    assert bench.title == "judged.grant_missing"
    assert "decide" not in bench.kinds()


def test_a_decision_on_a_grant_holds_here_at_once(bench: TestBench) -> None:
    grant_to_boss(bench)
    offline(bench)
    adjust(bench, "28")
    bench.scan("CMD:APPROVALS")

    bench.do(Intent.MAIN)
    prove(bench, BOSS_BADGE)

    body, _ = last(bench, "decide")
    assert bench.title == "approvals.approved_here"
    assert (body.grant, body.evidence["provisional"]) == ("grant-1", True)
    assert mugs(bench) == 28
    assert bench.screen.waiting[0].decided


def test_more_than_the_grant_allows_waits_for_the_link(bench: TestBench) -> None:
    grant_to_boss(bench, quantity=10)
    offline(bench)
    adjust(bench, "28")
    bench.scan("CMD:APPROVALS")

    bench.do(Intent.MAIN)
    prove(bench, BOSS_BADGE)

    assert bench.title == "judged.over_grant_limit"
    assert mugs(bench) == 40


def _decided_offline(bench: TestBench) -> None:
    grant_to_boss(bench)
    offline(bench)
    adjust(bench, "28")
    bench.scan("CMD:APPROVALS")
    bench.do(Intent.MAIN)
    prove(bench, BOSS_BADGE)
    assert mugs(bench) == 28


def test_what_the_ledger_confirms_is_counted_once(bench: TestBench) -> None:
    _decided_offline(bench)
    out, into = PostedLine("A-04-2", MUG.sku, -12), PostedLine("adjustment", MUG.sku, 12)

    bench.feed(
        outcome(bench, "adjust", "waiting", "over_quantity_limit"),
        outcome(bench, "decide", "posted"),
        outcome(bench, "adjust", "posted", postings=(out, into)),
    )

    assert mugs(bench) == 28
    assert bench.screen.waiting == ()


def test_what_the_ledger_refuses_is_undone_and_waits_again_in_one_transaction(
    bench: TestBench,
) -> None:
    _decided_offline(bench)

    bench.feed(
        outcome(bench, "adjust", "waiting", "over_quantity_limit"),
        outcome(bench, "decide", "refused", "made_by_requester"),
    )

    assert mugs(bench) == 40
    assert [row.decided for row in bench.screen.waiting] == [False]
    with bench.store.begin() as work:
        assert work.outbox_state().need_you == 1


def test_a_crash_keeps_what_was_decided_here(bench: TestBench) -> None:
    _decided_offline(bench)

    again = bench.crash()
    with again.store.begin() as work:
        work.rebuild_effects()
        work.commit()

    assert mugs(again) == 28
    with again.store.begin() as work:
        assert [bool(one.decided) for one in work.waiting(10)] == [True]
    again.book.close()


def test_a_restored_ledger_forgets_no_decision_made_here(bench: TestBench) -> None:
    _decided_offline(bench)

    bench.store.begin_epoch("epoch-two")

    with bench.store.begin() as work:
        assert [bool(one.decided) for one in work.waiting(10)] == [True]
    assert bench.stock("A-04-2") == {MUG.sku: -12}, "the confirmed book is pulled anew"


def _of_another_station(bench: TestBench) -> WaitingRow:
    """What a clerk at PACK-01 has asked for, as the feed tells it."""
    bench.scan("CMD:SIGN-OUT")
    body = Operation(
        id="01930000-0000-7000-8000-00000000aaaa",
        kind="adjust",
        contract_version=2,
        site="HAM",
        actor="p-okafor",
        role="clerk",
        source_system="packhouse",
        correlation_id="01930000-0000-7000-8000-00000000aaab",
        recorded_at="2026-11-23T07:10:00.000Z",
        as_of=operations(bench)[-1][0].as_of,
        lines=(Line(item=MUG.sku, quantity=9, source="A-04-2", target="adjustment"),),
        reason="damaged",
        evidence={"before": 42, "after": 33},
    )
    raw = canonical(body)
    return WaitingRow(
        id=body.id,
        content_hash=chain.content_hash(raw),
        station="PACK-01",
        code="over_quantity_limit",
        sentence="9 units, the limit of a clerk is 5.",
        body=raw.decode(),
    )


def test_a_supervisor_decides_what_another_station_asked_for(bench: TestBench) -> None:
    bench.feed(_of_another_station(bench))
    bench.sign_in(BOSS_BADGE)
    bench.scan("CMD:APPROVALS")

    case = bench.screen.case
    assert case is not None
    first = case.figures[0]
    assert (first.before, first.asked, first.after) == (40, 33, 31)
    since = next(fact.said for fact in case.facts if fact.label.code == "case.since")
    assert since.value("n") == -2
    bench.do(Intent.MAIN)
    prove(bench, BOSS_BADGE)

    body, _ = last(bench, "decide")
    assert bench.title == "approvals.approved"
    assert body.evidence["content_hash"] == _of_hash(bench)


def _of_hash(bench: TestBench) -> str:
    with bench.store.begin() as work:
        return work.waiting(1)[0].content_hash


def test_a_request_that_is_not_what_it_says_is_not_decided(bench: TestBench) -> None:
    row = _of_another_station(bench)
    bench.feed(msgspec.structs.replace(row, body=row.body.replace('"quantity":9', '"quantity":8')))
    bench.sign_in(BOSS_BADGE)
    bench.scan("CMD:APPROVALS")

    bench.do(Intent.MAIN)
    prove(bench, BOSS_BADGE)

    assert bench.title == "judged.content_differs"
    assert "decide" not in bench.kinds()


def test_what_is_decided_elsewhere_is_gone_here(bench: TestBench) -> None:
    row = _of_another_station(bench)
    bench.feed(row)
    ended = OutcomeRow(row.id, "adjust", "refused", "enr-2", 7, code="rejected")

    bench.feed(ended)

    with bench.store.begin() as work:
        assert work.waiting(10) == ()
