"""Content checks of value components, under the names GS1 gives them in its syntax dictionary.

A check is a plain predicate over the component's text. Left out on purpose, and listed as accepted
deviations beside the test vectors: coupon structures (8110, 8112), the list of UN/ECE package types
(7041) and the length of each country's IBAN; no decision at a packing bench hangs on them.
"""

import re
from collections.abc import Callable

from app.domain.gtin import has_right_check_digit, is_digits
from app.gs1.dates import is_day
from app.gs1.iso import COUNTRIES, COUNTRY_NUMBERS, CURRENCY_NUMBERS

Check = Callable[[str], bool]

_CSET82 = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*")
_CSET39 = re.compile(r"[#\-/0-9A-Z]*")
_BASE64URL = re.compile(r"[-0-9A-Z_a-z]+|(?=(?:...)*$)[-0-9A-Z_a-z]+={1,2}")
_PERCENT = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")
_POSITION = re.compile(r"([0-9]+)/([0-9]+)")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")

CHARSETS: dict[str, Check] = {
    "N": is_digits,
    "X": lambda text: _CSET82.fullmatch(text) is not None,
    "Y": lambda text: _CSET39.fullmatch(text) is not None,
    "Z": lambda text: _BASE64URL.fullmatch(text) is not None,
}

# Check pair (General Specifications §7.9.5): prime weights from the right, modulo 1021.
_PAIR_ORDER = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_PAIR_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)
# Least digits of a GS1 company prefix.
_LEAST_PREFIX = 4


def _two_digits(below: int) -> Check:
    return lambda text: len(text) == 2 and is_digits(text) and int(text) < below


def _in(allowed: frozenset[str]) -> Check:
    return lambda text: text in allowed


def _prefix_at(start: int) -> Check:
    def check(text: str) -> bool:
        head = text[start : start + _LEAST_PREFIX]
        return len(head) == _LEAST_PREFIX and is_digits(head)

    return check


def _up_to(limit: int) -> Check:
    return lambda text: len(text) == 10 and is_digits(text) and int(text) <= limit


def _check_pair(text: str) -> bool:
    body, pair = text[:-2], text[-2:]
    if len(text) < 2 or len(body) > len(_PRIMES) or any(each not in _PAIR_ORDER for each in body):
        return False
    weighted = zip(reversed(body), _PRIMES, strict=False)
    total = sum(_PAIR_ORDER.index(each) * prime for each, prime in weighted) % 1021
    return pair == _PAIR_LETTERS[total >> 5] + _PAIR_LETTERS[total & 31]


def _piece_of_total(text: str) -> bool:
    if not text or len(text) % 2 or not is_digits(text):
        return False
    half = len(text) // 2
    return 0 < int(text[:half]) <= int(text[half:])


def _position(text: str) -> bool:
    found = _POSITION.fullmatch(text)
    if found is None or any(part.startswith("0") for part in found.groups()):
        return False
    return int(found[1]) <= int(found[2])


def _iban(text: str) -> bool:
    if _IBAN.fullmatch(text) is None or text[:2] not in COUNTRIES | {"XK"}:
        return False
    return int("".join(str(int(each, 36)) for each in text[4:] + text[:4])) % 97 == 1


CHECKS: dict[str, Check] = {
    "csum": has_right_check_digit,
    "csumalpha": _check_pair,
    "gcppos1": _prefix_at(0),
    "gcppos2": _prefix_at(1),
    "yymmd0": lambda text: is_day("20" + text, day_may_be_open=True),
    "yymmdd": lambda text: is_day("20" + text),
    "yyyymmd0": lambda text: is_day(text, day_may_be_open=True),
    "yyyymmdd": is_day,
    "hh": _two_digits(24),
    "mi": _two_digits(60),
    "ss": _two_digits(60),
    "hhmi": lambda text: _two_digits(24)(text[:2]) and _two_digits(60)(text[2:]),
    "iso3166": _in(COUNTRY_NUMBERS),
    "iso3166999": _in(COUNTRY_NUMBERS | {"999"}),
    "iso3166alpha2": _in(COUNTRIES),
    "iso4217": _in(CURRENCY_NUMBERS),
    "iso5218": _in(frozenset("0129")),
    "iban": _iban,
    "nonzero": lambda text: is_digits(text) and int(text) > 0,
    "zero": lambda text: bool(text) and not text.strip("0"),
    "nozeroprefix": lambda text: is_digits(text) and (text == "0" or text[0] != "0"),
    "winding": _in(frozenset("019")),
    "yesno": _in(frozenset("01")),
    "hyphen": lambda text: bool(text) and not text.strip("-"),
    "hasnondigit": lambda text: not is_digits(text),
    "importeridx": lambda text: (
        len(text) == 1 and ((text.isascii() and text.isalnum()) or text in "-_")
    ),
    "pcenc": lambda text: _PERCENT.fullmatch(text) is not None,
    "pieceoftotal": _piece_of_total,
    "posinseqslash": _position,
    "latitude": _up_to(1_800_000_000),
    "longitude": _up_to(3_600_000_000),
    "mediatype": lambda text: (
        len(text) == 2 and is_digits(text) and (1 <= int(text) <= 10 or int(text) >= 80)
    ),
    "packagetype": lambda text: 2 <= len(text) <= 3 and text.isascii() and text.isalnum(),
    # Accepted as they are; see the module docstring.
    "couponcode": lambda _: True,
    "couponposoffer": lambda _: True,
}
