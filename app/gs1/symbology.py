"""AIM symbology identifiers (ISO/IEC 15424): which kind of symbol a text came from.

An identifier narrows what a text may be; it never replaces a check, because some makers send wrong
ones (`]X`, add-ons as `]E5`).
"""

import re
from enum import Enum

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")


class Route(Enum):
    """What the symbol says about its content."""

    RETAIL = "EAN or UPC"
    MESSAGE = "GS1 message"
    FREE = "any text"


_MESSAGES = frozenset({"]C1", "]e0", "]e1", "]e2", "]e3", "]d2", "]d5", "]Q3", "]Q4", "]J1", "]z1"})
_NAMES = {
    "A": "Code 39",
    "C": "Code 128",
    "E": "EAN/UPC",
    "F": "Codabar",
    "G": "Code 93",
    "I": "Interleaved 2 of 5",
    "J": "DotCode",
    "L": "PDF417",
    "Q": "QR Code",
    "U": "MaxiCode",
    "X": "other symbol",
    "d": "Data Matrix",
    "e": "GS1 DataBar",
    "z": "Aztec",
}


def split_aim(text: str) -> tuple[str | None, str]:
    """Take the AIM identifier off the front of a text, if there is one."""
    return (text[:3], text[3:]) if _AIM.match(text) else (None, text)


def route(aim: str | None) -> Route:
    """Where a text from this symbol has to go."""
    if aim is not None and aim.startswith("]E"):
        return Route.RETAIL
    return Route.MESSAGE if aim in _MESSAGES else Route.FREE


def name(aim: str | None) -> str:
    """The symbol's common name, for people."""
    if aim is None:
        return "not told by the scanner"
    if aim in _MESSAGES:
        return {"]C1": "GS1-128", "]e0": "GS1 DataBar"}.get(aim, f"GS1 {_NAMES[aim[1]]}")
    return _NAMES.get(aim[1], "unknown symbol")
