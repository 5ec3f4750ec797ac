"""How wide a text prints, and what of it fits: a careful estimate, the same for every renderer.

Advances are those of a plain bold sans-serif in thousandths of its height, rounded up; the fonts
built into printers are narrower. A text that fits here fits everywhere.
"""

import unicodedata
from functools import lru_cache

_NARROW = frozenset("!'(),-./:;I[]`fijlrt|·")
_WIDE = frozenset("%@MWmw&—…œæŒÆ™")
# Thousandths of the height of the field.
_ADVANCE_NARROW = 360
_ADVANCE = 640
_ADVANCE_CAPITAL = 720
_ADVANCE_WIDE = 960
_ADVANCE_FULL = 1_000
ELLIPSIS = "…"
# Letters in their field: the rest of its height is room for accents and descenders.
LETTERS_PER_CENT = 80
# Letters whose width is kept in mind: those of every alphabet, and many of the other scripts.
_LETTERS = 4_096
# A long text is set smaller before it is cut, down to this share of its field.
_LEAST_PER_CENT = 60


def letters(height: int) -> int:
    """Size of the letters in a field of `height` dots."""
    return max(1, height * LETTERS_PER_CENT // 100)


def text_width(text: str, height: int) -> int:
    """Dots a line of text may take in a field of `height` dots, at most."""
    return -(-sum(map(_advance, text)) * letters(height) // 1_000)


def printable(text: str) -> str:
    """A text with its control and formatting characters taken out, blanks folded into one."""
    if text.isprintable():
        return " ".join(text.split())
    shown = "".join(" " if each.isspace() else each for each in text)
    return " ".join("".join(each for each in shown if each.isprintable()).split())


def fit(text: str, height: int, max_width: int) -> tuple[str, int]:
    """As much of a text as fits into `max_width` dots, and the height of its field.

    Smaller letters come first; an ellipsis says that there was more than even those could hold.
    """
    clean = printable(text)
    least = height * _LEAST_PER_CENT // 100
    for size in range(height, least - 1, -1):
        if text_width(clean, size) <= max_width:
            return clean, size
    kept = clean
    while kept and text_width(kept + ELLIPSIS, least) > max_width:
        kept = kept[:-1]
    return (kept.rstrip() + ELLIPSIS if kept else ""), least


@lru_cache(_LETTERS)
def _advance(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return _ADVANCE_FULL
    if character in _NARROW or character == " ":
        return _ADVANCE_NARROW
    if character in _WIDE:
        return _ADVANCE_WIDE
    return _ADVANCE_CAPITAL if character.isupper() else _ADVANCE
