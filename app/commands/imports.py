"""`packhouse import KIND FILE.csv`: master data, stock, orders, deliveries in; errors by row.

All or nothing; with `--partial` good rows go in, and bad ones come back as a file with the reason.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from app.commands.ledger_place import add_place, change_ledger, site_of, spare_the_collector
from app.commands.progress import shown
from app.errors import Trouble

if TYPE_CHECKING:
    from app.importing.result import ImportResult
    from app.importing.table import Progress
    from app.ledger.imports import Applied
    from app.ledger.service import LedgerService

KINDS = ("items", "locations", "stock", "orders", "inbound", "boxes", "users")


@dataclass(frozen=True, slots=True)
class _Way:
    """How one kind of file is read, and how its rows are applied."""

    read: "Callable[[BinaryIO, Progress | None], ImportResult[Any]]"
    apply: "Callable[[LedgerService, str, Sequence[Any], bool], Applied]"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "import",
        help="bring data into the ledger from CSV files",
        epilog="packhouse import items items.csv --partial --rejects bad-items.csv",
    )
    parser.add_argument("kind", choices=KINDS, help="what the file holds; columns: docs/import.md")
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--site", help="may be left out where there is one site only")
    parser.add_argument("--partial", action="store_true", help="take the good rows")
    parser.add_argument(
        "--rejects", type=Path, metavar="FILE", help="bad rows, with reasons (default FILE.bad.csv)"
    )
    add_place(parser)
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """Import a file; 0 when nothing was left out."""
    from app.ledger.journal import tell

    way = _ways()[chosen.kind]
    result = _read(chosen.file, way)
    good = result.accepted(partial=chosen.partial)
    spare_the_collector()
    # Opening stock is posted batch by batch, as operations; all else is one transaction.
    whole = chosen.kind != "stock"
    what = f"{chosen.file.name} sha256 {_hash(chosen.file)}"
    with change_ledger(chosen, f"import {chosen.kind}", what, whole=whole) as service:
        applied = way.apply(service, site_of(chosen, service), good, chosen.partial)
        result = _with_problems(chosen.file, result, applied)
        # What only the ledger could know may still stop the import as a whole.
        result.accepted(partial=chosen.partial)
        tell(after={"rows": len(good), "written": applied.written})
    sys.stdout.write(
        f"{chosen.kind}: {applied.written} written, {applied.unchanged} unchanged, "
        f"{len(result.rejected)} rows left out\n"
    )
    if not result.rejected:
        return 0
    rejects = chosen.rejects or chosen.file.with_suffix(".bad.csv")
    rejects.write_bytes(result.rejects_csv())
    sys.stderr.write(f"The rows left out are in {rejects} with their reasons.\n")
    return 1


def _read(path: Path, way: _Way) -> "ImportResult[Any]":
    try:
        with path.open("rb") as stream:
            return way.read(stream, shown)
    except OSError as error:
        raise Trouble(f"{path} cannot be read. Check the name.", detail=str(error)) from error


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _with_problems(
    path: Path, result: "ImportResult[Any]", applied: "Applied"
) -> "ImportResult[Any]":
    """The result with what the ledger found wrong, and the rows as they stand in the file."""
    from app.importing.result import Problem
    from app.importing.table import Columns, read_table

    if not applied.problems:
        return result
    with path.open("rb") as stream:
        records = {one.row: one for one in read_table(stream, Columns(())).records}
    bad = {record.row: record for record in result.rejected}
    found: list[Problem] = []
    for problem in applied.problems:
        row = result.rows[problem.index]
        found.append(Problem(row.row, problem.column, "", problem.sentence))
        for number in {row.row, *(line.row for line in getattr(row, "lines", ()))}:
            bad[number] = records[number]
    return replace(
        result,
        problems=tuple(sorted((*result.problems, *found), key=lambda one: one.row)),
        rejected=tuple(bad[number] for number in sorted(bad)),
    )


def _ways() -> dict[str, _Way]:
    from app.commands import import_rows as rows
    from app.importing.inbound import read_inbound
    from app.importing.items import read_items
    from app.importing.locations import read_locations
    from app.importing.orders import read_orders
    from app.importing.setup import read_boxes, read_people
    from app.importing.stock import read_stock

    return {
        "items": _Way(read_items, rows.apply_items),
        "locations": _Way(read_locations, rows.apply_locations),
        "stock": _Way(read_stock, rows.apply_stock),
        "orders": _Way(read_orders, rows.apply_orders),
        "inbound": _Way(read_inbound, rows.apply_inbounds),
        "boxes": _Way(read_boxes, rows.apply_boxes),
        "users": _Way(read_people, rows.apply_people),
    }
