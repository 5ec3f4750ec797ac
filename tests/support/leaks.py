"""Fails the test that left something behind: an unexpected warning, a running thread, a window.

Leaks are found where they are born instead of in the test that happens to run next.
"""

import logging
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakSet

import pytest

# A thread that was told to stop may finish on its way out; one that needs longer was not joined.
THREAD_GRACE_S = 1.0
# Durations are measured in bench/ and never fail a test: a busy machine may stop any window.
SLOW_MACHINE = re.compile(r"^The window hung for ")


@dataclass(slots=True)
class ExpectedLogs:
    """Warnings a test provokes on purpose; each must come, and no other may."""

    patterns: list[re.Pattern[str]] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Allow, and require, a record of level WARNING or above that holds the pattern."""
        self.patterns.append(re.compile(pattern))

    def unexpected(self, records: Iterable[logging.LogRecord]) -> list[str]:
        """The texts of warnings that no pattern allows."""
        texts = [record.getMessage() for record in records if record.levelno >= logging.WARNING]
        known = (*self.patterns, SLOW_MACHINE)
        return [text for text in texts if not any(one.search(text) for one in known)]

    def missing(self, records: Iterable[logging.LogRecord]) -> list[str]:
        """The patterns that no warning answered."""
        texts = [record.getMessage() for record in records if record.levelno >= logging.WARNING]
        return [one.pattern for one in self.patterns if not any(map(one.search, texts))]


@pytest.fixture
def expected_logs() -> ExpectedLogs:
    """Say here which warnings the test provokes: `expected_logs.expect("scale lost")`."""
    return ExpectedLogs()


@pytest.fixture(autouse=True)
def _no_unexpected_warning(
    expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    yield
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    if unexpected := expected_logs.unexpected(records):
        pytest.fail(f"logged and nobody expected it (`expected_logs.expect`): {unexpected}")
    if missing := expected_logs.missing(records):
        pytest.fail(f"expected in the log and never came: {missing}")


_longer_lived: WeakSet[threading.Thread] = WeakSet()


@contextmanager
def longer_lived() -> Iterator[None]:
    """What starts in here belongs to a fixture of more than one test, which joins it."""
    before = set(threading.enumerate())
    yield
    _longer_lived.update(set(threading.enumerate()) - before)


def left_running(before: Iterable[threading.Thread]) -> list[threading.Thread]:
    """Threads that were not there before and do not end within the grace."""
    known = {*before, *_longer_lived}
    new = [thread for thread in threading.enumerate() if thread not in known]
    for thread in new:
        # A foreign thread that merely called into Python (Qt's, a driver's) cannot be joined.
        if not isinstance(thread, threading._DummyThread):
            thread.join(THREAD_GRACE_S)
    return [thread for thread in new if thread.is_alive()]


@pytest.fixture(autouse=True)
def _no_thread_left_running() -> Iterator[None]:
    before = threading.enumerate()
    yield
    if left := left_running(before):
        pytest.fail(f"left running; who starts a thread joins it: {[one.name for one in left]}")


@pytest.fixture(autouse=True)
def _no_window_left_open() -> Iterator[None]:
    yield
    # Only where Qt is in play: the tests of `app` never load it.
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return
    core = sys.modules["PySide6.QtCore"]
    for window in widgets.QApplication.topLevelWidgets():
        window.close()
        window.deleteLater()
    # The loop's own rounds at teardown do not deliver deleteLater(); widgets would pile up.
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)
