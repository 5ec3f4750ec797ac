"""What a program really wrote and synced, and what a power cut may leave of it.

`record` runs a command under strace, which notes every write, sync, truncation and removal of the
files named. `Cuts` plays the notes again and stops anywhere: what was synced stands, of the rest
each sector of 512 bytes was written or not, in any order. A file is there once something of it was
synced (ext4, XFS, NTFS: syncing a new file makes its name last).
"""

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random

# Disks promise a sector whole; nothing larger.
SECTOR = 512
# One write of a station is at most a page and its frame; strace cuts off longer texts.
LONGEST = 1 << 20
_CALL = re.compile(r"^\d+\s+(\w+)\((.*)\)\s+=\s+(-?\d+)")
_HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_PATH = re.compile(r"<((?:\\x[0-9a-f]{2})*)>")


class Did(StrEnum):
    """What was done to a file."""

    WRITE = "write"
    SYNC = "sync"
    TRUNCATE = "truncate"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Step:
    """One system call.

    Attributes:
        did: What it did.
        name: Of the file, without its folder.
        at: Where it wrote, or the new length.
        data: What it wrote.
    """

    did: Did
    name: str
    at: int = 0
    data: bytes = b""


def may_trace(folder: Path) -> bool:
    """Whether this machine lets a process be traced; containers may forbid it."""
    command = ["strace", "-o", str(folder / "probe"), "true"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def record(command: Sequence[str], files: Sequence[Path], log: Path) -> list[Step]:
    """Run a command to its end and note what it did to the files."""
    watched = [word for file in files for word in ("-P", str(file))]
    calls = "openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink"
    tracing = ["strace", "-f", "-y", "-xx", "-s", str(LONGEST), "-e", f"trace={calls}"]
    subprocess.run([*tracing, *watched, "-o", str(log), *command], check=True)
    return list(_steps(log))


def _steps(log: Path) -> Iterator[Step]:
    ends: dict[str, int] = {}
    with log.open(encoding="ascii") as lines:
        for line in lines:
            if (call := _CALL.match(line)) is None or call[3].startswith("-"):
                assert "unfinished" not in line, "threads wrote at once; the order is not known"
                continue
            name, arguments = call[1], call[2]
            if name == "unlink":
                yield Step(Did.REMOVE, _name(_text(_HEX, arguments)))
                continue
            if name == "openat":
                if "O_TRUNC" in arguments:
                    yield Step(Did.TRUNCATE, _name(_text(_HEX, arguments)))
                continue
            file = _name(_text(_PATH, arguments))
            match name:
                case "fsync" | "fdatasync":
                    yield Step(Did.SYNC, file)
                case "ftruncate":
                    yield Step(Did.TRUNCATE, file, int(arguments.rpartition(",")[2]))
                case "pwrite64":
                    at = int(arguments.rpartition(",")[2])
                    yield Step(Did.WRITE, file, at, _text(_HEX, arguments))
                case "write":
                    data = _text(_HEX, arguments)
                    yield Step(Did.WRITE, file, ends.get(file, 0), data)
                    ends[file] = ends.get(file, 0) + len(data)
                case _:
                    raise AssertionError(f"{name} was not asked for")


def _text(pattern: re.Pattern[str], arguments: str) -> bytes:
    found = pattern.search(arguments)
    assert found is not None, arguments[:200]
    return bytes.fromhex(found[1].replace("\\x", ""))


def _name(path: bytes) -> str:
    return Path(path.decode()).name


@dataclass(slots=True)
class _File:
    safe: bytearray | None = None
    waiting: list[Step] = field(default_factory=list)


class Cuts:
    """Every moment of a recording, and what may lie on the disk after a cut then.

    Args:
        steps: What was recorded, from empty files on.
        begun: Number of the step before which the disk was at rest: all of it is safe.
    """

    def __init__(self, steps: Sequence[Step], begun: int) -> None:
        self._steps = steps
        self._files: dict[str, _File] = {}
        self.at = 0
        self.until(begun)
        for file in self._files.values():
            file.safe, file.waiting = _played(file.safe, file.waiting), []

    def until(self, moment: int) -> None:
        """Go forward to just before the step with this number."""
        for step in self._steps[self.at : moment]:
            file = self._files.setdefault(step.name, _File())
            if step.did is Did.SYNC:
                file.safe = _played(file.safe, file.waiting)
                file.waiting = []
            else:
                file.waiting.append(step)
        self.at = moment

    def left(self, chance: Random) -> dict[str, bytes]:
        """One of the many things the disk may hold."""
        found: dict[str, bytes] = {}
        how = chance.choice(("nothing", "all", "some"))
        for name, file in self._files.items():
            waiting = list(file.waiting)
            if how == "nothing":
                waiting = []
            elif how == "some":
                waiting = [part for step in waiting for part in _torn(step, chance)]
                chance.shuffle(waiting)
            if (data := _played(file.safe, waiting)) is not None:
                found[name] = bytes(data)
        return found


def _torn(step: Step, chance: Random) -> Iterator[Step]:
    """The step whole, not at all, or those of its sectors that chance leaves."""
    way = chance.randrange(3)
    if way == 0:
        return
    if way == 1 or step.did is not Did.WRITE:
        yield step
        return
    at, end = step.at, step.at + len(step.data)
    while at < end:
        to = min(end, (at // SECTOR + 1) * SECTOR)
        if chance.random() < 0.5:
            yield Step(Did.WRITE, step.name, at, step.data[at - step.at : to - step.at])
        at = to


def _played(safe: bytearray | None, steps: Sequence[Step]) -> bytearray | None:
    data = None if safe is None else bytearray(safe)
    for step in steps:
        if step.did is Did.REMOVE:
            data = None
            continue
        data = bytearray() if data is None else data
        if step.did is Did.TRUNCATE:
            del data[step.at :]
            data.extend(bytes(step.at - len(data)))
            continue
        data.extend(bytes(max(0, step.at - len(data))))
        data[step.at : step.at + len(step.data)] = step.data
    return data
