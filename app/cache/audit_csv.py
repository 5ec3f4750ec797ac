"""The log of a station as a CSV that a spreadsheet shows and does not run: whole or not at all.

Its first lines say what it is limited to, when it was made and by whom; then comes a line for each
line of an entry. Words are those of the contract, in every language the same.
"""

import os
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from app.cache.audit_log import every
from app.cache.database import Book
from app.contract.messages import Line
from app.domain.spreadsheet import Cell, csv_bytes
from app.errors import Trouble
from app.station.audit_log import Entry
from app.station.events import LogAsked, LogTaken
from app.storage import files

FOLDER = "exports"
# Entries written at a time: half a megabyte.
PORTION = 500
_FOLDER_MODE, _MODE = 0o700, 0o600
_BOM = b"\xef\xbb\xbf"
HEADER = (
    "number", "enrolment", "recorded_at", "person", "role", "kind", "document_kind", "document",
    "reason", "item", "quantity", "source", "target", "lot", "serial", "condition", "transport",
    "outcome", "reversed_by", "signed_by", "evidence", "id", "content_hash", "digest",
)  # fmt: skip
_NO_LINE = ("",) * 7


def take(book: Book, folder: Path, asked: LogAsked) -> LogTaken:
    """Write the file; what became of it.

    Args:
        book: What is read, at the moment of reading.
        folder: Where the file goes; made when missing, for this account alone.
        asked: Who wants what.
    """
    stamp = asked.at.replace(":", "").replace("-", "")[: len("20261123T071500")]
    path = folder / f"audit-{asked.station}-{stamp}-{asked.operation[-6:]}.csv"
    try:
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        with book.reader.connect() as connection:
            entries = _write(path, connection, asked)
    except OSError as error:
        return LogTaken(trouble=_said(path, error))
    except Trouble as error:
        return LogTaken(trouble=error.say)
    return LogTaken(str(path), entries)


def rows(entries: Iterator[Entry]) -> Iterator[Sequence[Cell]]:
    """Each entry as rows of `HEADER`: one for each of its lines, one for an entry without any."""
    for one in entries:
        for line in one.operation.lines or (None,):
            yield _row(one, line)


def head(asked: LogAsked) -> Iterator[Sequence[Cell]]:
    """What stands above the table."""
    yield ("audit log", f"{asked.site} {asked.station}")
    given = asked.limits.given()
    for name, value in given.items():
        yield (f"only {name}", value)
    if not given:
        yield ("only", "everything this station recorded")
    yield ("made at", asked.at)
    yield ("made by", asked.person)
    yield ()


def _write(path: Path, connection: Connection, asked: LogAsked) -> int:
    part = path.with_name(f"{path.name}.part")
    counted = _Counted(every(connection, asked.limits))
    records = chain(head(asked), (HEADER,), rows(iter(counted)))
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_BOM)
            while some := _some(records):
                file.write(_plain(some))
            file.write(_plain([(), ("entries", counted.number)]))
        files.put_in_place(part, path)
    finally:
        part.unlink(missing_ok=True)
    return counted.number


class _Counted:
    """Entries as they pass, counted."""

    def __init__(self, entries: Iterator[Entry]) -> None:
        self._entries = entries
        self.number = 0

    def __iter__(self) -> Iterator[Entry]:
        for one in self._entries:
            self.number += 1
            yield one


def _some(records: Iterator[Sequence[Cell]]) -> list[Sequence[Cell]]:
    return [one for _, one in zip(range(PORTION), records, strict=False)]


def _plain(records: Sequence[Sequence[Cell]]) -> bytes:
    return csv_bytes(records).removeprefix(_BOM)


def _row(one: Entry, line: Line | None) -> tuple[Cell, ...]:
    told = one.operation
    about = told.reference
    goods: tuple[Cell, ...] = _NO_LINE
    if line is not None:
        goods = (
            line.item,
            line.quantity,
            line.source,
            line.target,
            line.lot,
            line.serial,
            line.condition,
        )
    return (
        one.seq,
        one.enrolment,
        told.recorded_at,
        told.actor,
        told.role,
        told.kind,
        about.document_kind if about else "",
        about.document if about else "",
        told.reason,
        *goods,
        one.transport,
        one.outcome,
        one.reversed_by,
        " ".join(signed.person for signed in one.signatures),
        msgspec.json.encode(told.evidence).decode() if told.evidence else "",
        told.id,
        one.content_hash,
        one.digest,
    )


def _said(path: Path, error: OSError) -> str:
    return (
        f"{path.name} could not be written to {path.parent}: {error.strerror or error}. Free some "
        "space or ask IT about the folder, then press F10 again."
    )
