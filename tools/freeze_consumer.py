"""Freezes what a station asks and what it is answered: `python -m tools.freeze_consumer`.

Run it by hand when a change of either is meant; `tests/contract/test_consumer_story.py` compares.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.contract.consumer import tape


def main() -> int:
    """Play the story between both sides, and write it down."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        story = tape.record(Path(folder), monkeypatch)
    tape.write(story)
    sys.stdout.write(f"{len(story)} questions in {tape.FILE.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
