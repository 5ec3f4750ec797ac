"""Goods that come in: announced and blind, with lots and serials, too many, damaged, unknown."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from app.contract.messages import DocumentLine, ItemRow, LotRow
from app.station.inbox import Intent
from app.station.screen import LineState, Sound, Tone
from tests.support.bench import MUG, TRAY, TestBench
from tests.support.deliveries import (
    ASN,
    DOCK,
    DRILL,
    DRILL_CODE,
    JAM,
    JAM_CODE,
    MUG_CODE,
    TRAY_CODE,
    TRAY_SIX,
    asn,
    dock_bench,
    gs1,
    operations,
    tallied,
)

TOWEL_CODE = "2900000000049"


def done(bench: TestBench) -> list[str]:
    """Kinds of what was recorded since somebody signed in."""
    return [kind for kind in bench.kinds() if kind != "event"]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = dock_bench(tmp_path)
    yield made
    made.book.close()


@pytest.fixture
def opened(bench: TestBench) -> TestBench:
    bench.scan(ASN)
    return bench


def test_the_number_of_a_delivery_opens_it_from_the_board(bench: TestBench) -> None:
    bench.scan(ASN)

    assert (bench.page, bench.screen.document, bench.title) == ("receive", ASN, "receive.scan")
    assert (bench.screen.done, bench.screen.total) == (0, 15)
    subtitle = bench.screen.subtitle
    assert subtitle is not None
    assert dict(subtitle.params) == {"party": "Nordkeramik GmbH", "due": "10:00", "dock": DOCK}


def test_a_delivery_is_chosen_from_the_list_without_a_mouse(bench: TestBench) -> None:
    bench.feed(asn("ASN-7002", due="2026-11-23T08:00:00"), asn("ASN-7003", state="closed"))
    bench.scan("CMD:TASK-RECEIVE")
    shown = bench.screen.choices
    assert shown is not None
    assert [row.key for row in shown.rows] == ["ASN-7002", ASN]

    bench.do(Intent.CHOOSE, ASN)
    bench.do(Intent.MAIN)

    assert bench.screen.document == ASN


def test_every_scan_is_one_receipt_at_the_line_it_belongs_to(opened: TestBench) -> None:
    opened.scan(MUG_CODE)
    opened.scan(TRAY_SIX)

    first, second = operations(opened)[-2:]
    assert first.reference is not None
    assert (first.kind, first.reference.document_kind, first.reference.document) == (
        "receive",
        "inbound",
        ASN,
    )
    mug, tray = first.lines[0], second.lines[0]
    assert (mug.source, mug.target, mug.quantity, mug.order_line) == ("supplier", DOCK, 1, 1)
    assert (tray.quantity, tray.uom, tray.uom_quantity, tray.order_line) == (6, "pack-6", 1, 2)
    assert tallied(opened, "inbound", ASN) == {(1, "received"): 1, (2, "received"): 6}
    assert opened.sounds[-2:] == [Sound.ACCEPTED, Sound.LINE]
    assert opened.stock(DOCK) == {MUG.sku: 1, TRAY.sku: 6}


def test_a_place_that_is_scanned_is_where_goods_go_from_then_on(opened: TestBench) -> None:
    opened.scan("LOC:DOCK-2")
    opened.scan(MUG_CODE)
    opened.scan("LOC:NOWHERE")

    assert operations(opened)[-1].lines[0].target == "DOCK-2"
    assert opened.title == "receive.unknown_place"
    assert opened.screen.locked


def test_a_quantity_before_its_scan_counts_so_many(opened: TestBench) -> None:
    opened.do(Intent.QUANTITY, "3")
    opened.scan(MUG_CODE)

    assert tallied(opened, "inbound", ASN) == {(1, "received"): 3}
    assert operations(opened)[-1].lines[0].uom_quantity == 3


def test_lot_and_expiry_are_asked_for_only_when_the_barcode_does_not_say_them(
    opened: TestBench,
) -> None:
    opened.scan(gs1(JAM_CODE, "L-42", "270331"))
    whole = operations(opened)[-1].lines[0]
    opened.scan(JAM_CODE)
    assert opened.title == "receive.ask_lot"
    assert opened.fates[-1] == "held"
    opened.scan("L-43")
    assert opened.title == "receive.ask_expiry"
    opened.scan("2027-04-30")

    asked = operations(opened)[-1].lines[0]
    assert (whole.lot, whole.expiry) == ("L-42", "2027-03-31")
    assert (asked.lot, asked.expiry) == ("L-43", "2027-04-30")
    assert tallied(opened, "inbound", ASN) == {(3, "received"): 2}


@pytest.mark.parametrize("heard", ["phb-nOVAK-1234567890", "PHB-", "L-43PHB-nOVAK-1234567890"])
def test_what_no_scanner_read_whole_is_no_lot_and_no_serial(opened: TestBench, heard: str) -> None:
    for code in (JAM_CODE, DRILL_CODE):
        before = done(opened)
        opened.scan(code)
        opened.scan(heard)
        opened.do(Intent.ACKNOWLEDGE)
        opened.do(Intent.NO)

        assert done(opened) == before
    opened.scan(heard)
    opened.do(Intent.YES)
    assert "nOVAK" not in repr(operations(opened)) + repr(opened.events)


def test_as_many_in_all_are_as_many_of_the_lot_that_was_scanned(opened: TestBench) -> None:
    opened.scan(gs1(TRAY_CODE, "L-42", "270331"))

    opened.do(Intent.QUANTITY, "3")
    opened.do(Intent.MAIN)

    lines = [line for one in operations(opened) for line in one.lines]
    assert [(line.lot, line.expiry) for line in lines] == [("L-42", "2027-03-31")] * 2
    assert sum(line.quantity for line in lines) == 3


def test_the_same_lot_again_is_one_key(opened: TestBench) -> None:
    opened.scan(gs1(JAM_CODE, "L-42", "270331"))

    opened.scan(JAM_CODE)
    opened.do(Intent.MAIN)

    line = operations(opened)[-1].lines[0]
    assert (line.lot, line.expiry) == ("L-42", "2027-03-31")


def test_a_lot_whose_expiry_is_known_needs_no_date(opened: TestBench) -> None:
    opened.master(LotRow(JAM.sku, "L-42", "2027-03-31"))

    opened.scan(JAM_CODE)
    opened.scan("L-42")

    assert operations(opened)[-1].lines[0].lot == "L-42"


def test_another_expiry_of_a_known_lot_counts_only_when_it_is_confirmed(
    opened: TestBench,
) -> None:
    opened.master(LotRow(JAM.sku, "L-42", "2027-03-31"))
    before = done(opened)

    opened.scan(gs1(JAM_CODE, "L-42", "270930"))
    assert opened.title == "receive.differs"
    opened.do(Intent.NO)
    assert done(opened) == before
    opened.scan(gs1(JAM_CODE, "L-42", "270930"))
    opened.scan("CMD:YES")

    made = operations(opened)[-1]
    assert made.lines[0].expiry == "2027-09-30"
    assert made.evidence == {"expiry_confirmed": True}


def test_what_is_no_date_is_not_taken_for_one(opened: TestBench) -> None:
    opened.scan(JAM_CODE)
    opened.scan("L-43")

    opened.scan("31.02.2027")

    assert opened.title == "receive.no_date"
    opened.do(Intent.ACKNOWLEDGE)
    assert opened.title == "receive.ask_expiry"


def test_a_serial_is_one_unit_and_comes_once(opened: TestBench) -> None:
    opened.scan(DRILL_CODE)
    opened.scan("SN-1")
    assert operations(opened)[-1].lines[0].serial == "SN-1"

    opened.scan(gs1(DRILL_CODE, serial="SN-1"))

    assert opened.title == "receive.serial_twice"
    assert tallied(opened, "inbound", ASN) == {(4, "received"): 1}


def test_many_of_one_serial_are_refused(opened: TestBench) -> None:
    opened.do(Intent.QUANTITY, "2")
    opened.scan(DRILL_CODE)
    assert opened.title == "receive.serial_one"


def test_more_than_the_tolerance_needs_f9_and_a_reason(opened: TestBench) -> None:
    opened.do(Intent.QUANTITY, "4")
    opened.scan(MUG_CODE)  # three announced, one more within 400 permille
    assert opened.title == "receive.taken"

    opened.scan(MUG_CODE)
    assert (opened.title, opened.screen.prompt.tone) == ("receive.over", Tone.WARN)
    assert tallied(opened, "inbound", ASN) == {(1, "received"): 4}
    opened.scan("CMD:ACK")
    opened.scan("CMD:REASON-SENT-MORE")

    made = operations(opened)[-1]
    assert (made.reason, made.evidence) == ("sent_more", {"over": 1})
    assert tallied(opened, "inbound", ASN) == {(1, "received"): 5}


def test_too_many_that_are_put_aside_are_not_counted(opened: TestBench) -> None:
    opened.do(Intent.QUANTITY, "9")
    opened.scan(MUG_CODE)

    opened.do(Intent.NO)

    assert opened.title == "receive.put_aside"
    assert tallied(opened, "inbound", ASN) == {}


def test_an_item_nobody_announced_needs_f9_and_a_reason(opened: TestBench) -> None:
    opened.scan(TOWEL_CODE)
    assert opened.title == "receive.stray_title"

    opened.do(Intent.ACKNOWLEDGE)
    opened.do(Intent.REASON, "order_wrong")

    made = operations(opened)[-1]
    assert (made.lines[0].order_line, made.reason) == (0, "order_wrong")
    assert tallied(opened, "inbound", ASN) == {}
    stray = opened.screen.lines[-1]
    assert (stray.sku, stray.done, stray.wanted) == ("SKU-11450", 1, 0)


def test_a_damaged_unit_is_received_apart(opened: TestBench) -> None:
    opened.scan("CMD:DAMAGED")
    opened.scan(MUG_CODE)
    opened.scan(MUG_CODE)

    hurt, sound = operations(opened)[-2:]
    assert (hurt.lines[0].to_condition, sound.lines[0].to_condition) == ("damaged", "")
    assert tallied(opened, "inbound", ASN) == {(1, "received"): 2, (1, "damaged"): 1}


@pytest.mark.parametrize("code", ["4006381333931", "NO-SUCH-THING"])
def test_a_code_nobody_knows_is_received_as_itself_or_put_aside(
    opened: TestBench, code: str
) -> None:
    opened.scan(code)
    assert opened.title == "receive.unknown"
    opened.scan("CMD:NO")
    assert done(opened) == []

    opened.scan(code)
    opened.scan("CMD:YES")

    line = operations(opened)[-1].lines[0]
    assert line.item == code.rjust(14, "0") if code.isdecimal() else line.item == code
    assert opened.title == "receive.taken_unknown"


def test_nobody_has_to_announce_a_delivery(bench: TestBench) -> None:
    bench.scan("CMD:TASK-RECEIVE")
    bench.scan("CMD:BLIND")
    bench.scan(MUG_CODE)
    bench.scan(MUG_CODE)

    assert operations(bench)[-1].reference is None
    assert [(line.sku, line.done) for line in bench.screen.lines] == [(MUG.sku, 2)]
    bench.do(Intent.UNDO)
    assert [line.done for line in bench.screen.lines] == [1]
    bench.do(Intent.MAIN)
    assert (bench.page, bench.title) == ("home", "receive.done_blind")


def test_undo_walks_back_unit_by_unit(opened: TestBench) -> None:
    opened.scan(MUG_CODE)
    opened.scan(TRAY_CODE)

    opened.do(Intent.UNDO)
    opened.scan("CMD:UNDO")

    assert done(opened) == ["receive", "receive", "reverse", "reverse"]
    assert tallied(opened, "inbound", ASN) == {}
    assert opened.stock(DOCK) == {}
    opened.do(Intent.UNDO)
    assert done(opened)[-1] == "reverse"
    assert opened.sounds[-1] is Sound.WRONG


def test_the_rest_is_still_to_come(opened: TestBench) -> None:
    opened.scan(MUG_CODE)
    opened.do(Intent.MAIN)
    shown = opened.screen.choices
    assert shown is not None
    assert [row.cells[0] for row in shown.rows] == [MUG.sku, TRAY.sku, JAM.sku, DRILL.sku]

    opened.do(Intent.YES)

    made = operations(opened)[-1]
    assert (made.kind, made.reason) == ("short", "backorder")
    assert [(line.order_line, line.quantity) for line in made.lines] == [
        (1, 2),
        (2, 6),
        (3, 4),
        (4, 2),
    ]
    assert (opened.page, opened.title) == ("home", "receive.done_later")


def test_the_rest_does_not_come(opened: TestBench) -> None:
    opened.scan(TRAY_SIX)
    opened.do(Intent.MAIN)
    opened.scan("CMD:SHORT")

    made = operations(opened)[-1]
    assert (made.kind, made.reason) == ("short", "close")
    assert tallied(opened, "inbound", ASN)[1, "closed"] == 3
    assert opened.title == "receive.done_short"


def test_what_was_said_to_come_later_is_not_said_twice(opened: TestBench) -> None:
    opened.do(Intent.MAIN)
    opened.do(Intent.YES)
    opened.scan(ASN)
    opened.scan(TRAY_SIX)
    opened.do(Intent.MAIN)
    opened.do(Intent.YES)

    assert done(opened) == ["short", "receive"]


def test_a_delivery_of_which_everything_came_ends_without_a_question(tmp_path: Path) -> None:
    bench = dock_bench(tmp_path, asn(lines=(DocumentLine(1, MUG.sku, 1),)))
    bench.scan(ASN)
    bench.scan(MUG_CODE)
    assert bench.screen.lines[0].state is LineState.CURRENT

    bench.do(Intent.MAIN)

    assert (bench.page, bench.title) == ("home", "receive.done")
    assert done(bench) == ["receive"]
    bench.book.close()


def test_a_receipt_goes_on_to_the_unit_after_a_crash(opened: TestBench) -> None:
    opened.scan(MUG_CODE)
    opened.scan(JAM_CODE)

    again = opened.crash_and_restart()

    assert (again.screen.document, again.screen.done) == (ASN, 1)
    assert again.title == "receive.ask_lot"
    again.do(Intent.NO)
    again.do(Intent.UNDO)
    assert tallied(again, "inbound", ASN) == {}
    again.book.close()


def test_a_paused_receipt_goes_on_where_it_was(opened: TestBench) -> None:
    opened.scan(gs1(JAM_CODE, "L-42", "270331"))
    opened.do(Intent.PAUSE)
    assert opened.page == "home"

    opened.scan(ASN)
    opened.scan(JAM_CODE)
    opened.do(Intent.MAIN)

    assert tallied(opened, "inbound", ASN) == {(3, "received"): 2}


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_a_delivery_that_is_shut_says_whom_to_ask(bench: TestBench, state: str) -> None:
    bench.feed(asn("ASN-7009", state=state))

    bench.scan("ASN-7009")

    assert (bench.page, bench.title) == ("home", f"receive.not_open_{state}")


def test_another_document_does_not_mix_in(opened: TestBench) -> None:
    opened.feed(asn("ASN-7002"))
    opened.scan("ASN-7002")
    assert opened.title == "goods.another"
    opened.scan(MUG_CODE)
    assert done(opened) == []


def test_without_a_dock_the_place_is_asked_for_first(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.feed(asn())
    bench.sign_in()
    bench.scan(ASN)
    bench.scan(MUG_CODE)
    assert bench.title == "receive.no_dock"
    bench.do(Intent.ACKNOWLEDGE)
    bench.scan("LOC:A-04-2")
    bench.scan(MUG_CODE)

    assert bench.stock("A-04-2")[MUG.sku] == 41
    bench.book.close()


def test_a_new_version_is_shown_at_once(opened: TestBench) -> None:
    opened.scan(MUG_CODE)

    opened.feed(asn(version=2, lines=(DocumentLine(1, MUG.sku, 2),)))

    assert (opened.screen.done, opened.screen.total) == (1, 2)


def test_five_thousand_lines_cost_no_more_questions_than_ten(tmp_path: Path) -> None:
    def questions(count: int) -> int:
        items = tuple(ItemRow(f"SKU-9{n:04}", f"Candle {n}") for n in range(count))
        lines = tuple(DocumentLine(n, one.sku, 2) for n, one in enumerate(items, 1))
        folder = tmp_path / str(count)
        folder.mkdir()
        bench = dock_bench(folder, asn(lines=lines))
        bench.master(*items)
        bench.scan(ASN)
        asked: list[str] = []
        event.listen(bench.book.writer, "before_cursor_execute", lambda *q: asked.append(str(q[2])))
        bench.scan(items[3].sku)
        assert tallied(bench, "inbound", ASN) == {(4, "received"): 1}
        bench.book.close()
        return len(asked)

    assert questions(5_000) == questions(10)
