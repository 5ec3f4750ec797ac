"""Every task by keyboard alone and by scanner alone, at the real window: the same is recorded."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.bench import TestBench
from tests.ui.conftest import Bench
from tests.ui.hands import Keyboard, Scanner, Seated, recorded
from tests.ui.stories import STORIES, Story


def play(
    bench: Bench, story: Story, folder: Path, who: type[Keyboard] | type[Scanner]
) -> TestBench:
    """The story at a bench of its own, behind the window that is there."""
    folder.mkdir()
    seat = story.bench(folder)
    if not seat.whose():
        bench.bridge.attach(Seated(seat))
        hand = who(bench.window, seat)
        hand.see()
        hand.prove(story.badge)
    else:
        bench.bridge.attach(Seated(seat))
        hand = who(bench.window, seat)
        hand.see()
    story.play(hand)
    return seat


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_task_is_done_by_keyboard_alone_and_by_scanner_alone(
    make_bench: Callable[..., Bench], tmp_path: Path, story: Story
) -> None:
    bench = make_bench()
    seats = [play(bench, story, tmp_path / who.__name__, who) for who in (Keyboard, Scanner)]
    typed, scanned = (recorded(seat) for seat in seats)
    ends = [(seat.page, seat.title) for seat in seats]
    for seat in seats:
        seat.book.close()

    assert typed == scanned
    assert ends[0] == ends[1]
    assert ends[0][1] == story.ends
    assert {one["kind"] for one in typed} - {"event"} >= story.kinds
