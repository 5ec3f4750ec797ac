"""`packhouse doctor`: what is wrong with a station; one line each, and what to do about it.

Answers without Qt, beside a running station too; repairs nothing. Exit code 0 when all is well.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import PackhouseError, Trouble

if TYPE_CHECKING:
    from app.keys.vault import Vault
    from app.settings import StationSettings

# Beyond this the people at the bench see the drift, and credentials run out at the wrong time.
SKEW_LIMIT = timedelta(seconds=60)
# A bench that has worked has a backup an hour; over night and a weekend there is nothing to copy.
BACKUP_LIMIT = timedelta(days=4)
_GB = 1 << 30
_LABELS = "labels"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at.

    Attributes:
        what: Its name.
        well: Whether it is as it should be.
        said: What was found, and what to do when it is not well.
    """

    what: str
    well: bool
    said: str

    @property
    def words(self) -> str:
        """As it is printed."""
        return f"{'ok  ' if self.well else 'BAD '} {self.what:12} {self.said}"


@dataclass(slots=True)
class Patient:
    """The station that is looked at.

    Attributes:
        settings: Of its folder.
        vault: Its keys, once they opened.
        running: Whether a station runs on the folder now.
    """

    settings: "StationSettings"
    vault: "Vault | None" = None
    running: bool = False


Look = Callable[[Patient], Iterator[Line]]


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "doctor",
        help="what is wrong here, one line each; exit code 0 when nothing is",
        epilog="packhouse doctor --data-dir /var/lib/packhouse",
    )
    parser.add_argument("--data-dir", type=Path, metavar="D", help="folder of the station")
    parser.set_defaults(handler=_run)


def _run(chosen: argparse.Namespace) -> int:
    from app.settings import default_data_dir, load

    folder = default_data_dir(chosen.data_dir)
    if not folder.is_dir():
        raise Trouble(f"There is no station in {folder}. Name its folder with --data-dir.")
    well = True
    for line in examine(load(folder, {})):
        sys.stdout.write(f"{line.words}\n")
        sys.stdout.flush()
        well = well and line.well
    return 0 if well else 1


def examine(settings: "StationSettings") -> Iterator[Line]:
    """Look at everything; what cannot be looked at is a line, too."""
    patient = Patient(settings)
    for name, look in LOOKS.items():
        try:
            yield from look(patient)
        except PackhouseError as error:
            yield Line(name, False, error.say)
        except OSError as error:
            yield Line(name, False, f"{error.strerror}: {error.filename}. Check disk and rights.")


def _folder(patient: Patient) -> Iterator[Line]:
    from app.storage import place

    folder = patient.settings.data_dir
    place.refuse_unsuitable(folder)
    others = [path for path in (folder, *folder.rglob("*")) if place.is_open_to_others(path)]
    if others:
        yield Line("folder", False, f"{others[0]} can be read by others. Start the station once.")
    else:
        yield Line("folder", True, f"{folder}, its owner's alone, on this machine")
    if any((folder / _LABELS).glob("*.zpl")):
        # An earlier program kept every label there; they name people and addresses.
        yield Line("labels", False, f"{folder / _LABELS} holds labels in the clear. Remove them.")


def _running(patient: Patient) -> Iterator[Line]:
    from app.instance import InstanceLock

    try:
        InstanceLock(patient.settings.data_dir).release()
    except Trouble as trouble:
        patient.running = "already running" in trouble.say
        if not patient.running:
            raise
    yield Line("station", True, "runs on this folder" if patient.running else "does not run")


def _keys(patient: Patient) -> Iterator[Line]:
    from app.clock import SystemClock
    from app.keys.opening import unlocked
    from app.opened import unlock_of

    settings = patient.settings
    patient.vault = vault = unlocked(settings.data_dir, unlock_of(settings), SystemClock().now)
    state = vault.state
    due = ", ".join(one.value.replace("_", " ") for one in state.due)
    said = f"{state.backend}, book key {state.version}, {state.age_days} days old"
    # What is due is done by the running station itself, as soon as it reaches the ledger.
    yield Line("keys", not state.pending or patient.running, f"{said}; due: {due or 'nothing'}")


def _book(patient: Patient) -> Iterator[Line]:
    from app.cache import copies, soundness

    path = patient.settings.book
    size = path.stat().st_size
    if patient.vault is None:
        yield Line("book", False, "was not opened: its keys are out of reach")
        return
    key = patient.vault.book_key()
    with copies.opened(path, key) as connection:
        found = soundness.check_structure(connection)
        recorded = copies.count(connection)["operation"]
        connection.rollback()
    if found.wrong:
        yield Line("book", False, "is damaged. Restore a backup: packhouse station --restore")
        return
    yield Line("book", True, f"{size >> 20} MB, {recorded} operations, sound ({found.ms} ms)")


def _backups(patient: Patient) -> Iterator[Line]:
    from app.cache import backups, copies
    from app.clock import SystemClock

    folder = backups.folder_of(patient.settings.data_dir)
    known = backups.listed(folder)
    if not known:
        yield Line("backups", False, "none yet. Leave the station running for an hour.")
        return
    newest = known[0]
    if patient.vault is not None:
        key = patient.vault.unwrap(backups.PURPOSE, newest.about.key)
        with copies.opened(newest.path, key) as connection:
            if copies.count(connection) != newest.about.counts:
                yield Line("backups", False, f"{newest.path.name} was changed. Remove it.")
                return
    age = SystemClock().now() - newest.made_at
    said = f"{len(known)}, the newest of {newest.about.made_at}, opened and counted"
    if age > BACKUP_LIMIT:
        said += ". Leave the station running for an hour; its log says why there is none"
    yield Line("backups", age <= BACKUP_LIMIT, said)


def _disk(patient: Patient) -> Iterator[Line]:
    from app.storage.space import Reserve, Room, free_bytes, room

    free = free_bytes(patient.settings.data_dir)
    held = "64 MB put aside" if Reserve(patient.settings.data_dir).held else "nothing put aside"
    said = f"{free / _GB:.1f} GB free, {held}"
    if room(free) is not Room.FINE:
        said += ". Free some space: backups stop below 0.5 GB"
    yield Line("disk", room(free) is Room.FINE, said)


def _ledger(patient: Patient) -> Iterator[Line]:
    from app.clock import SystemClock
    from app.custody import dial
    from app.sync.once import asked_once
    from app.sync.pins import Pins

    settings = patient.settings
    pinned = bool(Pins(settings.data_dir).pem)
    if settings.ledger.startswith("https"):
        yield Line("certificate", pinned, "pinned" if pinned else "not pinned: --ca-fingerprint")
    else:
        yield Line("certificate", True, "none: plain http")
    dialled = dial(settings)
    try:
        with asked_once():
            hello = dialled.gate.hello()
    finally:
        dialled.wire.close()
    yield Line("ledger", True, f"{settings.ledger} answers, version {hello.version}")
    yield _drift(SystemClock().now(), hello.at)


def _drift(now: datetime, told: str) -> Line:
    """How far this machine's clock is from what the ledger told of its own."""
    try:
        drift = abs(now - datetime.fromisoformat(told))
    except (ValueError, TypeError):
        return Line("clock", False, "the ledger told no time. Ask IT what answers there.")
    said = f"{drift.total_seconds():.1f} s from the ledger's"
    well = drift <= SKEW_LIMIT
    return Line("clock", well, said if well else f"{said}. Set this machine's clock by NTP.")


LOOKS: dict[str, Look] = {
    "folder": _folder,
    "station": _running,
    "keys": _keys,
    "book": _book,
    "backups": _backups,
    "disk": _disk,
    "ledger": _ledger,
}
