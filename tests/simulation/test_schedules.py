"""What chance seldom plays, played on purpose: nothing is lost, and it comes to rest by itself."""

from pathlib import Path

import pytest

from tests.simulation.mutations import SCHEDULES, Schedule


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.__name__)
def test_nothing_is_lost_on_this_schedule(schedule: Schedule, tmp_path: Path) -> None:
    assert schedule(tmp_path) == []
