"""Starting this very program again as a process of its own, from a checkout or packaged."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO


def command(*arguments: str) -> list[str]:
    """The command line that runs `packhouse` with these arguments."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-m", "ui", *arguments]


def start(
    arguments: Sequence[str], log: Path, *, environment: dict[str, str] | None = None
) -> "subprocess.Popen[str]":
    """Start `packhouse` with text pipes; what it says on stderr goes to `log`."""
    error: IO[str] = log.open("a", encoding="utf-8")
    with error:
        return subprocess.Popen(  # noqa: S603 - our own program
            command(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=error,
            text=True,
            encoding="utf-8",
            cwd=Path(__file__).resolve().parents[2],
            env=os.environ | (environment or {}),  # the child gets ours and a few words more
        )
