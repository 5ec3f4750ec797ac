"""From a meaning to something this book knows: item, place, order."""

from dataclasses import dataclass

from app.domain.barcode import Document, Location, Meaning, PlainCode, Tote, TradeItem
from app.domain.operation import TOTE_PREFIX
from app.station.ports import Work


@dataclass(frozen=True, slots=True)
class ItemFound:
    """An item of the book and what the scan said about this piece.

    Attributes:
        units: Base units one scan stands for (the pack's, or the count in the barcode).
        uom: What was scanned: `each`, or `pack-12` for a pack of twelve.
    """

    sku: str
    name: str
    units: int
    uom: str
    lot: str = ""
    serial: str = ""
    expiry: str = ""


def find_item(work: Work, meaning: Meaning | None) -> ItemFound | None:
    """The item a scan stands for, or None."""
    match meaning:
        case TradeItem():
            found = work.item_by_gtin(meaning.gtin14)
            if found is None:
                return None
            row, pack = found
            units = pack * meaning.count if meaning.count else pack
            uom = "each" if pack == 1 else f"pack-{pack}"
            return ItemFound(
                row.sku, row.name, units, uom, meaning.lot, meaning.serial, meaning.use_by or ""
            )
        case PlainCode():
            named = work.item_by_sku(meaning.text)
            return None if named is None else ItemFound(named.sku, named.name, 1, "each")
        case _:
            return None


def find_place(work: Work, meaning: Meaning | None) -> str | None:
    """The tote or location a scan stands for, or None."""
    match meaning:
        case Tote():
            return TOTE_PREFIX + meaning.code
        case Location():
            return meaning.code if work.location_kind(meaning.code) else None
        case PlainCode():
            return meaning.text if work.location_kind(meaning.text) else None
        case _:
            return None


def find_order(work: Work, meaning: Meaning | None) -> str | None:
    """The order a scan stands for, or None."""
    match meaning:
        case Document():
            number = meaning.number
        case PlainCode():
            number = meaning.text
        case _:
            return None
    return number if work.order(number) else None


def only_lot(work: Work, sku: str, place: str) -> str:
    """The lot of an item at a place when there is only one: known without scanning it."""
    lots = {row.lot for row in work.stock_of(sku) if row.location == place}
    return lots.pop() if len(lots) == 1 else ""
