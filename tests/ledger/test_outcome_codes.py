"""Every code an operation can be answered with is on the ledger's page, which has no others."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = frozenset({"refused", "held", "waiting"})
CODE = re.compile(r"[a-z]+(?:_[a-z]+)*")
# Made from a word: the outcome that stays, the state of an order.
MADE = frozenset({"still_held", "still_waiting", "order_cancelled", "order_held", "order_shipped"})
# Given where a body is read, before there is a rule.
READ = frozenset({"unreadable", "not_canonical"})


def _codes(tree: ast.AST) -> Iterator[str]:
    """First arguments of the three answers, and pairs of a code and a sentence."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(code)), *_]):
                if name in ANSWERS:
                    yield code
            case ast.Tuple(elts=[ast.Constant(value=str(code)), said]):
                if CODE.fullmatch(code) and _is_sentence(said):
                    yield code
            case _:
                pass


def _is_sentence(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr(values=parts):
            return any(" " in str(getattr(part, "value", "")) for part in parts)
        case ast.Constant(value=str(text)):
            return " " in text and text.endswith(".")
        case _:
            return False


def _used() -> set[str]:
    alone = (
        "app/ledger/deciding.py",
        "app/domain/limits.py",
        "app/identity/foureyes.py",
        "app/identity/grants.py",
    )
    files = [*(ROOT / "app/ledger/rules").glob("*.py"), *(ROOT / name for name in alone)]
    return {code for path in files for code in _codes(ast.parse(path.read_text(encoding="utf-8")))}


def _told() -> set[str]:
    page = (ROOT / "docs/ledger.md").read_text(encoding="utf-8")
    table = page[page.index("| outcome | codes |") : page.index("Facts are posted")]
    rows = [row for row in table.splitlines() if row.startswith("| `")]
    return {code for row in rows for code in re.findall(r"`([a-z_]+)`", row.split("|", 2)[2])}


def test_every_code_of_an_answer_is_on_the_ledgers_page() -> None:
    assert sorted(_used() - _told()) == []


def test_the_page_tells_of_no_code_that_is_not_there() -> None:
    assert sorted(_told() - _used() - MADE - READ - {"conflict"}) == []


def test_codes_are_found_where_they_are_given() -> None:
    assert {"already_reversed", "needs_approval", "moves_nothing", "content_differs"} <= _used()
