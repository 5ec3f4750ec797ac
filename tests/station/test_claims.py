"""Claims at the bench: who works on what, and taking it over by somebody who may."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.contract.messages import ClaimRow, Operation
from app.station.flow import Happening, Trigger
from app.station.inbox import Intent, LinkChanged, LinkState
from app.station.lists import Mark
from app.station.screen import Page
from tests.support.bench import TestBench, order_row
from tests.support.people import BOSS_BADGE, PINS

ORDER, MINE = "ORD-48213", "ORD-2"
UNTIL = "2026-11-23T15:00:00Z"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path, orders=(order_row(ORDER), order_row(MINE)))
    made.feed(
        ClaimRow(ORDER, "claimed", "enr-9", "PACK-09", UNTIL),
        ClaimRow(MINE, "assigned", "enr-1", "PACK-03", UNTIL),
        ClaimRow("ORD-3", "free"),
    )
    made.sign_in(BOSS_BADGE)
    yield made
    made.book.close()


def claims(bench: TestBench) -> list[Operation]:
    with bench.book.reader.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT body FROM operation WHERE kind = 'claim' ORDER BY n"
        )
        return [msgspec.json.decode(one[0], type=Operation) for one in found]


def begin(bench: TestBench) -> None:
    bench.do(Intent.TASK, "claims")


def test_the_page_tells_who_works_on_what(bench: TestBench) -> None:
    begin(bench)

    rows = bench.screen.choices.rows  # type: ignore[union-attr]
    told = {str(row.cells[0]): (row.cells[2], row.mark) for row in rows}
    assert told == {ORDER: ("PACK-09", Mark.ELSEWHERE), MINE: ("PACK-03", Mark.NONE)}


def test_taking_over_asks_for_badge_and_pin_and_is_a_claim(bench: TestBench) -> None:
    begin(bench)
    bench.scan(ORDER)
    bench.do(Intent.MAIN)
    assert bench.screen.proof is not None
    assert claims(bench) == []

    bench.scan(BOSS_BADGE)
    bench.enter_pin(PINS[BOSS_BADGE])

    (claim,) = claims(bench)
    assert (claim.reason, claim.actor) == ("take_over", "p-adeyemi")
    assert claim.reference is not None
    assert (claim.reference.document_kind, claim.reference.document) == ("order", ORDER)
    assert bench.title == "claims.asked"


def test_nobody_who_leaves_the_question_takes_anything(bench: TestBench) -> None:
    begin(bench)
    bench.scan(ORDER)
    bench.do(Intent.MAIN)
    bench.do(Intent.NO)

    assert (bench.page, claims(bench)) == ("claims", [])


def test_a_clerk_has_no_such_page(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.sign_in()
    begin(bench)

    assert bench.title == "home.no_task"
    bench.book.close()


def test_what_is_ours_is_opened_and_what_is_anothers_is_not(bench: TestBench) -> None:
    begin(bench)
    bench.do(Intent.OPEN, f"order\x1f{ORDER}")
    assert bench.title == "claims.not_mine"

    bench.do(Intent.OPEN, f"order\x1f{MINE}")

    assert (bench.page, bench.screen.document) == ("pack", MINE)


def test_what_this_station_has_is_not_taken_over(bench: TestBench) -> None:
    begin(bench)
    bench.scan(MINE)
    bench.do(Intent.MAIN)

    assert bench.title == "claims.mine_already"
    assert claims(bench) == []


def test_a_document_nobody_has_is_told(bench: TestBench) -> None:
    begin(bench)
    bench.scan("ORD-3")

    assert bench.title in {"claims.free", "claims.not_here"}
    assert bench.fates[-1] == "refused"


def test_without_a_link_the_page_says_that_the_ledger_must_answer(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:30:00Z", "", None)])
    begin(bench)

    assert bench.screen.prompt.note is not None


ASKED_FOR = {Trigger.STEPPED_UP, Trigger.UNLOCKED, Trigger.TIME_UP, Trigger.DISTRUSTED}
SCANS = {
    Trigger.ITEM: "2900000000018",
    Trigger.PLACE: "LOC:A-04-2",
    Trigger.ORDER: ORDER,
    Trigger.LABEL: "00340123450000000018",
    Trigger.NOTHING: "NOBODY-KNOWS-THIS",
    Trigger.BADGE: "PHB-nobody",
}


@pytest.mark.parametrize("trigger", [one for one in Trigger if one not in ASKED_FOR])
def test_every_trigger_has_a_defined_answer(bench: TestBench, trigger: Trigger) -> None:
    begin(bench)

    if trigger in SCANS:
        bench.scan(SCANS[trigger])
    elif trigger.value in set(Intent):
        bench.do(Intent(trigger.value), "1")
    else:
        bench.station.engine._turn(Happening(trigger, argument="1"))

    assert not [event for event in bench.events if type(event).__name__ == "Broken"]
    assert bench.page in set(Page)
    assert claims(bench) == []
