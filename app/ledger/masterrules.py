"""What a row of master data must be, whoever sends it, and how much a change of it means.

Most rules are fixed; the pattern of SKUs, required fields and upper ends of ranges are the
company's own and are kept as master data themselves (`Rules`, versioned like everything else).
"""

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from app.contract.base import Answer
from app.contract.messages import BoxRow, ItemRow, LocationRow, LotRow, PartyRow, PersonRow
from app.domain.gtin import Flaw, gtin14, is_gtin
from app.domain.operation import is_virtual

UNITS = ("each", "g", "ml", "mm")
TRACKING = ("", "lot", "serial", "lot+serial")
ITEM_STATES = ("active", "retired")
PARTY_KINDS = ("supplier", "customer", "carrier")
# A lorry; nobody lifts a base unit heavier than that.
MAX_WEIGHT_MG = 40_000_000_000
MAX_PACK_UNITS = 1_000_000
MAX_COST = 10**12
MAX_SHELF_DAYS = 36_500
MAX_PERMILLE = 10_000
# As long as an operation may name an item or a place.
MAX_CODE = 64

# A pattern is made of characters, classes and counts, without groups and alternatives, and has few
# counts without an end: so that no text can keep the ledger busy (64 characters cubed at most).
_PATTERN = re.compile(
    r"(?:(?:\[[^\[\]\\]+\]|\\[dw]|[A-Za-z0-9 _/-])(?:\{\d{1,2}(?:,\d{0,2})?\}|[+*?])?)+"
)
_COUNTS = re.compile(r"\{\d+,\d*\}|[+*?]")
MAX_COUNTS = 3

Problem = tuple[str, str]


class Rules(Answer, frozen=True, tag="rules"):
    r"""The company's own rules of master data.

    Attributes:
        sku_pattern: A whole SKU must match; characters, `[classes]`, `\d`, `\w` and counts.
        required: Columns of an item that may not be empty or 0.
        max_weight_mg: Heaviest base unit.
        max_cost: Dearest base unit, in minor units of money.
    """

    sku_pattern: Annotated[str, Meta(max_length=100)] = r"[A-Za-z0-9][ -~]{0,63}"
    required: Annotated[tuple[str, ...], Meta(max_length=16)] = ("name",)
    max_weight_mg: Annotated[int, Meta(ge=1, le=MAX_WEIGHT_MG)] = MAX_WEIGHT_MG
    max_cost: Annotated[int, Meta(ge=1, le=MAX_COST)] = MAX_COST


_ITEM_COLUMNS = frozenset(ItemRow.__struct_fields__) - {"version", "sku"}


def rules_problems(rules: Rules) -> Iterator[Problem]:
    """What is wrong with the company's rules themselves."""
    if not _PATTERN.fullmatch(rules.sku_pattern):
        yield (
            "sku_pattern",
            "Write the pattern with characters, [classes], \\d, \\w and counts, such as "
            "[A-Z]{2}-\\d{4}.",
        )
    elif len(_COUNTS.findall(rules.sku_pattern)) > MAX_COUNTS:
        yield "sku_pattern", f"The pattern may have {MAX_COUNTS} open counts at most."
    unknown = sorted(set(rules.required) - _ITEM_COLUMNS)
    if unknown:
        yield "required", f"Items have no column {unknown[0]}."


def item_problems(row: ItemRow, rules: Rules) -> Iterator[Problem]:
    """What is wrong with an item, by column."""
    if len(row.sku) > MAX_CODE or not re.fullmatch(rules.sku_pattern, row.sku, re.ASCII):
        yield "sku", f"The SKU does not match {rules.sku_pattern}. Check the number."
    for column in rules.required:
        if not getattr(row, column):
            yield column, f"An item needs a {column.removesuffix('_mg')}."
    yield from _choices(row, ("unit", UNITS), ("tracking", TRACKING), ("state", ITEM_STATES))
    yield from _ranges(
        row,
        ("weight_mg", 0, rules.max_weight_mg),
        ("spread_mg", 0, rules.max_weight_mg),
        ("cost", 0, rules.max_cost),
        ("shelf_days", 0, MAX_SHELF_DAYS),
        ("over_permille", -1, MAX_PERMILLE),
    )
    yield from _pack_problems(row)


def _pack_problems(row: ItemRow) -> Iterator[Problem]:
    seen: set[str] = set()
    for pack in row.packs:
        if not is_gtin(pack.gtin):
            yield "packs", f"{pack.gtin} is no GTIN: {_flaw(pack.gtin)}. Scan it from the goods."
        if gtin14(pack.gtin) in seen:
            yield "packs", f"{pack.gtin} is there twice. A barcode stands for one number of units."
        seen.add(gtin14(pack.gtin) or pack.gtin)
        if not 1 <= pack.units <= MAX_PACK_UNITS:
            yield "packs", f"{pack.gtin} must stand for 1 to {MAX_PACK_UNITS} base units."


def _flaw(digits: str) -> str:
    return "its check digit is wrong" if digits.isdigit() else Flaw.NOT_DIGITS.value


def location_problems(row: LocationRow, _rules: Rules) -> Iterator[Problem]:
    """What is wrong with a location."""
    if not row.location or "/" in row.location:
        yield "location", "A location has a name without a slash; names with one are the ledger's."
    elif is_virtual(row.location):
        yield "location", f"{row.location} is a name the ledger uses itself. Take another one."
    elif len(row.location) > MAX_CODE:
        yield "location", f"The name of a location has {MAX_CODE} characters at most."
    if not row.kind:
        yield "kind", "Say what the location is for: dock, bin, bench, quarantine or another word."


def party_problems(row: PartyRow, _rules: Rules) -> Iterator[Problem]:
    """What is wrong with a supplier, customer or carrier."""
    if not row.party or not row.name:
        yield "name", "A party needs a number and a name."
    yield from _choices(row, ("kind", PARTY_KINDS), ("state", ITEM_STATES))
    if row.email and "@" not in row.email[1:-1]:
        yield "email", "This is no mail address."


def _choices(row: object, *columns: tuple[str, tuple[str, ...]]) -> Iterator[Problem]:
    for column, allowed in columns:
        if getattr(row, column) not in allowed:
            yield column, f"{column} is one of: {', '.join(word or 'empty' for word in allowed)}."


def _ranges(row: object, *columns: tuple[str, int, int]) -> Iterator[Problem]:
    for column, least, most in columns:
        if not least <= getattr(row, column) <= most:
            yield column, f"{column} is a whole number from {least} to {most}."


# ------------------------------------------------------------------ what a change means

_MAJOR: dict[Any, tuple[str, ...]] = {
    ItemRow: ("unit", "tracking"),
    LocationRow: ("kind",),
    PartyRow: ("kind",),
    PersonRow: ("role", "site"),
    BoxRow: (),
    LotRow: (),
    Rules: ("sku_pattern", "required"),
}
_PATCH: dict[Any, tuple[str, ...]] = {
    ItemRow: ("name",),
    LocationRow: (),
    PartyRow: ("name",),
    PersonRow: ("name",),
    BoxRow: ("name",),
    LotRow: (),
    Rules: (),
}
FIRST = "1.0.0"


def next_release(before: Any, after: Any, release: str) -> str:
    """The semantic version of `after`.

    Major: what others may have built on is different (base unit, tracking, what a barcode stands
    for). Patch: only words for people. Minor: everything else.
    """
    if before is None:
        return FIRST
    major, minor, patch = (int(part) for part in (release or FIRST).split("."))
    changed = {
        name
        for name in type(after).__struct_fields__
        if name != "version" and getattr(before, name) != getattr(after, name)
    }
    if changed & set(_MAJOR[type(after)]) or _meaning_lost(before, after):
        return f"{major + 1}.0.0"
    if changed - set(_PATCH[type(after)]):
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"


def _meaning_lost(before: Any, after: Any) -> bool:
    """Whether a barcode is gone or stands for another number of units."""
    if not isinstance(after, ItemRow):
        return False
    now = {pack.gtin: pack.units for pack in after.packs}
    return any(now.get(pack.gtin) != pack.units for pack in before.packs)


Check = Callable[[Any, Rules], Iterator[Problem]]
CHECKS: dict[type[msgspec.Struct], Check] = {
    ItemRow: item_problems,
    LocationRow: location_problems,
    PartyRow: party_problems,
    Rules: lambda row, _rules: rules_problems(row),
    PersonRow: lambda _row, _rules: iter(()),
    BoxRow: lambda _row, _rules: iter(()),
}
