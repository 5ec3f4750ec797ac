"""`packhouse ledger compare`: the ledger against another system's list of stock or shipments."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.ledger_place import add_place, change_ledger, site_of
from app.errors import Refusal

if TYPE_CHECKING:
    from app.ledger.comparison import Compared

# What the columns are called here.
_STOCK = ("item", "location", "lot", "serial", "condition")
_NAMES = ("sku", *_STOCK[1:], "order", "quantity")


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    example = (
        "packhouse ledger compare stock.csv --site BER1 --column sku=artikel --csv differences.csv"
    )
    compare = parts.add_parser(
        "compare", help="compare with another system's list, as CSV", epilog=example
    )
    compare.add_argument("file", type=Path, help="columns: sku or order, quantity, and more")
    compare.add_argument("--kind", choices=("stock", "shipments"), default="stock")
    compare.add_argument("--site", default="", help="may be left out where there is one only")
    compare.add_argument(
        "--column", action="append", default=[], metavar="OURS=THEIRS",
        help=f"what the list calls a column; ours are {', '.join(_NAMES)}",
    )  # fmt: skip
    compare.add_argument("--csv", type=Path, metavar="FILE", help="write the differences there")
    compare.add_argument("--json", type=Path, metavar="FILE", help="write the report there")
    add_place(compare)
    compare.set_defaults(handler=_compare)


def _compare(chosen: argparse.Namespace) -> int:
    """Compare; 0 when nothing is further apart than agreed."""
    import msgspec

    called = _called(chosen.column)
    wanted = ("order",) if chosen.kind == "shipments" else ("sku", *_STOCK[1:])
    parts, theirs = _read(chosen.file, wanted, called)
    with change_ledger(chosen, "compare", str(chosen.file.name), whole=False) as service:
        site = service.site(site_of(chosen, service))
        if chosen.kind == "shipments":
            found = service.comparison.shipments(site, theirs)
        else:
            ours = ["item" if part == "sku" else part for part in parts]
            found = service.comparison.stock(site, ours, theirs)
    over = found.report.checked["over"]
    sys.stdout.write(
        f"{site.site}: {found.report.checked['keys']} compared, {found.report.found} differ, "
        f"{over} further apart than agreed\n"
    )
    if chosen.json:
        chosen.json.write_bytes(msgspec.json.format(msgspec.json.encode(found.report), indent=2))
    if chosen.csv:
        _write(chosen.csv, parts, found)
    return 1 if over else 0


def _called(columns: list[str]) -> dict[str, str]:
    called = {name: name for name in _NAMES}
    for pair in columns:
        ours, _, theirs = pair.partition("=")
        if ours not in called or not theirs:
            raise Refusal(
                "bad_column", f"Write --column OURS=THEIRS with one of: {', '.join(_NAMES)}."
            )
        called[ours] = theirs.strip().lower().replace(" ", "_")
    return called


def _read(
    path: Path, wanted: tuple[str, ...], called: dict[str, str]
) -> tuple[list[str], dict[tuple[str, ...], int]]:
    """The parts of the key the list has, and its quantities by key."""
    from app.importing.table import Columns, read_table

    first, *more = wanted
    columns = Columns((called[first], called["quantity"]), tuple(called[name] for name in more))
    with path.open("rb") as stream:
        table = read_table(stream, columns)
    parts = [name for name in wanted if called[name] in table.places]
    places = [table.places[called[name]] for name in parts]
    where = table.places[called["quantity"]]
    found: dict[tuple[str, ...], int] = {}
    for record in table.records:
        cells = [*record.cells, *[""] * (len(table.header) - len(record.cells))]
        key = tuple(
            cells[place].strip() or ("good" if part == "condition" else "")
            for part, place in zip(parts, places, strict=True)
        )
        found[key] = found.get(key, 0) + _units(cells[where], record.row)
    return parts, found


def _units(cell: str, row: int) -> int:
    text = cell.strip()
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 16):
        raise Refusal(
            "bad_quantity",
            f"Row {row}: “{text[:20]}” is no whole number of base units. Correct the list.",
        )
    return int(text)


def _write(path: Path, parts: list[str], found: "Compared") -> None:
    from app.domain.spreadsheet import Cell, csv_bytes

    rows: list[list[Cell]] = [[*parts, "theirs", "ours", "difference", "over"]]
    for row in found.rows:
        over = "yes" if row.over else "no"
        rows.append([*row.key, row.theirs, row.ours, row.ours - row.theirs, over])
    path.write_bytes(csv_bytes(rows))
