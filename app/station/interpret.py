"""From a meaning to a trigger: what a scan is, seen from this book.

Nothing selected on the screen decides what an unambiguous code means (peers.md rule 9).
"""

from app.domain.barcode import (
    Badge,
    Command,
    Damaged,
    Document,
    Elements,
    Location,
    Meaning,
    Parcel,
    PlainCode,
    Tote,
    TradeItem,
)
from app.domain.scan import Scan
from app.station.flow import Happening, Trigger
from app.station.lookup import find_order, find_place
from app.station.ports import Work


def interpret(work: Work, meaning: Meaning, scanned: Scan, shown: str) -> Happening:
    """The happening a scan stands for."""
    match meaning:
        case Badge():
            return Happening(Trigger.BADGE, meaning, scanned, shown)
        case TradeItem():
            return Happening(Trigger.ITEM, meaning, scanned, shown)
        case Location() | Tote():
            return Happening(Trigger.PLACE, meaning, scanned, shown)
        case Parcel():
            return Happening(Trigger.LABEL, meaning, scanned, shown, argument=meaning.sscc)
        case Document():
            return _document(work, meaning, scanned, shown)
        case PlainCode():
            return _plain(work, meaning, scanned, shown)
        case Damaged() | Elements() | Command():
            return Happening(Trigger.NOTHING, meaning, scanned, shown)


def _document(work: Work, meaning: Document, scanned: Scan, shown: str) -> Happening:
    kinds = () if work.order(meaning.number) else work.kinds_of(meaning.number)
    if kinds:
        number = meaning.number
        return Happening(Trigger.DOCUMENT, meaning, scanned, shown, kinds[0], number)
    return Happening(Trigger.ORDER, meaning, scanned, shown, argument=meaning.number)


def _plain(work: Work, meaning: PlainCode, scanned: Scan, shown: str) -> Happening:
    order = find_order(work, meaning)
    if order is not None:
        return Happening(Trigger.ORDER, meaning, scanned, shown, argument=order)
    kinds = work.kinds_of(meaning.text)
    if kinds:
        return Happening(Trigger.DOCUMENT, meaning, scanned, shown, kinds[0], meaning.text)
    if work.item_by_sku(meaning.text) is not None:
        return Happening(Trigger.ITEM, meaning, scanned, shown)
    if find_place(work, meaning) is not None:
        return Happening(Trigger.PLACE, meaning, scanned, shown)
    return Happening(Trigger.NOTHING, meaning, scanned, shown)
