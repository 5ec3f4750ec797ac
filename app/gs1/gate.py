"""The one gate: a scanned text in, its meaning out. Never raises, never guesses.

The order of questions is part of the safety: codes of our own first (no product barcode has their
prefixes), then what the symbol says it is, then what the digits prove by their check digit, and
only then a text to be looked up.
"""

from collections.abc import Callable

from app.domain.barcode import (
    Damage,
    Damaged,
    Meaning,
    Parcel,
    PlainCode,
    TradeItem,
    own_code,
)
from app.domain.gtin import (
    check_digit,
    expand_upce,
    gtin14,
    has_right_check_digit,
    is_digits,
    is_sscc,
)
from app.domain.scan import Scan
from app.gs1 import bracketed, link, message
from app.gs1.meaning import meaning_of
from app.gs1.message import GS
from app.gs1.symbology import Route, route, split_aim
from app.gs1.unsound import Unsound

# Longest text that is looked up as a plain code; orders, SKUs and locations are far shorter.
MAX_PLAIN = 200
# What a screen shows of a damaged text.
_SHOWN = 60
_COMPOSITE = "|]e0"
# Lengths of an EAN or UPC symbol sent together with its 2- or 5-digit add-on.
_WITH_ADD_ON = {15: 13, 18: 13, 14: 12, 17: 12, 10: 8}


def reader(this_year: Callable[[], int]) -> Callable[[Scan], Meaning]:
    """The port the station is given: it hands over a scan and gets a meaning.

    Args:
        this_year: Year of the station's clock, asked at each scan.
    """
    return lambda scan: understand(scan.text, scan.aim, this_year())


def understand(scan_text: str, aim: str | None, this_year: int) -> Meaning:
    """What a scanned text means.

    Args:
        scan_text: Without suffix; GS kept. An AIM identifier still in front is taken off here.
        aim: AIM identifier if the device layer already took it off.
        this_year: For two-digit years in dates.

    Returns:
        A meaning; `Damaged` when the text claims to be something that it is not.
    """
    text = scan_text
    if aim is None:
        aim, text = split_aim(text)
    try:
        return _read(text.strip(" \t\r\n"), aim, this_year)
    except Unsound as no:
        return Damaged(no.code, no.why, shown(text))


def shown(text: str) -> str:
    """A text as a screen can show it: control characters visible, cut where it gets long."""
    visible = "".join(each if each.isprintable() else "␝" if each == GS else "�" for each in text)
    return visible if len(visible) <= _SHOWN else visible[: _SHOWN - 1] + "…"


def _read(text: str, aim: str | None, this_year: int) -> Meaning:
    if not text or text == "]" or (len(text) == 2 and text[0] == "]"):
        raise Unsound(Damage.EMPTY, "nothing but an identifier of the symbol")
    if len(text) > message.MAX_MESSAGE:
        raise Unsound(Damage.TOO_LONG, f"{len(text)} characters")
    way = route(aim)
    own = own_code(text) if way is Route.FREE else None
    if own is not None:
        return own
    if link.looks_like_link(text):
        return meaning_of(link.parse(text), this_year)
    match way:
        case Route.RETAIL:
            return _retail(text, aim, this_year)
        case Route.MESSAGE:
            return meaning_of(message.parse(text), this_year)
        case Route.FREE:
            return _free(text, aim, this_year)


def _retail(text: str, aim: str | None, this_year: int) -> Meaning:
    """EAN-13, EAN-8, UPC-A, UPC-E, with add-on or composite component."""
    digits, composite, rest = text.partition(_COMPOSITE)
    if aim in ("]E1", "]E2"):
        raise Unsound(Damage.WRONG_SYMBOL, "an add-on without the symbol beside it")
    if aim in ("]E3", "]E5", "]E6"):
        digits = digits[: _WITH_ADD_ON.get(len(digits), len(digits))]
    if not is_digits(digits) or len(digits) not in ((8,) if aim == "]E4" else (8, 12, 13)):
        raise Unsound(Damage.WRONG_SYMBOL, f"{digits!r} is no EAN or UPC")
    if len(digits) == 8 and aim != "]E4":
        digits = expand_upce(digits) or digits
    found = gtin14(digits)
    if found is None:
        raise Unsound(Damage.CHECK_DIGIT, f"{digits} has a wrong check digit")
    if composite:
        return meaning_of((("01", found), *message.parse(rest)), this_year)
    return TradeItem(found)


def _free(text: str, aim: str | None, this_year: int) -> Meaning:
    """A text whose symbol says nothing: proof by check digit, else something to look up."""
    if bracketed.looks_bracketed(text):
        return meaning_of(message.parse(bracketed.to_message(text)), this_year)
    if GS in text or _begins_with_checked_key(text):
        return meaning_of(message.parse(text), this_year)
    if is_digits(text):
        return _digits(text, aim)
    if not text.isprintable():
        raise Unsound(Damage.CONTROL_CHARACTERS, "characters that no label shows")
    if len(text) > MAX_PLAIN:
        raise Unsound(Damage.TOO_LONG, f"{len(text)} characters")
    return PlainCode(text)


def _begins_with_checked_key(text: str) -> bool:
    """A message whose symbol was not told: `01` and a right GTIN, or `00` and a right SSCC.

    One text in ten thousand would pass both by chance, and none of ours begins like that.
    """
    return (text[:2] in ("01", "02") and len(text) > 16 and _right(text[2:16])) or (
        text[:2] == "00" and len(text) >= 20 and _right(text[2:20])
    )


def _right(digits: str) -> bool:
    return has_right_check_digit(digits)


def _digits(text: str, aim: str | None) -> Meaning:
    """Bare digits, by their check digit.

    Eight of them in a Code 128 or Code 39 are no EAN-8, which has a symbol of its own: one order
    number in ten would pass the check digit.
    """
    if aim == "]I3" and len(text) == 13:
        return TradeItem(text + str(check_digit(text)))  # the scanner checked and removed it
    found = gtin14(text) or gtin14(expand_upce(text) or "")
    if found is not None and (len(text) > 8 or aim is None):
        return TradeItem(found)
    if is_sscc(text):
        return Parcel(text)
    if len(text) == 16 and text[:2] == "01" and _right(text[2:]):
        return TradeItem(text[2:])
    if len(text) in (13, 14) and aim is None:
        raise Unsound(Damage.CHECK_DIGIT, f"{text} has a wrong check digit")
    if len(text) > MAX_PLAIN:
        raise Unsound(Damage.TOO_LONG, f"{len(text)} digits")
    return PlainCode(text)
