"""`packhouse explain`: how a scanned text is understood, as one JSON object."""

import re
from dataclasses import asdict

from app.domain.barcode import Badge, Damaged, Meaning, Parcel, PlainCode, TradeItem
from app.gs1 import bracketed, link, message, symbology
from app.gs1.gate import understand
from app.gs1.unsound import Unsound

# Data titles of the elements a packing bench meets, as printed on labels.
_TITLES = {
    "00": "SSCC",
    "01": "GTIN",
    "02": "CONTENT",
    "10": "BATCH/LOT",
    "11": "PROD DATE",
    "15": "BEST BEFORE",
    "17": "USE BY",
    "21": "SERIAL",
    "30": "VAR. COUNT",
    "37": "COUNT",
    "400": "ORDER NUMBER",
    "401": "GINC",
    "402": "GSIN",
    "403": "ROUTE",
    "420": "SHIP TO POST",
    "421": "SHIP TO POST",
}
_TITLES_BY_FAMILY = {"310": "NET WEIGHT (kg)", "320": "NET WEIGHT (lb)", "330": "GROSS WEIGHT (kg)"}

Json = dict[str, object]


def explain(text: str, this_year: int, aim: str | None = None) -> Json:
    """Everything that is known about a text before it is looked up.

    Args:
        text: As scanned or typed; an AIM identifier in front and `<GS>` for the separator are
            understood.
        this_year: For two-digit years.
        aim: AIM identifier, if it is not in front of the text.

    Returns:
        `kind` and the fields of the meaning that say something; `symbology`; `elements` when it is
        a GS1 message. The secret of a badge is not in it.
    """
    scanned = text.replace("<GS>", message.GS)
    if aim is None:
        aim, scanned = symbology.split_aim(scanned)
    meaning = understand(scanned, aim, this_year)
    answer: Json = {"scanned": scanned, "symbology": symbology.name(aim), "aim": aim}
    answer["kind"] = _kind(meaning)
    answer |= {
        name: value for name, value in asdict(meaning).items() if value not in (None, "", ())
    }
    match meaning:
        case Badge():
            answer.pop("secret")
            answer["scanned"] = "PHB-…"
        case Damaged():
            answer["scanned"] = scanned
        case PlainCode():
            answer["note"] = "looked up as order, SKU, location, tote or document"
        case TradeItem() | Parcel():
            answer["elements"] = _elements(scanned)
        case _:
            pass
    return answer


def _kind(meaning: Meaning) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(meaning).__name__).lower()


def _elements(text: str) -> list[Json]:
    """The elements one by one; empty when the text is a bare number."""
    try:
        if link.looks_like_link(text):
            parsed = link.parse(text)
        elif bracketed.looks_bracketed(text):
            parsed = message.parse(bracketed.to_message(text))
        else:
            parsed = message.parse(text)
    except Unsound:
        return []
    return [{"ai": ai, "title": title(ai), "value": value} for ai, value in parsed]


def title(ai: str) -> str:
    """Data title of an identifier, or empty for the rarer ones."""
    return _TITLES.get(ai) or _TITLES_BY_FAMILY.get(ai[:3] if len(ai) == 4 else "", "")
