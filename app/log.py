"""Logging: one line an event, control characters escaped, one rotating file in the data folder.

Never for secrets: badges, PINs, keys and tokens are not given to a logger in the first place.
"""

import logging
import logging.handlers
import re
import sys
from pathlib import Path

from typing_extensions import override

# Ten days of a busy station; the support archive stays small enough to mail.
MAX_BYTES = 2 << 20
BACKUPS = 5
# C0, DEL, C1, bidirectional controls and the line separators: a scan must not forge a second line.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class LineFormatter(logging.Formatter):
    """`time level thread logger: message`, with everything that could break a line escaped."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")

    @override
    def format(self, record: logging.LogRecord) -> str:
        return escape(super().format(record))


def escape(line: str) -> str:
    """A text on one line: control characters are written as their escapes."""
    return _UNSAFE.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), line)


def to_file(folder: Path, level: int = logging.INFO) -> None:
    """Log to `folder/packhouse.log`, rotated."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / "packhouse.log", maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8"
    )
    _install(handler, level)


def to_stderr(level: int = logging.WARNING) -> None:
    """Log to stderr, for commands without a data folder."""
    _install(logging.StreamHandler(sys.stderr), level)


def _install(handler: logging.Handler, level: int) -> None:
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    # One line for every long-poll would push the rest out of the file within a day.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    root.setLevel(level)
