"""Every file a spreadsheet may open shows what was typed and runs nothing of it (P6)."""

import ast
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.spreadsheet import csv_bytes, csv_text, formula_safe, plain

ROOT = Path(__file__).resolve().parents[2]

# Twenty-five ways to begin a formula.
FORMULAS = [
    '=HYPERLINK("http://evil.example","Click")',
    "=1+1",
    "=cmd|' /C calc'!A0",
    "==1",
    "+1+1",
    "+cmd|' /C calc'!A0",
    "+A1",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "-A1",
    "-",
    "--1",
    "@SUM(1+1)",
    "@A1",
    "\t=1+1",
    "\tA",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "-1e5",
    "+49 40 1234",
]
NUMBERS = ["-5", "0", "17", "-12.50", "-12,50", "4012345000016"]
STARTS = tuple("=+-@\t\r\n\0＝＋－＠")


def _cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_text_begins_like_a_formula(formula: str, delimiter: str) -> None:
    text = csv_text([[formula, "SKU-1001", formula]], delimiter)

    row = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    assert len(FORMULAS) == 25
    assert row == [f"'{formula}", "SKU-1001", f"'{formula}"]


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_stay_numbers(number: str) -> None:
    assert formula_safe(number) == number
    assert csv_text([[-5, 17]]) == "-5,17\r\n"


def test_the_header_is_no_exception() -> None:
    assert _cells(csv_text([["=evil", "sku"]])) == [["'=evil", "sku"]]


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=4), max_size=5))
def test_whatever_is_typed_nothing_runs_and_cells_stay_apart(rows: list[list[str]]) -> None:
    read = _cells(csv_text(rows))

    assert [len(row) for row in read] == [len(row) for row in rows]
    for row in read:
        for cell in row:
            assert not cell.startswith(STARTS) or formula_safe(cell) == cell


@given(st.text(max_size=20).map(str.strip).filter(lambda cell: cell[:1] != "'"))
def test_what_was_marked_is_read_back_as_it_was_meant(cell: str) -> None:
    assert plain(formula_safe(cell)) == cell


def test_a_file_can_be_written_whatever_it_holds() -> None:
    assert csv_bytes([["Größe \ud800", "=1"]]).startswith(b"\xef\xbb\xbfGr\xc3\xb6")


def test_nobody_else_in_the_program_writes_csv() -> None:
    """A second writer would be the one that forgets."""
    writers = {"writer", "DictWriter"}
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in ("app", "ui")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in writers
        and isinstance(node.value, ast.Name)
        and node.value.id == "csv"
    ]

    assert found == ["app/domain/spreadsheet.py"]
