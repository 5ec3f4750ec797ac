r"""Element strings as people read and type them: `(01)09501101530003(10)AB-12`.

The brackets are not in the barcode; a bracket inside a value is written `\(`.
"""

import re

from app.domain.barcode import Damage
from app.gs1.message import GS
from app.gs1.table import identifiers
from app.gs1.unsound import Unsound

_ELEMENT = re.compile(r"\((\d{2,4})\)((?:[^(\\]|\\.)+)", re.DOTALL)


def looks_bracketed(text: str) -> bool:
    """Whether a text begins as bracketed elements do."""
    return re.match(r"\(\d{2,4}\)", text) is not None


def to_message(text: str) -> str:
    r"""The element string that bracketed text stands for, separators as GS where needed.

    Raises:
        Unsound: Not of the form `(AI)value…`, an unassigned identifier or a value left out.
    """
    parts: list[str] = []
    at = 0
    while at < len(text):
        found = _ELEMENT.match(text, at)
        if found is None:
            raise Unsound(Damage.BAD_VALUE, f"not (AI)value: {text[at : at + 20]!r}")
        ai, value = found[1], found[2].replace("\\(", "(")
        identifier = identifiers().get(ai)
        if identifier is None:
            raise Unsound(Damage.UNKNOWN_AI, f"({ai}) is not assigned")
        if GS in value:
            raise Unsound(Damage.BAD_VALUE, f"a separator inside ({ai})")
        at = found.end()
        last = at == len(text)
        parts.append(ai + value + ("" if identifier.predefined or last else GS))
    if not parts:
        raise Unsound(Damage.EMPTY, "no element")
    return "".join(parts)
