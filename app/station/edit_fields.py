"""What may be edited of an item or a place: how a typed value is read, and what is wrong with it.

The ledger checks everything once more; what can be told here is told while it is typed.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from app.contract.messages import ItemRow, Pack
from app.domain.gtin import check_digit, gtin14, is_digits, is_gtin
from app.domain.text import Text, text
from app.station.edit_job import Draft
from app.station.ports import Work

MAX_NAME = 200
# As heavy as the ledger takes one base unit.
MAX_GRAMS = 40_000_000
MAX_SHELF_DAYS = 36_500
MAX_UNITS = 1_000_000
PACK = "pack/"
# In the order of the page.
ITEM_FIELDS = ("name", "weight", "spread", "tracking", "shelf", "state", "low", "packs")
TRACKINGS = ("", "lot", "serial", "lot+serial")
STATES = ("active", "retired")
KINDS = ("bin", "dock", "bench", "staging", "returns", "quarantine", "blocked")
_GRAMS = re.compile(r"([0-9]{1,8})(?:[.,]([0-9]{1,3}))?")
# Column of the ledger's refusal to field of the page.
FIELD_OF = {
    "bad_name": "name",
    "bad_packs": "packs",
    "barcode_exists": "packs",
    "bad_weight_mg": "weight",
    "bad_spread_mg": "spread",
    "bad_tracking": "tracking",
    "bad_shelf_days": "shelf",
    "bad_state": "state",
    "bad_threshold": "low",
    "bad_kind": "kind",
}

Read = Draft | Text


def put(work: Work, draft: Draft, field: str, typed: str) -> Read:
    """The draft with this value in a field, or why it is not taken."""
    said = typed.strip()
    if field.startswith(PACK):
        return _units(draft, field.removeprefix(PACK), said)
    reader = _READERS.get(field)
    if reader is None:
        return text("edit.by_enter")
    return reader(work, draft, said)


def turned(draft: Draft, field: str) -> Draft | None:
    """The next of the few values a field may have; None for one that is typed."""
    item = draft.item
    if field == "kind":
        return msgspec.structs.replace(draft, kind=_after(KINDS, draft.kind))
    if item is None:
        return None
    if field == "tracking":
        return _with(draft, tracking=_after(TRACKINGS, item.tracking))
    if field == "state":
        return _with(draft, state=_after(STATES, item.state))
    return None


def without_pack(draft: Draft, gtin: str) -> Draft:
    """The draft without a barcode."""
    packs = draft.item.packs if draft.item is not None else ()
    return _with(draft, packs=tuple(pack for pack in packs if pack.gtin != gtin))


def _after(values: tuple[str, ...], now: str) -> str:
    return values[(values.index(now) + 1) % len(values)] if now in values else values[0]


def _with(draft: Draft, **changes: Any) -> Draft:
    item = draft.item
    if item is None:
        return draft
    return msgspec.structs.replace(draft, item=msgspec.structs.replace(item, **changes))


def _name(_work: Work, draft: Draft, said: str) -> Read:
    if not said:
        return text("edit.no_name")
    if len(said) > MAX_NAME:
        return text("edit.long_name", n=len(said))
    return _with(draft, name=said)


def _milligrams(said: str) -> int | None:
    found = _GRAMS.fullmatch(said)
    if found is None or int(found[1]) > MAX_GRAMS:
        return None
    return int(found[1]) * 1_000 + int((found[2] or "0").ljust(3, "0"))


def _weight(_work: Work, draft: Draft, said: str) -> Read:
    weight = _milligrams(said)
    if weight is None:
        return text("edit.no_weight", entered=said)
    return _with(draft, weight_mg=weight) if weight else text("edit.zero_weight")


def _spread(_work: Work, draft: Draft, said: str) -> Read:
    spread = _milligrams(said)
    if spread is None:
        return text("edit.no_weight", entered=said)
    weight = draft.item.weight_mg if draft.item is not None else 0
    if weight and spread >= weight:
        return text("edit.wide_spread")
    return _with(draft, spread_mg=spread)


def _shelf(_work: Work, draft: Draft, said: str) -> Read:
    if not is_digits(said) or int(said) > MAX_SHELF_DAYS:
        return text("edit.no_days", entered=said)
    return _with(draft, shelf_days=int(said))


def _low(_work: Work, draft: Draft, said: str) -> Read:
    if not is_digits(said) or int(said) > MAX_UNITS:
        return text("edit.no_number", entered=said)
    return msgspec.structs.replace(draft, low=int(said))


def _units(draft: Draft, gtin: str, said: str) -> Read:
    if not is_digits(said) or not 1 <= int(said) <= MAX_UNITS:
        return text("edit.no_number", entered=said)
    packs = draft.item.packs if draft.item is not None else ()
    changed = (Pack(one.gtin, int(said)) if one.gtin == gtin else one for one in packs)
    return _with(draft, packs=tuple(changed))


def _pack(work: Work, draft: Draft, said: str) -> Read:
    """A barcode of its own: a right GTIN that stands for nothing yet."""
    item = draft.item
    if item is None or not is_gtin(said):
        return _flaw(said)
    code = gtin14(said) or said
    if any((gtin14(pack.gtin) or pack.gtin) == code for pack in item.packs):
        return text("edit.has_barcode", code=said)
    found = work.item_by_gtin(code)
    if found is not None and found[0].sku != item.sku:
        return text("edit.other_barcode", code=said, sku=found[0].sku, name=found[0].name)
    return _with(draft, packs=(*item.packs, Pack(code, 1)))


def _flaw(said: str) -> Text:
    if is_digits(said) and len(said) in (8, 12, 13, 14):
        return text("edit.bad_digit", code=said, digit=str(check_digit(said[:-1])))
    return text("edit.no_gtin", code=said)


_READERS: dict[str, Callable[[Work, Draft, str], Read]] = {
    "name": _name,
    "weight": _weight,
    "spread": _spread,
    "shelf": _shelf,
    "low": _low,
    "packs": _pack,
}


def said_of(field: str, draft: Draft) -> Text | str:
    """A field's value in words."""
    item = draft.item
    if field == "kind":
        return text(f"edit.kind_{draft.kind}") if draft.kind in KINDS else draft.kind
    if item is None:
        return ""
    if field.startswith(PACK):
        found = next((one for one in item.packs if one.gtin == field.removeprefix(PACK)), None)
        return text("edit.pack_said", n=found.units) if found is not None else text("edit.gone")
    return _said_of_item(field, item, draft.low)


def _said_of_item(field: str, item: ItemRow, low: int) -> Text | str:
    match field:
        case "name":
            return item.name
        case "weight":
            return _grams(item.weight_mg) if item.weight_mg else text("edit.unknown_weight")
        case "spread":
            return _grams(item.spread_mg)
        case "tracking":
            word = item.tracking.replace("+", "_") or "none"
            return text(f"edit.tracking_{word}")
        case "shelf":
            return text("edit.days", n=item.shelf_days) if item.shelf_days else text("edit.keeps")
        case "state":
            return text("edit.state_retired" if item.state == "retired" else "edit.state_active")
        case "low":
            return text("edit.low_said", n=low) if low >= 0 else text("edit.low_none")
        case _:
            return text("edit.packs_said", n=len(item.packs))


def _grams(weight_mg: int) -> Text:
    whole, rest = divmod(weight_mg, 1_000)
    if not rest:
        return text("edit.grams", n=whole)
    return text("edit.grams_part", n=whole, part=f"{rest:03d}".rstrip("0"))


def fields_of(draft: Draft, seen: Draft) -> tuple[str, ...]:
    """The fields of the page, a row for each barcode before or after."""
    if draft.item is None:
        return ("kind",)
    before = seen.item.packs if seen.item is not None else ()
    codes = dict.fromkeys(pack.gtin for pack in (*before, *draft.item.packs))
    return (*ITEM_FIELDS, *(PACK + code for code in codes))
