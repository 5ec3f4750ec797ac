"""Every vector of the GS1 syntax engine and dictionary that speaks of something we do.

The vectors (Apache-2.0, copyright GS1 AISBL and contributors) lie beside the checkout, not in it;
`test_own_vectors` runs everywhere. Where we differ on purpose, `DEVIATIONS` says why, and a
deviation that is no longer one fails the test.
"""

import csv
import re
from collections.abc import Callable

import pytest

from app.domain.barcode import Damage, Damaged
from app.domain.gtin import expand_upce, gtin14, has_right_check_digit, is_sscc
from app.gs1 import association, bracketed, link, message
from app.gs1.checks import CHARSETS, CHECKS
from app.gs1.dates import full_year, iso_date
from app.gs1.gate import understand
from app.gs1.meaning import net_weight_mg
from app.gs1.message import GS, Element
from app.gs1.table import identifiers
from app.gs1.unsound import Unsound
from tests.support.shared_data import SKIP_REASON, shared_data

# (kind or its beginning, pattern of the input, reason): the only differences there may be.
DEVIATIONS = (
    ("component_check:couponcode", ".*", "US coupon structure: no bench decides by it"),
    ("component_check:couponposoffer", ".*", "the same"),
    ("bracketed_content_check", r"\(811[02]\).*", "the same"),
    ("component_check:packagetype", "000", "the UN/ECE list is not kept, only its form"),
    ("component_check:csumalpha", ".{99}", "longer than any identifier allows (25)"),
    ("digital_link_parse[zero_suppressed_gtin]", ".*", "legacy switch of the engine; ours is off"),
    ("digital_link_parse[convenience_alphas]", ".*", "legacy switch, off"),
    ("digital_link_parse[unknown_ais+", ".*", "an unassigned identifier stays an error"),
    ("scan_data_process", r"\]J0", "an empty symbol is nothing to look up"),
    ("scan_data_process", r"\]E0123456789012", "UPC-A is often sent as twelve digits"),
)
# What has no counterpart here: we write neither links nor symbols from bracketed text, and the
# measure inside a 02/20–29 number is a national rule that a site has to choose.
NOT_OURS = ("digital_link_generate", "variable_measure", "price_weight_check_digit")
CHARSET_NAMES = {"cset82": "X", "cset39": "Y", "cset64": "Z", "csetnumeric": "N"}


def test_every_vector_of_gs1_agrees_except_the_listed_deviations() -> None:
    folder = shared_data()
    if folder is None:
        pytest.skip(SKIP_REASON)
    with (folder / "gs1_vectors.csv").open(encoding="utf-8", newline="") as file:
        rows = [(r["kind"], _unescaped(r["input"]), r["expected"]) for r in csv.DictReader(file)]

    differing = {(kind, text) for kind, text, expected in rows if not _agrees(kind, text, expected)}

    unexplained = [each for each in differing if not _explained(*each)]
    assert len(rows) > 1_400
    assert unexplained == []
    unused = [
        each for each in DEVIATIONS if not any(_covers(each, *vector) for vector in differing)
    ]
    assert unused == []


def _explained(kind: str, text: str) -> bool:
    return any(_covers(each, kind, text) for each in DEVIATIONS)


def _covers(deviation: tuple[str, str, str], kind: str, text: str) -> bool:
    of_kind, pattern, _ = deviation
    return kind.startswith(of_kind) and re.fullmatch(pattern, text, re.DOTALL) is not None


def _unescaped(text: str) -> str:
    return text.replace("<GS>", GS).replace("<CR>", "\r").replace("<LF>", "\n")


def _agrees(kind: str, text: str, expected: str) -> bool:
    if kind.startswith(NOT_OURS):
        return True
    name = re.split(r"[:\[]", kind)[0]
    return COMPARISONS[name](kind, text, expected)


def _component(kind: str, text: str, expected: str) -> bool:
    rule = kind.partition(":")[2]
    check = CHARSETS[CHARSET_NAMES[rule]] if rule in CHARSET_NAMES else CHECKS[rule]
    return check(text) == (expected == "ok")


def _elements(kind: str, text: str, expected: str) -> bool:
    def parse() -> object:
        if not text.startswith("^"):
            raise Unsound(Damage.WRONG_SYMBOL, "FNC1 is missing in front")
        return message.parse(text[1:].replace("^", GS))

    return _sound(parse) == (expected == "ok")


def _bracketed(kind: str, text: str, expected: str) -> bool:
    def parse() -> object:
        parsed = message.parse(bracketed.to_message(text))
        return association.check(parsed) if kind.startswith("ai_association") else parsed

    if not _sound(parse) or not expected.startswith("ok:"):
        return _sound(parse) == expected.startswith("ok")
    return bracketed.to_message(text) == expected[4:].replace("^", GS)


def _link(kind: str, text: str, expected: str) -> bool:
    try:
        return _joined(link.parse(text)) == expected
    except Unsound:
        return expected == "error"


def _joined(elements: tuple[Element, ...]) -> str:
    """Elements as the engine writes them: `^` before the first and after each open length."""
    joined = "ok:^" + "".join(
        ai + value + ("" if identifiers()[ai].predefined else "^") for ai, value in elements
    )
    return joined if identifiers()[elements[-1][0]].predefined else joined[:-1]


def _scanned(kind: str, text: str, expected: str) -> bool:
    return isinstance(understand(text, None, 2026), Damaged) == expected.startswith("error")


def _printed(kind: str, text: str, expected: str) -> bool:
    """What the engine says a scanner transmits must be understood here."""
    sent = _unescaped(expected.removeprefix("ok:"))
    return expected.startswith("error") or not isinstance(understand(sent, None, 2026), Damaged)


def _number(kind: str, text: str, expected: str) -> bool:
    found = gtin14(text)
    return expected == f"ok:{found}" if found else expected.startswith("error")


def _upce(kind: str, text: str, expected: str) -> bool:
    found = expand_upce(text)
    return expected.startswith(f"ok:{found} ") if found else expected.startswith("error")


def _century(kind: str, text: str, expected: str) -> bool:
    now = int(kind.removeprefix("century_window[now=").rstrip("]"))
    return expected == f"ok:{full_year(int(text), now)}"


def _date(kind: str, text: str, expected: str) -> bool:
    found = iso_date(text, 2026)
    return expected == f"ok:{found}" if found else expected.startswith("error")


def _decimals(kind: str, text: str, expected: str) -> bool:
    """Net weights only; prices stay text here. `ok:12 kg` is twelve million milligrams."""
    ((ai, value),) = message.parse(bracketed.to_message(text))
    in_mg = {"3100": 12_000_000, "3202": 3_560_700, "3560": 311_035}
    return ai not in in_mg or net_weight_mg(ai, value) == in_mg[ai]


def _sound(parse: Callable[[], object]) -> bool:
    try:
        parse()
    except Unsound:
        return False
    return True


COMPARISONS: dict[str, Callable[[str, str, str], bool]] = {
    "component_check": _component,
    "element_string_parse": _elements,
    "bracketed_to_element_string": _bracketed,
    "bracketed_content_check": _bracketed,
    "ai_association": _bracketed,
    "digital_link_parse": _link,
    "scan_data_process": _scanned,
    "scan_data_generate": _printed,
    "gtin8_valid": _number,
    "gtin12_valid": _number,
    "gtin13_valid": _number,
    "gtin14_valid": _number,
    "sscc_valid": lambda kind, text, expected: is_sscc(text) == (expected == "ok"),
    "check_digit": lambda kind, text, expected: has_right_check_digit(text) == (expected == "ok"),
    "upce_expand": _upce,
    "century_window": _century,
    "date_yymmd0": _date,
    "implied_decimal": _decimals,
}
