"""Approvals at the bench: several at once, written answers, counted again, and the whole story."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.contract import chain
from app.contract.codec import canonical
from app.contract.messages import AsOf, ItemRow, Line, Operation, PolicyRow, WaitingRow
from app.domain.policy import AdjustLimit, Policy
from app.station.approvals import TABLE
from app.station.approvals_job import NOTES, Mode
from app.station.flow import Trigger
from app.station.inbox import Do, Intent, LinkChanged, LinkState
from app.station.lists import Mark
from tests.station.recorded import operations_of
from tests.station.table_walk import ASKED_FOR, happen, undecided
from tests.support.bench import MUG, TOWEL, TRAY, TestBench
from tests.support.people import BOSS_BADGE, PINS

MUG_CODE = "2900000000018"
HERE = {MUG.sku: "A-04-2", TRAY.sku: "B-11-1", TOWEL.sku: "A-02-5"}


def asked(n: int, sku: str, units: int, **changes: object) -> WaitingRow:
    """What a clerk at PACK-01 has asked for, as the feed tells it; `units` are taken away."""
    place = HERE[sku]
    body = Operation(
        id=f"01930000-0000-7000-8000-0000000000{n:02d}",
        kind="adjust",
        contract_version=2,
        site="HAM",
        actor=str(changes.get("actor", "p-okafor")),
        role="clerk",
        source_system="packhouse",
        correlation_id="01930000-0000-7000-8000-00000000aaab",
        recorded_at=f"2026-11-23T07:{n:02d}:00.000Z",
        as_of=AsOf(epoch="epoch-one", cursor=10),
        lines=(Line(item=sku, quantity=units, source=place, target="adjustment"),),
        reason=str(changes.get("reason", "damaged")),
        evidence={"before": 42, "after": 42 - units, "offline": n == 1},
    )
    raw = canonical(body)
    code = str(changes.get("code", "over_quantity_limit"))
    return WaitingRow(
        id=body.id,
        content_hash=chain.content_hash(raw),
        station="PACK-01",
        code=code,
        sentence="…",
        body=raw.decode(),
    )


def priced(row: ItemRow, cost: int) -> ItemRow:
    return msgspec.structs.replace(row, cost=cost, version=row.version + 1)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    """A supervisor at a bench, three requests of a clerk elsewhere, one that needs an answer."""
    made = TestBench(tmp_path)
    policy = Policy(
        adjust={"clerk": AdjustLimit(5, None, None, None, None)},
        approve={},
    )
    made.master(priced(MUG, 420), priced(TRAY, 360))
    made.feed(
        PolicyRow(version=1, body=msgspec.Raw(msgspec.json.encode(policy))),
        asked(1, MUG.sku, 9),
        asked(2, TRAY.sku, 7),
        asked(3, TOWEL.sku, 8, reason="theft", code="reason_needs_approval"),
    )
    made.station.handle([LinkChanged(LinkState.ONLINE, "2026-11-23T07:00:00Z")])
    made.sign_in(BOSS_BADGE)
    made.scan("CMD:APPROVALS")
    yield made
    made.book.close()


def prove(bench: TestBench, badge: str = BOSS_BADGE) -> None:
    bench.scan(badge)
    bench.enter_pin(PINS[badge])


def decided(bench: TestBench) -> list[tuple[str, str]]:
    """Reason and note of every decision recorded."""
    return [
        (one.reason, str(one.evidence.get("note", "")))
        for one in operations_of(bench)
        if one.kind == "decide"
    ]


def said(bench: TestBench) -> list[tuple[str, str]]:
    """Item and what becomes of it, of every line of a bulk."""
    assert bench.screen.choices is not None
    rows = bench.screen.choices.rows
    return [(str(row.cells[0]), row.cells[2].code) for row in rows]  # type: ignore[union-attr]


# ------------------------------------------------------------------------------- several at once


def test_a_bulk_is_summed_up_before_anybody_signs(bench: TestBench) -> None:
    bench.do(Intent.MARK, "all")
    bench.do(Intent.MAIN)

    title = bench.screen.prompt.title
    assert title.code == "approvals.summary_worth"
    assert (title.value("n"), title.value("units")) == (2, -16)
    assert title.value("money") == -(9 * 420 + 7 * 360)
    assert bench.screen.prompt.note is not None
    assert bench.screen.prompt.note.code == "approvals.left_written"
    assert said(bench) == [
        (MUG.name, "approvals.will_approve"),
        (TRAY.name, "approvals.will_approve"),
        (TOWEL.name, "approvals.out_written"),
    ]
    assert decided(bench) == []


def test_a_bulk_is_one_proof_and_a_signed_decision_for_each(bench: TestBench) -> None:
    bench.do(Intent.MARK, "all")
    bench.do(Intent.MAIN)
    bench.do(Intent.MAIN)
    prove(bench)

    made = [one for one in operations_of(bench) if one.kind == "decide"]
    assert [one.evidence["content_hash"] for one in made] == [
        asked(1, MUG.sku, 9).content_hash,
        asked(2, TRAY.sku, 7).content_hash,
    ]
    assert {one.actor for one in made} == {"p-adeyemi"}
    assert said(bench) == [(MUG.name, "approvals.approved"), (TRAY.name, "approvals.approved")]
    assert bench.title == "approvals.all_done"
    with bench.book.reader.connect() as connection:
        signed = connection.exec_driver_sql(
            "SELECT count(*) FROM operation WHERE kind = 'decide' AND length(signatures) > 2"
        ).scalar_one()
    assert signed == 2


def test_what_does_not_count_in_a_bulk_is_said_line_by_line(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.feed(asked(1, MUG.sku, 9), asked(2, TRAY.sku, 7, actor="p-adeyemi"))
    bench.sign_in()
    bench.scan("CMD:APPROVALS")
    bench.station.handle([LinkChanged(LinkState.ONLINE, "2026-11-23T07:00:00Z")])

    bench.do(Intent.MARK, "all")
    bench.do(Intent.MAIN)
    bench.do(Intent.MAIN)
    prove(bench)

    assert bench.title == "approvals.some_done"
    assert said(bench) == [
        (MUG.name, "approvals.approved"),
        (TRAY.name, "judged.same_person"),
    ]
    assert [row.mark for row in bench.screen.choices.rows] == [Mark.DONE, Mark.WRONG]  # type: ignore[union-attr]
    bench.book.close()


def test_a_mark_is_set_and_taken_away_by_key(bench: TestBench) -> None:
    bench.do(Intent.MARK)
    assert [row.marked for row in bench.screen.waiting] == [True, False, False]

    bench.scan("CMD:MARK")

    assert not any(row.marked for row in bench.screen.waiting)


def test_marks_go_first_when_somebody_leaves(bench: TestBench) -> None:
    bench.do(Intent.MARK, "all")

    bench.do(Intent.NO)
    assert (bench.page, any(row.marked for row in bench.screen.waiting)) == ("approvals", False)
    bench.do(Intent.NO)
    assert bench.page == "home"


def test_own_requests_are_never_in_a_bulk_and_have_no_key_to_approve(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.feed(asked(1, MUG.sku, 9, actor="p-adeyemi"), asked(2, TRAY.sku, 7))
    bench.sign_in(BOSS_BADGE)
    bench.scan("CMD:APPROVALS")

    bench.do(Intent.MARK)

    assert bench.title == "approvals.out_mine"
    labels = {action.label.code for action in bench.screen.actions}
    assert "key.approve" not in labels
    bench.do(Intent.MARK, "all")
    assert [row.marked for row in bench.screen.waiting] == [False, True]
    bench.book.close()


# ------------------------------------------------------------------------------- one by one


def test_what_needs_a_written_answer_is_approved_with_it(bench: TestBench) -> None:
    bench.do(Intent.OPEN, asked(3, TOWEL.sku, 8).id)
    bench.do(Intent.MARK)
    assert bench.title == "approvals.out_written"

    bench.do(Intent.MAIN)
    assert bench.title == "approvals.why_approve"
    bench.scan(MUG_CODE)
    assert bench.title == "approvals.type_it"
    bench.do(Intent.CODE, "Seen on camera 4, reported to the police")
    prove(bench)

    assert decided(bench) == [("approve", "Seen on camera 4, reported to the police")]
    assert bench.title == "approvals.approved"


def test_a_rejection_may_be_written_in_own_words(bench: TestBench) -> None:
    bench.do(Intent.REJECT)
    bench.do(Intent.CODE, "The box stands at C-07")
    prove(bench)

    assert decided(bench) == [("reject", "The box stands at C-07")]


def test_counted_again_is_a_rejection_and_a_plan_for_the_place(bench: TestBench) -> None:
    bench.do(Intent.RECOUNT)
    prove(bench)

    plan = next(one for one in operations_of(bench) if one.kind == "request")
    assert decided(bench) == [("reject", "count_again")]
    assert plan.reference is not None
    assert (plan.reference.document_kind, plan.reference.original) == (
        "count",
        asked(1, MUG.sku, 9).id,
    )
    assert [(one.source, one.item, one.quantity) for one in plan.lines] == [("A-04-2", MUG.sku, 0)]
    assert (plan.actor, bench.title) == ("p-adeyemi", "approvals.recount_asked")


def test_what_was_decided_last_is_looked_back_on_with_one_key(bench: TestBench) -> None:
    bench.do(Intent.UNDO)
    none = (bench.page, bench.title)
    bench.do(Intent.REJECT, NOTES[0])
    prove(bench)
    bench.do(Intent.UNDO)
    rejected = (bench.page, bench.title)
    bench.do(Intent.HOME)
    bench.scan("CMD:APPROVALS")
    bench.do(Intent.MAIN)
    prove(bench)
    bench.scan("CMD:UNDO")

    assert none == ("approvals", "approvals.nothing_decided")
    assert rejected == ("undo", "undo.rejected")
    assert (bench.page, bench.title) == ("undo", "undo.approved")


def test_the_most_value_stands_first_when_asked_for(bench: TestBench) -> None:
    bench.do(Intent.OPEN, asked(2, TRAY.sku, 7).id)

    bench.do(Intent.SORT)

    assert [row.change for row in bench.screen.waiting] == [-9, -7, -8]
    assert bench.screen.chosen == asked(2, TRAY.sku, 7).id


def test_the_case_tells_who_why_what_was_crossed_and_what_moved_since(bench: TestBench) -> None:
    case = bench.screen.case
    assert case is not None

    facts = {fact.label.code: fact.said for fact in case.facts}
    assert case.limit is not None
    assert (case.limit.code, case.limit.value("n")) == ("approvals.over_quantity", 5)
    assert facts["case.asked_by"].code == "approvals.asked_offline"
    assert facts["case.since"].value("n") == -2
    assert facts["case.since"].value("left") == 31
    figures = {figure.label.code: (figure.before, figure.after) for figure in case.figures}
    assert figures == {
        "case.on_hand": (40, 31),
        "approvals.spoken_for": (2, 2),
        "approvals.free": (38, 29),
        "case.value": (40 * 420, 31 * 420),
    }


def test_counts_and_the_last_move_of_the_place_are_evidence(bench: TestBench) -> None:
    bench.do(Intent.HOME)
    bench.do(Intent.TASK, "count")
    bench.scan("LOC:A-04-2")
    for _ in range(3):
        bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)
    bench.do(Intent.HOME)
    bench.scan("CMD:APPROVALS")

    assert bench.screen.case is not None
    facts = {fact.label.code: fact.said for fact in bench.screen.case.facts}
    assert facts["approvals.counts"].value("said") == "3 (O. Adeyemi)"


# ------------------------------------------------------------------------------- every trigger


def into(bench: TestBench, mode: Mode) -> None:
    """Bring the page into a mode by keys."""
    match mode:
        case Mode.REJECT:
            bench.do(Intent.REJECT)
        case Mode.ANSWER:
            bench.do(Intent.OPEN, asked(3, TOWEL.sku, 8).id)
            bench.do(Intent.MAIN)
        case Mode.SUMMARY | Mode.RESULTS:
            bench.do(Intent.MARK, "all")
            bench.do(Intent.MAIN)
        case Mode.LIST:
            pass
    if mode is Mode.RESULTS:
        bench.do(Intent.MAIN)
        prove(bench)


@pytest.mark.parametrize("mode", Mode)
def test_every_trigger_has_a_defined_outcome_in_every_mode(bench: TestBench, mode: Mode) -> None:
    into(bench, mode)
    before = len(decided(bench))

    for trigger in [one for one in Trigger if one not in ASKED_FOR]:
        if bench.page != "approvals" or bench.screen.proof is not None:
            bench.do(Intent.NO)
            bench.do(Intent.NO)
            bench.scan("CMD:APPROVALS")
        happen(bench, trigger, MUG_CODE, "CNT-9")
        assert undecided(bench) == (0, 0), trigger
        bench.do(Intent.NO)

    assert len(decided(bench)) == before
    assert not [event for event in bench.events if type(event).__name__ == "Broken"]


def test_the_table_names_a_way_out_of_every_mode() -> None:
    for mode in Mode:
        assert (None, Trigger.NO) in TABLE
        assert (None, Trigger.HOME) in TABLE, mode


def test_without_a_link_and_a_grant_a_bulk_says_for_each_that_it_needs_one(
    bench: TestBench,
) -> None:
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:30:00Z")])
    bench.do(Intent.MARK, "all")
    bench.do(Intent.MAIN)
    bench.station.handle([Do(Intent.MAIN)])
    prove(bench)

    assert said(bench) == [
        (MUG.name, "judged.grant_missing"),
        (TRAY.name, "judged.grant_missing"),
    ]
    assert decided(bench) == []
