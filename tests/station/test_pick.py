"""Fetching orders into totes: what a person scans, what is recorded, what they see."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contract.messages import Operation, OrderedLine
from app.domain.order import Progress
from app.station.inbox import Intent
from app.station.screen import Sound
from tests.station.test_move import operations
from tests.support.bench import MUG, SMALL_TRAY, TOWEL, TRAY, TestBench, order_row

MUG_CODE, TRAY_CODE, CARTON_CODE = "02900000000018", "02900000000025", "02900000000032"
TOWEL_CODE, SMALL_TRAY_CODE = "02900000000049", "02900000000056"
FIRST, SECOND = "ORD-48213", "ORD-48214"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    orders = (order_row(FIRST), order_row(SECOND, lines=(OrderedLine(1, TRAY.sku, 1),)))
    made = TestBench(tmp_path, orders=orders)
    made.sign_in()
    made.do(Intent.TASK, "pick")
    yield made
    made.book.close()


def load_cart(bench: TestBench) -> None:
    """Both orders on the cart, and off to the shelves: towel, two mugs, three trays, one tray."""
    for order, tote in ((FIRST, "T-1"), (SECOND, "T-2")):
        bench.scan(order)
        bench.scan(f"TOTE:{tote}")
    bench.do(Intent.MAIN)


def fetch_all(bench: TestBench) -> None:
    for code in (TOWEL_CODE, *2 * (MUG_CODE,), *4 * (TRAY_CODE,)):
        bench.scan(code)


def facts_of(operation: Operation) -> tuple[str, str, int, str, str, int, str]:
    (line,) = operation.lines
    about = operation.reference.document if operation.reference else ""
    return (
        operation.kind, line.item, line.quantity, line.source, line.target, line.order_line, about,
    )  # fmt: skip


def picked(bench: TestBench, order: str) -> int:
    with bench.store.begin() as work:
        return sum(one.get("picked", 0) for one in work.counted("order", order).values())


def test_each_scan_goes_from_the_shelf_into_the_tote_of_its_order(bench: TestBench) -> None:
    load_cart(bench)
    places = [line.place for line in bench.screen.lines]
    fetch_all(bench)

    assert places == ["A-02-5", "A-04-2", "B-11-1", "B-11-1"]
    made = [facts_of(one) for one in operations(bench)]
    assert made[0] == ("pick", TOWEL.sku, 1, "A-02-5", "tote/T-1", 3, FIRST)
    assert made[-1] == ("pick", TRAY.sku, 1, "B-11-1", "tote/T-2", 1, SECOND)
    assert bench.stock("tote/T-1") == {MUG.sku: 2, TRAY.sku: 3, TOWEL.sku: 1}
    assert (picked(bench, FIRST), picked(bench, SECOND)) == (6, 1)
    assert bench.title == "pick.all_in"
    bench.scan("CMD:MAIN")
    assert (bench.page, bench.title) == ("home", "pick.finished")


def test_a_serial_number_is_fetched_once_and_for_one_order(bench: TestBench) -> None:
    load_cart(bench)
    bench.scan("(01)02900000000018(21)S-1")

    bench.scan("(01)02900000000018(21)S-1")

    assert bench.title == "pack.serial_twice"
    assert (picked(bench, FIRST), picked(bench, SECOND)) == (1, 0)


def test_what_was_picked_is_packed_from_its_tote(bench: TestBench) -> None:
    load_cart(bench)
    fetch_all(bench)
    bench.do(Intent.MAIN)
    bench.scan(FIRST)
    bench.scan("TOTE:T-1")
    for code in (*2 * (MUG_CODE,), *3 * (TRAY_CODE,), TOWEL_CODE):
        bench.scan(code)

    assert bench.stock("tote/T-1") == {}
    assert {one.lines[0].source for one in operations(bench) if one.kind == "pack"} == {"tote/T-1"}
    assert picked(bench, FIRST) == 0
    assert bench.stock("A-04-2") == {MUG.sku: 38}


def test_the_most_urgent_order_is_taken_with_the_main_key_alone(bench: TestBench) -> None:
    bench.scan("CMD:MAIN")
    asked = bench.screen.prompt.title
    bench.scan("TOTE:T-1")
    bench.scan("CMD:MAIN")

    assert (asked.code, asked.value("order")) == ("pick.ask_tote", FIRST)
    assert bench.screen.total == 6


def test_a_number_before_the_scan_picks_so_many(bench: TestBench) -> None:
    load_cart(bench)
    bench.scan(TOWEL_CODE)
    bench.do(Intent.CODE, "2")
    bench.scan(MUG_CODE)

    assert facts_of(operations(bench)[-1])[1:3] == (MUG.sku, 2)


def test_the_tote_is_checked_when_it_is_scanned(bench: TestBench) -> None:
    load_cart(bench)
    bench.scan(TOWEL_CODE)
    bench.scan("TOTE:T-1")
    right = bench.title
    bench.scan("TOTE:T-2")

    assert (right, bench.title) == ("pick.right_tote", "pick.wrong_tote")
    assert bench.sounds[-1] is Sound.WRONG


def test_another_shelf_is_taken_from_until_the_list_goes_on(bench: TestBench) -> None:
    load_cart(bench)
    bench.scan("LOC:C-07-3")
    bench.scan(TOWEL_CODE)
    bench.scan(MUG_CODE)

    assert [one.lines[0].source for one in operations(bench)] == ["C-07-3", "A-04-2"]


def test_scanning_a_shelf_of_the_list_goes_to_its_line(bench: TestBench) -> None:
    load_cart(bench)
    bench.scan("LOC:B-11-1")

    assert bench.screen.prompt.detail is not None
    assert bench.screen.current == 3


def test_short_with_its_reason_asks_for_a_count_of_the_place(bench: TestBench) -> None:
    load_cart(bench)
    bench.scan(TOWEL_CODE)
    bench.scan(MUG_CODE)
    bench.do(Intent.SHORT)
    bench.scan("CMD:REASON-NOT-REACHED")

    short = operations(bench)[-1]
    assert facts_of(short) == ("short", MUG.sku, 1, "A-04-2", "", 1, FIRST)
    assert short.reason == "not_reached"
    assert bench.screen.prompt.title.code == "pick.short_recorded"
    with bench.store.begin() as work:
        assert work.progress(FIRST)[1] == Progress(0, 1)
    bench.do(Intent.UNDO)
    assert bench.screen.lines[1].short == 0


def test_a_damaged_unit_stays_at_its_place_and_another_is_taken(bench: TestBench) -> None:
    load_cart(bench)
    bench.do(Intent.SHORT)
    bench.do(Intent.DAMAGED)
    bench.scan(TOWEL_CODE)

    damaged, pick = operations(bench)
    assert (damaged.kind, damaged.lines[0].to_condition) == ("reclassify", "damaged")
    assert pick.kind == "pick"


def test_undo_puts_units_back_one_by_one(bench: TestBench) -> None:
    load_cart(bench)
    fetch_all(bench)
    bench.do(Intent.UNDO)
    bench.do(Intent.UNDO)

    assert bench.screen.done == 5
    assert (picked(bench, FIRST), picked(bench, SECOND)) == (5, 0)
    assert bench.stock("B-11-1") == {TRAY.sku: 23}
    last = operations(bench)[-1]
    assert last.reference is not None
    assert last.reference.document == FIRST


def test_a_killed_round_goes_on_to_the_unit(bench: TestBench) -> None:
    load_cart(bench)
    bench.scan(TOWEL_CODE)
    bench.scan(MUG_CODE)

    again = bench.crash_and_restart()
    before = (again.page, again.screen.done, again.screen.total)
    again.scan(MUG_CODE)

    assert before == ("pick", 2, 7)
    assert again.screen.done == 3
    again.book.close()


def test_a_paused_round_is_found_again(bench: TestBench) -> None:
    load_cart(bench)
    bench.scan(TOWEL_CODE)
    bench.do(Intent.PAUSE)
    bench.do(Intent.TASK, "pick")

    assert (bench.page, bench.screen.done) == ("pick", 1)


def test_a_line_may_be_fetched_later(bench: TestBench) -> None:
    load_cart(bench)
    bench.do(Intent.NEXT)

    assert bench.screen.current == 2


@pytest.mark.parametrize(
    ("code", "title"),
    [
        (SMALL_TRAY_CODE, "pick.wrong_item"),
        (CARTON_CODE, "pick.too_many"),
        ("NO-SUCH-THING", "pack.unknown"),
        ("LOC:Z-99-9", "pack.unknown_place"),
        ("TOTE:T-9", "pick.wrong_tote"),
        (SECOND, "pick.not_now"),
    ],
)
def test_what_is_wrong_stops_until_it_is_acknowledged(
    bench: TestBench, code: str, title: str
) -> None:
    load_cart(bench)

    bench.scan(code)
    stopped = bench.title
    bench.scan(TOWEL_CODE)
    bench.scan("CMD:ACK")
    bench.scan(TOWEL_CODE)

    assert stopped == title
    assert bench.fates[-4:] == ["refused", "refused", "command", "applied"]
    assert bench.screen.done == 1


def test_more_of_an_item_than_is_wanted_goes_back(bench: TestBench) -> None:
    load_cart(bench)
    bench.scan(TOWEL_CODE)
    bench.scan(TOWEL_CODE)

    assert bench.title == "pick.enough"


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("LOC:A-04-2", "pick.no_tote"),
        ("TOTE:T-1", "pick.tote_taken"),
    ],
)
def test_only_a_free_tote_is_given_to_an_order(bench: TestBench, code: str, title: str) -> None:
    bench.scan(FIRST)
    bench.scan("TOTE:T-1")
    bench.scan(SECOND)
    bench.scan(code)

    assert bench.title == title


def test_orders_that_cannot_be_fetched_are_not_put_on(bench: TestBench) -> None:
    bench.feed(order_row("ORD-9", state="held"))
    bench.scan("ORD-9")
    held = bench.title
    bench.scan("CMD:ACK")
    bench.scan("DOC:ORD-77")
    unknown = bench.title
    bench.scan("CMD:ACK")
    bench.scan(FIRST)
    bench.scan("TOTE:T-1")
    bench.scan(FIRST)

    assert (held, unknown, bench.title) == (
        "pick.not_released", "pick.unknown_order", "pick.on_the_cart",
    )  # fmt: skip


def test_an_order_cancelled_on_the_way_comes_off_the_cart(bench: TestBench) -> None:
    load_cart(bench)
    bench.scan(TOWEL_CODE)
    bench.feed(order_row(FIRST, version=2, state="cancelled"))
    bench.scan(MUG_CODE)
    said = bench.title
    bench.scan("CMD:ACK")

    assert said == "pick.stopped"
    assert [line.name for line in bench.screen.lines] == [TRAY.name]
    assert len(operations(bench)) == 1


def test_the_last_order_comes_off_the_cart_again(bench: TestBench) -> None:
    bench.scan(FIRST)
    bench.scan("TOTE:T-1")
    bench.do(Intent.UNDO)
    off = bench.title
    bench.do(Intent.NO)

    assert (off, bench.page) == ("pick.taken_off", "home")
    assert SMALL_TRAY.sku not in bench.stock("tote/T-1")
