"""The goods in somebody's hand: what their barcode said, and what still has to be asked.

Receive and Return ask only what an item needs and its barcode did not say.
"""

import re
from datetime import date
from enum import StrEnum

from msgspec import Struct

from app.contract.messages import ItemRow, LotRow
from app.domain.barcode import BADGE_PREFIX, Damaged, Elements, PlainCode, TradeItem
from app.station.flow import Happening, Trigger
from app.station.lookup import ItemFound

# Longest lot or serial of GS1 (AI 10 and 21), and what an operation's line takes.
MAX_CODE = 64
# The date a lot goes by: use-by before best-before, as `TradeItem.use_by` has it.
_LOT, _SERIAL, _DATES = "10", "21", ("17", "15")
_SHORT_DATE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})")
_DATE_FORMS = (
    re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"),
    re.compile(r"(?P<d>[0-9]{1,2})\.(?P<m>[0-9]{1,2})\.(?P<y>[0-9]{4})"),
    re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
)


class Missing(StrEnum):
    """What has to be asked about a unit; empty when everything is known."""

    NOTHING = ""
    LOT = "lot"
    EXPIRY = "expiry"
    SERIAL = "serial"


class Unit(Struct, frozen=True, omit_defaults=True):
    """Goods that were scanned and are not recorded yet.

    Attributes:
        units: Base units.
        uom: What was scanned: `each`, or `pack-12`.
        scans: How often it counts as scanned, for `uom_quantity`.
        agreed: Somebody has looked at the label: another expiry than the book has is meant.
        condition: State they are in, as decided.
    """

    sku: str
    name: str
    units: int = 1
    uom: str = "each"
    scans: int = 1
    lot: str = ""
    expiry: str = ""
    serial: str = ""
    agreed: bool = False
    condition: str = ""


def in_hand(found: ItemFound, armed: int) -> Unit:
    """What a scan put into the hand, `armed` times."""
    times = armed or 1
    return Unit(
        found.sku,
        found.name,
        found.units * times,
        found.uom,
        times,
        found.lot[:MAX_CODE],
        found.expiry,
        found.serial[:MAX_CODE],
    )


def unknown_code(happening: Happening) -> str:
    """The code nobody knows, as goods are recorded under it; empty when it cannot be one."""
    match happening.meaning:
        case TradeItem(gtin14=gtin):
            return gtin
        case PlainCode(text=plain):
            return plain if len(plain) <= MAX_CODE and BADGE_PREFIX not in plain.upper() else ""
        case _:
            return ""


def missing(unit: Unit, item: ItemRow | None, known: LotRow | None) -> Missing:
    """What must be asked next: only what the item needs and nobody has said.

    Args:
        unit: What is in the hand.
        item: Its item; None for a code nobody knows.
        known: What the book knows of its lot.
    """
    if item is None:
        return Missing.NOTHING
    if "serial" in item.tracking and not unit.serial:
        return Missing.SERIAL
    if "lot" not in item.tracking:
        return Missing.NOTHING
    if not unit.lot:
        return Missing.LOT
    dated = unit.expiry or (known is not None and known.expiry)
    return Missing.EXPIRY if item.shelf_days and not dated else Missing.NOTHING


def differs(unit: Unit, known: LotRow | None) -> bool:
    """Whether the book has the same lot with another expiry, and nobody has confirmed it."""
    said = known.expiry if known is not None else ""
    return bool(said and unit.expiry and unit.expiry != said and not unit.agreed)


def as_lot(happening: Happening) -> tuple[str, str]:
    """Lot and expiry somebody scanned or typed; an empty lot when it was neither."""
    match happening.meaning:
        case TradeItem(lot=lot) as scanned:
            return lot[:MAX_CODE], scanned.use_by or ""
        case Elements(elements=found):
            said = dict(found)
            day = next((said[ai] for ai in _DATES if ai in said), "")
            return said.get(_LOT, "")[:MAX_CODE], as_date(day)
        case _:
            return written(happening), ""


def as_serial(happening: Happening) -> str:
    """A serial somebody scanned or typed; empty when it was none."""
    match happening.meaning:
        case TradeItem(serial=serial):
            return serial[:MAX_CODE]
        case Elements(elements=found):
            return dict(found).get(_SERIAL, "")[:MAX_CODE]
        case _:
            return written(happening)


def as_expiry(happening: Happening) -> str:
    """A date somebody scanned or typed, ISO 8601; empty when it was none."""
    match happening.meaning:
        case TradeItem(expiry=None, best_before=None):
            return as_date(happening.scan.text if happening.scan else "")
        case TradeItem() as scanned:
            return scanned.use_by or ""
        case Elements():
            return as_lot(happening)[1]
        case _:
            return as_date(written(happening))


def written(happening: Happening) -> str:
    """The plain text of a scan or the number that was typed; nothing of half a code or a badge."""
    if happening.trigger is Trigger.QUANTITY:
        return happening.argument.strip()[:MAX_CODE]
    said = happening.scan.text.strip() if happening.scan else ""
    if isinstance(happening.meaning, Damaged) or BADGE_PREFIX in said.upper():
        return ""
    return said[:MAX_CODE]


def as_date(said: str) -> str:
    """An ISO date from `2027-03-31`, `31.03.2027`, `20270331` or, as GS1 prints it, `270331`.

    A day of 00 is the last of its month, as GS1 has it.
    """
    short = _SHORT_DATE.fullmatch(said)
    if short is not None:
        year, month, day = (int(part) for part in short.groups())
        return _iso(2000 + year, month, day)
    for form in _DATE_FORMS:
        found = form.fullmatch(said)
        if found is not None:
            return _iso(int(found["y"]), int(found["m"]), int(found["d"]))
    return ""


def _iso(year: int, month: int, day: int) -> str:
    try:
        if day == 0:
            following = date(year + month // 12, month % 12 + 1, 1)
            return date.fromordinal(following.toordinal() - 1).isoformat()
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
