"""What each report says of a day at the bench."""

from typing import Any

import pytest

from app.cache.report_rows import first_lots
from app.contract.messages import OrderedLine
from app.domain.text import Text
from app.errors import Refusal
from app.labels.parcel import sscc_text
from app.reports.goods import count_sheet, receipt_differences
from app.reports.movements import movements
from app.reports.papers import packing_slip, pick_list
from app.reports.reading import reading
from app.reports.report import ColumnKind, Report, Row
from app.reports.shift import shift_certificate
from app.reports.stock_list import stock_list
from app.station.inbox import Intent
from app.station.reporting import Format, ReportName
from tests.reports.conftest import ASN, COUNT, ORDER, TEA, Reads, request
from tests.support.bench import MUG, SMALL_TRAY, TOWEL, TRAY, TestBench, order_row


def facts(report: Report) -> dict[str, Text | str]:
    """What stands above, by the code of its label."""
    return {one.label.code: one.said for one in report.facts if isinstance(one.label, Text)}


def column(rows: list[Row], place: int) -> list[Any]:
    return [row[place] for row in rows]


# --------------------------------------------------------------------------------- of an order


def test_a_packing_slip_says_what_was_ordered_and_packed_and_nothing_of_the_house(
    reads: Reads,
) -> None:
    report, rows = reads(
        packing_slip, request(ReportName.PACKING_SLIP, kind="order", document=ORDER)
    )

    assert [tuple(row) for row in rows] == [
        (MUG.sku, MUG.name, 2, 2, 0),
        (TRAY.sku, TRAY.name, 3, 0, 3),
        (TOWEL.sku, TOWEL.name, 1, 0, 1),
    ]
    assert (report.document, report.outside) == (ORDER, True)
    assert [one.said for one in report.facts] == [
        "Jonna Berg", "Sandweg 4", "24103 Kiel", "DE", "DPD Classic",
    ]  # fmt: skip


def test_a_parcel_has_its_own_slip_before_and_after_it_was_handed_over(
    packed: tuple[TestBench, str],
) -> None:
    bench, sscc = packed
    asked = request(ReportName.PACKING_SLIP, parcel=sscc)

    def slip() -> tuple[Report, list[Row]]:
        with reading(bench.book) as book:
            report = packing_slip(book, asked)
            return report, list(report.rows())

    before = slip()
    bench.do(Intent.MAIN)
    assert bench.page == "home"
    after = slip()

    assert before[1] == after[1] == [(MUG.sku, MUG.name, "", 2)]
    assert facts(after[0])["reports.parcel"] == sscc_text(sscc)
    assert facts(after[0])["reports.weight"] == Text("reports.grams", (("n", 740),))


@pytest.fixture
def packed(tmp_path: Any) -> Any:
    """An order of two mugs, weighed and sealed; and its number."""
    bench = TestBench(tmp_path, orders=(order_row(lines=(OrderedLine(1, MUG.sku, 2),)),))
    bench.sign_in()
    bench.scan(ORDER)
    for _ in range(2):
        bench.scan("2900000000018")
    bench.do(Intent.MAIN)
    bench.do(Intent.BOX, "1")
    bench.weigh(2 * 310_000 + 120_000)
    bench.printed()
    label = bench.screen.label
    assert label is not None
    yield bench, label.sscc
    bench.book.close()


def test_a_pick_list_goes_by_place_and_names_the_lot_that_expires_first(
    reads: Reads, day: TestBench
) -> None:
    report, rows = reads(pick_list, request(ReportName.PICK_LIST, kind="order", document=ORDER))

    assert [tuple(row) for row in rows] == [
        ("A-02-5", TOWEL.sku, TOWEL.name, "", 1, None),
        ("B-11-1", TRAY.sku, TRAY.name, "", 3, None),
    ]
    assert report.columns[-1].kind is ColumnKind.WRITE
    with day.book.reader.connect() as connection:
        lots = first_lots(connection, [TEA.sku])
    assert lots == {(TEA.sku, "A-04-2"): ("T-2", "2027-01-31")}


# ----------------------------------------------------------------------------------- of goods


def test_receipt_differences_are_only_what_differs(reads: Reads) -> None:
    report, rows = reads(
        receipt_differences, request(ReportName.DIFFERENCES, kind="inbound", document=ASN)
    )

    told = [(*row[:1], *row[2:7], getattr(row[7], "code", "")) for row in rows]
    assert told == [
        (MUG.sku, 10, 12, 0, 0, 2, "reports.why_over"),
        (TOWEL.sku, 5, 3, 0, 0, -2, "reports.why_later"),
        (TEA.sku, 6, 6, 1, 0, 0, "reports.why_damaged"),
    ]
    assert facts(report)["reports.supplier"] == "Teehaus Bremen GmbH"


def test_a_count_sheet_shows_nothing_the_book_expects(reads: Reads) -> None:
    """Forty mugs lie at A-04-2 and twenty-five trays at B-11-1; the sheet must not know."""
    report, rows = reads(count_sheet, request(ReportName.COUNT_SHEET, kind="count", document=COUNT))

    assert column(rows, 0) == ["A-04-2"] * 4 + ["B-11-1"]
    assert rows[-1][1:3] == (MUG.sku, MUG.name)
    assert all(not isinstance(cell, int) for row in rows for cell in row)
    kinds = [one.kind for one in report.columns]
    assert kinds.count(ColumnKind.WRITE) == 2
    assert ColumnKind.QUANTITY not in kinds


def test_a_place_without_a_plan_is_an_empty_sheet(reads: Reads) -> None:
    _, rows = reads(count_sheet, request(ReportName.COUNT_SHEET, place="A-04-2"))

    assert {tuple(row) for row in rows} == {("A-04-2", "", "", "", None, None)}


# ---------------------------------------------------------------------------------- of the house


def test_a_stock_list_counts_what_waits_here_and_leaves_out_what_is_nowhere(reads: Reads) -> None:
    _, rows = reads(stock_list, request(ReportName.STOCK_LIST))

    stock = {(row[0], row[1], row[3], getattr(row[5], "code", "")): row[6] for row in rows}
    assert stock["A-04-2", MUG.sku, "", "lookup.condition_good"] == 38
    assert stock["B-11-1", TRAY.sku, "", "lookup.condition_good"] == 25
    assert stock["A-04-2", TEA.sku, "T-2", "lookup.condition_damaged"] == 1
    assert not any(str(row[0]) == "supplier" for row in rows)
    values = {row[3]: row[7] for row in rows if row[1] == TEA.sku and row[6] != 1}
    assert values == {"T-1": 5 * 349, "T-2": 3 * 349}
    assert column(rows, 0) == sorted(column(rows, 0))


@pytest.mark.parametrize(
    ("limits", "wanted"),
    [
        ({"item": SMALL_TRAY.sku}, {("C-07-3", SMALL_TRAY.sku)}),
        ({"place": "A-02-5"}, {("A-02-5", TOWEL.sku)}),
    ],
)
def test_a_stock_list_is_of_what_was_scanned(
    reads: Reads, limits: dict[str, str], wanted: set[tuple[str, str]]
) -> None:
    report, rows = reads(stock_list, request(ReportName.STOCK_LIST, as_=Format.CSV, **limits))

    assert {(row[0], row[1]) for row in rows} == wanted
    assert len(report.limits) == 1


def test_movements_are_lines_with_what_was_taken_back_the_other_way_round(reads: Reads) -> None:
    _, rows = reads(movements, request(ReportName.MOVEMENTS))

    told = [(getattr(row[3], "code", ""), row[5], row[7], row[10]) for row in rows]
    assert told == [
        ("lookup.did_pack", MUG.sku, "A-04-2", 1),
        ("lookup.did_pack", MUG.sku, "A-04-2", 1),
        ("lookup.did_pack", TRAY.sku, "B-11-1", 1),
        ("lookup.did_reverse", TRAY.sku, "B-11-1", -1),
    ]


@pytest.mark.parametrize(
    ("limits", "count"),
    [
        ({"item": TRAY.sku}, 2),
        ({"place": "A-04-2"}, 2),
        ({"kind": "order", "document": ORDER}, 4),
        ({"document": "ORD-1"}, 0),
        ({"person": "p-novak"}, 4),
        ({"person": "p-okafor"}, 0),
        ({"day": "2026-11-23"}, 4),
        ({"day": "2026-11-22"}, 0),
        ({"day": "2026-11-24"}, 0),
    ],
)
def test_movements_are_of_what_was_said(reads: Reads, limits: dict[str, str], count: int) -> None:
    report, rows = reads(movements, request(ReportName.MOVEMENTS, as_=Format.CSV, **limits))

    assert len(rows) == count
    assert len(report.limits) == 1


def test_a_shift_certificate_can_be_held_against_the_chain(reads: Reads, day: TestBench) -> None:
    report, rows = reads(shift_certificate, request(ReportName.SHIFT_CERTIFICATE))

    with day.book.reader.connect() as connection:
        last = connection.exec_driver_sql("SELECT seq, digest FROM operation ORDER BY n").all()[-1]
    said = facts(report)
    assert (said["reports.chain"], said["reports.digest"]) == ("enr-1", last.digest)
    assert said["reports.numbers"] == Text(
        "reports.numbers_said", (("first", "1"), ("last", str(last.seq)))
    )
    assert said["reports.unconfirmed"] == str(last.seq)
    assert said["reports.scans_applied"] == "4"
    done = {(row[1], getattr(row[2], "code", "")): (row[5], row[6]) for row in rows}
    assert done["p-novak", "lookup.did_pack"] == (3, 3)
    assert done["p-novak", "reports.event_sign_in"] == (1, 0)
    assert sum(column(rows, 5)) == last.seq


def test_a_day_without_work_has_an_empty_certificate(reads: Reads) -> None:
    report, rows = reads(shift_certificate, request(ReportName.SHIFT_CERTIFICATE, day="2026-11-20"))

    assert rows == []
    assert facts(report)["reports.unconfirmed"] == "0"
    assert "reports.chain" not in facts(report)


@pytest.mark.parametrize(
    ("make", "name", "limits"),
    [
        (packing_slip, ReportName.PACKING_SLIP, {"kind": "order", "document": "ORD-0"}),
        (packing_slip, ReportName.PACKING_SLIP, {"parcel": "003401234500000009"}),
        (pick_list, ReportName.PICK_LIST, {"kind": "order", "document": "ORD-0"}),
        (receipt_differences, ReportName.DIFFERENCES, {"kind": "inbound", "document": "X"}),
        (count_sheet, ReportName.COUNT_SHEET, {"kind": "count", "document": "CNT-0"}),
    ],
)
def test_what_this_book_does_not_know_is_refused_with_a_next_step(
    reads: Reads, make: Any, name: ReportName, limits: dict[str, str]
) -> None:
    with pytest.raises(Refusal, match=r"Check the number|Make its packing slip"):
        reads(make, request(name, as_=Format.CSV, **limits))
