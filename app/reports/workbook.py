"""A report as a workbook (XLSX), row by row: text is text and never a formula, numbers are numbers.

The library is imported here and only when a workbook is written (docs/decisions/0502).
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from app.reports.csv_file import TOTAL
from app.reports.head import Stamp, foot, head
from app.reports.report import Cell, Column, ColumnKind, Report, Said, Sums
from app.reports.spoken import Spoken, decimal

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# A worksheet holds 1,048,576; what stands around the table needs a few. More rows get another.
MOST_ROWS = 1_048_000
# What a cell holds.
MOST_CHARACTERS = 32_767
# Nothing a cell says is taken for anything but what it is; rows leave memory as they are written.
_OPTIONS: dict[str, object] = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_SHAPES = {
    ColumnKind.QUANTITY: "#,##0",
    ColumnKind.WEIGHT: "#,##0.###",
    ColumnKind.MONEY: "#,##0.00",
    ColumnKind.MOMENT: "yyyy-mm-dd hh:mm:ss",
}


def write(
    report: Report, stamp: Stamp, spoken: Spoken, path: Path, most_rows: int = MOST_ROWS
) -> Sums:
    """Write the file; its parts lie beside it meanwhile, never in a folder others read.

    Args:
        report: What is written.
        stamp: Where it comes from.
        spoken: The language.
        path: A new file.
        most_rows: Rows of a worksheet.

    Raises:
        OSError: It cannot be written.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    book = Workbook(str(path), {**_OPTIONS, "tmpdir": str(path.parent)})
    try:
        sums = _Writing(book, report, spoken, most_rows).write(stamp)
        book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from error
    return sums


class _Writing:
    """A workbook under way: the worksheet that is filled, and the row that comes next."""

    def __init__(self, book: "Workbook", report: Report, spoken: Spoken, most_rows: int) -> None:
        self._book, self._report, self._spoken = book, report, spoken
        self._most = most_rows
        self._bold: Format = book.add_format({"bold": True})
        self._shapes = {
            kind: book.add_format({"num_format": shape}) for kind, shape in _SHAPES.items()
        }
        self._sheet: Worksheet = self._next_sheet()
        self._row = 0

    def write(self, stamp: Stamp) -> Sums:
        report, spoken = self._report, self._spoken
        sums = Sums(report.columns)
        self._text(0, spoken.say(report.title), self._bold)
        self._row += 1
        for one in head(report, stamp):
            self._said(one)
        self._row += 1
        self._header()
        for row in sums.through(report.rows()):
            if self._row >= self._most:
                self._sheet, self._row = self._next_sheet(), 0
                self._header()
            self._cells(row)
        if sums.totals:
            self._text(0, spoken.say(TOTAL), self._bold)
            for place, total in sums.totals.items():
                self._cell(place, total, report.columns[place])
            self._row += 1
        self._row += 1
        for one in foot(report, sums):
            self._said(one)
        for line in report.signatures:
            self._text(0, spoken.say(line), None)
            self._row += 1
        return sums

    def _next_sheet(self) -> "Worksheet":
        sheet = self._book.add_worksheet()
        sheet.set_landscape() if self._report.wide else sheet.set_portrait()
        sheet.set_paper(9)  # A4
        sheet.set_footer("&R&P / &N")
        for place, column in enumerate(self._report.columns):
            sheet.set_column(place, place, column.characters + 2)
        return sheet

    def _header(self) -> None:
        for place, column in enumerate(self._report.columns):
            self._text(place, self._spoken.say(column.title), self._bold)
        self._row += 1
        self._sheet.repeat_rows(self._row - 1)
        self._sheet.freeze_panes(self._row, 0)

    def _said(self, one: Said) -> None:
        self._text(0, self._spoken.say(one.label), self._bold)
        self._text(1, self._spoken.say(one.said), None)
        self._row += 1

    def _cells(self, row: Sequence[Cell]) -> None:
        for place, (cell, column) in enumerate(zip(row, self._report.columns, strict=True)):
            self._cell(place, cell, column)
        self._row += 1

    def _cell(self, place: int, cell: Cell, column: Column) -> None:
        if cell is None or column.kind is ColumnKind.WRITE:
            return
        shape = self._shapes.get(column.kind)
        if isinstance(cell, int):
            exact = column.kind in (ColumnKind.WEIGHT, ColumnKind.MONEY)
            value = Decimal(decimal(cell, column.kind)) if exact else Decimal(cell)
            self._sheet.write_number(self._row, place, value, shape)
            return
        said = self._spoken.say(cell)
        here = self._spoken.here(said) if column.kind is ColumnKind.MOMENT else None
        if here is None:
            self._text(place, said, None)
        else:
            self._sheet.write_datetime(self._row, place, here.replace(tzinfo=None), shape)

    def _text(self, place: int, said: str, shape: "Format | None") -> None:
        if said:
            self._sheet.write_string(self._row, place, said[:MOST_CHARACTERS], shape)
