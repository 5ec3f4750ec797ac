"""F2 from any page, and a search that hears every letter."""

import pytest
from PySide6.QtTest import QTest

from app.station.inbox import Do, Intent
from tests.ui.conftest import Bench
from ui.gallery.looking import EMPTY, HITS, ITEM
from ui.gallery.packing import NEXT, WRONG
from ui.gallery.scenes import scenes


def test_f2_looks_something_up_whatever_lies_over_the_task(bench: Bench) -> None:
    bench.show(NEXT)
    bench.window.press("F1")

    bench.window.press("F2")

    assert bench.window.overlay is None
    assert bench.station.asked == [Do(Intent.LOOKUP)]


def test_f2_on_an_error_waits_until_it_is_acknowledged(bench: Bench) -> None:
    bench.show(WRONG)

    bench.window.press("F2")

    assert bench.station.asked == []


def test_nobody_who_is_not_signed_in_looks_anything_up(bench: Bench) -> None:
    door = next(one.screen for one in scenes() if one.screen and one.screen.page == "sign_in")
    bench.show(door)

    bench.window.press("F2")

    assert Do(Intent.LOOKUP) not in bench.station.asked


def test_a_search_hears_every_letter_and_another_page_none(bench: Bench) -> None:
    bench.show(EMPTY)
    QTest.keyClicks(bench.window.scan_line, "mu")

    assert bench.station.asked == [Do(Intent.SEARCH, "m"), Do(Intent.SEARCH, "mu")]
    bench.show(NEXT)
    QTest.keyClicks(bench.window.scan_line, "gs")
    assert len(bench.station.asked) == 2


def test_a_hit_is_chosen_with_the_arrows_while_words_stand_in_the_line(bench: Bench) -> None:
    bench.show(HITS)
    QTest.keyClicks(bench.window.scan_line, "tray")

    bench.window.press("Down")
    bench.window.press("F6")

    assert bench.station.asked[4:] == [Do(Intent.CHOOSE, "SKU-20444"), Do(Intent.WHY)]


@pytest.mark.parametrize(("key", "asked"), [("Esc", Intent.NO), ("F2", Intent.LOOKUP)])
def test_there_are_two_ways_back(bench: Bench, key: str, asked: Intent) -> None:
    bench.show(ITEM)

    bench.window.press(key)

    assert bench.station.asked == [Do(asked)]
