"""What support asks for, as one file: numbers, states, the end of the log; nothing that is secret.

Bodies, codes and names of people are not in it. What was written for people by somebody else (an
answer of the ledger, a line of the log) goes through `app.redaction` once more.
"""

import json
import os
import platform
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlcipher3 import dbapi2 as sqlcipher

from app import __version__
from app.cache.audit_csv import FOLDER
from app.cache.migrate import HEAD
from app.errors import Trouble
from app.redaction import redact, redact_all
from app.station.views import Health, OutboxRow
from app.storage import files

# The last hours of a station; the file stays small enough to mail.
LOG_BYTES = 512 << 10
LOG_NAME = "packhouse.log"
_FOLDER_MODE, _MODE = 0o700, 0o600
# A zip holds no earlier moment, and what is in it does not need one.
_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Support:
    """Where things lie, and what the station was told.

    Attributes:
        data_dir: Folder of the station.
        settings: What it was told from outside, by name.
        now: Wall time, for the name of the file.
    """

    data_dir: Path
    settings: Mapping[str, str | int]
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of the station at this moment.

    Attributes:
        health: Counts and positions.
        outbox: What is not confirmed or needs a person, without bodies.
        devices: Each in one line.
        next_try_s: When sending is tried again.
    """

    health: Health
    outbox: Sequence[OutboxRow]
    devices: Sequence[str]
    next_try_s: int | None = field(default=None)


def write(support: Support, seen: Seen) -> Path:
    """Write the file.

    Raises:
        Trouble: The disk refuses.
    """
    folder = support.data_dir / FOLDER
    path = folder / f"diagnostics-{support.now():%Y%m%dT%H%M%S}.zip"
    part = path.with_name(f"{path.name}.part")
    try:
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as zipped:
            for name, content in _contents(support, seen).items():
                zipped.writestr(zipfile.ZipInfo(name, _MOMENT), content, zipfile.ZIP_DEFLATED)
        files.put_in_place(part, path)
    except OSError as error:
        raise Trouble(
            f"The diagnostics could not be written to {folder}. Free some space, then press 5 "
            "again.",
            detail=str(error),
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return path


def _contents(support: Support, seen: Seen) -> dict[str, str]:
    about = {
        "program": __version__,
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "sqlite": sqlcipher.sqlite_version,
        "sqlalchemy": sa.__version__,
        "schema": HEAD,
        "settings": dict(support.settings),
    }
    health = {
        **asdict(seen.health),
        "next_try_s": seen.next_try_s,
        "outbox": [asdict(one) for one in seen.outbox],
    }
    return {
        "about.json": _json(about),
        "health.json": _json(health),
        "devices.txt": redact("\n".join(seen.devices)) + "\n",
        "packhouse.log": redact(_log(support.data_dir / "log" / LOG_NAME)),
    }


def _json(value: object) -> str:
    return json.dumps(redact_all(value), indent=1, sort_keys=True, default=str) + "\n"


def _log(path: Path) -> str:
    """The end of the log, from the first whole line on."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LOG_BYTES))
        end = file.read().decode("utf-8", "replace")
    return end if size <= LOG_BYTES else end.partition("\n")[2]
