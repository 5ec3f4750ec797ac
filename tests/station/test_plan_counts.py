"""Planning counts at a bench: by scan, range, item, class and age; and what the ledger is asked."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.contract.messages import DocumentLine, DocumentRow, LocationRow
from app.domain.document import EVERYTHING
from app.station.flow import Trigger
from app.station.inbox import Intent, LinkChanged, LinkState
from app.station.plan_counts import TABLE
from app.station.plan_job import PlanJob, PlanState
from app.station.screen import Page
from app.station.task import load
from tests.station.recorded import operations_of
from tests.station.table_walk import ASKED_FOR, happen, undecided
from tests.support.bench import MUG, TRAY, TestBench
from tests.support.people import BOSS_BADGE, PINS, promoted

MUG_CODE = "2900000000018"
SHELVES = tuple(f"D-{n:02d}" for n in range(1, 31))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    """A controller at a bench with thirty more shelves."""
    made = TestBench(tmp_path)
    shelves = (LocationRow("HAM", place, "bin") for place in SHELVES)
    made.master(*promoted(BOSS_BADGE, "controller"), *shelves)
    made.station.handle([LinkChanged(LinkState.ONLINE, "2026-11-23T07:00:00Z")])
    made.sign_in(BOSS_BADGE)
    made.do(Intent.TASK, "plan")
    yield made
    made.book.close()


def job_of(bench: TestBench) -> PlanJob | None:
    with bench.store.begin() as work:
        return load(work, Page.PLAN, "p-adeyemi", PlanJob)


def places(bench: TestBench) -> list[tuple[str, str]]:
    job = job_of(bench)
    return [] if job is None else [(one.place, one.item) for one in job.places]


def test_a_scanned_place_is_counted_whole_and_an_item_wherever_it_lies(bench: TestBench) -> None:
    bench.scan("LOC:D-04")
    bench.scan(MUG_CODE)

    assert places(bench) == [("D-04", ""), ("A-04-2", MUG.sku)]
    assert bench.screen.choices is not None
    assert [row.cells[0] for row in bench.screen.choices.rows] == ["A-04-2", "D-04"]


def test_a_range_takes_in_every_place_between_its_ends(bench: TestBench) -> None:
    bench.scan("CMD:REASON-RANGE")
    bench.scan("LOC:D-07")
    assert bench.title == "plan.ask_last"
    bench.scan("LOC:D-04")

    assert places(bench) == [(f"D-{n:02d}", "") for n in range(4, 8)]


def test_what_is_chosen_or_asked_for_already_comes_in_once(bench: TestBench) -> None:
    lines = (DocumentLine(1, "", 0, "D-05"),)
    bench.feed(DocumentRow("count", "CNT-1", 1, "open", lines=lines))
    bench.scan("LOC:D-04")

    bench.scan("LOC:D-05")
    assert bench.title == "plan.nothing_new"
    bench.scan("LOC:D-04")

    assert bench.title == "plan.nothing_new"
    assert places(bench) == [("D-04", "")]


def test_class_a_is_what_most_of_the_value_lies_in(bench: TestBench) -> None:
    bench.master(
        msgspec.structs.replace(TRAY, cost=900, version=2),
        msgspec.structs.replace(MUG, cost=1, version=2),
    )

    bench.do(Intent.REASON, "class_a")
    assert places(bench) == [("B-11-1", TRAY.sku)]
    bench.do(Intent.UNDO)
    bench.do(Intent.REASON, "class_c")

    assert ("A-04-2", MUG.sku) in places(bench)
    assert ("B-11-1", TRAY.sku) not in places(bench)


def test_the_longest_not_counted_come_first(bench: TestBench) -> None:
    bench.do(Intent.HOME)
    bench.do(Intent.TASK, "count")
    bench.scan("LOC:A-04-2")
    bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)
    bench.do(Intent.HOME)
    bench.do(Intent.TASK, "plan")

    bench.do(Intent.REASON, "oldest")

    job = job_of(bench)
    assert job is not None
    assert job.places[-1].place == "A-04-2"
    assert [bool(one.last) for one in job.places] == [False] * (len(job.places) - 1) + [True]


def test_the_plan_is_a_signed_request_that_names_places_and_no_quantities(
    bench: TestBench,
) -> None:
    bench.scan("LOC:D-04")
    bench.scan(MUG_CODE)
    bench.scan("CMD:MAIN")

    plan = operations_of(bench)[-1]
    assert (plan.kind, plan.actor) == ("request", "p-adeyemi")
    assert plan.reference is not None
    assert plan.reference.document_kind == "count"
    assert plan.reference.document.startswith("CNT-PACK-03-2611")
    assert [(one.source, one.item, one.quantity) for one in plan.lines] == [
        ("D-04", EVERYTHING, 0),
        ("A-04-2", MUG.sku, 0),
    ]
    assert (bench.page, bench.title) == ("home", "plan.asked")
    assert job_of(bench) is None
    with bench.book.reader.connect() as connection:
        signed = connection.exec_driver_sql(
            "SELECT length(signatures) FROM operation WHERE kind = 'request'"
        ).scalar_one()
    assert signed > 2


def test_without_a_link_the_page_says_so_first_and_the_plan_waits(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:30:00Z")])
    bench.do(Intent.HOME)
    bench.do(Intent.TASK, "plan")
    assert bench.screen.prompt.note is not None
    assert bench.screen.prompt.note.code == "plan.offline"

    bench.scan("LOC:D-04")
    bench.scan("CMD:MAIN")

    assert bench.title == "plan.asked_offline"


def test_more_places_than_a_plan_has_are_refused_in_words(bench: TestBench) -> None:
    bench.master(*(LocationRow("HAM", f"E-{n:04d}", "bin") for n in range(501)))
    bench.scan("CMD:REASON-RANGE")
    bench.scan("LOC:E-0000")
    bench.scan("LOC:E-0500")

    assert bench.title == "plan.too_many"
    assert places(bench) == []


def test_steps_back_and_rows_taken_out(bench: TestBench) -> None:
    bench.scan("LOC:D-04")
    bench.scan("LOC:D-05")
    bench.do(Intent.WITHDRAW)
    assert places(bench) == [("D-04", "")]

    for _ in range(3):
        bench.do(Intent.UNDO)

    assert places(bench) == []
    bench.do(Intent.MAIN)
    assert bench.title == "plan.no_places"


def test_a_clerk_plans_nothing(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.sign_in()
    bench.do(Intent.TASK, "plan")

    assert bench.title == "home.no_task"
    bench.book.close()


def into(bench: TestBench, state: PlanState) -> None:
    bench.scan("LOC:D-04")
    if state is not PlanState.PLACES:
        bench.scan("CMD:REASON-RANGE")
    if state is PlanState.LAST:
        bench.scan("LOC:D-06")


@pytest.mark.parametrize("state", PlanState)
def test_every_trigger_has_a_defined_answer_in_every_state(
    bench: TestBench, state: PlanState
) -> None:
    for trigger in [one for one in Trigger if one not in ASKED_FOR | {Trigger.SIGN_OUT}]:
        for _ in range(5):
            if bench.page == "plan" and not bench.screen.locked:
                break
            bench.do(Intent.ACKNOWLEDGE if bench.screen.locked else Intent.NO)
            if bench.page == "home":
                bench.do(Intent.TASK, "plan")
        bench.do(Intent.NO)
        bench.do(Intent.TASK, "plan")
        into(bench, state)
        happen(bench, trigger, MUG_CODE, "CNT-9")
        assert undecided(bench) == (0, 0), trigger

    assert set(bench.kinds()) <= {"event", "request"}
    assert not [event for event in bench.events if type(event).__name__ == "Broken"]


@pytest.mark.parametrize("state", PlanState)
def test_every_state_survives_kill_9(bench: TestBench, state: PlanState) -> None:
    into(bench, state)
    before = job_of(bench)

    again = bench.crash()
    again.scan(BOSS_BADGE)
    again.enter_pin(PINS[BOSS_BADGE])

    assert again.page == "plan"
    assert job_of(again) == before
    assert before is not None
    assert before.state == state
    again.book.close()


def test_the_table_names_every_state() -> None:
    assert {state for state, _ in TABLE} == {None, *PlanState}
