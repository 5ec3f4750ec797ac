"""Boxes and people: what a site is set up with, and what the demonstration begins with."""

import re
from collections.abc import Iterable
from typing import BinaryIO

from app.domain.barcode import BADGE_PREFIX
from app.importing.cells import Cells
from app.importing.reading import Key, read_rows
from app.importing.result import ImportResult
from app.importing.rows import BoxRow, PersonRow
from app.importing.table import Columns, Progress

BOX_COLUMNS = Columns(
    ("box", "name", "tare_g", "length_mm", "width_mm", "height_mm", "max_weight_g")
)
PERSON_COLUMNS = Columns(("user", "name", "role", "badge", "pin"))
# A box is no larger than a pallet.
MAX_BOX_SIDE_MM = 2_400
_PIN = re.compile(r"[0-9]{6,12}")


def read_boxes(stream: BinaryIO, progress: Progress | None = None) -> ImportResult[BoxRow]:
    """Read a file of boxes.

    Raises:
        Refusal: The file as a whole cannot be read.
    """
    return read_rows(
        stream, BOX_COLUMNS, _box, lambda box: [Key("box", box.box, box.box)], progress
    )


def read_people(stream: BinaryIO, progress: Progress | None = None) -> ImportResult[PersonRow]:
    """Read a file of people with their badges and PINs.

    Raises:
        Refusal: The file as a whole cannot be read.
    """
    return read_rows(stream, PERSON_COLUMNS, _person, _person_keys, progress)


def _box(cells: Cells) -> BoxRow | None:
    box, name = cells.code("box", required=True), cells.text("name", required=True)
    tare, most = cells.milligrams("tare_g"), cells.milligrams("max_weight_g")
    sides = [
        cells.whole(side, least=1, most=MAX_BOX_SIDE_MM)
        for side in ("length_mm", "width_mm", "height_mm")
    ]
    if tare is None or most is None:
        cells.fail("tare_g", "a box needs its tare and the weight it may hold.")
    if cells.problems or tare is None or most is None:
        return None
    length, width, height = (side or 0 for side in sides)
    return BoxRow(box, name, tare, length, width, height, most, cells.record.row)


def _person(cells: Cells) -> PersonRow | None:
    user, name = cells.code("user", required=True), cells.text("name", required=True)
    role = cells.code("role", required=True)
    badge, pin = cells.raw("badge"), cells.raw("pin")
    # Neither is ever quoted in a problem: the file of bad rows is read by more people than this.
    if not badge.startswith(BADGE_PREFIX) or len(badge) <= len(BADGE_PREFIX):
        cells.fail("badge", f"a badge begins with {BADGE_PREFIX} and a secret after it.", "")
    if not _PIN.fullmatch(pin):
        cells.fail("pin", "a PIN has 6 to 12 digits.", "")
    if cells.problems:
        return None
    return PersonRow(user, name, role, badge, pin, cells.record.row)


def _person_keys(person: PersonRow) -> Iterable[Key]:
    yield Key("user", person.user, ("user", person.user))
    yield Key("badge", "", ("badge", person.badge))
