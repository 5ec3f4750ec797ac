"""A hanging window is noticed, with the line that hangs it."""

import threading
import time

from pytestqt.qtbot import QtBot

from tests.support.leaks import ExpectedLogs
from ui.stall import TEST_LIMIT_MS, Stall, StallWatch, write_to_log


def hang(milliseconds: int) -> None:
    """Keep the window's thread busy, as a slow slot would."""
    until = time.monotonic() + milliseconds / 1000
    while time.monotonic() < until:
        pass


def test_a_hang_is_told_once_with_the_guilty_line(qtbot: QtBot) -> None:
    stalls: list[Stall] = []
    watch = StallWatch(TEST_LIMIT_MS, stalls.append)
    watch.start()

    hang(350)
    qtbot.wait(50)
    watch.stop()

    assert len(stalls) == 1
    assert stalls[0].milliseconds >= TEST_LIMIT_MS
    assert "in hang" in stalls[0].where


def test_a_window_that_answers_is_left_alone(qtbot: QtBot) -> None:
    stalls: list[Stall] = []
    # Generous: another process of this machine may take the core for a moment.
    watch = StallWatch(2_000, stalls.append)
    watch.start()

    qtbot.wait(120)
    watch.stop()

    assert stalls == []
    assert "stall-watch" not in [thread.name for thread in threading.enumerate()]


def test_in_production_a_hang_is_a_line_in_the_log(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("The window hung for 300 ms")

    write_to_log(Stall(300, "a stack"))
