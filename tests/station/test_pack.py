"""The packing task, from the sign-in to the hand-over, on a real book."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from app.contract.messages import BoxRow, OrderedLine
from app.domain.scan import Scan
from app.domain.text import text
from app.station.events import PrintAsked, ScanDecided
from app.station.inbox import Intent, PrintState
from app.station.screen import Page, Sound, Tone
from tests.support.bench import MUG, SMALL_TRAY, TOWEL, TRAY, TestBench, order_row
from tests.support.leaks import ExpectedLogs
from tests.support.people import BADGE, PINS

MUG_CODE = "2900000000018"
TRAY_CODE = "2900000000025"
TRAY_CARTON = "2900000000032"
TOWEL_CODE = "2900000000049"
SMALL_TRAY_CODE = "2900000000056"
# Two mugs, three trays, a towel and the small box.
RIGHT_WEIGHT = 2 * 310_000 + 3 * 820_000 + 95_000 + 120_000


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    yield made
    made.book.close()


def fill(bench: TestBench) -> None:
    """Scan everything the order wants."""
    for code in (MUG_CODE, MUG_CODE, TRAY_CODE, TRAY_CODE, TRAY_CODE, TOWEL_CODE):
        bench.scan(code)


def test_a_whole_order_goes_from_the_slip_to_the_customer(packing: TestBench) -> None:
    fill(packing)
    packing.weigh(RIGHT_WEIGHT)
    packing.printed()
    packing.do(Intent.MAIN)

    assert packing.page == Page.HOME
    assert packing.kinds() == ["event", "claim", *["pack"] * 6, "seal", "ship"]
    assert packing.stock("customer") == {MUG.sku: 2, TRAY.sku: 3, TOWEL.sku: 1}
    assert packing.stock("B-11-1") == {TRAY.sku: 22}
    assert packing.sounds[-1] is Sound.ORDER


def test_a_wrong_item_is_a_state_until_acknowledged_and_counts_nothing(packing: TestBench) -> None:
    packing.scan(SMALL_TRAY_CODE)
    packing.scan(MUG_CODE)

    assert packing.title == "pack.wrong_item"
    assert packing.screen.prompt.tone is Tone.ERROR
    assert packing.screen.done == 0
    assert packing.fates[-2:] == ["refused", "refused"]

    packing.do(Intent.ACKNOWLEDGE)
    packing.scan(MUG_CODE)

    assert packing.screen.done == 1
    assert SMALL_TRAY.sku not in packing.stock("parcel/none")


def test_the_acknowledge_card_leaves_the_error_too(packing: TestBench) -> None:
    packing.scan("NO-SUCH-THING")
    assert packing.title == "pack.unknown"

    packing.scan("CMD:ACK")

    assert packing.screen.prompt.tone is Tone.ASK
    assert packing.fates[-1] == "command"


def test_a_bounce_of_the_trigger_is_not_a_second_unit(packing: TestBench) -> None:
    at = packing.clock.monotonic_ns()
    twice = [Scan(b"x", MUG_CODE, at_ns=at), Scan(b"x", MUG_CODE, at_ns=at + 200_000_000)]
    packing.station.handle(twice)

    assert packing.screen.done == 1
    assert packing.fates[-2:] == ["applied", "duplicate"]
    why = [event.why for event in packing.events if isinstance(event, ScanDecided)][-1]
    assert why == text("scan.bounce", ms=200)
    assert packing.sounds[-1] is Sound.ATTENTION


def test_half_a_code_is_refused_even_if_it_is_a_sku(packing: TestBench) -> None:
    at = packing.clock.monotonic_ns()
    packing.station.handle([Scan(b"SKU-10221", MUG.sku, terminated=False, at_ns=at)])

    assert packing.screen.done == 0
    assert packing.screen.prompt.detail is not None
    assert packing.screen.prompt.detail.code == "scan.damaged.cut_off"


def test_one_unit_too_many_is_said_and_not_counted(packing: TestBench) -> None:
    packing.scan(TOWEL_CODE)
    packing.scan(TOWEL_CODE)

    assert packing.title == "pack.too_many"
    assert packing.screen.done == 1


def test_a_carton_barcode_stands_for_its_units(tmp_path: Path) -> None:
    bench = TestBench(tmp_path, orders=(order_row(lines=(OrderedLine(1, TRAY.sku, 12),)),))
    bench.sign_in()
    bench.scan("ORD-48213")
    bench.scan(TRAY_CARTON)

    assert bench.screen.done == 6
    assert bench.stock("B-11-1") == {TRAY.sku: 19}
    bench.book.close()


def test_quantity_then_scan_follows_the_order_s_policy(tmp_path: Path) -> None:
    order = order_row(policy="quantity", lines=(OrderedLine(1, TRAY.sku, 9),))
    bench = TestBench(tmp_path, orders=(order,))
    bench.sign_in()
    bench.scan("ORD-48213")
    bench.scan("CMD:QTY-4")
    bench.scan(TRAY_CODE)
    bench.do(Intent.CODE, "5")
    bench.scan(TRAY_CODE)

    assert bench.screen.done == 9
    bench.book.close()


def test_an_order_verified_unit_by_unit_takes_no_quantity(packing: TestBench) -> None:
    packing.scan("CMD:QTY-3")
    packing.scan(TRAY_CODE)

    assert packing.screen.done == 1


def test_undo_takes_back_the_last_unit_and_says_so(packing: TestBench) -> None:
    packing.scan(MUG_CODE)
    packing.scan(TRAY_CODE)
    packing.do(Intent.UNDO)

    assert packing.title == "pack.undone"
    assert packing.screen.done == 1
    assert packing.stock("B-11-1") == {TRAY.sku: 25}

    packing.do(Intent.UNDO)
    packing.do(Intent.UNDO)

    assert packing.screen.done == 0
    assert packing.title == "pack.nothing_to_undo"
    assert packing.kinds().count("reverse") == 2


def test_kill_9_resumes_the_open_order_to_the_unit(packing: TestBench) -> None:
    packing.scan(MUG_CODE)
    packing.scan(MUG_CODE)
    packing.scan(TRAY_CODE)

    again = packing.crash_and_restart()

    assert again.page == Page.PACK
    assert again.screen.document == "ORD-48213"
    assert again.screen.done == 3
    again.scan(TRAY_CODE)
    assert again.screen.done == 4
    again.book.close()


def test_kill_9_keeps_an_unacknowledged_error_on_the_panel(packing: TestBench) -> None:
    packing.scan(SMALL_TRAY_CODE)

    again = packing.crash_and_restart()

    assert again.title == "pack.wrong_item"
    again.book.close()


def test_a_scan_journaled_but_never_answered_is_refused_at_the_next_start(
    packing: TestBench, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("1 scans were interrupted")
    expected_logs.expect("interrupted by the last stop")
    with packing.store.begin() as work:
        work.journal(Scan(b"x", MUG_CODE), b"x", MUG_CODE, "2026-11-23T07:30:00Z")
        work.commit()

    again = packing.crash_and_restart()

    with again.book.reader.connect() as connection:
        undecided = connection.exec_driver_sql(
            "SELECT count(*) FROM scan WHERE fate = ''"
        ).scalar_one()
    assert undecided == 0
    assert again.screen.done == 0
    again.book.close()


def test_a_short_line_lets_the_order_go_on(packing: TestBench) -> None:
    packing.scan(MUG_CODE)
    packing.scan(MUG_CODE)
    packing.do(Intent.SHORT)
    packing.do(Intent.SHORT)

    assert packing.screen.lines[1].short == 3
    packing.scan(TOWEL_CODE)
    assert packing.title == "weigh.title"


def test_a_damaged_unit_stays_in_its_place_as_damaged(packing: TestBench) -> None:
    packing.do(Intent.SHORT)
    packing.do(Intent.DAMAGED)

    with packing.store.begin() as work:
        rows = {(row.condition, row.quantity) for row in work.stock_at("A-04-2")}
    assert rows == {("good", 39), ("damaged", 1)}
    assert packing.screen.done == 0


def test_goods_are_taken_from_a_scanned_tote(packing: TestBench) -> None:
    packing.scan("TOTE:T-017")
    packing.scan(MUG_CODE)

    assert packing.stock("tote/T-017") == {MUG.sku: -1}
    assert packing.stock("A-04-2") == {MUG.sku: 40}


def test_the_weight_of_the_box_before_can_never_be_used(tmp_path: Path) -> None:
    orders = (order_row("ORD-1"), order_row("ORD-2"))
    bench = TestBench(tmp_path, orders=orders)
    bench.sign_in()
    bench.scan("ORD-1")
    fill(bench)
    bench.weigh(RIGHT_WEIGHT)
    bench.printed()
    bench.do(Intent.MAIN)
    bench.scan("ORD-2")
    fill(bench)
    reading = bench.last_reading
    bench.station.handle([replace(reading, at_ns=bench.clock.monotonic_ns())])
    bench.do(Intent.MAIN)

    assert bench.screen.prompt.detail is not None
    assert bench.screen.prompt.detail.code == "weigh.carried"
    assert bench.kinds().count("seal") == 1
    bench.book.close()


def test_a_stale_weight_is_no_weight(packing: TestBench) -> None:
    fill(packing)
    packing.weigh(RIGHT_WEIGHT + 400_000)
    packing.clock.pass_ms(5_000)
    packing.do(Intent.MAIN)

    assert packing.screen.prompt.detail is not None
    assert packing.screen.prompt.detail.code == "weigh.stale"


@pytest.mark.parametrize("shown_mg", [-1_000, 1_000])
def test_an_all_but_empty_platform_is_no_box_that_nobody_has_weighed(
    bench: TestBench, shown_mg: int
) -> None:
    unknown = (
        structs.replace(row, weight_mg=0, spread_mg=0, version=2) for row in (MUG, TRAY, TOWEL)
    )
    bench.master(*unknown, BoxRow("S", "Small box", 0, 300, 200, 150, 5_000_000))
    bench.sign_in()
    bench.scan("ORD-48213")
    fill(bench)

    bench.weigh(shown_mg)

    assert "seal" not in bench.kinds()


def test_without_a_scale_the_box_goes_on_and_says_it_was_not_weighed(packing: TestBench) -> None:
    fill(packing)
    packing.do(Intent.OVERRIDE, "no_scale")

    assert packing.kinds()[-1] == "seal"


def test_a_label_of_unknown_fate_is_asked_about_before_it_is_printed_again(
    packing: TestBench,
) -> None:
    fill(packing)
    packing.weigh(RIGHT_WEIGHT)
    packing.printed(PrintState.UNKNOWN)
    assert packing.title == "label.unknown"

    packing.do(Intent.NO)

    assert packing.title == "label.printing"
    with packing.store.begin() as work:
        assert '"reprint":true' in work.open_prints()[-1][2]


def test_a_label_that_was_printing_when_the_power_went_is_not_printed_twice(
    packing: TestBench,
) -> None:
    fill(packing)
    packing.weigh(RIGHT_WEIGHT)

    again = packing.crash_and_restart()

    assert not [event for event in again.events if isinstance(event, PrintAsked)]
    assert again.title == "label.unknown"
    again.do(Intent.YES)
    assert again.title == "pack.hand_over"
    again.book.close()


def test_a_printer_that_took_nothing_may_simply_print_again(packing: TestBench) -> None:
    fill(packing)
    packing.weigh(RIGHT_WEIGHT)
    packing.printed(PrintState.FAILED)
    packing.do(Intent.MAIN)
    packing.printed()

    assert packing.title == "pack.hand_over"


def test_the_parcel_label_itself_hands_over_and_another_one_does_not(packing: TestBench) -> None:
    fill(packing)
    packing.weigh(RIGHT_WEIGHT)
    packing.printed()
    label = packing.screen.label
    assert label is not None
    packing.scan("00340123450000000994")
    assert packing.screen.prompt.tone is Tone.ERROR
    packing.do(Intent.ACKNOWLEDGE)

    packing.scan("00" + label.sscc)

    assert packing.page == Page.HOME
    assert packing.kinds()[-1] == "ship"


def test_undo_after_sealing_opens_the_box_again_and_voids_its_number(packing: TestBench) -> None:
    fill(packing)
    packing.weigh(RIGHT_WEIGHT)
    first = packing.screen.label
    packing.printed()
    packing.do(Intent.UNDO)
    assert packing.title == "weigh.title"
    packing.weigh(RIGHT_WEIGHT)
    second = packing.screen.label

    assert first is not None
    assert second is not None
    assert first.sscc != second.sscc


def test_an_order_cancelled_meanwhile_stops_the_box_and_the_goods_land_somewhere_real(
    packing: TestBench,
) -> None:
    packing.scan(MUG_CODE)
    packing.scan(TRAY_CODE)
    packing.feed(order_row(version=2, state="cancelled"))
    assert packing.title == "pack.stopped_cancelled"
    packing.scan(MUG_CODE)
    assert packing.fates[-1] == "refused"

    packing.scan("LOC:C-07-3")

    assert packing.kinds()[-1] == "unpack"
    assert packing.stock("C-07-3") == {MUG.sku: 1, TRAY.sku: 1, SMALL_TRAY.sku: 9}
    assert packing.page == Page.HOME


def test_an_order_changed_meanwhile_is_held_against_the_box(packing: TestBench) -> None:
    packing.scan(MUG_CODE)
    packing.feed(order_row(version=2, lines=(OrderedLine(1, MUG.sku, 2),)))

    assert packing.title == "pack.order_changed"
    packing.do(Intent.ACKNOWLEDGE)
    assert packing.screen.total == 2
    assert packing.screen.done == 1


def test_another_order_s_slip_does_not_change_the_open_order(tmp_path: Path) -> None:
    bench = TestBench(tmp_path, orders=(order_row("ORD-1"), order_row("ORD-2")))
    bench.sign_in()
    bench.scan("ORD-1")
    bench.scan("ORD-2")

    assert bench.title == "pack.other_order"
    assert bench.screen.document == "ORD-1"
    bench.book.close()


def test_a_paused_order_is_taken_up_where_it_was_left(packing: TestBench) -> None:
    packing.scan(MUG_CODE)
    packing.do(Intent.PAUSE)
    assert packing.page == Page.HOME
    packing.do(Intent.NEXT)

    assert packing.page == Page.PACK
    assert packing.screen.done == 1


def test_badges_are_never_in_the_journal(bench: TestBench) -> None:
    bench.sign_in()

    with bench.book.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT raw, shown FROM scan").all()
    assert all(BADGE.encode() not in bytes(raw) and BADGE not in shown for raw, shown in rows)


def test_nobody_works_without_signing_in(bench: TestBench) -> None:
    bench.scan("ORD-48213")
    bench.scan(MUG_CODE)

    assert bench.page == Page.SIGN_IN
    assert bench.kinds() == []
    assert bench.fates == ["refused", "refused"]


def test_a_pin_signs_in_and_a_wrong_one_does_not(bench: TestBench) -> None:
    bench.do(Intent.SIGN_IN_PIN, "0000", "p-novak")
    assert bench.page == Page.SIGN_IN

    bench.do(Intent.SIGN_IN_PIN, PINS[BADGE], "p-novak")

    assert bench.page == Page.HOME


def test_a_listener_that_fails_stops_nobody_s_work(
    packing: TestBench, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("a listener failed")

    def broken_pipe(_event: object) -> None:
        raise BrokenPipeError

    packing.station.subscribe(broken_pipe)
    packing.scan(MUG_CODE)
    packing.scan(TRAY_CODE)

    assert packing.screen.done == 2


def test_a_listener_that_failed_once_is_told_what_comes_next(
    packing: TestBench, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("a listener failed")
    told: list[object] = []

    def jams(event: object) -> None:
        told.append(event)
        if len(told) == 1:
            raise ValueError("a label that cannot be made")

    packing.station.subscribe(jams)
    packing.scan(MUG_CODE)

    assert len(told) > 1
