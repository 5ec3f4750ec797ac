"""A week without the ledger, and what comes of it at the link-up: few operations, every task.

What `python -m bench week_offline` does with 50,000 of them.
"""

from pathlib import Path

import pytest

from bench.week_offline import DAYS, all_at_once, week

pytestmark = [pytest.mark.system, pytest.mark.long]

FEW, ITEMS = 1_000, 1_600


def test_a_week_of_every_task_is_posted_once_when_the_link_is_back(tmp_path: Path) -> None:
    rows = {row.name: row for row in week(tmp_path, FEW, ITEMS)}

    assert rows["week_drain_posted_s"].n >= FEW * 9 // 10
    assert rows[f"week_turns_day{DAYS}_p50_ms"].n > 300
    assert rows["week_book_mb"].value > 0


def test_stations_that_come_back_at_once_are_all_served(tmp_path: Path) -> None:
    rows = {row.name: row for row in all_at_once(tmp_path, 5, 400)}

    assert rows["back_at_once_posted_s"].n == 2_000
    assert rows["back_at_once_fairness"].value > 0
