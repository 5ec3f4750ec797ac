"""A hanging window is noticed, with the line that hangs it."""

import threading
import time

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from tests.support.leaks import ExpectedLogs
from ui.stall import TEST_LIMIT_MS, Stall, StallWatch, write_to_log


def hang(milliseconds: int) -> None:
    """Keep the window's thread busy, as a slow slot would."""
    until = time.monotonic() + milliseconds / 1000
    while time.monotonic() < until:
        pass


HANG_STARTS = hang.__code__.co_firstlineno


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
    file, _, rest = stalls[0].place.partition(":")
    assert file == "tests/ui/test_stall.py"
    line, _, function = rest.partition(" in ")
    assert function == "hang"
    assert HANG_STARTS < int(line) <= HANG_STARTS + 4
    assert watch.worst_ms >= 350


def test_a_slot_that_waits_in_somebody_elses_code_is_named_by_its_own_line(qtbot: QtBot) -> None:
    stalls: list[Stall] = []
    watch = StallWatch(TEST_LIMIT_MS, stalls.append)
    watch.start()

    QTimer.singleShot(0, lambda: threading.Event().wait(0.3))
    qtbot.wait(400)
    watch.stop()

    assert [stall.place.partition(":")[0] for stall in stalls] == ["tests/ui/test_stall.py"]


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
    expected_logs.expect("The window hung for 300 ms at ui/pages/pack.py:41 in show_screen")

    write_to_log(Stall(300, "a stack", "ui/pages/pack.py:41 in show_screen"))
