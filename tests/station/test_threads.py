"""Threads beside the station: none ends because the station is busy, and none is kept for ever."""

import threading
from collections.abc import Callable

import pytest

from app import bootstrap
from app.bootstrap import Workstation
from app.errors import Trouble
from app.identity.userkey import CHEAP
from app.station.inbox import Message, Tick, Unlocked
from app.station.ports import Unlock
from app.station.unlocking import UnlockThread
from tests.support.leaks import ExpectedLogs
from tests.support.people import BADGE, credential


class Busy:
    """A station whose inbox is full for the first three messages."""

    def __init__(self, done: threading.Event) -> None:
        self.refused = 0
        self.taken: list[Message] = []
        self._done = done

    def put(self, message: Message) -> None:
        if self.refused < 3:
            self.refused += 1
            raise Trouble("The station is busy and did not take this. Scan it again.")
        self.taken.append(message)
        self._done.set()


@pytest.fixture
def bench() -> Workstation:
    made = Workstation.__new__(Workstation)
    made._threads, made._stopping = [], threading.Event()
    made.station = Busy(made._stopping)  # type: ignore[assignment]
    return made


def test_time_goes_on_after_the_station_was_busy(
    bench: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "TICK_S", 0.001)

    bench._tick()

    assert bench.station.taken == [Tick()]  # type: ignore[attr-defined]


def test_an_answer_somebody_waits_for_comes_in_when_the_station_has_time(
    bench: Workstation,
) -> None:
    answer = Unlocked("request-1", None)

    bench._deliver(answer)

    assert bench.station.taken == [answer]  # type: ignore[attr-defined]


def test_threads_that_are_done_are_not_kept(bench: Workstation) -> None:
    for _ in range(50):
        bench._run(lambda: None, "fetch")
        bench._threads[-1].join()

    assert len(bench._threads) == 1


def test_a_key_that_cannot_be_tried_is_a_failed_try_and_the_next_is_tried(
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("a key could not be tried")
    answers: list[Unlocked] = []
    unlocker = UnlockThread(_broken(), CHEAP)
    for number in (1, 2):
        unlocker.ask(Unlock(f"request-{number}", credential(BADGE), "135790", ""))
    unlocker.stop()

    unlocker.run(answers.append)

    assert answers == [Unlocked("request-1", None), Unlocked("request-2", None)]


def _broken() -> Callable[[], bytes]:
    def pepper() -> bytes:
        raise Trouble("The keyring is locked. Unlock it, then try again.")

    return pepper
