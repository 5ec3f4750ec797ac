"""Exceptions at the bench: by cause and urgency, and what people do about them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from app.contract.messages import ExceptionRow, Operation, Signed
from app.station.exceptions import ExceptionsFlow, Mode
from app.station.flow import Happening, Trigger
from app.station.inbox import Do, Intent, LinkChanged, LinkState
from app.station.lists import Mark
from app.station.screen import Page, Tone
from tests.support.bench import TestBench, order_row
from tests.support.people import BOSS_BADGE, PINS

ORDER = "ORD-48213"
SOON, LATER, PAST = "2026-11-23T08:00:00Z", "2026-11-23T20:00:00Z", "2026-11-22T08:00:00Z"


def row(id_: str, code: str = "negative_balance", **more: object) -> ExceptionRow:
    made = ExceptionRow(
        id_,
        code,
        "medium",
        "open",
        "At A-04-2 there is less than nothing of SKU-10221.",
        deadline=LATER,
        ways=("record_missing", "count_place", "close_with_note"),
    )
    return msgspec.structs.replace(made, **more)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path, orders=(order_row(ORDER),))
    made.feed(
        row("x-1"),
        row("x-2", deadline=SOON),
        row(
            "x-3",
            "packed_twice",
            document=ORDER,
            deadline=PAST,
            severity="high",
            ways=("unpack_surplus", "send_new_version", "close_with_note"),
        ),
    )
    made.sign_in(BOSS_BADGE)
    yield made
    made.book.close()


def keys(bench: TestBench) -> list[str]:
    return [one.key for one in bench.screen.choices.rows]  # type: ignore[union-attr]


def begin(bench: TestBench) -> None:
    bench.do(Intent.TASK, "exceptions")


def at_rows(bench: TestBench) -> None:
    begin(bench)
    bench.do(Intent.OPEN, "negative_balance")


def closing(bench: TestBench) -> None:
    at_rows(bench)
    bench.do(Intent.TASK, "close_with_note")


def noting(bench: TestBench) -> None:
    at_rows(bench)
    bench.do(Intent.WITHDRAW)


def assigning(bench: TestBench) -> None:
    at_rows(bench)
    bench.do(Intent.REJECT)


def steps(bench: TestBench) -> list[Operation]:
    with bench.book.reader.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT body FROM operation WHERE kind = 'resolve' ORDER BY n"
        )
        return [msgspec.json.decode(one[0], type=Operation) for one in found]


def signed(bench: TestBench) -> list[str]:
    with bench.book.reader.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT signatures FROM operation WHERE kind = 'resolve' ORDER BY n"
        )
        every = [msgspec.json.decode(one[0], type=tuple[Signed, ...]) for one in found]
    return [one.person for signatures in every for one in signatures]


def test_causes_are_grouped_and_the_most_urgent_stands_first(bench: TestBench) -> None:
    begin(bench)

    rows = bench.screen.choices.rows  # type: ignore[union-attr]
    assert [one.key for one in rows] == ["packed_twice", "negative_balance"]
    assert rows[0].mark is Mark.WRONG
    assert rows[1].cells[1].params == (("n", 2),)  # type: ignore[union-attr]


def test_those_of_a_cause_are_sorted_by_deadline_and_tell_what_can_be_done(
    bench: TestBench,
) -> None:
    at_rows(bench)

    assert keys(bench) == ["x-2", "x-1"]
    asked = [one.argument for one in bench.screen.actions if one.intent == Intent.TASK]
    assert asked == ["record_missing", "count_place", "close_with_note"]


def test_taking_one_is_a_signed_step_about_the_exception(bench: TestBench) -> None:
    at_rows(bench)
    bench.do(Intent.MAIN)

    (step,) = steps(bench)
    assert (step.reason, step.reference.document_kind) == ("take", "exception")  # type: ignore[union-attr]
    assert step.reference.document == "x-2"  # type: ignore[union-attr]
    assert signed(bench) == [step.actor]
    assert bench.screen.choices.rows[0].mark is Mark.WAITING  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (Do(Intent.REASON, "put_right"), "Found and put right."),
        (Do(Intent.CODE, "Mugs were behind the pallet"), "Mugs were behind the pallet"),
    ],
)
def test_one_is_closed_with_a_note_that_says_what_was_found(
    bench: TestBench, answer: Do, note: str
) -> None:
    closing(bench)
    bench.station.handle([answer])

    (step,) = steps(bench)
    assert (step.reason, step.evidence) == ("close", {"note": note})
    assert bench.screen.prompt.tone is Tone.OK


def test_a_scan_is_never_taken_for_a_note(bench: TestBench) -> None:
    closing(bench)
    bench.scan("2900000000018")

    assert steps(bench) == []
    assert bench.fates[-1] == "refused"


def test_one_is_handed_to_a_role(bench: TestBench) -> None:
    assigning(bench)
    bench.do(Intent.OPEN, "role:supervisor")

    (step,) = steps(bench)
    assert (step.reason, step.evidence) == ("assign", {"to": "role:supervisor"})


def test_a_clerk_takes_one_but_closes_it_only_with_somebody_who_may(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.feed(row("x-1"))
    bench.sign_in()
    at_rows(bench)
    bench.do(Intent.MAIN)
    bench.do(Intent.TASK, "close_with_note")
    bench.do(Intent.REASON, "counted")
    assert bench.screen.proof is not None
    assert len(steps(bench)) == 1

    bench.scan(BOSS_BADGE)
    bench.enter_pin(PINS[BOSS_BADGE])

    assert [one.reason for one in steps(bench)] == ["take", "close"]
    assert steps(bench)[1].actor == "p-adeyemi"
    bench.book.close()


def test_a_way_that_is_gone_at_the_box_opens_the_order(bench: TestBench) -> None:
    begin(bench)
    bench.do(Intent.OPEN, "packed_twice")
    bench.do(Intent.TASK, "unpack_surplus")

    assert (bench.page, bench.screen.document) == ("pack", ORDER)


def test_a_way_in_the_building_says_what_to_do_and_records_nothing(bench: TestBench) -> None:
    at_rows(bench)
    bench.do(Intent.TASK, "record_missing")

    assert bench.title == "way.record_missing"
    assert steps(bench) == []


def test_one_the_ledger_has_closed_meanwhile_is_said_to_be_gone(bench: TestBench) -> None:
    closing(bench)
    bench.feed(row("x-2", state="closed"))
    bench.do(Intent.REASON, "put_right")

    assert bench.title == "exceptions.gone"
    assert steps(bench) == []
    assert keys(bench) == ["x-1"]


def test_without_a_link_the_page_says_that_a_step_waits(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:30:00Z", "", None)])
    begin(bench)

    assert bench.screen.prompt.note is not None


def test_a_site_without_exceptions_says_so(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.sign_in()
    begin(bench)

    assert bench.title == "exceptions.none"
    bench.book.close()


def test_a_cause_of_a_newer_ledger_is_shown_as_it_came(bench: TestBench) -> None:
    bench.feed(row("x-9", "moon_is_full", ways=("howl",)))
    begin(bench)
    bench.do(Intent.OPEN, "moon_is_full")
    bench.do(Intent.TASK, "howl")

    assert keys(bench) == ["x-9"]


WAYS: dict[Mode, Callable[[TestBench], None]] = {
    Mode.CAUSES: begin,
    Mode.ROWS: at_rows,
    Mode.NOTE: noting,
    Mode.CLOSE: closing,
    Mode.ASSIGN: assigning,
}
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
@pytest.mark.parametrize("mode", list(Mode))
def test_every_trigger_has_a_defined_answer_in_every_mode(
    bench: TestBench, mode: Mode, trigger: Trigger
) -> None:
    WAYS[mode](bench)
    flow = bench.station.engine._flow
    assert isinstance(flow, ExceptionsFlow)
    assert flow.mode is mode

    if trigger in SCANS:
        bench.scan(SCANS[trigger])
    elif trigger.value in set(Intent):
        bench.do(Intent(trigger.value), "1")
    else:
        bench.station.engine._turn(Happening(trigger, argument="1"))

    assert not [event for event in bench.events if type(event).__name__ == "Broken"]
    assert bench.page in set(Page)
    assert len(steps(bench)) <= 1
