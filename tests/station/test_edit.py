"""Editing items and places at a bench: drafts, words beside fields, answers, conflicts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from app.contract import chain
from app.contract.messages import Edited, EditPut, ItemRow, LocationRow, Pack
from app.domain.scan import Scan
from app.domain.text import Text
from app.identity.userkey import verified
from app.station.edit import TABLE
from app.station.edit_job import EditJob, EditState
from app.station.events import EditAsked
from app.station.flow import Trigger
from app.station.inbox import EditAnswered, Intent, LinkChanged, LinkState
from app.station.lists import Mark
from app.station.screen import Page
from app.station.task import load
from tests.station.table_walk import ASKED_FOR, happen, undecided
from tests.support.bench import MUG, TRAY, TestBench
from tests.support.people import BOSS_BADGE, PINS, credential, promoted

MUG_CODE, TRAY_CODE = "2900000000018", "2900000000025"
KEY = f"item/{MUG.sku}"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    """A controller who has opened the mugs; the ledger has told that there is no reorder point."""
    made = TestBench(tmp_path)
    made.master(*promoted(BOSS_BADGE, "controller"))
    made.station.handle([LinkChanged(LinkState.ONLINE, "2026-11-23T07:00:00Z")])
    made.sign_in(BOSS_BADGE)
    made.do(Intent.TASK, "edit")
    made.scan(MUG_CODE)
    answer(made, "reorder", Edited(outcome="seen", current=Raw(b"null")))
    yield made
    made.book.close()


def asked(bench: TestBench) -> list[EditPut]:
    """What the ledger was asked to change, in order."""
    puts = [event.put for event in bench.events if isinstance(event, EditAsked)]
    return [put for put in puts if bytes(put.after) != b"null"]


def answer(bench: TestBench, what: str, told: Edited | None, sentence: str = "") -> None:
    bench.station.handle([EditAnswered(what, MUG.sku, told, sentence)])


def done(row: Any) -> Edited:
    return Edited(outcome="done", current=Raw(msgspec.json.encode(row)))


def job_of(bench: TestBench, key: str = KEY) -> EditJob:
    with bench.store.begin() as work:
        found = load(work, Page.EDIT, key, EditJob)
    assert found is not None
    return found


def choose(bench: TestBench, field: str, value: str) -> None:
    """Go to a field and type a value."""
    bench.do(Intent.CHOOSE, field)
    bench.do(Intent.CODE, value)


def cell(bench: TestBench, field: str, column: int = 2) -> Text | str:
    assert bench.screen.choices is not None
    row = next(row for row in bench.screen.choices.rows if row.key == field)
    return row.cells[column]


def send(bench: TestBench) -> None:
    bench.do(Intent.MAIN)
    bench.scan("CMD:REASON-MEASURED")


def test_a_change_is_a_draft_until_the_ledger_has_taken_it(bench: TestBench) -> None:
    choose(bench, "weight", "312,5")
    assert asked(bench) == []
    assert job_of(bench).draft.item is not None

    send(bench)

    (put,) = asked(bench)
    after = msgspec.json.decode(put.after, type=ItemRow)
    assert (put.what, put.name, put.person, put.reason) == (
        "item",
        MUG.sku,
        "p-adeyemi",
        "Measured anew.",
    )
    assert msgspec.json.decode(put.before, type=ItemRow) == MUG
    assert after.weight_mg == 312_500
    key = credential(BOSS_BADGE, version=2).public_key
    assert verified(key, put.signature, chain.edit_bytes("enr-1", put))
    answer(bench, "item", done(after))
    assert (bench.page, bench.title) == ("home", "edit.done")


WRONG = (
    ("weight", "0", "edit.zero_weight"),
    ("weight", "heavy", "edit.no_weight"),
    ("spread", "310", "edit.wide_spread"),
    ("name", "x" * 201, "edit.long_name"),
    ("shelf", "-1", "edit.no_days"),
    ("packs", "2900000000019", "edit.bad_digit"),
    ("packs", "12345", "edit.no_gtin"),
    ("packs", TRAY_CODE, "edit.other_barcode"),
    ("packs", MUG_CODE, "edit.has_barcode"),
    ("low", "many", "edit.no_number"),
)


def test_what_is_wrong_stands_beside_its_field_and_changes_nothing(bench: TestBench) -> None:
    for field, value, why in WRONG:
        choose(bench, field, value)

        said = cell(bench, field)
        assert isinstance(said, Text)
        assert (said.code, bench.title) == (why, why)
    job = job_of(bench)
    assert job.draft == job.seen


def test_a_scan_adds_a_barcode_and_a_number_says_for_how_many(bench: TestBench) -> None:
    bench.scan("2900000000063")
    choose(bench, "pack/02900000000063", "12")
    bench.do(Intent.CHOOSE, "pack/02900000000018")
    bench.do(Intent.WITHDRAW)

    draft = job_of(bench).draft.item
    assert draft is not None
    assert draft.packs == (Pack("02900000000063", 12),)


def test_a_barcode_of_another_item_is_refused_with_its_name(bench: TestBench) -> None:
    bench.scan(TRAY_CODE)

    said = cell(bench, "packs")
    assert isinstance(said, Text)
    assert said.value("sku") == TRAY.sku


def test_enter_turns_what_has_few_values_and_f4_goes_back(bench: TestBench) -> None:
    for field in ("tracking", "state"):
        bench.do(Intent.OPEN, field)
    draft = job_of(bench).draft.item
    assert draft is not None
    assert (draft.tracking, draft.state) == ("lot", "retired")

    bench.do(Intent.UNDO)
    bench.do(Intent.UNDO)

    job = job_of(bench)
    assert job.draft == job.seen


def test_a_place_gets_another_use(bench: TestBench) -> None:
    bench.do(Intent.NO)
    bench.do(Intent.TASK, "edit")
    bench.scan("LOC:A-04-2")
    bench.do(Intent.OPEN, "kind")
    send(bench)

    (put,) = asked(bench)
    assert (put.what, put.name) == ("location", "A-04-2")
    assert msgspec.json.decode(put.before, type=LocationRow).kind == "bin"
    assert msgspec.json.decode(put.after, type=LocationRow).kind == "dock"


def test_a_reorder_point_is_a_change_of_its_own(bench: TestBench) -> None:
    choose(bench, "low", "12")
    send(bench)

    (put,) = asked(bench)
    assert (put.what, bytes(put.before), bytes(put.after)) == ("reorder", b"null", b'{"low":12}')


def test_without_a_link_the_page_says_so_first_and_keeps_the_draft(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:30:00Z")])
    bench.do(Intent.CHOOSE, "name")
    assert bench.screen.prompt.note is not None
    assert bench.screen.prompt.note.code == "edit.offline"
    choose(bench, "name", "Enamel mug, navy")
    bench.do(Intent.MAIN)
    assert bench.title == "edit.offline_now"
    bench.do(Intent.NO)

    bench.station.handle([LinkChanged(LinkState.ONLINE, "2026-11-23T09:00:00Z")])
    bench.do(Intent.TASK, "edit")
    assert bench.screen.choices is not None
    assert [row.key for row in bench.screen.choices.rows] == [KEY]
    bench.do(Intent.OPEN, KEY)
    send(bench)

    (put,) = asked(bench)
    assert msgspec.json.decode(put.after, type=ItemRow).name == "Enamel mug, navy"


def theirs() -> ItemRow:
    return msgspec.structs.replace(MUG, name="Mug, theirs", weight_mg=320_000, version=2)


def conflict(bench: TestBench) -> None:
    choose(bench, "name", "Mug, mine")
    bench.do(Intent.OPEN, "tracking")
    send(bench)
    answer(bench, "item", Edited(outcome="stale", current=Raw(msgspec.json.encode(theirs()))))


def test_who_was_slower_sees_mine_theirs_and_the_result(bench: TestBench) -> None:
    conflict(bench)

    assert bench.title == "edit.stale"
    assert [cell(bench, "name", n) for n in (1, 2, 3)] == ["Mug, mine", "Mug, theirs", "Mug, mine"]
    result = job_of(bench).draft.item
    assert result is not None
    assert (result.weight_mg, result.tracking) == (320_000, "lot")

    bench.do(Intent.OPEN, "name")
    assert cell(bench, "name", 3) == "Mug, theirs"
    bench.do(Intent.MAIN)

    put = asked(bench)[-1]
    assert msgspec.json.decode(put.before, type=ItemRow) == theirs()
    after = msgspec.json.decode(put.after, type=ItemRow)
    assert (after.name, after.tracking, after.weight_mg) == ("Mug, theirs", "lot", 320_000)


def test_taking_all_of_theirs_sends_nothing(bench: TestBench) -> None:
    conflict(bench)
    sent = len(asked(bench))
    for field in ("name", "tracking"):
        bench.do(Intent.OPEN, field)

    bench.do(Intent.MAIN)

    assert (len(asked(bench)), bench.page, bench.title) == (sent, "home", "edit.theirs_kept")


def test_what_the_ledger_refuses_stands_beside_its_field(bench: TestBench) -> None:
    choose(bench, "name", "Mug")
    send(bench)

    refused = Edited(
        outcome="refused", current=Raw(b"null"), code="barcode_exists", sentence="It is taken."
    )
    answer(bench, "item", refused)

    assert bench.screen.choices is not None
    marks = {row.key: row.mark for row in bench.screen.choices.rows}
    assert marks["packs"] is Mark.WRONG
    assert job_of(bench).draft.item is not None
    assert job_of(bench).state == EditState.FIELDS


def test_an_unreachable_ledger_costs_no_letter(bench: TestBench) -> None:
    choose(bench, "name", "Mug")
    send(bench)
    assert bench.title == "edit.sending"

    answer(bench, "item", None, "The ledger cannot be reached.")

    assert bench.title == "trouble.sentence"
    draft = job_of(bench).draft.item
    assert draft is not None
    assert draft.name == "Mug"


def test_a_clerk_edits_nothing(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.sign_in()
    bench.do(Intent.TASK, "edit")

    assert bench.title == "home.no_task"
    bench.book.close()


def into(bench: TestBench, state: EditState) -> None:
    match state:
        case EditState.CHOOSE:
            bench.do(Intent.NO)
            bench.do(Intent.TASK, "edit")
        case EditState.FIELDS:
            choose(bench, "weight", "300")
        case EditState.REASON:
            choose(bench, "weight", "300")
            bench.do(Intent.MAIN)
        case EditState.SENDING:
            choose(bench, "weight", "300")
            send(bench)
        case EditState.CONFLICT:
            conflict(bench)


@pytest.mark.parametrize("state", EditState)
def test_every_trigger_has_a_defined_answer_in_every_state(
    bench: TestBench, state: EditState
) -> None:
    for trigger in [one for one in Trigger if one not in ASKED_FOR | {Trigger.SIGN_OUT}]:
        if bench.screen.locked:
            bench.do(Intent.ACKNOWLEDGE)
        for _ in range(4):
            if bench.page != "home":
                bench.do(Intent.NO)
        bench.do(Intent.TASK, "edit")
        bench.scan(MUG_CODE)
        bench.do(Intent.EMPTY)
        into(bench, state)
        happen(bench, trigger, MUG_CODE, "CNT-9")
        assert undecided(bench) == (0, 0), trigger

    assert set(bench.kinds()) <= {"event"}
    assert not [event for event in bench.events if type(event).__name__ == "Broken"]


@pytest.mark.parametrize("state", [one for one in EditState if one is not EditState.CHOOSE])
def test_every_state_survives_kill_9(bench: TestBench, state: EditState) -> None:
    into(bench, state)
    before = job_of(bench)

    again = bench.crash()
    again.scan(BOSS_BADGE)
    again.enter_pin(PINS[BOSS_BADGE])

    assert again.page == "edit"
    now = job_of(again)
    assert (now.draft, now.seen, now.reason) == (before.draft, before.seen, before.reason)
    assert now.state == (EditState.FIELDS if state is EditState.SENDING else state)
    again.book.close()


def test_the_table_names_every_state() -> None:
    assert {state for state, _ in TABLE} == {None, *EditState}


def test_half_a_code_is_no_barcode_of_an_item(bench: TestBench) -> None:
    before = job_of(bench).draft
    cut = Scan(b"96385074", "96385074", terminated=False, at_ns=bench.clock.monotonic_ns())

    bench.station.handle([cut])

    assert job_of(bench).draft == before
    assert bench.fates[-1] == "refused"
