"""Reports as files: golden text, workbooks that are read again, nothing a spreadsheet would run."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.catalogue import Catalogue
from app.domain.text import text
from app.errors import PackhouseError, Refusal, Trouble
from app.reports import csv_file, workbook
from app.reports.head import Stamp
from app.reports.making import FOLDER, ReportMaker
from app.reports.report import Column, ColumnKind, Report, Row
from app.reports.spoken import Spoken
from app.station.reporting import Filter, Format, ReportName, ReportRequest
from tests.reports.conftest import AT, ORDER, request

STAMP = Stamp("HAM", "PACK-03", AT, "O. Adeyemi", "2026-11-23T09:40:00Z", 3)
COLUMNS = (
    Column(text("lookup.column_name"), characters=20),
    Column(text("lookup.column_units"), ColumnKind.QUANTITY, 8, summed=True),
    Column(text("reports.weight"), ColumnKind.WEIGHT, 8, summed=True),
    Column(text("reports.value"), ColumnKind.MONEY, 8, summed=True),
    Column(text("lookup.column_when"), ColumnKind.MOMENT, 16),
    Column(text("reports.seen"), ColumnKind.WRITE, 8),
)
ROWS: list[Row] = [
    ("Bügelbrett „groß“, 3-teilig", 12, 310_500, 3_199, "2026-11-23T07:31:00.250Z", None),
    ("=1+1", -5, -1, -7, "2026-06-23T07:31:00Z", None),
]
# What spreadsheets take for the beginning of a formula, a link or a number of their own.
HOSTILE = (
    "=1+1", "=HYPERLINK(\"http://x\")", "+1-1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1",
    "＝1+1", "＋1", "－1", "＠x", "{=1}", "http://evil.example", "mailto:a@b.c", "internal:A1",
    "0012", "1e5", "=cmd|' /C calc'!A0", "'=1",
)  # fmt: skip


def report(rows: list[Row], **more: object) -> Report:
    """A report of these rows; `more` replaces what it has."""
    made = {
        "title": text("reports.stock_list"),
        "limits": (text("reports.of_place", code="=A-04-2"),),
        "columns": COLUMNS,
        "rows": lambda: iter(rows),
        "empty": text("reports.no_stock"),
        "signatures": (text("reports.signed_lead"),),
    }
    return Report(**(made | more))  # type: ignore[arg-type]


def spoken(language: str = "en") -> Spoken:
    return Spoken(Catalogue.load(language, strict=True), UTC)


GOLDEN = (
    "\ufeffStock list,,,,,\r\n"
    "Filter,location =A-04-2,,,,\r\n"
    "As of,2026-11-23 09:40 · 3 local changes waiting,,,,\r\n"
    "Made,2026-11-23 09:41 by O. Adeyemi,,,,\r\n"
    "Station,PACK-03 · HAM,,,,\r\n"
    ",,,,,\r\n"
    "Item,Units,Weight,Value,When,Seen\r\n"
    '"Bügelbrett „groß“, 3-teilig",12,310.5,31.99,2026-11-23T07:31:00+00:00,\r\n'
    "'=1+1,-5,-0.001,-0.07,2026-06-23T07:31:00+00:00,\r\n"
    "Total,7,310.499,31.92,,\r\n"
    ",,,,,\r\n"
    'Rows,"2 rows, end of the report",,,,\r\n'
    '"Shift lead, date",,,,,\r\n'
)


def test_a_csv_is_these_bytes(tmp_path: Path) -> None:
    csv_file.write(report(ROWS), STAMP, spoken(), tmp_path / "stock.csv")

    assert (tmp_path / "stock.csv").read_bytes().decode() == GOLDEN


def test_an_empty_report_says_so_in_german_too(tmp_path: Path) -> None:
    csv_file.write(report([]), STAMP, spoken("de"), tmp_path / "stock.csv")

    read = (tmp_path / "stock.csv").read_text(encoding="utf-8-sig")
    assert "Zeilen,Laut Buch ist davon nichts da." in read
    assert "Filter,Platz =A-04-2" in read


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_spreadsheet_would_run_is_text_in_both(hostile: str, tmp_path: Path) -> None:
    row: Row = (hostile, 1, 1, 1, "2026-11-23T07:31:00Z", None)
    made = report([row], limits=(text("reports.of_place", code=hostile),))
    csv_file.write(made, STAMP, spoken(), tmp_path / "one.csv")
    workbook.write(made, STAMP, spoken(), tmp_path / "one.xlsx")

    read = (tmp_path / "one.csv").read_bytes().decode("utf-8-sig")
    records = list(csv.reader(io.StringIO(read, newline="")))
    first = records[7][0]
    assert not re.match("[=+@＝＋＠\t\r\n\0]", first)
    assert first.lstrip("'") == hostile.lstrip("'")
    assert {len(record) for record in records} == {len(COLUMNS)}
    cells = {cell.ref: cell for cell in Sheet(tmp_path / "one.xlsx").cells()}
    assert cells["A8"].kind in ("s", "inlineStr")
    assert not any(cell.formula or cell.link for cell in cells.values())


class Cell:
    """A cell of a worksheet as it lies in the file."""

    def __init__(self, node: ElementTree.Element, space: str) -> None:
        self.ref = node.get("r", "")
        self.kind = node.get("t", "n")
        self.formula = node.find(f"{space}f") is not None
        self.link = False
        found = node.find(f"{space}v")
        self.value = "".join(node.itertext()) if found is None else found.text or ""


class Sheet:
    """A worksheet, read with nothing but the zip and the XML of the standard library."""

    SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

    def __init__(self, path: Path, number: int = 1) -> None:
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            self.names = archive.namelist()
            raw = archive.read(f"xl/worksheets/sheet{number}.xml")
        self.root = ElementTree.fromstring(raw)

    def cells(self) -> Iterator[Cell]:
        for node in self.root.iter(f"{self.SPACE}c"):
            yield Cell(node, self.SPACE)

    def values(self) -> dict[str, str]:
        return {cell.ref: cell.value for cell in self.cells() if cell.value}


def test_a_workbook_has_numbers_as_numbers_and_moments_as_moments(tmp_path: Path) -> None:
    workbook.write(report(ROWS), STAMP, spoken(), tmp_path / "stock.xlsx")

    sheet = Sheet(tmp_path / "stock.xlsx")
    cells = sheet.values()
    assert (cells["A1"], cells["B2"]) == ("Stock list", "location =A-04-2")
    assert [cells[f"{letter}7"] for letter in "ABCDEF"] == [
        "Item", "Units", "Weight", "Value", "When", "Seen",
    ]  # fmt: skip
    assert cells["A8"] == "Bügelbrett „groß“, 3-teilig"
    assert [cells[f"{letter}8"] for letter in "BCD"] == ["12", "310.5", "31.99"]
    # Days since 1899-12-30; 07:31:00.25 is 0.3132 of one.
    assert float(cells["E8"]) == pytest.approx(46_349.313_197, abs=1e-5)
    assert [cells[f"{letter}10"] for letter in "ABCD"] == ["Total", "7", "310.499", "31.92"]
    assert "docProps/app.xml" in sheet.names


def test_more_rows_than_a_worksheet_holds_go_on_the_next(tmp_path: Path) -> None:
    rows: list[Row] = [(f"Article {n}", n, None, None, None, None) for n in range(30)]
    sums = workbook.write(report(rows), STAMP, spoken(), tmp_path / "long.xlsx", most_rows=20)

    first, second = (Sheet(tmp_path / "long.xlsx", number).values() for number in (1, 2))
    assert (first["A20"], second["A1"], second["A2"]) == ("Article 12", "Item", "Article 13")
    assert (sums.rows, sums.totals[1]) == (30, sum(range(30)))


# ------------------------------------------------------------------------------------ the maker


def test_a_file_is_named_by_what_it_is_and_lies_in_a_folder_of_its_own(
    maker: ReportMaker, tmp_path: Path
) -> None:
    asked = request(ReportName.STOCK_LIST, place="A-04-2/..\\x")
    name = maker.file_name(asked)
    made = maker.make(asked, tmp_path / FOLDER / name)

    assert name == "stock-list-2026-11-23-094105-A-04-2-x.csv"
    assert (tmp_path / FOLDER).stat().st_mode & 0o777 == 0o700
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == [name]
    assert made.rows == 0
    with pytest.raises(Refusal, match="exists already"):
        maker.make(asked, made.path)
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == [name]


@pytest.mark.parametrize("kind", [Format.CSV, Format.XLSX])
@pytest.mark.parametrize("words", ["No space left on device", "Permission denied"])
def test_a_disk_that_refuses_leaves_nothing_behind(
    maker: ReportMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Format, words: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28 if "space" in words else 13, words)

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(Trouble, match="disk is full" if "space" in words else "cannot be written"):
        maker.make(request(ReportName.STOCK_LIST, as_=kind), tmp_path / FOLDER / "stock")

    assert list((tmp_path / FOLDER).iterdir()) == []


@pytest.mark.parametrize(
    ("name", "kind", "limits", "code"),
    [
        (ReportName.PICK_LIST, Format.CSV, Filter(), "report_needs"),
        (ReportName.PICK_LIST, Format.CSV, Filter("order", ORDER, item="x"), "report_stray"),
        (ReportName.PICK_LIST, Format.CSV, Filter("inbound", "ASN-1"), "report_stray"),
        (ReportName.STOCK_LIST, Format.CSV, Filter(day="2026-11-23"), "report_stray"),
        (ReportName.STOCK_LIST, Format.CSV, Filter(place="supplier"), "report_stray"),
        (ReportName.STOCK_LIST, Format.PDF, Filter(), "no_paper"),
    ],
)
def test_what_cannot_be_made_is_refused_before_the_book_is_read(
    maker: ReportMaker, tmp_path: Path, name: ReportName, kind: Format, limits: Filter, code: str
) -> None:
    asked = ReportRequest("0193a1c2", name, kind, limits, AT)

    with pytest.raises(PackhouseError) as refused:
        maker.make(asked, tmp_path / FOLDER / "report")
    assert getattr(refused.value, "code", "") == code
    assert not (tmp_path / FOLDER).exists()
