"""Knows English sentences again: what rules, devices and the ledger say, as codes with parameters.

They speak English: on the wire, in logs, in the book. Whoever reads another language gets the same
sentence from the catalogue (`said.…`), where its places are the parameters. What is not known, such
as the sentence of a newer ledger, stays as it is.
"""

import re
from collections.abc import Mapping

from app.domain.text import Text

PREFIX = "said."
# Places whose value may be a phrase or a word of `said.…` itself.
NESTED = frozenset({"came", "doing", "kind", "noun", "role", "sentence", "state", "what", "whose"})
# Sentences of the contract are shorter; anything longer is something else.
MAX_SENTENCE = 2_000
# A screen shows the same few sentences again and again.
REMEMBERED = 256
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class Phrases:
    """Every sentence that is known.

    Args:
        templates: The English sentences with their `{places}`, by code.
    """

    def __init__(self, templates: Mapping[str, str]) -> None:
        exact, open_ = {}, []
        for code, template in templates.items():
            parts = _PLACE.split(template)
            if len(parts) == 1:
                exact[template] = code
            else:
                open_.append(_Open(code, parts))
        self._exact = exact
        # The one with the most words of its own first: “Approved. …” fits much.
        self._open = sorted(open_, key=lambda one: -one.said)
        self._read: dict[str, Text | None] = {}

    def read(self, sentence: str) -> Text | None:
        """The code and parameters of a sentence, or None for one that is not known."""
        if sentence not in self._read:
            if len(self._read) >= REMEMBERED:
                self._read.clear()
            self._read[sentence] = self._find(sentence)
        return self._read[sentence]

    def _find(self, sentence: str) -> Text | None:
        code = self._exact.get(sentence)
        if code is not None:
            return Text(code)
        if len(sentence) > MAX_SENTENCE:
            return None
        return next((found for one in self._open if (found := one.read(sentence))), None)


class _Open:
    """A sentence with places."""

    __slots__ = ("_code", "_longest", "_parts", "_pattern", "said")

    def __init__(self, code: str, parts: list[str]) -> None:
        literal = parts[::2]
        self._code = code
        self._longest = max(literal, key=len)
        self.said = sum(map(len, literal))
        self._parts = parts
        # Made when it is first needed: of some hundred, a bench meets a dozen.
        self._pattern: re.Pattern[str] | None = None

    def read(self, sentence: str) -> Text | None:
        """Its parameters, if it is this one."""
        if self._longest not in sentence:
            return None
        if self._pattern is None:
            pieces = map(_piece, range(len(self._parts)), self._parts)
            self._pattern = re.compile("".join(pieces), re.DOTALL)
        found = self._pattern.fullmatch(sentence)
        return Text(self._code, tuple(found.groupdict().items())) if found else None


def _piece(place: int, part: str) -> str:
    """Every other part is a place."""
    return f"(?P<{part}>.+?)" if place % 2 else re.escape(part)
