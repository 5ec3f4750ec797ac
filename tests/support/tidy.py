"""House rules that no linter knows, each a small function over one file's text.

A rule returns complaints; each names what to do instead. `tests/test_tidy.py` runs them over the
checkout, and over one bad example each, so that a rule that sleeps is noticed.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# At four hundred lines a reader has lost the beginning; a page is one task and needs less.
MAX_LINES = 400
MAX_PAGE_LINES = 300

# Written in two halves, so that this file obeys the rule it states.
_LEFTOVER = re.compile(r"#.*\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
_MACHINE = re.compile(r"(?<![\w./}~])/(?:work|root|Users|home/\w+)/")

# `override` is the standard library's from Python 3.12 on.
_ALMOST_STANDARD = {"typing_extensions"}


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file of the checkout."""

    path: str
    text: str
    tree: ast.Module


def sources(root: Path, *folders: str) -> Iterator[Source]:
    """Every Python file of the folders, parsed."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            yield Source(path.relative_to(root).as_posix(), text, ast.parse(text))


def too_long(source: Source) -> list[str]:
    """A file that holds two ideas."""
    page = source.path.startswith("ui/pages/") or source.path == "ui/main_window.py"
    most = MAX_PAGE_LINES if page else MAX_LINES
    lines = source.text.count("\n")
    return [f"{lines} lines, at most {most}: look for two ideas and give each a file"] * (
        lines > most
    )


def leftovers(source: Source) -> list[str]:
    """Marks of unfinished work."""
    return [
        f"line {number}: finish it, or write it down in docs/decisions/: {line.strip()}"
        for number, line in enumerate(source.text.splitlines(), 1)
        if _LEFTOVER.search(line)
    ]


def machine_paths(source: Source) -> list[str]:
    """Paths that exist on one machine only."""
    return [
        f"line {number}: derive it from `app.paths` or a setting: {line.strip()}"
        for number, line in enumerate(source.text.splitlines(), 1)
        if _MACHINE.search(line)
    ]


def floats(source: Source) -> list[str]:
    """Inexact numbers where things are counted, weighed or paid."""
    found = []
    for node in ast.walk(source.tree):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float | complex)
        named = isinstance(node, ast.Name) and node.id == "float"
        if literal or named:
            line = getattr(node, "lineno", 0)
            found.append(f"line {line}: count in whole base units, milligrams or minor units")
    return found


def strangers(source: Source) -> list[str]:
    """Imports of the domain from anywhere but the standard library and itself."""
    known = sys.stdlib_module_names | _ALMOST_STANDARD | {"app"}
    return [
        f"imports {name}: the rules are plain Python; hand the value in"
        for name in imported(source.tree)
        if name.split(".")[0] not in known
    ]


def hollow_tests(source: Source) -> list[str]:
    """Tests in which nothing can fail but a crash."""
    functions = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    # A helper of the same file that asserts, asserts for its callers.
    helpers = {one.name for one in functions if any(map(_asserts, ast.walk(one)))}
    return [
        f"line {one.lineno}: {one.name} asserts nothing: say what must be true afterwards"
        for one in functions
        if one.name.startswith("test_")
        and one.name not in helpers
        and not any(_called(inner) in helpers for inner in ast.walk(one))
    ]


def imported(tree: ast.Module) -> list[str]:
    """Every module a file imports, at the top or late."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
    return names


# Helpers whose name says that they fail when it is not so.
_CHECKING = (
    "assert", "check", "expect", "keep", "prove", "raises", "require", "until", "verify", "wait",
    "warns",
)  # fmt: skip


def _asserts(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or _called(node).lstrip("_").startswith(_CHECKING)


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    called = node.func
    return called.attr if isinstance(called, ast.Attribute) else str(getattr(called, "id", ""))
