"""GTINs, SSCCs and their check digit: numbers that prove themselves.

Every GTIN is kept as 14 digits with left zeros (GS1 General Specifications §7.9), so that the same
article read from an EAN-8, an EAN-13 or a case code compares equal. Not for barcodes: which symbol
a number came from, and so whether eight digits are a GTIN-8 or a UPC-E, is decided in `app.gs1`.
"""

import re
from enum import StrEnum

GTIN_LENGTHS = (8, 12, 13, 14)
SSCC_LENGTH = 18
# Weights run 3, 1, 3, 1 … from the digit beside the check digit.
_WEIGHTS = (3, 1)
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_DECIMAL = re.compile(r"\d+[.,]0+")


class Flaw(StrEnum):
    """How a text that should be a GTIN got damaged; each class has its own remedy."""

    EMPTY = "empty"
    SCIENTIFIC = "scientific_notation"
    DECIMAL = "decimal_point"
    NOT_DIGITS = "not_digits"
    ZEROS_LOST = "leading_zeros_lost"
    TOO_LONG = "too_long"
    WRONG_LENGTH = "wrong_length"
    CHECK_DIGIT = "bad_check_digit"
    ALL_ZEROS = "all_zeros"


def is_digits(text: str) -> bool:
    """Whether `text` is one or more of 0 to 9 (`str.isdigit` also says yes to `²` and `٣`)."""
    return text.isascii() and text.isdigit()


def check_digit(body: str) -> int:
    """Mod-10 check digit of the digits before it; the same for GTIN, GLN, SSCC and GSIN."""
    total = sum(int(digit) * _WEIGHTS[place % 2] for place, digit in enumerate(reversed(body)))
    return -total % 10


def has_right_check_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    return is_digits(digits) and len(digits) > 1 and check_digit(digits[:-1]) == int(digits[-1])


def is_gtin(digits: str) -> bool:
    """Whether `digits` is a GTIN-8, -12, -13 or -14 with the right check digit."""
    return len(digits) in GTIN_LENGTHS and has_right_check_digit(digits)


def gtin14(digits: str) -> str | None:
    """The 14-digit form of a right GTIN, or None.

    A GTIN-8 stays an 8 with six zeros before it: it is never expanded as if it were a UPC-E.
    """
    return digits.zfill(14) if is_gtin(digits) else None


def is_sscc(digits: str) -> bool:
    """Whether `digits` is an SSCC: 18 digits, the last one right."""
    return len(digits) == SSCC_LENGTH and has_right_check_digit(digits)


def sscc(extension: int, company_prefix: str, serial: int) -> str | None:
    """Build an SSCC from its parts.

    Args:
        extension: Extension digit, 0 to 9.
        company_prefix: GS1 company prefix, digits.
        serial: Serial reference, unique within the extension digit and prefix.

    Returns:
        18 digits, or None when the parts do not fit: the number block is used up.
    """
    room = SSCC_LENGTH - 2 - len(company_prefix)
    if not (0 <= extension <= 9 and is_digits(company_prefix) and 0 <= serial < 10 ** max(room, 0)):
        return None
    body = f"{extension}{company_prefix}{serial:0{room}d}"
    return f"{body}{check_digit(body)}"


def expand_upce(digits: str) -> str | None:
    """The 12-digit UPC-A behind a UPC-E of eight digits, or None when it is none.

    Only number systems 0 and 1 exist as UPC-E; the check digit is that of the expanded number.
    """
    if len(digits) != 8 or not is_digits(digits) or digits[0] not in "01":
        return None
    system, body, check = digits[0], digits[1:7], digits[7]
    last = body[5]
    match last:
        case "0" | "1" | "2":
            middle = body[:2] + last + "0000" + body[2:5]
        case "3":
            middle = body[:3] + "00000" + body[3:5]
        case "4":
            middle = body[:4] + "00000" + body[4]
        case _:
            middle = body[:5] + "0000" + last
    expanded = system + middle + check
    return expanded if has_right_check_digit(expanded) else None


def flaw(text: str) -> Flaw | None:
    """What is wrong with a text that should be a GTIN; None when nothing is.

    Written for files that have been through a spreadsheet, where the number was lost, not mistyped:
    `4.01E+12` cannot be repaired, a short number could be, but by a person and not by guessing.
    """
    if not text:
        return Flaw.EMPTY
    if not is_digits(text):
        return _not_digits(text)
    if len(text) > max(GTIN_LENGTHS):
        return Flaw.TOO_LONG
    right = has_right_check_digit(text)
    if len(text) not in GTIN_LENGTHS:
        return Flaw.ZEROS_LOST if right else Flaw.WRONG_LENGTH
    if not right:
        return Flaw.CHECK_DIGIT
    return None if text.strip("0") else Flaw.ALL_ZEROS


def _not_digits(text: str) -> Flaw:
    if _SCIENTIFIC.fullmatch(text):
        return Flaw.SCIENTIFIC
    return Flaw.DECIMAL if _DECIMAL.fullmatch(text) else Flaw.NOT_DIGITS
