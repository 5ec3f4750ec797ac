"""The test of the test: every bug planted in the real code is found.

A bug that random seeds reach is looked for in the first of them; one they hardly reach has a
directed schedule. The sound code stays clean on both (`test_floor`, `test_schedules`).
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from app.simulation.floor import run
from tests.simulation import planted
from tests.simulation.mutations import (
    BY_CHANCE,
    DIRECTED,
    FIRST,
    LONG_SEARCH,
    SEEDS,
    SELDOM,
    WHOLE,
    Schedule,
    seeds_for,
)
from tests.simulation.seeds import SHORT_S


@pytest.mark.slow
@pytest.mark.parametrize("plant", BY_CHANCE, ids=lambda plant: plant.__name__)
def test_chance_finds_the_planted_bug(plant: planted.Plant) -> None:
    with planted.planted(plant):
        found = any(run(seed, shift_s=long).violations for seed, long in _shifts(plant))

    assert found, f"{plant.__name__} survived {SEEDS} seeds"


@pytest.mark.parametrize(("plant", "schedule"), DIRECTED, ids=lambda function: function.__name__)
def test_the_directed_schedule_finds_the_planted_bug(
    plant: planted.Plant, schedule: Schedule, tmp_path: Path
) -> None:
    with planted.planted(plant):
        violations = schedule(tmp_path)

    assert violations


@pytest.mark.long
@pytest.mark.parametrize("plant", SELDOM, ids=lambda plant: plant.__name__)
def test_a_long_search_finds_the_planted_bug(plant: planted.Plant) -> None:
    with planted.planted(plant):
        found = any(run(seed).violations for seed in range(LONG_SEARCH))

    assert found, f"{plant.__name__} survived {LONG_SEARCH} seeds"


def test_what_chance_finds_seldom_has_a_schedule() -> None:
    assert {plant for plant, _ in DIRECTED} >= set(SELDOM)


def _shifts(plant: planted.Plant) -> Iterator[tuple[int, int]]:
    """Seeds, and how much of each shift is played; 0 for all of it."""
    if plant in FIRST:
        yield FIRST[plant], 0 if plant in WHOLE else SHORT_S
    for seed in islice(seeds_for(plant), SEEDS):
        yield seed, SHORT_S
