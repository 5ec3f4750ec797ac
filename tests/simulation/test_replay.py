"""A seed is a story that can be told again, on any machine, in any process."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.simulation.floor import run
from app.simulation.rare import WANTED, Rare

ROOT = Path(__file__).parents[2]
TELL = (
    "import logging; logging.disable(logging.CRITICAL)\n"
    "from app.simulation.floor import run\n"
    "r = run(3); print(r.operations, r.scans, dict(r.rare.table()))"
)


def test_one_seed_plays_the_same_again() -> None:
    first, second = run(3), run(3)

    assert dict(first.rare.table()) == dict(second.rare.table())
    assert (first.operations, first.scans) == (second.operations, second.scans)
    assert first.operations > 0


@pytest.mark.system
@pytest.mark.slow
def test_a_seed_does_not_depend_on_the_process_it_runs_in() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", TELL],
            cwd=ROOT,
            env={"PYTHONHASHSEED": hashing, "PATH": ""},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for hashing in ("1", "2")
    }

    assert len(told) == 1


def test_days_and_stations_are_as_many_as_asked_for() -> None:
    result = run(1, stations=3, days=2)

    assert (result.knobs.stations, result.knobs.days) == (3, 2)
    assert not result.violations


def test_a_state_that_is_not_on_the_list_cannot_be_counted() -> None:
    with pytest.raises(KeyError):
        Rare().saw("a unicorn")
    assert Rare().missing() == list(WANTED)
