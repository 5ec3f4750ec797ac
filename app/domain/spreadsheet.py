"""CSV that a spreadsheet shows and does not run; the only place where the program writes CSV.

A cell that begins like a formula is a formula to a spreadsheet, whoever typed it: a SKU, a name on
an order. Text is marked with an apostrophe, numbers are not (OWASP ASVS 5, 1.2.10).
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import IO

Cell = str | int
# With the byte order mark that spreadsheets need for umlauts; what is no text is shown as a code.
CSV_ENCODING, CSV_ERRORS = "utf-8-sig", "backslashreplace"

# What begins a formula, also in its full-width form, and what programs strip before they look.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
# A number and nothing else: "-2+3" is a formula, "-2" is not.
_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?", re.ASCII)
_MARK = "'"


def csv_text(rows: Iterable[Sequence[Cell]], delimiter: str = ",") -> str:
    """Rows as CSV with CRLF, every text cell safe, header included."""
    out = io.StringIO()
    csv_write(rows, out, delimiter)
    return out.getvalue()


def csv_write(rows: Iterable[Sequence[Cell]], out: IO[str], delimiter: str = ",") -> None:
    """The same into an open file, row by row; `newline=""` and `CSV_ENCODING` are the caller's."""
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell if isinstance(cell, int) else formula_safe(cell) for cell in row])


def csv_bytes(rows: Iterable[Sequence[Cell]], delimiter: str = ",") -> bytes:
    """The same as a file: UTF-8 with the byte order mark that spreadsheets need for umlauts."""
    return csv_text(rows, delimiter).encode(CSV_ENCODING, CSV_ERRORS)


def formula_safe(cell: str) -> str:
    """A cell that is text to every spreadsheet; `plain` takes the mark off again."""
    harmless = not cell.startswith(_STARTS) or _NUMBER.fullmatch(cell) is not None
    return cell if harmless else _MARK + cell


def plain(cell: str) -> str:
    """A cell as its author meant it: without the mark of `formula_safe`, blanks around it gone."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == _MARK and formula_safe(cell[1:]) == cell else cell
