"""A folder instead of a printer: every job becomes a file. For benches without a printer."""

import contextlib
import os
import re
from pathlib import Path
from threading import Event

from typing_extensions import override

from app.devices.printing import Printing, Sent
from app.errors import Trouble
from app.station.inbox import PrintState

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
# Room for the suffix in the 255 bytes a file name may have.
NAME_LIMIT = 200


class FolderPrinter(Printing):
    """Writes `<job>.zpl`; a reader never sees half a file.

    Args:
        folder: Where to; made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @override
    def probe(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._trouble(error) from error
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise self._trouble(PermissionError("not writable"))

    @override
    def send(self, job: str, payload: bytes, stop: Event) -> Sent:
        path = self._folder / f"{file_name(job)}.zpl"
        temporary = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(payload)
            temporary.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            return Sent(PrintState.FAILED, str(self._trouble(error)))
        return Sent(PrintState.PRINTED, str(path))

    def _trouble(self, error: OSError) -> Trouble:
        return Trouble(
            f"Labels cannot be written to {self._folder}. Check that the folder may be written to"
            " and that the disk is not full.",
            detail=str(error),
        )


def file_name(job: str) -> str:
    """A job's name as a file's: no separators, no leading dot, not too long."""
    return _UNSAFE.sub("_", job).lstrip(".")[:NAME_LIMIT] or "label"
