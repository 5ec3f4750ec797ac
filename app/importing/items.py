"""Items with their barcodes, weights and sizes."""

from collections.abc import Iterable
from typing import BinaryIO

from app.importing.cells import MAX_QUANTITY, Cells
from app.importing.reading import Key, read_rows
from app.importing.result import ImportResult
from app.importing.rows import ItemRow, Pack, Unit
from app.importing.table import Columns, Progress

COLUMNS = Columns(
    required=("sku", "name"),
    optional=(
        "unit",
        "gtin",
        "packs",
        "weight_g",
        "spread_g",
        "length_mm",
        "width_mm",
        "height_mm",
        "lot",
        "serial",
        "expiry",
        "home",
    ),
)
# Written where an item has no barcode; an empty cell is taken for a lost one.
NO_BARCODE = "none"
# More barcodes than any item collects over its suppliers.
MAX_PACKS = 20
# Longest side in millimetres of anything on a packing bench.
MAX_SIDE_MM = 20_000


def read_items(stream: BinaryIO, progress: Progress | None = None) -> ImportResult[ItemRow]:
    """Read a file of items.

    Raises:
        Refusal: The file as a whole cannot be read.
    """
    return read_rows(stream, COLUMNS, _item, _keys, progress)


def _item(cells: Cells) -> ItemRow | None:
    sku = cells.code("sku", required=True)
    name = cells.text("name", required=True)
    unit = cells.choice("unit", Unit, Unit.EACH)
    packs = (*_gtins(cells), *_packs(cells))
    weight = cells.milligrams("weight_g")
    spread = cells.milligrams("spread_g")
    sides = [
        cells.whole(side, least=0, most=MAX_SIDE_MM, default=0)
        for side in ("length_mm", "width_mm", "height_mm")
    ]
    lot, serial, expiry = (cells.flag(column) for column in ("lot", "serial", "expiry"))
    home = cells.location("home")
    if len(packs) > MAX_PACKS:
        cells.fail("packs", f"{len(packs)} barcodes; at most {MAX_PACKS} are kept.")
    if len({pack.gtin14 for pack in packs}) < len(packs):
        cells.fail("packs", "the same barcode stands for two things. Keep one of them.")
    if spread is not None and weight is None:
        cells.fail("spread_g", "a spread without a weight. Fill in weight_g too.")
    if serial and unit is not Unit.EACH:
        cells.fail("serial", "only items counted by each can have serials.")
    if cells.problems or unit is None:
        return None
    return ItemRow(
        sku=sku,
        name=name,
        unit=unit,
        packs=packs,
        weight_mg=weight,
        spread_mg=spread or 0,
        length_mm=sides[0] or None,
        width_mm=sides[1] or None,
        height_mm=sides[2] or None,
        lot_tracked=lot,
        serial_tracked=serial,
        expiry_tracked=expiry,
        home=home,
        row=cells.record.row,
        unsaid=frozenset(column for column in COLUMNS.optional if not cells.has(column)),
    )


def _gtins(cells: Cells) -> tuple[Pack, ...]:
    """Barcodes of the piece itself, blanks between them."""
    if not cells.has("gtin") or cells.raw("gtin").lower() == NO_BARCODE:
        return ()
    found = [cells.gtin("gtin", value) for value in cells.raw("gtin").split() or [""]]
    return tuple(Pack(gtin, 1) for gtin in found if gtin is not None)


def _packs(cells: Cells) -> tuple[Pack, ...]:
    """`GTIN*UNITS`, blanks between them."""
    packs: list[Pack] = []
    for entry in cells.raw("packs").split():
        number, star, units = entry.partition("*")
        if not star or not (units.isascii() and units.isdigit() and len(units) <= 7):
            cells.fail("packs", "write a pack as GTIN*units, like 12900000400174*12.", entry)
            continue
        gtin = cells.gtin("packs", number)
        if not 2 <= int(units) <= MAX_QUANTITY:
            cells.fail("packs", "a pack holds two units or more; the piece goes to gtin.", entry)
        elif gtin is not None:
            packs.append(Pack(gtin, int(units)))
    return tuple(packs)


def _keys(item: ItemRow) -> Iterable[Key]:
    yield Key("sku", item.sku, ("sku", item.sku))
    for pack in item.packs:
        column = "gtin" if pack.units == 1 else "packs"
        yield Key(column, pack.gtin14, ("gtin", pack.gtin14))
