"""No exception is a dead end: each code that is used is in the table, with ways out."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.conformance.registry import promises
from app.ledger.exception_codes import CLOSE, CODES, DEADLINES, WAYS, ways_of
from tools.exceptions_page import PAGE, page

HERE = Path(__file__).resolve().parent
LEDGER = HERE.parents[1] / "app" / "ledger"


def _tests() -> Iterator[tuple[str, str]]:
    """Every test of the ledger by name, with the text of its file."""
    for path in HERE.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"^def test_(\w+)", text, re.MULTILINE):
            yield name, text


TESTS = dict(_tests())
PROMISES = {
    one.name: Path(inspect.getfile(one.keep)).read_text(encoding="utf-8") for one in promises()
}


def _texts(node: ast.AST) -> Iterator[str]:
    """Texts a node may be: of f"unknown_{kind}", every code of the table that it can make."""
    if isinstance(node, ast.JoinedStr):
        parts = (
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z]+"
            for part in node.values
        )
        pattern = re.compile("".join(parts))
        yield from [name for name in CODES if pattern.fullmatch(name)] or [pattern.pattern]
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from [*_texts(node.body), *_texts(node.orelse)]


def _codes_of(function: ast.AST) -> Iterator[str]:
    """Every text that a function may give a `Contradiction` as its code."""
    assigned = {
        target.id: list(_texts(node.value))
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Contradiction"):
            continue
        named = [word.value for word in node.keywords if word.arg == "code"]
        code = (node.args or named)[0]
        if isinstance(code, ast.Name):
            yield from assigned.get(code.id, [])
        else:
            yield from _texts(code)


def _used() -> set[str]:
    found: set[str] = set()
    for path in LEDGER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                found.update(_codes_of(node))
    return found


def test_every_code_that_is_used_is_in_the_table() -> None:
    used = _used()

    assert {"negative_balance", "packed_while_held", "packed_after_cancel"} <= used
    assert used - CODES.keys() == set()


@pytest.mark.parametrize("name", CODES)
def test_every_code_has_a_way_out_that_is_explained(name: str) -> None:
    code = CODES[name]

    assert code.steps, f"{name}: name at least one safe next step beside closing it"
    assert set(code.ways) <= WAYS.keys()
    assert code.ways[-1] == CLOSE
    assert code.meaning.endswith(".")
    assert code.severity in DEADLINES


def test_every_way_is_a_way_of_some_code() -> None:
    assert WAYS.keys() == {way for code in CODES.values() for way in code.ways}


@pytest.mark.parametrize("name", CODES)
def test_a_promise_or_a_test_shows_the_way_out(name: str) -> None:
    shown_by = CODES[name].shown_by

    shown = PROMISES.get(shown_by) or TESTS.get(shown_by.removeprefix("test_"))

    assert shown is not None, f"{name}: there is no promise and no test {shown_by}"
    assert name in shown, f"{name}: {shown_by} does not speak of it"


def test_the_page_of_codes_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tools.exceptions_page"


def test_a_code_of_a_newer_program_can_still_be_closed() -> None:
    assert ways_of("invented_tomorrow") == (CLOSE,)
