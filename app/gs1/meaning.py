"""From checked elements to what they mean at the bench."""

from decimal import ROUND_HALF_EVEN, Decimal

from app.domain.barcode import Damage, Document, Elements, Meaning, Parcel, TradeItem
from app.gs1 import association
from app.gs1.dates import iso_date
from app.gs1.message import Element
from app.gs1.unsound import Unsound

# Milligrams in one unit of a net weight; the fourth digit of the AI counts the decimals.
_NET_WEIGHTS = {
    "310": Decimal(1_000_000),  # kilogram
    "320": Decimal("453592.37"),  # pound avoirdupois
    "356": Decimal("31103.4768"),  # troy ounce
}
# Order number, consignment, shipment, routing code.
_DOCUMENTS = ("400", "402", "401", "403")


def meaning_of(elements: tuple[Element, ...], this_year: int) -> Meaning:
    """What a whole message means.

    Args:
        elements: As parsed, each value checked.
        this_year: For two-digit years.

    Raises:
        Unsound: The elements do not fit together, or a date or number is impossible.
    """
    checked = association.check(elements)
    values = dict(checked)
    if "00" in values:
        content = _item(checked, "02", this_year) if "02" in values else None
        rest = () if content else _without(checked, {"00"})
        return Parcel(values["00"], content, rest)
    for key in ("01", "03"):
        if key in values:
            return _item(checked, key, this_year)
    for ai in _DOCUMENTS:
        if ai in values:
            return Document(values[ai], ai)
    return Elements(checked)


def _item(elements: tuple[Element, ...], key: str, this_year: int) -> TradeItem:
    values = dict(elements)
    weights = [ai for ai in values if ai[:3] in _NET_WEIGHTS and len(ai) == 4]
    counts = [ai for ai in ("30", "37") if ai in values]
    used = {key, "00", "10", "21", "17", "15", *counts, *weights[:1]}
    expiry = _date(values, "17", this_year)
    if expiry is None and "7003" in values:
        expiry = _date({"7003": values["7003"][:6]}, "7003", this_year)
        used.add("7003")
    return TradeItem(
        gtin14=values[key],
        lot=values.get("10", ""),
        serial=values.get("21", ""),
        expiry=expiry,
        best_before=_date(values, "15", this_year),
        count=_count(counts[0], values[counts[0]]) if counts else None,
        net_weight_mg=net_weight_mg(weights[0], values[weights[0]]) if weights else None,
        other=_without(elements, used),
    )


def net_weight_mg(ai: str, digits: str) -> int:
    """Milligrams of a net weight element; rounded half to even below one milligram."""
    amount = Decimal(int(digits)).scaleb(-int(ai[3])) * _NET_WEIGHTS[ai[:3]]
    return int(amount.to_integral_value(ROUND_HALF_EVEN))


def _count(ai: str, digits: str) -> int:
    if int(digits) == 0:
        raise Unsound(Damage.BAD_VALUE, f"({ai}){digits}: a count of zero")
    return int(digits)


def _date(values: dict[str, str], ai: str, this_year: int) -> str | None:
    if ai not in values:
        return None
    date = iso_date(values[ai], this_year)
    if date is None:
        raise Unsound(Damage.BAD_VALUE, f"({ai}){values[ai]}: there is no such day")
    return date


def _without(elements: tuple[Element, ...], used: set[str]) -> tuple[Element, ...]:
    return tuple(each for each in elements if each[0] not in used)
