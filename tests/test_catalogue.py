"""Every sentence exists in every language, takes the same parameters, and is used."""

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest

from app.catalogue import PLURAL_FORMS, Catalogue, flatten, languages
from app.commands import main
from app.domain.text import Text, text
from app.errors import Fault, Refusal
from app.station import configuration, wishes
from tests.support.leaks import ExpectedLogs

ROOT = Path(__file__).resolve().parents[1]
SOURCES = tuple(
    path
    for folder in ("app", "ui")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "simulation" not in path.parts
)
LANGUAGES = languages()
# Calls whose first argument is a code, wherever they stand.
SAYING = {"text", "Text", "of"}
CODE = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")
# Read by the catalogue itself.
OF_THE_CATALOGUE = {
    "language.name", "language.decimal_sign", "language.group_sign", "language.direction",
}  # fmt: skip


class Said:
    """One place where a code is said: the code, or a pattern of codes, and its parameters."""

    def __init__(self, pattern: str, names: frozenset[str] | None, where: str) -> None:
        self.pattern = pattern
        self.names = names
        self.where = where

    @property
    def literal(self) -> bool:
        return "\0" not in self.pattern

    def matches(self, code: str) -> bool:
        return code == self.pattern if self.literal else self._holes.fullmatch(code) is not None

    @cached_property
    def _holes(self) -> re.Pattern[str]:
        parts = [re.escape(part) for part in self.pattern.split("\0")]
        return re.compile("[a-z0-9_.]+".join(parts))


def pattern_of(node: ast.expr) -> str | None:
    """A string, or an f-string with a NUL for each hole; None for anything else."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.JoinedStr(values=values):
            return "".join(
                str(part.value) if isinstance(part, ast.Constant) else "\0" for part in values
            )
        case _:
            return None


def said_in(path: Path) -> Iterator[Said]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        name = node.func.id if isinstance(node.func, ast.Name) else name
        pattern = pattern_of(node.args[0]) if name in SAYING else None
        if pattern is None or not CODE.fullmatch(pattern.replace("\0", "x")):
            continue
        named = None if any(word.arg is None for word in node.keywords) else node.keywords
        names = None if named is None else frozenset(str(word.arg) for word in named)
        if name == "Text":
            names = None
        yield Said(pattern, names, f"{path.relative_to(ROOT)}:{node.lineno}")


def constants_in(path: Path) -> Iterator[str]:
    """Codes that stand in tables and are said elsewhere."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        pattern = pattern_of(node) if isinstance(node, ast.Constant | ast.JoinedStr) else None
        if pattern is not None and CODE.fullmatch(pattern.replace("\0", "x")):
            yield pattern


ALL_SAID = [said for path in SOURCES for said in said_in(path)]


@pytest.fixture(scope="module")
def english() -> Catalogue:
    return Catalogue.load("en", strict=True)


def test_there_are_two_languages_with_their_names() -> None:
    names = {code: Catalogue.load(code).say(text("language.name")) for code in LANGUAGES}

    assert names == {"de": "Deutsch", "en": "English"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence(language: str, english: Catalogue) -> None:
    other = Catalogue.load(language)

    assert set(other.messages) ^ set(english.messages) == set()
    empty = [
        code
        for code, message in other.messages.items()
        if not all(message.forms.values()) and code != "language.group_sign"
    ]
    assert empty == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_takes_the_same_parameters(language: str, english: Catalogue) -> None:
    other = Catalogue.load(language)

    differing = {
        code: (message.places, other.messages[code].places)
        for code, message in english.messages.items()
        if message.places != other.messages[code].places
    }
    assert differing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plural_has_every_form_of_its_language(language: str) -> None:
    for code, message in Catalogue.load(language).messages.items():
        if message.by:
            assert set(message.forms) == set(PLURAL_FORMS[language]), code


def test_everything_that_is_said_is_in_the_catalogue(english: Catalogue) -> None:
    missing = {
        said.where: said.pattern.replace("\0", "{}")
        for said in ALL_SAID
        if said.pattern not in english.messages
        and not any(said.matches(code) for code in english.messages)
    }

    assert missing == {}


def test_everything_is_said_with_the_parameters_it_takes(english: Catalogue) -> None:
    wrong = {
        said.where: (said.pattern, sorted(english.messages[said.pattern].places - said.names))
        for said in ALL_SAID
        if said.literal and said.names is not None and said.pattern in english.messages
        if not english.messages[said.pattern].places <= said.names
    }

    assert wrong == {}


def test_nothing_in_the_catalogue_is_never_said(english: Catalogue) -> None:
    patterns = {pattern for path in SOURCES for pattern in constants_in(path)}
    used = [said for pattern in patterns if not (said := Said(pattern, None, "")).literal]

    unused = {
        code
        for code in english.messages
        if code not in patterns | OF_THE_CATALOGUE and not any(one.matches(code) for one in used)
    }
    assert unused == set()


def test_a_plural_is_chosen_by_its_number() -> None:
    english, german = Catalogue.load("en", strict=True), Catalogue.load("de", strict=True)

    assert english.say(text("footer.need_you", n=1)) == "1 needs you"
    assert english.say(text("footer.need_you", n=2)) == "2 need you"
    assert german.say(text("footer.need_you", n=1)) == "1 braucht Sie"
    assert german.say(text("footer.need_you", n=0)) == "0 brauchen Sie"


def test_numbers_are_written_as_people_here_write_them() -> None:
    english, german = Catalogue.load("en"), Catalogue.load("de")

    assert english.number(1_234_567) == "1,234,567"
    assert german.number(1_234_567) == "1.234.567"
    assert english.number(-38) == "−38"


def test_what_was_scanned_cannot_reach_into_objects() -> None:
    catalogue = Catalogue("en", flatten({"a": {"b": "Scanned {code}."}}), strict=True)

    said = catalogue.say(text("a.b", code="{code.__class__} {0} {}"))

    assert said == "Scanned {code.__class__} {0} {}."


def test_a_missing_sentence_is_our_fault_in_tests_and_its_code_in_production(
    expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture
) -> None:
    expected_logs.expect("no message 'pack.nowhere' in en")
    strict, lenient = Catalogue("en", {}, strict=True), Catalogue("en", {})

    with pytest.raises(Fault):
        strict.say(Text("pack.nowhere"))
    assert [lenient.say(Text("pack.nowhere")) for _ in range(3)] == ["pack.nowhere"] * 3
    assert len(caplog.records) == 1


def test_a_missing_parameter_shows_its_place_and_is_logged_once(
    expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture
) -> None:
    expected_logs.expect("'a.b' was said without {sku}")
    catalogue = Catalogue("en", flatten({"a": {"b": "Scan {sku}"}}))

    assert [catalogue.say(text("a.b")) for _ in range(2)] == ["Scan {sku}"] * 2
    assert len(caplog.records) == 1


def test_an_unknown_language_names_the_ones_there_are() -> None:
    with pytest.raises(Refusal, match="de, en"):
        Catalogue.load("tlh")


def test_every_language_can_be_wished_and_named_everywhere() -> None:
    parser = main._parser()
    flags = ["demo", "station", "cards"]
    commands = parser._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    offered = {
        name: tuple(commands[name]._option_string_actions["--language"].choices)  # type: ignore[index]
        for name in flags
    }

    assert LANGUAGES == wishes.LANGUAGES == configuration.CHANGEABLE["language"]
    assert {tuple(sorted(found)) for found in offered.values()} == {LANGUAGES}
    assert set(PLURAL_FORMS) == set(LANGUAGES)
    named = {f"setup.language_{code}" for code in LANGUAGES}
    assert named <= set(Catalogue.load("en").messages)


def test_an_entry_that_is_no_sentence_is_refused() -> None:
    with pytest.raises(Fault):
        flatten({"pack": {"count": 3}})
