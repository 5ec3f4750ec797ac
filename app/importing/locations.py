"""Locations of a site."""

from collections.abc import Iterable
from typing import BinaryIO

from app.importing.cells import Cells
from app.importing.reading import Key, read_rows
from app.importing.result import ImportResult
from app.importing.rows import LocationKind, LocationRow
from app.importing.table import Columns, Progress

COLUMNS = Columns(required=("location", "kind"), optional=("name",))


def read_locations(stream: BinaryIO, progress: Progress | None = None) -> ImportResult[LocationRow]:
    """Read a file of locations.

    Raises:
        Refusal: The file as a whole cannot be read.
    """
    return read_rows(stream, COLUMNS, _location, _keys, progress)


def _location(cells: Cells) -> LocationRow | None:
    code = cells.location("location", required=True)
    kind = cells.choice("kind", LocationKind)
    name = cells.text("name")
    if cells.problems or kind is None:
        return None
    return LocationRow(code, kind, name, cells.record.row)


def _keys(location: LocationRow) -> Iterable[Key]:
    yield Key("location", location.code, location.code)
