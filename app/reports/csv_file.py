"""A report as CSV: RFC 4180, UTF-8 with its byte order mark, nothing that a spreadsheet runs."""

from collections.abc import Iterator
from pathlib import Path

from app.domain.spreadsheet import CSV_ENCODING, CSV_ERRORS, Cell, csv_write
from app.domain.text import text
from app.reports.head import Stamp, foot, head
from app.reports.report import Report, Said, Sums
from app.reports.spoken import Spoken

TOTAL = text("reports.total")


def write(report: Report, stamp: Stamp, spoken: Spoken, path: Path) -> Sums:
    """Write the file row by row; what was counted on the way.

    Raises:
        OSError: It cannot be written.
    """
    sums = Sums(report.columns)
    with path.open("x", encoding=CSV_ENCODING, errors=CSV_ERRORS, newline="") as file:
        csv_write(_records(report, stamp, spoken, sums), file)
    return sums


def _records(report: Report, stamp: Stamp, spoken: Spoken, sums: Sums) -> Iterator[list[Cell]]:
    """Every record has as many fields as there are columns (RFC 4180, 2.4), at least two."""
    columns = report.columns
    width = max(len(columns), 2)

    def filled(*cells: Cell) -> list[Cell]:
        return [*cells, *[""] * (width - len(cells))]

    def line(one: Said) -> list[Cell]:
        return filled(spoken.say(one.label), spoken.say(one.said))

    yield filled(spoken.say(report.title))
    yield from map(line, head(report, stamp))
    yield filled()
    yield filled(*(spoken.say(one.title) for one in columns))
    for row in sums.through(report.rows()):
        yield filled(*map(spoken.table, row, columns))
    if sums.totals:
        sum_of = {place: total for place, total in sums.totals.items() if place}
        cells = [spoken.table(sum_of.get(at), one) for at, one in enumerate(columns)]
        yield filled(spoken.say(TOTAL), *cells[1:])
    yield filled()
    yield from map(line, foot(report, sums))
    yield from (filled(spoken.say(one)) for one in report.signatures)
