"""From records to rows: what every kind of file has in common."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import BinaryIO, Generic, TypeVar

from app.importing.cells import Cells
from app.importing.result import ImportResult, Problem, Record
from app.importing.table import Columns, Progress, Table, read_table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Key:
    """Something that may stand in a file only once.

    Attributes:
        column: Where it stands.
        value: As the person sees it.
        identity: What is compared.
    """

    column: str
    value: str
    identity: Hashable


@dataclass(frozen=True, slots=True)
class Unit(Generic[T]):
    """What is taken or left as a whole: a row, or all rows of one order."""

    records: tuple[Record, ...]
    value: T | None
    problems: tuple[Problem, ...]
    keys: tuple[Key, ...] = ()


def read_rows(
    stream: BinaryIO,
    columns: Columns,
    build: Callable[[Cells], T | None],
    keys: Callable[[T], Iterable[Key]],
    progress: Progress | None,
) -> ImportResult[T]:
    """Read a file in which every row stands for itself.

    Args:
        stream: Bytes of the file.
        columns: What it has.
        build: One row's value; problems are left in its cells.
        keys: What of it must not be in another row.
        progress: Called with rows read and expected.
    """
    table = read_table(stream, columns, progress)
    units: list[Unit[T]] = []
    for record in table.records:
        cells = Cells(table, record)
        value = None if cells.problems else build(cells)
        found = () if value is None else tuple(keys(value))
        units.append(Unit((record,), value, tuple(cells.problems), found))
    return assemble(table, units)


def assemble(table: Table, units: list[Unit[T]]) -> ImportResult[T]:
    """Leave out what is wrong or stands twice, keep the order of the file."""
    repeats = _repeats(units)
    rows: list[T] = []
    problems: list[Problem] = []
    rejected: list[Record] = []
    for unit in units:
        wrong = [*unit.problems, *_told(unit, repeats)]
        if unit.value is not None and not wrong:
            rows.append(unit.value)
        else:
            problems += wrong
            rejected += unit.records
    return ImportResult(
        rows=tuple(rows),
        problems=tuple(sorted(problems, key=lambda problem: problem.row)),
        header=table.header,
        rejected=tuple(sorted(rejected, key=lambda record: record.row)),
        read=len(table.records),
        ignored=table.ignored,
        delimiter=table.delimiter,
    )


def _repeats(units: list[Unit[T]]) -> dict[Hashable, list[int]]:
    """Rows by identity, where there is more than one: nobody can tell which of them is right."""
    seen: dict[Hashable, list[int]] = {}
    for unit in units:
        for identity in dict.fromkeys(key.identity for key in unit.keys):
            seen.setdefault(identity, []).append(unit.records[0].row)
    return {identity: rows for identity, rows in seen.items() if len(rows) > 1}


def _told(unit: Unit[T], repeats: dict[Hashable, list[int]]) -> list[Problem]:
    own = unit.records[0].row
    problems = []
    for key in unit.keys:
        others = [row for row in repeats.get(key.identity, ()) if row != own]
        if others:
            where = f"row {others[0]}" + (f" and {len(others) - 1} more" if len(others) > 1 else "")
            say = f"stands in {where} too. Keep one of them."
            problems.append(Problem(own, key.column, key.value, say))
    return problems
