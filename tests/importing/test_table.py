"""A file as a whole: encodings, delimiters, quotes, headers and limits, each refused in words."""

import io

import pytest

from app.errors import Refusal
from app.importing import table
from app.importing.items import COLUMNS, read_items
from app.importing.table import read_table


def refused(data: bytes) -> tuple[str, str]:
    with pytest.raises(Refusal) as caught:
        read_items(io.BytesIO(data))
    return caught.value.code, caught.value.say


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (b"", "import_empty", "must name sku, name"),
        (b"\n\n", "import_empty", "empty"),
        (
            "sku,name\nTEA,Grünwald\n".encode("cp1252"),
            "import_not_utf8",
            "line 2 holds the byte FC",
        ),
        ("sku,name\n".encode("utf-16"), "import_not_utf8", "UTF-16"),
        (b"sku,colour\nTEA,green\n", "import_column_missing", "found: sku, colour"),
        (b"sku,name,wieght_g\nTEA,Tea,5\n", "import_column_unknown", "weight_g"),
        (b"sku,name,sku\nTEA,Tea,TEA\n", "import_column_twice", "twice"),
        (b'sku,name\nTEA,"Tea\nMUG,Mug\n', "import_not_csv", "begins in line 2"),
        (b'sku,name\nTEA,"Te"a\n', "import_not_csv", "quotation mark"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, code: str, says: str) -> None:
    found, say = refused(data)

    assert found == code
    assert says in say


def test_a_row_with_a_cell_too_many_is_a_problem_of_that_row() -> None:
    result = read_items(io.BytesIO(b"sku,name\nTEA,Tea, mint\nMUG,Mug\nJAR\n"))

    assert [item.sku for item in result.rows] == ["MUG"]
    assert [(problem.row, problem.column) for problem in result.problems] == [(2, ""), (4, "")]


def test_blank_rows_and_foreign_columns_are_passed_over() -> None:
    result = read_items(io.BytesIO(b"sku,name,supplier\r\n\r\nTEA,Tea,Ahoi\r\n,,\r\n"))

    assert [item.row for item in result.rows] == [3]
    assert result.ignored == ("supplier",)
    assert result.read == 1


def test_line_breaks_inside_quotes_do_not_shift_the_row_numbers() -> None:
    result = read_items(io.BytesIO(b'sku,name\nTEA,"Tea\nmint"\n,Mug\n'))

    assert [problem.row for problem in result.problems] == [2, 3]


def test_files_and_rows_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_ROWS", 3)
    code, say = refused(b"sku,name\n" + b"TEA,Tea\n" * 4)
    assert code == "import_too_many_rows"
    assert "Split it" in say

    monkeypatch.setattr(table, "MAX_BYTES", 20)
    code, _ = refused(b"sku,name\n" + b"TEA,Tea\n" * 4)
    assert code == "import_too_large"


def test_progress_is_told_and_ends_complete() -> None:
    told: list[tuple[int, int]] = []
    data = b"sku,name\n" + b"".join(b"TEA-%d,Tea\n" % number for number in range(2_500))

    read_table(io.BytesIO(data), COLUMNS, lambda done, of: told.append((done, of)))

    assert told == [(1_000, 2_501), (2_000, 2_501), (2_500, 2_500)]
