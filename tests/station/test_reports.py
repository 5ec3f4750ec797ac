"""The way to a report at the bench: which one, of what, as which file, proven, made, told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contract.messages import DocumentLine, DocumentRow, Operation, operation_body
from app.station.door import ANSWERS
from app.station.events import ReportAsked
from app.station.flow import Trigger
from app.station.inbox import Intent
from app.station.reporting import SORTS, Filter, Format, ReportAnswer, ReportName, ReportRequest
from app.station.reports import TABLE, Asking, ReportsFlow, day_of
from app.station.screen import Page, Tone
from tests.station.table_walk import ASKED_FOR, happen, undecided
from tests.station.test_pack import RIGHT_WEIGHT, fill
from tests.support.bench import MUG, TestBench
from tests.support.people import BADGE, BOSS_BADGE, PINS

MUG_CODE, ORDER, ASN = "2900000000018", "ORD-48213", "ASN-7001"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    lines = (DocumentLine(1, MUG.sku, 10),)
    made.feed(DocumentRow("inbound", ASN, 1, "receiving", lines=lines))
    made.sign_in(BOSS_BADGE)
    yield made
    made.book.close()


def begin(bench: TestBench, name: str = "") -> None:
    bench.do(Intent.TASK, "reports")
    if name:
        bench.do(Intent.REASON, name)


def prove(bench: TestBench, badge: str = BOSS_BADGE) -> None:
    bench.scan(badge)
    bench.enter_pin(PINS[badge])


def asked(bench: TestBench) -> list[ReportRequest]:
    return [event.request for event in bench.events if isinstance(event, ReportAsked)]


def exports(bench: TestBench) -> list[Operation]:
    with bench.book.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT body FROM operation ORDER BY n").scalars()
        found = [operation_body.decode(body) for body in rows]
    return [one for one in found if one.reason == "report_exported"]


def flow_of(bench: TestBench) -> ReportsFlow:
    flow = bench.station.engine._flows[Page.REPORTS]
    assert isinstance(flow, ReportsFlow)
    return flow


# ------------------------------------------------------------------------------------ the stories


def test_a_clerk_gets_papers_of_the_work_and_no_exports(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.sign_in(BADGE)
    begin(bench)

    assert [key.argument for key in bench.screen.actions[:-1]] == [
        "packing_slip", "pick_list", "differences", "count_sheet",
    ]  # fmt: skip
    bench.do(Intent.REASON, "stock_list")
    assert (bench.title, bench.fates) == ("reports.not_now", ["command"])
    bench.do(Intent.REASON, "pick_list")
    bench.scan(ORDER)
    bench.do(Intent.REASON, "csv")

    (request,) = asked(bench)
    assert (request.name, request.format) == (ReportName.PICK_LIST, Format.CSV)
    assert request.limits == Filter(kind="order", document=ORDER)
    assert (request.person, request.by) == ("p-novak", "A. Novak")
    assert exports(bench) == []
    assert bench.screen.prompt.tone is Tone.BUSY
    bench.book.close()


def test_an_export_is_proven_and_one_event_before_it_is_made(bench: TestBench) -> None:
    begin(bench, "stock_list")
    bench.scan("LOC:A-04-2")
    bench.do(Intent.MAIN)
    bench.scan("CMD:REASON-XLSX")
    assert bench.screen.proof is not None
    assert (asked(bench), exports(bench)) == ([], [])

    prove(bench)

    (request,), (told,) = asked(bench), exports(bench)
    assert (told.actor, told.evidence) == (
        "p-adeyemi",
        {"report": "stock_list", "format": "xlsx", "limits": "place A-04-2"},
    )
    assert request.limits == Filter(place="A-04-2")
    happened = [type(event).__name__ for event in bench.events]
    assert happened.index("ReportAsked") > happened.index("ScreenChanged")


def test_nobody_without_the_right_proves_an_export(bench: TestBench) -> None:
    begin(bench, "movements")
    bench.do(Intent.MAIN)
    bench.do(Intent.REASON, "csv")
    prove(bench, BADGE)
    bench.do(Intent.NO)

    assert (asked(bench), exports(bench)) == ([], [])
    assert flow_of(bench).asking is Asking.FORMAT


def test_what_became_of_it_is_told_on_the_page_within_a_second(bench: TestBench) -> None:
    begin(bench, "count_sheet")
    bench.scan("LOC:A-04-2")
    bench.do(Intent.REASON, "pdf")
    (request,) = asked(bench)
    bench.do(Intent.MAIN)
    assert bench.title == "reports.making"

    bench.station.reported(ReportAnswer(request.id, "count.pdf", "/data/exports", 18))
    bench.pass_s(1)

    assert bench.title == "reports.made_title"
    assert bench.screen.prompt.tone is Tone.OK
    bench.do(Intent.MAIN)
    assert bench.title == "reports.ask"


def test_a_report_goes_on_while_somebody_works_and_is_told_to_them_alone(bench: TestBench) -> None:
    begin(bench, "pick_list")
    bench.scan(ORDER)
    bench.do(Intent.REASON, "pdf")
    bench.do(Intent.NO)
    assert bench.page == "home"
    bench.station.reported(ReportAnswer(asked(bench)[0].id, code="disk_full"))

    begin(bench)
    assert (bench.title, bench.screen.prompt.tone) == ("reports.failed", Tone.ERROR)
    bench.do(Intent.NO)
    begin(bench)
    assert bench.title == "reports.ask"


def test_somebody_else_begins_anew(bench: TestBench) -> None:
    begin(bench, "pick_list")
    bench.scan(ORDER)
    bench.do(Intent.REASON, "pdf")
    bench.do(Intent.NO)
    bench.do(Intent.SIGN_OUT)
    bench.sign_in(BADGE)
    begin(bench)

    assert bench.title == "reports.ask"


def test_limits_add_up_and_are_taken_back_one_by_one(bench: TestBench) -> None:
    begin(bench, "movements")
    for code in (MUG_CODE, "LOC:A-04-2", ORDER, "p-novak", "22.11.2026", "2026-11-23"):
        bench.scan(code)
    assert flow_of(bench).limits == Filter(
        "order", ORDER, item=MUG.sku, place="A-04-2", person="p-novak", day="2026-11-23"
    )
    assert len(bench.screen.facts) == 6

    bench.do(Intent.UNDO)
    bench.do(Intent.UNDO)
    assert flow_of(bench).limits == Filter("order", ORDER, item=MUG.sku, place="A-04-2")


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("pick_list", ASN, "reports.not_here"),
        ("pick_list", MUG_CODE, "reports.not_here"),
        ("count_sheet", ORDER, "reports.not_here"),
        ("stock_list", ORDER, "reports.not_here"),
        ("stock_list", "LOC:Z-99", "reports.unknown"),
        ("movements", "31.02.2026", "reports.day_wrong"),
        ("movements", "4006381333931", "reports.unknown"),
        ("packing_slip", "2026-11-23", "reports.not_here"),
    ],
)
def test_what_a_report_cannot_be_of_is_refused_with_a_way_out(
    bench: TestBench, name: str, code: str, said: str
) -> None:
    begin(bench, name)
    bench.scan(code)

    assert (bench.title, bench.fates[-1]) == (said, "refused")
    assert flow_of(bench).limits == Filter()
    bench.do(Intent.NO)
    assert bench.title == f"reports.{name}"


def test_a_report_of_something_is_not_made_of_everything(bench: TestBench) -> None:
    begin(bench, "pick_list")
    main = bench.screen.actions[-1]
    assert (main.enabled, main.why_not is not None) == (False, True)
    bench.do(Intent.MAIN)

    assert bench.title == "reports.needs"
    assert flow_of(bench).asking is Asking.OF


def test_everything_can_be_done_with_cards_alone(bench: TestBench) -> None:
    bench.scan("CMD:TASK-REPORTS")
    bench.scan("CMD:REASON-PACKING-SLIP")
    bench.scan("00340123450000000017")
    bench.scan("CMD:REASON-PDF")

    (request,) = asked(bench)
    assert request.limits == Filter(parcel="340123450000000017")


def test_days_are_read_as_people_type_them() -> None:
    said = ("2026-11-23", "23.11.2026", "3.1.2026", "20261123", "23.11.26", "2026-02-30", "")

    assert [day_of(one) for one in said] == [
        "2026-11-23", "2026-11-23", "2026-01-03", "", "", "", "",
    ]  # fmt: skip


def test_every_report_asks_for_a_right_and_only_papers_of_one_thing_for_none_else() -> None:
    assert {name for name, sort in SORTS.items() if sort.leaves} == {
        ReportName.SHIFT_CERTIFICATE,
        ReportName.STOCK_LIST,
        ReportName.MOVEMENTS,
    }
    assert all(sort.leaves or sort.needs for sort in SORTS.values())


# ----------------------------------------------------------------------------------- the table


def asking_of(bench: TestBench) -> None:
    begin(bench, "movements")


def asking_format(bench: TestBench) -> None:
    begin(bench, "pick_list")
    bench.scan(ORDER)


def made(bench: TestBench) -> None:
    asking_format(bench)
    bench.do(Intent.REASON, "csv")


STATES = {
    Asking.REPORT: begin,
    Asking.OF: asking_of,
    Asking.FORMAT: asking_format,
    Asking.MADE: made,
}


@pytest.mark.parametrize("state", STATES)
def test_every_trigger_has_an_answer_in_every_state(bench: TestBench, state: Asking) -> None:
    enter = STATES[state]
    enter(bench)
    assert flow_of(bench).asking is state
    for trigger in Trigger:
        if trigger in ASKED_FOR | ANSWERS or trigger in (Trigger.SIGN_OUT, Trigger.BADGE):
            continue
        recorded = bench.kinds()
        happen(bench, trigger, MUG_CODE, ASN)

        assert bench.screen.prompt.title.code, (state, trigger)
        assert [one for one in bench.kinds()[len(recorded) :] if one != "event"] == []
        assert undecided(bench)[1] == 0
        flow = flow_of(bench)
        flow.asking, flow.limits, flow.request, flow.said = Asking.REPORT, Filter(), None, None
        bench.do(Intent.HOME)
        while bench.page != "home":
            bench.do(Intent.NO)
        enter(bench)
    named = {trigger for of, trigger in TABLE if of in (state, None)}
    assert named


def test_the_slip_of_what_was_just_packed_is_one_key_away_and_leads_back(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.sign_in(BADGE)
    bench.scan(ORDER)
    fill(bench)
    bench.weigh(RIGHT_WEIGHT)
    bench.printed()
    before = bench.screen

    bench.scan("CMD:REASON-PACKING-SLIP")
    assert (bench.page, bench.title) == ("reports", "reports.ask_format")
    bench.do(Intent.NO)
    assert bench.screen == before

    bench.do(Intent.REASON, "packing_slip")
    bench.do(Intent.REASON, "pdf")
    (request,) = asked(bench)
    assert request.limits == Filter(kind="order", document=ORDER)
    bench.do(Intent.NO)
    assert bench.screen == before
    bench.book.close()
