"""Power cut anywhere in a shift, from what the program really wrote and really synced.

The station works on the scan path as it is; strace notes its writes and syncs. Then the power goes
between any two of them, and of what was not synced any sectors are there, in any order. Whatever is
left opens, and has every operation the person was told of, each with its effect.
"""

import logging
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.support.bench import TestBench
from tests.support.cut_shift import TOLD
from tests.support.written import Cuts, Did, Step, may_trace, record

pytestmark = [pytest.mark.system, pytest.mark.slow]

FILES = ("book.db", "book.db-wal")
# How many disks are looked at; two thousand in `make long`.
FEW, MANY = 40, 2_000


@dataclass(frozen=True, slots=True)
class Shift:
    """What was written, and what stood in the book at the end."""

    steps: list[Step]
    operations: list[tuple[str, str, int, int]]
    scans: int


def _operations(bench: TestBench) -> list[tuple[str, str, int, int]]:
    """Every operation: id, kind, and how many units its effects move."""
    with bench.book.reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT operation.id, operation.kind, count(effect.quantity), "
            "coalesce(sum(abs(effect.quantity)), 0) FROM operation "
            "LEFT JOIN effect ON effect.n = operation.n "
            "GROUP BY operation.n ORDER BY operation.n"
        ).all()
    return [tuple(row) for row in rows]


def _scans(bench: TestBench) -> tuple[int, int]:
    """How many scans there are, and how many have no fate."""
    with bench.book.reader.connect() as connection:
        ask = "SELECT count(*), sum(fate = '') FROM scan"
        count, open_ones = connection.exec_driver_sql(ask).one()
    return count, open_ones or 0


@pytest.fixture(autouse=True)
def _a_scan_cut_short_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Most cuts hit a scan between its record and its fate; the station says so at its start."""
    caplog.set_level(logging.ERROR, "app.station.engine")


@pytest.fixture
def shift(tmp_path: Path, request: pytest.FixtureRequest) -> Shift:
    if not may_trace(tmp_path):
        pytest.skip("this machine lets nobody trace a process")
    synchronous = getattr(request, "param", "FULL")
    folder = tmp_path / "shift"
    folder.mkdir()
    files = [folder / name for name in (*FILES, TOLD)]
    command = [sys.executable, "-m", "tests.support.cut_shift", str(folder), synchronous]
    steps = record(command, files, tmp_path / "log")
    bench = TestBench(folder, fresh=False)
    done = Shift(steps, _operations(bench), _scans(bench)[0])
    bench.book.close()
    return done


def _told(steps: list[Step], moment: int) -> tuple[int, int]:
    """How many operations and scans the person was told of before a moment."""
    said = b"".join(step.data for step in steps[:moment] if step.name == TOLD)
    operations, scans = said.decode().splitlines()[-1].split()
    return int(operations), int(scans)


def _broken(shift: Shift, cuts: int, folder: Path) -> list[str]:
    """What was not as it was promised, of so many cuts."""
    chance = Random(22)
    begun = next(n for n, step in enumerate(shift.steps) if step.name == TOLD and step.data)
    end = max(n for n, step in enumerate(shift.steps) if step.name == TOLD)
    moments = sorted(chance.randrange(begun + 1, end + 2) for _ in range(cuts))
    disk = Cuts(shift.steps, begun)
    wrong = []
    for number, moment in enumerate(moments):
        disk.until(moment)
        place = folder / f"cut-{number}"
        place.mkdir()
        for name, data in disk.left(chance).items():
            if name in FILES:
                (place / name).write_bytes(data)
        if said := _judged(shift, place, _told(shift.steps, moment)):
            wrong.append(f"cut before step {moment}: {said}")
        shutil.rmtree(place)
    return wrong


def _judged(shift: Shift, place: Path, told: tuple[int, int]) -> str:
    """Start the station on what is left; what is missing, or nothing."""
    try:
        bench = TestBench(place, fresh=False)
    except Exception as error:  # noqa: BLE001 - whatever it is, the book did not open
        return f"not opened: {error!r}"
    try:
        found = _operations(bench)
        scans, undecided = _scans(bench)
    finally:
        bench.book.close()
    if found != shift.operations[: len(found)]:
        return "other operations or effects than were recorded"
    if len(found) < told[0] or scans < told[1]:
        return f"told of {told}, kept {len(found)} operations and {scans} scans"
    return f"{undecided} scans without a fate" if undecided else ""


@pytest.mark.parametrize("cuts", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_wherever_the_power_goes_everything_told_is_there(
    shift: Shift, cuts: int, tmp_path: Path
) -> None:
    assert len([step for step in shift.steps if step.did is Did.SYNC]) > 20

    assert _broken(shift, cuts, tmp_path) == []


@pytest.mark.parametrize("shift", ["NORMAL", "OFF"], indirect=True)
def test_synced_less_the_same_cuts_lose_what_was_told(shift: Shift, tmp_path: Path) -> None:
    """The control: the harness sees a loss where there is one."""
    assert any("told of" in said for said in _broken(shift, FEW, tmp_path))
