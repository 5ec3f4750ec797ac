"""No exception is a dead end: each code that is used is in the table, with ways out."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.ledger.exception_codes import CLOSE, CODES, DEADLINES, WAYS, ways_of

LEDGER = Path(__file__).resolve().parents[2] / "app" / "ledger"


def _texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _codes_of(function: ast.AST) -> Iterator[str]:
    """Every text that a function may give a `Contradiction` as its code."""
    assigned = {
        target.id: list(_texts(node.value.body)) + list(_texts(node.value.orelse))
        if isinstance(node.value, ast.IfExp)
        else list(_texts(node.value))
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
    assert WAYS.keys() == {way for code in CODES.values() for way in code.ways} | _SOON


# Steps of codes that reconciliation opens.
_SOON = {"reconcile_again", "restore_ledger"}


def test_a_code_of_a_newer_program_can_still_be_closed() -> None:
    assert ways_of("invented_tomorrow") == (CLOSE,)
