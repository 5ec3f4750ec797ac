"""Lots at the packing bench: first what expires first; nothing that must not go."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contract.messages import LotRow, OrderedLine, OutcomeRow, PostedLine
from app.station.inbox import Intent
from app.station.screen import Sound, Tone
from tests.station.recorded import operations_of
from tests.support.bench import MUG, TRAY, TestBench, order_row

NEAR, FAR = "L-2291", "L-3000"


@pytest.fixture
def packing(tmp_path: Path) -> Iterator[TestBench]:
    """Large trays lie on B-11-1 in two lots; three are to be packed."""
    made = TestBench(tmp_path, orders=(order_row(lines=(OrderedLine(1, TRAY.sku, 3),)),))
    made.master(
        LotRow(TRAY.sku, NEAR, "2026-12-04"),
        LotRow(TRAY.sku, FAR, "2027-06-30"),
        LotRow(TRAY.sku, "L-1999", "2026-11-01"),
        LotRow(TRAY.sku, "L-BACK", "2027-01-31", "recalled"),
    )
    postings = tuple(
        PostedLine("B-11-1", TRAY.sku, quantity, lot)
        for lot, quantity in ((NEAR, 5), (FAR, 5), ("L-1999", 2), ("L-BACK", 4))
    )
    made.feed(OutcomeRow("op-1", "receive", "posted", "enr-9", 1, postings=postings))
    made.sign_in()
    made.scan("ORD-48213")
    yield made
    made.book.close()


def tray(lot: str) -> str:
    """The code of a large tray, with its lot."""
    return f"(01)02900000000025(10){lot}"


def test_the_panel_says_which_lot_to_take_first(packing: TestBench) -> None:
    detail = packing.screen.prompt.detail

    assert detail is not None
    assert detail.code == "pack.take_lot"
    said = dict(detail.params)
    assert (said["lot"], said["best_on"], said["place"]) == (NEAR, "2026-12-04", "B-11-1")


def test_the_first_lot_is_packed_without_a_word(packing: TestBench) -> None:
    packing.scan(tray(NEAR))

    assert packing.title == "pack.packed"
    assert operations_of(packing)[-1].lines[0].lot == NEAR


def test_a_later_lot_is_packed_with_a_hint(packing: TestBench) -> None:
    packing.scan(tray(FAR))

    assert packing.title == "pack.packed_later_lot"
    assert packing.screen.prompt.tone is Tone.WARN
    assert packing.sounds[-1] is Sound.ATTENTION
    assert packing.screen.done == 1
    assert operations_of(packing)[-1].evidence == {"sooner_lot": NEAR}


def test_an_expired_lot_is_told_by_the_book_too_and_the_right_one_is_named(
    packing: TestBench,
) -> None:
    packing.scan(tray("L-1999"))

    assert packing.title == "pack.expired"
    detail = packing.screen.prompt.detail
    assert detail is not None
    said = dict(detail.params)
    assert (said["lot"], said["best_on"], said["better"]) == ("L-1999", "2026-11-01", NEAR)
    assert packing.screen.done == 0


def test_a_recalled_lot_goes_into_no_box_by_nobody_s_right(packing: TestBench) -> None:
    packing.scan(tray("L-BACK"))

    assert packing.title == "pack.lot_recalled"
    packing.do(Intent.OVERRIDE)
    assert packing.fates[-1] == "refused"
    assert packing.screen.done == 0
    packing.do(Intent.ACKNOWLEDGE)
    assert packing.title == "pack.scan_item"


def test_a_substitute_is_refused_with_what_was_scanned_and_what_is_needed(
    packing: TestBench,
) -> None:
    packing.scan("2900000000018")

    detail = packing.screen.prompt.detail
    assert packing.title == "pack.wrong_item"
    assert detail is not None
    assert dict(detail.params) == {
        "sku": MUG.sku,
        "item": MUG.name,
        "wanted_sku": TRAY.sku,
        "wanted": TRAY.name,
    }
    assert packing.screen.done == 0


def test_a_large_number_counts_only_when_it_is_said_again(tmp_path: Path) -> None:
    order = order_row(policy="quantity", lines=(OrderedLine(1, TRAY.sku, 200),))
    bench = TestBench(tmp_path, orders=(order,))
    bench.sign_in()
    bench.scan("ORD-48213")
    bench.do(Intent.QUANTITY, "601")
    bench.scan(tray(NEAR))
    assert bench.title == "pack.quantity_again"
    assert (bench.screen.done, bench.fates[-1]) == (0, "refused")

    bench.do(Intent.QUANTITY, "150")
    bench.scan(tray(NEAR))

    assert bench.screen.done == 150
    bench.book.close()


@pytest.mark.parametrize(("scanned", "told"), [("", ()), ("(21)S-1", ("S-1",))])
def test_of_two_serials_in_a_parcel_the_one_in_the_hand_comes_out(
    packing: TestBench, scanned: str, told: tuple[str, ...]
) -> None:
    for serial in ("S-1", "S-2"):
        packing.scan(f"{tray(FAR)}(21){serial}")
    packing.do(Intent.TAKE_OUT)

    packing.scan(f"(01)02900000000025{scanned}")

    out = [
        line.serial for one in operations_of(packing) if one.kind == "unpack" for line in one.lines
    ]
    assert tuple(out) == told
    assert (packing.title == "pack.which_serial") is (not told)


def test_a_serial_number_counts_once_however_often_it_is_scanned(packing: TestBench) -> None:
    code = f"{tray(FAR)}(21)S-1"
    packing.scan(code)

    packing.scan(code)

    assert packing.title == "pack.serial_twice"
    assert packing.screen.done == 1
    packing.do(Intent.ACKNOWLEDGE)
    packing.scan(f"{tray(FAR)}(21)S-2")
    assert packing.screen.done == 2
