"""The list of what the proofs have found names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
# `path` or `path::name`, as in a row.
TEST = re.compile(r"`((?:tests|app)/[a-z0-9_/]+[.]py)(?:::([a-z0-9_]+))?`")


def test_every_bug_that_was_found_has_its_test() -> None:
    rows = [
        line
        for line in (ROOT / "docs" / "found.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and not line.startswith("| what happened")
    ]

    assert rows
    for row in rows:
        named = TEST.search(row.rsplit(" | ", 1)[1])
        assert named is not None, row
        assert _is_there(*named.groups(default="")), row


def _is_there(path: str, name: str) -> bool:
    file = ROOT / path
    if not file.is_file():
        return False
    return not name or f"def {name}(" in file.read_text(encoding="utf-8")
