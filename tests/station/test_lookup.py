"""Looking something up over a task: what is found and told, and that the task stays as it was."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.contract.messages import DocumentRow, ItemRow, Pack
from app.domain.scan import Scan
from app.station.flow import Happening, Trigger
from app.station.inbox import Do, Intent, LinkChanged, LinkState
from app.station.looking_up import ROWS, LookupFlow, View
from app.station.screen import Tone
from tests.support.bench import MUG, TestBench, order_row
from tests.support.people import BADGE

MUG_CODE, TRAY_CODE = "2900000000018", "2900000000025"
ORDER = "ORD-48213"
ASKED_FOR = {Trigger.STEPPED_UP, Trigger.UNLOCKED, Trigger.TIME_UP, Trigger.DISTRUSTED}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path, orders=(order_row(ORDER), order_row("ORD-2", priority=1)))
    made.sign_in()
    yield made
    made.book.close()


def looking(bench: TestBench) -> LookupFlow:
    flow = bench.station.engine._flow
    assert isinstance(flow, LookupFlow)
    return flow


def keys(bench: TestBench) -> list[str]:
    return [row.key.partition("\x1f")[0] for row in bench.screen.choices.rows]  # type: ignore[union-attr]


def fact(bench: TestBench, label: str) -> dict[str, str | int]:
    return dict(next(one.said.params for one in bench.screen.facts if one.label.code == label))


def test_a_task_is_exactly_as_it_was_after_looking_something_up(bench: TestBench) -> None:
    bench.scan(ORDER)
    bench.scan(MUG_CODE)
    before, recorded = bench.screen, bench.kinds()

    bench.do(Intent.LOOKUP)
    bench.do(Intent.SEARCH, "tray")
    bench.do(Intent.OPEN, "SKU-10987")
    bench.do(Intent.LOOKUP)

    assert bench.screen == before
    assert bench.kinds() == recorded


def test_a_scan_while_looking_counts_nothing_in_the_task_below(bench: TestBench) -> None:
    bench.scan(ORDER)
    bench.do(Intent.LOOKUP)

    bench.scan(MUG_CODE)

    assert bench.page == "lookup"
    assert bench.fates[-1] == "applied"
    bench.do(Intent.NO)
    bench.do(Intent.NO)
    assert (bench.page, bench.screen.done) == ("pack", 0)


def test_an_error_on_the_panel_is_acknowledged_before_anything_is_looked_up(
    bench: TestBench,
) -> None:
    bench.scan(ORDER)
    bench.scan("NOBODY-KNOWS-THIS")

    bench.scan("CMD:LOOKUP")

    assert (bench.page, bench.fates[-1]) == ("pack", "refused")


def test_a_task_comes_back_after_kill_9_while_something_was_looked_up(bench: TestBench) -> None:
    bench.scan(ORDER)
    bench.scan(MUG_CODE)
    bench.do(Intent.LOOKUP)

    again = bench.crash_and_restart()

    assert (again.page, again.screen.document, again.screen.done) == ("pack", ORDER, 1)
    again.book.close()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("tray", ["SKU-10987", "SKU-20444"]),
        ("TRAY lar", ["SKU-10987"]),
        ("owel", ["SKU-11450"]),
        ("10221", ["SKU-10221"]),
        ("0000000049", ["SKU-11450"]),
        ("mu", ["SKU-10221"]),
        ('tr" OR a', []),
        ("100%", []),
        ("", []),
    ],
)
def test_items_are_found_as_somebody_types(bench: TestBench, typed: str, found: list[str]) -> None:
    bench.do(Intent.LOOKUP)
    bench.do(Intent.SEARCH, typed)

    assert keys(bench) == found


def test_a_renamed_item_is_found_by_its_new_name_only(bench: TestBench) -> None:
    bench.master(ItemRow(MUG.sku, "Emaillebecher", packs=(Pack("02900000000018", 1),)))
    bench.do(Intent.LOOKUP)

    bench.do(Intent.SEARCH, "becher")
    assert keys(bench) == [MUG.sku]
    bench.do(Intent.SEARCH, "enamel")
    assert keys(bench) == []


def test_enter_on_typed_words_opens_the_hit_that_is_chosen(bench: TestBench) -> None:
    bench.do(Intent.LOOKUP)
    bench.do(Intent.SEARCH, "tray")
    bench.do(Intent.CHOOSE, "SKU-20444")
    bench.station.handle([Do(Intent.CODE, "tray")])

    assert (bench.title, looking(bench).look.about) == ("lookup.item", "SKU-20444")


def test_a_card_tells_what_is_pending_here_and_which_orders_want_it(bench: TestBench) -> None:
    bench.scan(ORDER)
    bench.scan(MUG_CODE)
    bench.do(Intent.LOOKUP)
    bench.scan(MUG_CODE)

    assert fact(bench, "lookup.on_hand") == {"n": 39}
    assert fact(bench, "lookup.in_boxes") == {"n": 1}
    assert fact(bench, "lookup.pending")["n"] == 1
    assert fact(bench, "lookup.orders") == {"n": 2}
    orders = [one for one in bench.screen.facts if one.label.code == "lookup.order"]
    units = {dict(one.label.params)["order"]: dict(one.said.params)["n"] for one in orders}
    assert units == {"ORD-2": 2, ORDER: 1}
    assert bench.screen.subtitle is not None


def test_an_order_that_is_cancelled_wants_nothing_any_more(bench: TestBench) -> None:
    bench.feed(order_row("ORD-2", state="cancelled", version=2))
    bench.do(Intent.LOOKUP)
    bench.scan(MUG_CODE)

    assert fact(bench, "lookup.orders") == {"n": 1}


def test_why_is_this_number_tells_who_did_what_and_what_was_taken_back(bench: TestBench) -> None:
    bench.scan(ORDER)
    bench.scan(MUG_CODE)
    bench.do(Intent.UNDO)
    bench.do(Intent.LOOKUP)
    bench.scan(MUG_CODE)
    bench.do(Intent.WHY)

    rows = bench.screen.choices.rows  # type: ignore[union-attr]
    assert [row.cells[1].code for row in rows] == ["lookup.did_reverse", "lookup.did_pack"]  # type: ignore[union-attr]
    bench.do(Intent.CHOOSE, rows[1].key)
    assert fact(bench, "lookup.who") == {"said": "A. Novak"}
    assert fact(bench, "lookup.from_to")["n"] == 1


def test_a_place_and_a_parcel_show_what_lies_there(bench: TestBench) -> None:
    bench.do(Intent.LOOKUP)
    bench.scan("LOC:A-04-2")
    assert keys(bench) == [MUG.sku]

    bench.scan("BENCH-3")

    assert keys(bench) == []
    assert bench.screen.choices.empty is not None  # type: ignore[union-attr]


@pytest.mark.parametrize("code", ["NOBODY-KNOWS-THIS", ORDER, "2900000000995"])
def test_what_cannot_be_looked_up_is_told_in_words_and_holds_nobody_up(
    bench: TestBench, code: str
) -> None:
    bench.do(Intent.LOOKUP)
    bench.scan(code)

    assert bench.screen.prompt.tone is Tone.WARN
    assert bench.fates[-1] == "refused"
    bench.scan(MUG_CODE)
    assert bench.title == "lookup.item"


def test_without_a_link_the_page_says_how_old_its_numbers_are(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:30:00Z", "", None)])
    bench.do(Intent.LOOKUP)

    assert bench.screen.prompt.note is not None
    assert bench.screen.subtitle is not None
    assert bench.screen.subtitle.code.startswith("lookup.fresh")


def test_many_hits_are_paged_by_key_and_one_step_back_is_the_page_before(
    bench: TestBench,
) -> None:
    bench.master(*(ItemRow(f"NAIL-{n:04d}", f"Nail, {n} mm") for n in range(ROWS + 7)))
    bench.do(Intent.LOOKUP)
    bench.do(Intent.SEARCH, "nail")
    first = keys(bench)
    bench.do(Intent.NEXT)

    assert (len(first), len(keys(bench))) == (ROWS, 7)
    assert not set(first) & set(keys(bench))
    bench.do(Intent.NO)
    assert keys(bench) == first


def test_what_the_world_tells_reaches_the_task_below(bench: TestBench) -> None:
    bench.scan(ORDER)
    bench.do(Intent.LOOKUP)

    bench.feed(order_row(ORDER, version=2, carrier="GLS"))

    assert bench.page == "lookup"
    bench.do(Intent.NO)
    assert bench.page == "pack"


def test_a_document_of_another_kind_is_pointed_to_its_own_page(bench: TestBench) -> None:
    bench.feed(DocumentRow("inbound", "ASN-77", 1, "open"))
    bench.do(Intent.LOOKUP)
    bench.scan("ASN-77")

    assert bench.title == "lookup.document"


def searching(bench: TestBench) -> None:
    bench.do(Intent.SEARCH, "tray")


def at_item(bench: TestBench) -> None:
    bench.scan(MUG_CODE)


def at_moves(bench: TestBench) -> None:
    bench.scan(MUG_CODE)
    bench.do(Intent.WHY)


def at_place(bench: TestBench) -> None:
    bench.scan("LOC:A-04-2")


WAYS: dict[View, Callable[[TestBench], None]] = {
    View.SEARCH: searching,
    View.ITEM: at_item,
    View.MOVES: at_moves,
    View.PLACE: at_place,
}
SCANS = {
    Trigger.ITEM: TRAY_CODE,
    Trigger.PLACE: "LOC:B-11-1",
    Trigger.ORDER: ORDER,
    Trigger.LABEL: "00340123450000000018",
    Trigger.NOTHING: "NOBODY-KNOWS-THIS",
    Trigger.BADGE: "PHB-nobody",
}


@pytest.mark.parametrize("trigger", [one for one in Trigger if one not in ASKED_FOR])
@pytest.mark.parametrize("view", list(View))
def test_every_trigger_has_a_defined_answer_in_every_view(
    bench: TestBench, view: View, trigger: Trigger
) -> None:
    bench.scan(ORDER)
    bench.do(Intent.LOOKUP)
    WAYS[view](bench)
    assert looking(bench).look.view is view
    operations = [one for one in bench.kinds() if one != "event"]

    if trigger in SCANS:
        bench.scan(SCANS[trigger])
    elif trigger.value in set(Intent):
        bench.do(Intent(trigger.value), "1")
    else:
        bench.station.engine._turn(Happening(trigger, argument="1"))

    assert [one for one in bench.kinds() if one != "event"] == operations
    assert not [event for event in bench.events if type(event).__name__ == "Broken"]
    assert bench.page in {"lookup", "pack", "home", "sign_in"}


def test_fifty_scans_at_once_are_answered_one_by_one(bench: TestBench) -> None:
    bench.do(Intent.LOOKUP)
    at = bench.clock.monotonic_ns()
    before = len(bench.fates)

    bench.station.handle([Scan(b"x", f"C-{n}", at_ns=at + n * 10_000_000) for n in range(50)])

    assert len(bench.fates) - before == 50


def test_a_station_that_locks_while_something_is_looked_up_comes_back_to_the_task(
    bench: TestBench,
) -> None:
    bench.scan(ORDER)
    bench.scan(MUG_CODE)
    bench.do(Intent.LOOKUP)
    bench.pass_s(16 * 60)
    assert bench.page == "sign_in"

    bench.scan(BADGE)

    assert (bench.page, bench.screen.document, bench.screen.done) == ("pack", ORDER, 1)
