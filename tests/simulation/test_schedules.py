"""What chance seldom plays, played on purpose: nothing is lost, and it comes to rest by itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.simulation import schedules

Schedule = Callable[[Path], list[str]]
SCHEDULES: tuple[Schedule, ...] = (
    schedules.restored_behind_an_acknowledgement,
    schedules.restored_and_silent,
    schedules.ledger_dies_before_its_commit,
    schedules.power_cut_after_a_tone,
    schedules.cloned_at_one_sequence,
    schedules.moved_while_somebody_counts,
    schedules.taken_over_half_packed,
)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.__name__)
def test_nothing_is_lost_on_this_schedule(schedule: Schedule, tmp_path: Path) -> None:
    assert schedule(tmp_path) == []
