"""A language nobody speaks: English in Hebrew letters, longer, and read from the right.

It shows what a translation would: texts that are taken from nowhere else stay English and are seen,
long ones must wrap or shrink, and the window must turn round.
"""

import re

from app.catalogue import Catalogue, Message

# Letters of about the same frequency and width; what they mean does not matter.
_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "אבגדהוזחטיכלמנסעפצקרשתםןץף")
_PLACE = re.compile(r"(\{[a-z][a-z0-9_]*\})")
# Translations of short texts are a third longer than English.
LONGER_PER_CENT = 30


def pseudo(english: Catalogue) -> Catalogue:
    """The pseudo-language of every sentence of `english`."""
    messages = {
        code: Message({name: _turned(form) for name, form in message.forms.items()}, message.by)
        for code, message in english.messages.items()
        if not code.startswith("language.")
    }
    own = {
        code: message
        for code, message in english.messages.items()
        if code.startswith("language.") and code != "language.direction"
    }
    direction = {"language.direction": Message({"other": "rtl"})}
    return Catalogue("en", messages | own | direction, strict=True)


def _turned(english: str) -> str:
    parts = _PLACE.split(english)
    said = "".join(
        part if _PLACE.fullmatch(part) else part.lower().translate(_LETTERS) for part in parts
    )
    return said + "ש" * (len(english) * LONGER_PER_CENT // 100)
