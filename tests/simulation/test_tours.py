"""Every page, met on purpose by somebody whose hand slips: afterwards everything holds."""

from pathlib import Path

import pytest

from app.station.screen import Page
from tests.simulation.tours import PAGES, STEPS, tour

# What every run plays of each.
SHORT = 40


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=str)
def test_whatever_is_pressed_at_a_page_everything_holds(page: Page, tmp_path: Path) -> None:
    assert tour(tmp_path, page, SHORT) == []


@pytest.mark.long
@pytest.mark.parametrize("page", PAGES, ids=str)
def test_nor_does_a_longer_tour_break_anything(page: Page, tmp_path: Path) -> None:
    assert tour(tmp_path, page, STEPS) == []
