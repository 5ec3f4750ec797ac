"""A CSV file as a header and records: encoding, delimiter and limits, before any cell is judged."""

import csv
import difflib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from app.errors import Refusal
from app.importing.result import REASON, Record

# Twice the largest file met (a year of a shop, 311,511 order lines: 30 MiB).
MAX_BYTES = 64 << 20
MAX_ROWS = 600_000
# More columns than any spreadsheet export has reason for.
MAX_COLUMNS = 100
# Rows between two calls of the progress function: often enough for a bar, too seldom to cost.
PROGRESS_EVERY = 1_000
# A text this far from a known column is another column, not a slip of the finger.
_CLOSE = 0.75
_DELIMITERS = (",", ";", "\t")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns a kind of file has."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A file that could be read as a table.

    Attributes:
        header: Names as they are known here: lower case, blanks as `_`.
        records: Rows below it that are not blank.
        delimiter: Comma, semicolon or tab.
        ignored: Columns nobody knows.
        places: Where each column stands.
    """

    header: tuple[str, ...]
    records: tuple[Record, ...]
    delimiter: str
    ignored: tuple[str, ...]
    places: dict[str, int]


def read_table(stream: BinaryIO, columns: Columns, progress: Progress | None = None) -> Table:
    """Read a file.

    Args:
        stream: Bytes of the file.
        columns: What it should have.
        progress: Called with rows read and rows expected.

    Raises:
        Refusal: The file as a whole cannot be read: too large, not UTF-8, a column missing.
    """
    text = _decoded(stream)
    delimiter = _delimiter(text)
    rows = _rows(text, delimiter)
    header = tuple(name.strip().lower().replace(" ", "_") for name in next(rows, (1, []))[1])
    ignored = _check_header(header, columns)
    expected = text.count("\n")
    records: list[Record] = []
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(records) == MAX_ROWS:
            raise Refusal(
                "import_too_many_rows",
                f"The file has more than {MAX_ROWS:,} rows. Split it and import the parts.",
            )
        records.append(Record(number, tuple(cells)))
        if progress is not None and len(records) % PROGRESS_EVERY == 0:
            progress(len(records), expected)
    if progress is not None:
        progress(len(records), len(records))
    places = {name: place for place, name in enumerate(header)}
    return Table(header, tuple(records), delimiter, ignored, places)


def _decoded(stream: BinaryIO) -> str:
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        size = MAX_BYTES >> 20
        raise Refusal(
            "import_too_large",
            f"The file is larger than {size} MiB. Split it and import the parts.",
        )
    save = "Save it again as “CSV UTF-8” and import that."
    if data.startswith(_UTF16):
        raise Refusal("import_not_utf8", f"The file is Unicode of another kind (UTF-16). {save}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as no:
        line = data.count(b"\n", 0, no.start) + 1
        raise Refusal(
            "import_not_utf8",
            f"The file is not UTF-8: line {line} holds the byte {data[no.start]:02X}, and nobody "
            f"can tell which letter that was. {save}",
        ) from no


def _delimiter(text: str) -> str:
    """The delimiter that the header uses; quoted names aside, a header holds no other signs."""
    header = text.lstrip("\r\n").partition("\n")[0]
    return max(_DELIMITERS, key=header.count)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = started = 0
    while True:
        started = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as no:
            raise Refusal(
                "import_not_csv",
                f"The record that begins in line {started} cannot be read: a quotation mark is "
                "opened and not closed, or stands inside an unquoted value. Write it twice inside "
                "quotes, then import again.",
                detail=str(no),
            ) from no
        number += 1
        yield number, cells


def _check_header(header: tuple[str, ...], columns: Columns) -> tuple[str, ...]:
    known = (*columns.required, *columns.optional)
    if not any(header):
        raise Refusal(
            "import_empty",
            f"The file is empty. Its first line must name {', '.join(columns.required)}.",
        )
    if len(header) > MAX_COLUMNS:
        raise Refusal(
            "import_not_csv", f"The file has {len(header)} columns; at most 100 are read."
        )
    missing = [name for name in columns.required if name not in header]
    unknown = tuple(name for name in header if name and name not in known and name != REASON)
    if missing:
        found = ", ".join(name for name in header if name)
        raise Refusal(
            "import_column_missing",
            f"The column “{missing[0]}” is missing; found: {found}. Name it in the first line. "
            f"All columns are in docs/import.md.",
        )
    for name in unknown:
        meant = difflib.get_close_matches(name, known, n=1, cutoff=_CLOSE)
        if meant and meant[0] not in header:
            raise Refusal(
                "import_column_unknown",
                f"There is no column “{name}”; probably “{meant[0]}” is meant. Rename it, or take "
                "it out.",
            )
    for name in known:
        if header.count(name) > 1:
            raise Refusal("import_column_twice", f"The column “{name}” stands twice. Keep one.")
    return unknown
