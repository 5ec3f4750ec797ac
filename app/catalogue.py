"""Says a `Text` in a person's language: the catalogue of `resources/i18n/`.

A language is `<language>.toml`, and a file of its own for every larger part of the program in
`<language>/`.

Not for deciding what is said: flows and pages choose codes, this file only turns them into
sentences. A message is a string with `{name}` places, or a table of plural forms chosen by one
numeric parameter:

    units_left = { by = "units", one = "{units} unit left", other = "{units} units left" }

Places are filled by substitution, never by `str.format`: what was scanned cannot reach into
objects.
"""

import logging
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.text import Text
from app.errors import Fault, Refusal
from app.paths import resources_dir
from app.phrases import NESTED, PREFIX, Phrases

log = logging.getLogger(__name__)

PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# Names of parameters that hold an ISO moment.
MOMENT = re.compile(r"(.*_)?at")
# Names of parameters that hold an amount of money in minor units.
MONEY = "money"
# Of the currencies this is used in, each has a hundred.
MINOR_UNITS = 100
# Names of parameters that hold an ISO date, and what one looks like.
DAY = re.compile(r"(.*_)?on")
DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
# Name of parameters that hold a sentence of a rule, a device or the ledger; they speak English.
SENTENCE, SPOKEN = "sentence", "en"


def _one_other(count: int) -> str:
    return "one" if count == 1 else "other"


# CLDR plural rules for whole numbers. A language without a rule here cannot be loaded.
PLURAL_RULES: Mapping[str, Callable[[int], str]] = {"en": _one_other, "de": _one_other}
PLURAL_FORMS: Mapping[str, frozenset[str]] = {
    "en": frozenset({"one", "other"}),
    "de": frozenset({"one", "other"}),
}


@dataclass(frozen=True, slots=True)
class Message:
    """One entry: its forms by plural category, `other` always among them."""

    forms: Mapping[str, str]
    by: str = ""

    @property
    def places(self) -> frozenset[str]:
        """Names of every parameter any form needs."""
        names = {name for form in self.forms.values() for name in PLACE.findall(form)}
        return frozenset(names | ({self.by} if self.by else set()))


class Catalogue:
    """All messages of one language.

    Args:
        language: Code of the language, e.g. `de`.
        messages: Entries by dotted code.
        strict: Raise a `Fault` for what is missing (tests); otherwise show the code and log once.
    """

    def __init__(
        self, language: str, messages: Mapping[str, Message], *, strict: bool = False
    ) -> None:
        self.language = language
        self.messages = messages
        self._strict = strict
        self._plural = PLURAL_RULES[language]
        self._missed: set[str] = set()
        # Where the English sentences are, until one is met; None where nothing is to be translated.
        self._spoken: Path | None = None
        self._phrases: Phrases | None = None
        self.decimal_sign = self._literal("language.decimal_sign", ".")
        self.group_sign = self._literal("language.group_sign", "")
        self.right_to_left = self._literal("language.direction", "ltr") == "rtl"

    @classmethod
    def load(
        cls, language: str, *, folder: Path | None = None, strict: bool = False
    ) -> "Catalogue":
        """Read the catalogue of `language`.

        Raises:
            Refusal: There is no such language; the sentence names those there are.
        """
        folder = folder or resources_dir() / "i18n"
        known = languages(folder)
        if language not in known:
            raise Refusal(
                "unknown_language",
                f"There is no language “{language}”. Choose one of: {', '.join(known)}.",
            )
        messages: dict[str, Message] = {}
        for path in (folder / f"{language}.toml", *sorted((folder / language).glob("*.toml"))):
            messages |= flatten(tomllib.loads(path.read_text(encoding="utf-8")))
        made = cls(language, messages, strict=strict)
        if language != SPOKEN:
            made._spoken = folder / SPOKEN / "said.toml"
        return made

    def sentence(self, said: str, moment: Callable[[str], str] = str) -> str:
        """A sentence that was said in English, in this language where it is known."""
        if self._phrases is None:
            if self._spoken is None or not self._spoken.exists():
                return said
            english = flatten(tomllib.loads(self._spoken.read_text(encoding="utf-8")))
            self._phrases = Phrases({code: one.forms["other"] for code, one in english.items()})
        found = self._phrases.read(said)
        return said if found is None or found.code not in self.messages else self.say(found, moment)

    def say(self, text: Text, moment: Callable[[str], str] = str) -> str:
        """The sentence for `text`.

        Args:
            text: What is said.
            moment: Says the ISO moments in it, parameters called `at` or `…_at`, as the clock on
                the wall does; who has no wall says them as they are. Dates are parameters called
                `on` or `…_on`; parameters called `sentence` were said in English.
        """
        message = self.messages.get(text.code)
        if message is None:
            return self._miss(text.code, f"no message {text.code!r} in {self.language}")
        params = dict(text.params)
        form = message.forms.get(self._category(message, params), message.forms["other"])

        def fill(place: re.Match[str]) -> str:
            value = params.get(place[1])
            if value is None:
                return self._miss(place[0], f"{text.code!r} was said without {place[0]}")
            if isinstance(value, int):
                return self.money(value) if place[1] == MONEY else self.number(value)
            if place[1] == SENTENCE or (place[1] in NESTED and text.code.startswith(PREFIX)):
                return self.sentence(value, moment)
            if DAY.fullmatch(place[1]):
                return self.date(value)
            return moment(value) if MOMENT.fullmatch(place[1]) else value

        return PLACE.sub(fill, form)

    def date(self, iso: str) -> str:
        """A day as people here write it; what is no ISO date stays as it is."""
        found = DATE.fullmatch(iso)
        if found is None:
            return iso
        year, month, day = found.groups()
        pattern = self._literal("ui.date", "{year}-{month}-{day}")
        return pattern.format(year=year, month=month, day=day)

    def number(self, value: int) -> str:
        """A whole number as people here write it, with a true minus sign."""
        digits = f"{abs(value):,}".replace(",", self.group_sign)
        return f"\N{MINUS SIGN}{digits}" if value < 0 else digits

    def money(self, minor: int) -> str:
        """An amount of minor units, with two decimals; which currency is said by the site."""
        whole, rest = divmod(abs(minor), MINOR_UNITS)
        sign = "\N{MINUS SIGN}" if minor < 0 else ""
        return f"{sign}{self.number(whole)}{self.decimal_sign}{rest:02d}"

    def _category(self, message: Message, params: Mapping[str, str | int]) -> str:
        count = params.get(message.by) if message.by else None
        return self._plural(abs(count)) if isinstance(count, int) else "other"

    def _literal(self, code: str, default: str) -> str:
        message = self.messages.get(code)
        return message.forms["other"] if message else default

    def _miss(self, shown: str, detail: str) -> str:
        if self._strict:
            raise Fault("The catalogue is not complete.", detail=detail)
        if detail not in self._missed:
            self._missed.add(detail)
            log.warning("Catalogue: %s", detail)
        return shown


def languages(folder: Path | None = None) -> tuple[str, ...]:
    """Codes of the languages there are, sorted."""
    folder = folder or resources_dir() / "i18n"
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def flatten(table: Mapping[str, object], prefix: str = "") -> dict[str, Message]:
    """Nested TOML tables as messages by dotted code; a table with `other` is a plural.

    Raises:
        Fault: An entry is neither a string, a plural nor a table.
    """
    messages: dict[str, Message] = {}
    for key, value in table.items():
        code = f"{prefix}{key}"
        match value:
            case str():
                messages[code] = Message({"other": value})
            case {"other": str(other), "by": str(by), **forms}:
                words = {str(name): str(form) for name, form in forms.items()}
                messages[code] = Message(words | {"other": other}, by)
            case dict():
                messages |= flatten(value, f"{code}.")
            case _:
                raise Fault("The catalogue cannot be read.", detail=f"{code} is {value!r}")
    return messages
