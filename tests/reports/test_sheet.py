"""Reports on paper, as values: columns on every page, page numbers, bars as whole dots."""

from collections.abc import Iterator

import pytest

from app.domain.text import text
from app.labels.label import Bars, Box, Label, Text
from app.reports.breaking import broken
from app.reports.page import DPI, MARGIN
from app.reports.report import Report, Row
from app.reports.sheet import Sheets
from tests.reports.test_files import ROWS, STAMP, report, spoken


def laid(made: Report, language: str = "en") -> tuple[list[Label], Sheets]:
    sheets = Sheets(made, STAMP, spoken(language))
    return list(sheets.pages()), sheets


def words(page: Label) -> list[str]:
    return [one.text for one in page.elements if isinstance(one, Text)]


def long(count: int) -> Iterator[Row]:
    for n in range(count):
        yield (f"Bügelbrett Größe {n}, mit einem Namen, der in keine Spalte passt", n, 0, 0, "", "")


def test_every_page_has_the_columns_its_number_and_what_it_is_of() -> None:
    pages, sheets = laid(report(list(long(300))))

    assert len(pages) > 5
    for number, page in enumerate(pages, 1):
        said = words(page)
        assert f"Page {number} of {len(pages)}" in said
        assert "Item" in said
        assert any("location =A-04-2" in one for one in said)
    assert sheets.sums.rows == 300
    assert "Shift lead, date" in words(pages[-1])
    assert "300 rows, end of the report" in words(pages[-1])


def test_nothing_stands_beyond_the_margins_or_on_the_number_of_the_page() -> None:
    for wide in (False, True):
        pages, _ = laid(report(list(long(120)), wide=wide), "de")
        for page in pages:
            right, foot = page.width_dots - MARGIN, page.height_dots - MARGIN
            for one in page.elements:
                width = one.max_width if isinstance(one, Text) else one.width
                assert one.x >= MARGIN
                assert one.x + width <= right + 1
                assert one.y + one.height <= foot + 1


def test_a_page_is_a4_in_whole_dots() -> None:
    (page,), _ = laid(report(ROWS))
    (lying,), _ = laid(report(ROWS, wide=True))

    assert (page.width_dots, page.height_dots, page.dpi) == (2_480, 3_507, DPI)
    assert (lying.width_dots, lying.height_dots) == (3_507, 2_480)


def test_the_document_is_a_symbol_of_whole_dots_beside_the_title() -> None:
    (page,), _ = laid(report(ROWS, document="ORD-48213"))

    (bars,) = [one for one in page.elements if isinstance(one, Bars)]
    assert bars.data == "ORD-48213"
    assert bars.module_dots >= 3
    assert bars.x + bars.width <= page.width_dots - MARGIN
    texts = [one for one in page.elements if isinstance(one, Text)]
    beside = [one for one in texts if one.y < bars.y + bars.height]
    assert beside
    assert all(one.x + one.max_width < bars.x for one in beside)


@pytest.mark.parametrize("code", ["Ä-1", "X" * 60])
def test_a_number_no_symbol_holds_is_still_written(code: str) -> None:
    (page,), _ = laid(report(ROWS, document=code))

    assert not [one for one in page.elements if isinstance(one, Bars)]
    assert code in words(page)


def test_a_report_without_rows_says_so_and_can_be_signed() -> None:
    (page,), _ = laid(report([]))

    assert "By the book there is nothing of that." in words(page)
    assert any(isinstance(one, Box) and one.y > page.height_dots // 5 for one in page.elements)


def test_a_customer_is_told_nothing_of_the_house() -> None:
    (page,), _ = laid(report(ROWS, outside=True, limits=(text("reports.everything"),)))

    said = " ".join(words(page))
    assert "PACK-03" not in said
    assert "Adeyemi" not in said
    assert "waiting" not in said


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("", ()),
        ("one", ("one",)),
        ("a small bamboo tray", ("a small", "bamboo", "tray")),
        ("SKU-123456789012", ("SKU-123456", "789012")),
        ("a\nb\tc", ("a b c",)),
    ],
)
def test_a_text_is_broken_at_blanks_or_where_it_must_be(said: str, lines: tuple[str, ...]) -> None:
    assert broken(said, 50, 260, 8) == lines


def test_a_text_beyond_its_lines_says_that_there_was_more() -> None:
    assert broken("one two three four five six", 50, 120, 2)[-1].endswith("…")
