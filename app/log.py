"""Logging: one line an event, control characters escaped, one rotating file in the data folder.

Never for secrets: badges, PINs, keys and tokens are not given to a logger in the first place, and
`app.redaction` takes out what came along in the text of an error.
"""

import json
import logging
import logging.handlers
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from typing_extensions import override

from app.redaction import redact, redact_all

# Ten days of a busy station; the support archive stays small enough to mail.
MAX_BYTES = 2 << 20
BACKUPS = 5
# Of a ledger's requests: some 300,000 lines, two hours of a hundred busy stations.
MAX_REQUEST_BYTES = 16 << 20
# C0, DEL, C1, bidirectional controls, line separators, what shows nothing, and halves of characters
# that no file can hold: a scan must not forge a second line, nor hide one.
_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


# The request a line belongs to; set by whoever takes the request in, empty elsewhere.
correlation: ContextVar[str] = ContextVar("correlation", default="")


class LineFormatter(logging.Formatter):
    """`time level thread logger: message`, with everything that could break a line escaped."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")

    @override
    def format(self, record: logging.LogRecord) -> str:
        return escape(redact(super().format(record)))


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for programs that read logs; `extra={"fields": {…}}` adds fields."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "thread": record.threadName,
            "message": record.getMessage(),
        }
        if said := correlation.get():
            line["correlation_id"] = said
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        line = {name: redact_all(value, name) for name, value in line.items()}
        # ASCII only: JSON's own escapes leave no control character, of any script, in the line.
        return json.dumps(line, default=str)


def escape(line: str) -> str:
    """A text on one line: control characters are written as their escapes."""
    return _UNSAFE.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), line)


def to_file(folder: Path, level: int = logging.INFO, form: logging.Formatter | None = None) -> None:
    """Log to `folder/packhouse.log`, rotated; as lines for people unless `form` says otherwise."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / "packhouse.log", maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8"
    )
    _install(handler, level, form)


def apart(folder: Path, logger: str, name: str, form: logging.Formatter) -> None:
    """Write one logger's lines to `folder/name`, rotated, instead of where the others go.

    For what comes with every request: it would push warnings out of their file within minutes.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / name, maxBytes=MAX_REQUEST_BYTES, backupCount=BACKUPS, encoding="utf-8"
    )
    handler.setFormatter(form)
    own = logging.getLogger(logger)
    own.addHandler(handler)
    own.propagate = False


def to_stderr(level: int = logging.WARNING, form: logging.Formatter | None = None) -> None:
    """Log to stderr, for commands without a data folder."""
    _install(logging.StreamHandler(sys.stderr), level, form)


def _install(handler: logging.Handler, level: int, form: logging.Formatter | None) -> None:
    handler.setFormatter(form or LineFormatter())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    # One line for every long-poll would push the rest out of the file within a day.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    root.setLevel(level)
