"""Scan, then how many: a number is of the next scan, or with F10 of the last one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.contract.messages import OrderedLine
from app.station.inbox import Intent
from tests.station.recorded import operations_of
from tests.station.test_transfer import IN, OUT, receiving, transfer, under_way
from tests.station.test_undo_kinds import a_bench
from tests.station.undoing import ORDER, stock
from tests.support.bench import MUG, TRAY, TestBench, order_row
from tests.support.deliveries import ASN, DRILL_CODE, MUG_CODE, TRAY_CODE, TRAY_SIX


def receive(folder: Path) -> TestBench:
    bench = a_bench(folder, "receive")
    bench.scan(ASN)
    return bench


def blind(folder: Path) -> TestBench:
    bench = a_bench(folder, "receive")
    bench.do(Intent.TASK, "receive")
    bench.do(Intent.BLIND)
    return bench


def pick(folder: Path) -> TestBench:
    bench = a_bench(folder, "pick")
    bench.do(Intent.TASK, "pick")
    bench.scan(ORDER)
    bench.scan("TOTE:T-9")
    bench.do(Intent.MAIN)
    return bench


def pack(folder: Path) -> TestBench:
    lines = (OrderedLine(1, TRAY.sku, 2), OrderedLine(2, TRAY.sku, 2), OrderedLine(3, MUG.sku, 1))
    bench = TestBench(folder, orders=(order_row(ORDER, policy="quantity", lines=lines),))
    bench.sign_in()
    bench.scan(ORDER)
    return bench


def ship(folder: Path) -> TestBench:
    bench = TestBench(folder)
    bench.feed(transfer(OUT, "approved", 1), transfer(IN, "in_transit"), under_way(trays=3))
    bench.sign_in()
    bench.scan(OUT)
    return bench


def accept(folder: Path) -> TestBench:
    bench = ship(folder)
    bench.do(Intent.PAUSE)
    receiving(bench)
    return bench


# Where, what is scanned, how many may be.
WORK: dict[str, tuple[Callable[[Path], TestBench], str, int]] = {
    "receive": (receive, TRAY_CODE, 5),
    "blind": (blind, TRAY_CODE, 5),
    "pick": (pick, TRAY_CODE, 3),
    "pack": (pack, TRAY_CODE, 3),
    "ship": (ship, MUG_CODE, 4),
    "accept": (accept, MUG_CODE, 3),
}


def scanned(bench: TestBench) -> list[tuple[str, int]]:
    """What was recorded of goods, with signs: kind and units."""
    return [
        (one.reason or one.kind, sum(line.quantity for line in one.lines))
        for one in operations_of(bench)
        if one.lines or one.kind == "reverse"
    ]


@pytest.mark.parametrize("task", list(WORK))
def test_a_number_after_a_scan_is_with_f10_what_it_was_in_all(tmp_path: Path, task: str) -> None:
    make, code, many = WORK[task]
    bench = make(tmp_path)
    bench.scan(code)
    one = stock(bench)
    kind = scanned(bench)[0][0]

    bench.scan(f"CMD:QTY-{many}")
    offered = bench.screen.prompt.note
    bench.do(Intent.MAIN)
    said, more, all_ = bench.screen.prompt.title, stock(bench), scanned(bench)
    bench.do(Intent.UNDO)
    undone = stock(bench)
    bench.do(Intent.UNDO)
    bench.scan("CMD:QTY-2")
    bench.scan(code)
    bench.scan("CMD:QTY-1")
    bench.do(Intent.MAIN)

    assert offered is not None
    assert (offered.code, offered.value("n"), offered.value("was")) == ("floor.last_was", many, 1)
    assert (said.code, all_) == ("floor.corrected", [(kind, 1), (kind, many - 1)])
    assert (undone, more != one) == (one, True)
    assert scanned(bench)[-4:] == [(kind, 0), (kind, 2), (kind, 0), (kind, 1)]
    assert (bench.title, stock(bench)) == ("floor.corrected", one)
    bench.book.close()


def test_a_number_that_is_of_the_next_scan_stays_with_that(tmp_path: Path) -> None:
    bench = receive(tmp_path)
    bench.scan(MUG_CODE)
    bench.scan("CMD:QTY-4")
    bench.scan(TRAY_CODE)

    assert scanned(bench) == [("receive", 1), ("receive", 4)]
    bench.book.close()


def test_packs_and_serials_are_scanned_again_not_corrected(tmp_path: Path) -> None:
    bench = receive(tmp_path)
    bench.scan(TRAY_SIX)
    bench.scan("CMD:QTY-4")
    after_a_pack = bench.screen.prompt.note
    bench.do(Intent.UNDO)
    bench.scan(DRILL_CODE)
    bench.scan("SN-77")
    bench.scan("CMD:QTY-4")

    assert (after_a_pack, bench.screen.prompt.note) == (None, None)
    bench.book.close()


def test_more_than_the_order_wants_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    bench = pack(tmp_path)
    bench.scan(TRAY_CODE)
    bench.scan("CMD:QTY-5")
    bench.do(Intent.MAIN)

    assert (bench.title, bench.screen.locked) == ("pack.too_many", True)
    assert scanned(bench) == [("pack", 1)]
    bench.book.close()


def test_the_lines_of_an_order_follow_a_corrected_scan(tmp_path: Path) -> None:
    bench = pack(tmp_path)
    bench.scan("CMD:QTY-4")
    bench.scan(TRAY_CODE)
    bench.scan("CMD:QTY-3")
    bench.do(Intent.MAIN)

    assert [line.done for line in bench.screen.lines] == [2, 1, 0]
    with bench.store.begin() as work:
        assert {n: one.packed for n, one in work.progress(ORDER).items()} == {1: 2, 2: 1}
    bench.book.close()
