"""House rules as code: each failure says what to do instead."""

import ast
import re
import tomllib
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.support.tidy import (
    Source,
    floats,
    hollow_tests,
    imported,
    leftovers,
    machine_paths,
    sources,
    strangers,
    too_long,
)

ROOT = Path(__file__).resolve().parents[1]
CODE = ("app", "ui")
EVERYTHING = (*CODE, "tests", "tools", "bench", "migrations")
MAX_FILE_BYTES = 1_000_000

Rule = Callable[[Source], list[str]]

RULES: dict[str, tuple[Rule, tuple[str, ...]]] = {
    "files hold one idea": (too_long, CODE),
    "nothing is left behind": (leftovers, EVERYTHING),
    "no path of one machine": (machine_paths, EVERYTHING),
    "the domain counts in whole numbers": (floats, ("app/domain",)),
    "the domain is plain Python": (strangers, ("app/domain",)),
    "every test can fail": (hollow_tests, ("tests",)),
}

BAD_EXAMPLES: list[tuple[Rule, str, str]] = [
    (too_long, "ui/pages/pack.py", "\n" * 301),
    (leftovers, "app/station/pack.py", "# TO" + "DO: undo"),
    (machine_paths, "app/log.py", 'LOG = "/ro' + 'ot/packhouse.log"'),
    (floats, "app/domain/weight.py", "def net(gross: float) -> int: ..."),
    (floats, "app/domain/weight.py", "TOLERANCE = 0.5"),
    (strangers, "app/domain/order.py", "from sqlalchemy import select"),
    (hollow_tests, "tests/test_kettle.py", "def test_the_kettle_is_packed() -> None:\n    pack()"),
]


@pytest.mark.parametrize("name", RULES)
def test_the_checkout_keeps_the_rule(name: str) -> None:
    rule, folders = RULES[name]

    complaints = [
        f"{source.path}: {said}" for source in sources(ROOT, *folders) for said in rule(source)
    ]

    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(("rule", "path", "text"), BAD_EXAMPLES)
def test_the_rule_is_awake(rule: Rule, path: str, text: str) -> None:
    assert len(rule(Source(path, text, ast.parse(text)))) == 1


def test_every_resource_is_used() -> None:
    """A file nobody names is shipped for nothing, or the code that should show it was forgotten."""
    program = "\n".join(source.text for source in sources(ROOT, *CODE))
    program += "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "resources").rglob("*.toml")
    )
    program += "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("*.spec"))

    unused = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "resources").rglob("*"))
        if path.is_file() and not _is_named(path, program)
    ]

    assert not unused, f"use it or take it out: {unused}"


def _is_named(path: Path, program: str) -> bool:
    if path.parent.name == "__pycache__":
        return True  # left by whoever ran a resource that is a program
    if path.name == "LICENSE" or path.suffix in {".txt", ".md"}:
        return True  # licences travel with what they license
    if f'glob("*{path.suffix}")' in program:
        return True  # every file of this kind is loaded
    return re.search(rf"\b{re.escape(path.stem)}\b", program) is not None


# Loaded by name, by something that is imported.
LOADED_BY_NAME = {"httptools": "uvicorn", "uvloop": "uvicorn", "psycopg": "SQLAlchemy"}


def test_every_dependency_is_used_and_every_use_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {_plain(re.split(r"[\[<>=;!~ ]", line)[0]) for line in project["dependencies"]}
    owners = packages_distributions()
    tops = {name.split(".")[0] for source in sources(ROOT, *CODE) for name in imported(source.tree)}

    # PySide6's own runtime comes with it, in its version.
    used = {_plain(owner) for top in tops for owner in owners.get(top, ())} - {
        "packhouse",
        "shiboken6",
    }

    assert not used - declared, f"declare it and run `make lock`: {used - declared}"
    unused = declared - used - set(LOADED_BY_NAME)
    assert not unused, f"nobody imports it; take it out and run `make lock`: {unused}"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_readme_names_every_command_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    targets = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    missing = [target for target in targets if f"make {target}" not in readme]

    assert targets
    assert not missing, f"say in README.md what they do: {missing}"


def test_decisions_are_numbered_once_and_say_why() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [page.name[:4] for page in pages]
    reasons = re.compile(r"\b(why|because|reasons?|so that|decided|decision)\b", re.IGNORECASE)
    silent = [page.name for page in pages if not reasons.search(page.read_text(encoding="utf-8"))]

    assert pages
    assert len(numbers) == len(set(numbers)), f"two decisions share a number: {numbers}"
    assert not silent, f"say what was decided and why: {silent}"


def test_every_link_between_our_pages_leads_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    dead = [
        f"{page.relative_to(ROOT)} → {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]

    assert not dead, f"mend or take out: {dead}"


def test_who_follows_the_links_of_the_readme_finds_every_page() -> None:
    found, todo = set[Path](), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        found.add(page)
        links = re.findall(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        todo += {(page.parent / link).resolve() for link in links} - found
    # The folder of decisions is linked as a whole.
    hidden = {page for page in (ROOT / "docs").glob("*.md") if page not in found}

    assert not hidden, f"link them from README.md: {sorted(page.name for page in hidden)}"


def test_no_file_of_the_project_is_a_blob() -> None:
    folders = (*EVERYTHING, "resources", "docs")
    heavy = [
        f"{path.relative_to(ROOT)} {path.stat().st_size >> 10} KiB"
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.stat().st_size > MAX_FILE_BYTES
    ]

    assert not heavy, f"make it from something smaller, or take it out: {heavy}"
