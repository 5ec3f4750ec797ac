"""Files in which several rows make one document: orders and inbounds.

What belongs to the document stands in each of its rows or only in the first; two rows that say
different things about the same document are a problem of both, and a document with one bad row is
left out as a whole: half an order must never be packed.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import BinaryIO, TypeVar

from app.importing.cells import Cells
from app.importing.reading import Unit, assemble
from app.importing.result import ImportResult, Problem
from app.importing.table import Columns, Progress, read_table

T = TypeVar("T")

# As many lines as the contract lets one operation hold, with room; a larger document is split.
MAX_LINES = 5_000


def read_documents(
    stream: BinaryIO,
    columns: Columns,
    number: str,
    build: Callable[[str, Sequence[Cells]], T | None],
    progress: Progress | None,
) -> ImportResult[T]:
    """Read a file of documents.

    Args:
        stream: Bytes of the file.
        columns: What it has.
        number: Column with the number of the document.
        build: Makes one document of its rows; problems are left in their cells.
        progress: Called with rows read and expected.
    """
    table = read_table(stream, columns, progress)
    groups: dict[str, list[Cells]] = {}
    for record in table.records:
        cells = Cells(table, record)
        document = cells.code(number, required=True)
        # Rows without a number are each a problem of their own, never one nameless document.
        groups.setdefault(document or f"\x00{record.row}", []).append(cells)
    return assemble(table, [_unit(document, rows, build) for document, rows in groups.items()])


def shared(rows: Sequence[Cells], column: str) -> Cells:
    """The row that speaks for the document in this column; differing rows are problems."""
    speaking = [cells for cells in rows if cells.raw(column)] or list(rows[:1])
    first = speaking[0]
    for cells in speaking[1:]:
        if cells.raw(column) != first.raw(column):
            say = f"row {first.record.row} says “{first.raw(column)}” for the same document."
            cells.fail(column, f"{say} Make them agree.")
    return first


def line_numbers(rows: Sequence[Cells]) -> list[int]:
    """Line numbers as given, or counted from 1 when the file has none."""
    if not rows[0].has("line"):
        return list(range(1, len(rows) + 1))
    numbers = [cells.whole("line", least=1, most=1_000_000) or 0 for cells in rows]
    times = Counter(numbers)
    for cells, number in zip(rows, numbers, strict=True):
        if number and times[number] > 1:
            cells.fail("line", "the same line number stands twice in this document.")
    return numbers


def _unit(
    document: str, rows: list[Cells], build: Callable[[str, Sequence[Cells]], T | None]
) -> Unit[T]:
    if len(rows) > MAX_LINES:
        rows[0].fail("", f"{len(rows)} lines in one document; at most {MAX_LINES}. Split it.")
    value = None if any(cells.problems for cells in rows) else build(document, rows)
    problems: list[Problem] = [problem for cells in rows for problem in cells.problems]
    return Unit(tuple(cells.record for cells in rows), value, tuple(problems))
