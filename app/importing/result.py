"""What came of reading an import file: good rows, problems by row and column, bad rows."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from app.domain.spreadsheet import csv_bytes
from app.errors import Refusal

T_co = TypeVar("T_co", covariant=True)

# Column added to the file of bad rows; reading ignores it: the corrected file can go straight in.
REASON = "reason"
# Problems named in one sentence; the others are in the file of bad rows.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the file as found: its number as a spreadsheet counts (header is 1), its cells."""

    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be imported.

    Attributes:
        row: Its number, the header being 1.
        column: Name of the column, or empty when the row as a whole is wrong.
        value: What stands there, shortened.
        say: What is wrong and what to do.
    """

    row: int
    column: str
    value: str
    say: str

    @property
    def sentence(self) -> str:
        """`Row 17, gtin “4.01E+12”: …`."""
        where = f", {self.column}" if self.column else ""
        what = f" “{self.value}”" if self.value else ""
        return f"Row {self.row}{where}{what}: {self.say}"


@dataclass(frozen=True, slots=True)
class ImportResult(Generic[T_co]):
    """All that a file held.

    Attributes:
        rows: What can be imported, in file order.
        problems: What cannot, and why, in file order.
        header: Columns as found.
        rejected: Rows that were not taken; of an order always all of its rows.
        read: Rows below the header, blank ones not counted.
        ignored: Columns nobody here knows.
        delimiter: Comma or semicolon, as found.
    """

    rows: tuple[T_co, ...]
    problems: tuple[Problem, ...]
    header: tuple[str, ...]
    rejected: tuple[Record, ...]
    read: int
    ignored: tuple[str, ...] = ()
    delimiter: str = ","

    def accepted(self, *, partial: bool) -> tuple[T_co, ...]:
        """The rows to apply: all of them, or with `partial` the good ones.

        Raises:
            Refusal: There are problems and the import is all or nothing.
        """
        if self.problems and not partial:
            first = " ".join(problem.sentence for problem in self.problems[:_NAMED])
            raise Refusal(
                "import_has_problems",
                f"{len(self.rejected)} of {self.read} rows cannot be imported, so nothing was. "
                f"{first} Correct the file, or import the good rows with --partial.",
            )
        return self.rows

    def rejects_csv(self) -> bytes:
        """The rejected rows as a file of the same form with their reasons; empty if there are none.

        What a spreadsheet would run is marked as text; reading takes the mark off again.
        """
        if not self.rejected:
            return b""
        reasons: dict[int, list[str]] = {}
        for problem in self.problems:
            at = f"{problem.column}: " if problem.column else ""
            reasons.setdefault(problem.row, []).append(f"{at}{problem.say}")
        kept = [at for at, name in enumerate(self.header) if name != REASON]
        rows = [[*(self.header[at] for at in kept), REASON]]
        for record in self.rejected:
            cells = [record.cells[at] if at < len(record.cells) else "" for at in kept]
            cells += record.cells[len(self.header) :]
            reason = " ".join(reasons.get(record.row, ["Another row of the same order is wrong."]))
            rows.append([*cells, reason])
        return csv_bytes(rows, self.delimiter)
