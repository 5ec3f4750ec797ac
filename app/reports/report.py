"""A report as a value: what stands above, its columns, its rows one page of the book at a time.

One value, several files: CSV and workbooks (`app.reports.table_files`), paper (`app.reports.sheet`,
drawn by the window). Words are codes until a writer says them; a row is never kept.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.text import Text

# A text that is a code or a name is a plain string; None is an empty field.
Cell = str | int | Text | None
Row = Sequence[Cell]


class ColumnKind(StrEnum):
    """What a column holds; how it is written follows."""

    TEXT = "text"
    QUANTITY = "quantity"
    """Base units, a whole number."""
    WEIGHT = "weight"
    """Milligrams; written in grams."""
    MONEY = "money"
    """Minor units; written with two decimals."""
    MOMENT = "moment"
    """ISO 8601 UTC; written as the clock on the wall says it."""
    WRITE = "write"
    """Empty: somebody writes here by hand."""


NUMBERS = frozenset({ColumnKind.QUANTITY, ColumnKind.WEIGHT, ColumnKind.MONEY})


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        title: Its header.
        kind: What it holds.
        characters: Width in characters; on paper the widest texts are broken into lines.
        summed: Whether its sum stands below.
    """

    title: Text
    kind: ColumnKind = ColumnKind.TEXT
    characters: int = 12
    summed: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """One line above the table: a label, empty where the line before goes on, and what is said."""

    label: Text | str
    said: Text | str


@dataclass(frozen=True, slots=True)
class Report:
    """One report.

    Attributes:
        title: What it is.
        document: Number of the document it is about, drawn as a barcode on paper; or empty.
        limits: What it is limited to, in words; empty when it is of everything.
        facts: What else stands above the table.
        columns: From left to right.
        rows: Makes a fresh iterator over all rows, which reads the book page by page.
        signatures: Lines to sign below.
        empty: What to say when there is no row.
        wide: On paper, whether the page lies on its side.
        outside: It goes to a customer: nothing of the house stands on it, as who made it.
    """

    title: Text
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Row]]
    empty: Text
    document: str = ""
    limits: tuple[Text, ...] = ()
    facts: tuple[Said, ...] = ()
    signatures: tuple[Text, ...] = ()
    wide: bool = False
    outside: bool = False


@dataclass(slots=True)
class Sums:
    """Counts rows as they pass, and sums what is to be summed.

    Attributes:
        columns: Of the report.
        rows: How many have passed.
        totals: Sums by the place of the column.
    """

    columns: tuple[Column, ...]
    rows: int = 0
    totals: dict[int, int] = field(default_factory=dict)

    def through(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The same rows, counted."""
        places = [place for place, one in enumerate(self.columns) if one.summed]
        self.rows, self.totals = 0, dict.fromkeys(places, 0)
        for row in rows:
            self.rows += 1
            for place in places:
                cell = row[place]
                if isinstance(cell, int):
                    self.totals[place] += cell
            yield row
