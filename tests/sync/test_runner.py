"""When the sync runs: by event, by time, by link-up; and how it ends."""

import threading
import time
from collections.abc import Callable, Iterator
from random import Random

import pytest
from typing_extensions import override

from app.contract.messages import NotNow, PostBatch
from app.errors import Fault, Trouble
from app.sync.backoff import BASE_S
from app.sync.bell import Bell, Ring
from app.sync.runner import Pace, SyncThreads
from tests.fakes.desk import FakeDesk
from tests.fakes.ledger import FakeLedger
from tests.fakes.wire import FakeWire
from tests.support.leaks import ExpectedLogs

# Far beyond what any promise here needs; reaching it is a failure, not a slow machine.
PATIENCE_S = 10.0


def eventually(true: Callable[[], bool], within_s: float = PATIENCE_S) -> bool:
    """Whether it becomes true in time."""
    until = time.monotonic() + within_s
    pause = threading.Event()
    while not true():
        if time.monotonic() > until:
            return False
        pause.wait(0.002)
    return True


class Unlucky(Random):
    """Draws the longest wait there is, once the first short one has been drawn."""

    @override
    def uniform(self, a: float, b: float) -> float:
        return b if b <= BASE_S else 60.0


class Running:
    """A station in memory with the real threads of the sync."""

    def __init__(self, pace: Pace, chance: Random | None = None) -> None:
        self.ledger = FakeLedger()
        self.desk = FakeDesk(self.ledger.public_key)
        self.ledger.enrol(self.desk.enrolment, self.desk.public_key)
        self.wire = FakeWire(self.ledger)
        self.sync = SyncThreads(self.desk, self.wire, chance or Random(7), threading.Thread, pace)

    def online(self) -> bool:
        return bool(self.desk.links) and self.desk.links[-1].state == "online"

    def offline(self) -> bool:
        return bool(self.desk.links) and self.desk.links[-1].state == "offline"


# An outbox that is only looked at every hour: whatever moves, moves because something rang.
@pytest.fixture
def running() -> Iterator[Running]:
    made = Running(Pace(poll_s=2, look_s=3_600))
    made.sync.start()
    assert eventually(made.online)
    yield made
    made.sync.stop()


def test_both_threads_carry_their_names(running: Running) -> None:
    names = {thread.name for thread in threading.enumerate()}

    assert {"sync-post", "sync-feed"} <= names


def test_a_recorded_operation_is_sent_and_confirmed_because_it_rang(running: Running) -> None:
    running.desk.record()

    running.sync.wake()

    assert eventually(running.desk.confirmed)


def test_a_burst_of_scans_is_all_sent_though_rings_run_together(running: Running) -> None:
    for _ in range(200):
        running.desk.record()
        running.sync.wake()

    assert eventually(running.desk.confirmed)
    assert len(running.ledger.ids()) == 200


def test_an_outbox_nobody_rang_for_is_found_by_time() -> None:
    made = Running(Pace(poll_s=2, look_s=0.05))
    made.sync.start()
    assert eventually(made.online)

    made.desk.record()

    assert eventually(made.desk.confirmed)
    made.sync.stop()


def test_what_was_recorded_offline_is_sent_when_the_link_is_back(
    running: Running, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("offline")
    running.wire.set_cut(True)
    assert eventually(running.offline)
    for _ in range(20):
        running.desk.record()
        running.sync.wake()

    running.wire.set_cut(False)

    assert eventually(running.desk.confirmed)
    assert eventually(running.online)


def test_network_up_is_tried_at_once_however_long_the_wait_had_grown(
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("offline")
    made = Running(Pace(), Unlucky())
    made.wire.set_cut(True)
    made.sync.start()
    assert eventually(made.offline)
    made.desk.record()
    made.sync.wake()
    # Both threads now wait for a minute.
    assert eventually(lambda: made.wire.tries >= 4)
    made.wire.set_cut(False)

    made.sync.link_up()

    assert eventually(made.desk.confirmed)
    made.sync.stop()


def test_while_the_ledger_is_away_it_is_known_when_it_is_tried_again(
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("offline")
    away = Running(Pace(poll_s=2, look_s=3_600), Unlucky())
    away.wire.set_cut(True)
    away.sync.start()
    assert eventually(away.offline)

    assert eventually(lambda: (away.sync.next_try_s() or 0) > 1)
    away.wire.set_cut(False)
    away.sync.link_up()
    assert eventually(away.online)
    assert eventually(lambda: away.sync.next_try_s() is None)
    away.sync.stop()


def test_one_dropped_connection_is_not_an_outage(running: Running) -> None:
    polls = len(running.wire.polls)
    running.wire.drop()
    assert eventually(lambda: len(running.wire.polls) > polls)
    running.desk.record()
    running.sync.wake()

    assert eventually(running.desk.confirmed)
    assert [seen.state for seen in running.desk.links] == ["online"]


def test_an_outage_of_many_tries_is_told_once_lost_and_once_back(
    running: Running, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("offline")
    running.desk.record()
    running.wire.set_cut(True)
    running.sync.wake()
    tries = running.wire.tries
    assert eventually(lambda: running.wire.tries > tries + 5)

    running.wire.set_cut(False)

    assert eventually(lambda: running.online() and running.desk.confirmed())
    assert [seen.state for seen in running.desk.links] == ["online", "offline", "online"]


def test_offline_the_feed_asks_short_questions(
    running: Running, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("offline")
    running.wire.set_cut(True)
    assert eventually(running.offline)
    running.wire.polls.clear()

    running.wire.set_cut(False)

    assert eventually(lambda: len(running.wire.polls) >= 2)
    assert running.wire.polls[:2] == [0, 2]


def test_recording_while_offline_does_not_hammer_the_ledger(
    running: Running, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("offline")
    running.wire.set_cut(True)
    assert eventually(running.offline)
    tries = running.wire.tries

    for _ in range(5_000):
        running.sync.wake()

    assert running.wire.tries - tries < 50


def test_a_ledger_that_does_not_wait_is_not_asked_without_a_pause(running: Running) -> None:
    running.wire.waits = False
    running.wire.polls.clear()

    threading.Event().wait(0.5)

    assert len(running.wire.polls) <= 2


def test_a_ledger_that_asks_for_time_gets_it(running: Running, expected_logs: ExpectedLogs) -> None:
    busy = NotNow(problem="retry_later", sentence="The ledger is busy.", retry_after_s=30)
    running.ledger.answer_instead = busy
    running.desk.record()
    running.sync.wake()
    assert eventually(lambda: len(running.ledger.posts) == 1)

    running.sync.link_up()
    running.sync.wake()
    threading.Event().wait(0.2)

    assert len(running.ledger.posts) == 1


@pytest.mark.parametrize("fault", [Fault("A page with a hole."), ZeroDivisionError("ours")])
def test_a_fault_in_one_step_does_not_end_the_sync(
    running: Running,
    fault: Exception,
    monkeypatch: pytest.MonkeyPatch,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("sync-post: a step failed")
    expected_logs.expect("offline")

    def broken(limit: int) -> PostBatch | None:
        raise fault

    monkeypatch.setattr(running.desk, "next_batch", broken)
    running.sync.wake()
    assert eventually(running.offline)
    monkeypatch.undo()
    running.desk.record()

    running.sync.link_up()

    assert eventually(running.desk.confirmed)
    assert eventually(running.online)


def test_a_station_too_busy_to_take_part_is_not_an_outage(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def busy(limit: int) -> PostBatch | None:
        asked.append(limit)
        raise Trouble("The station does not answer.")

    monkeypatch.setattr(running.desk, "next_batch", busy)
    running.sync.wake()
    assert eventually(lambda: len(asked) > 1)
    monkeypatch.undo()
    running.desk.record()

    assert eventually(running.desk.confirmed)
    assert [seen.state for seen in running.desk.links] == ["online"]


def test_a_refused_station_says_so_and_keeps_its_outbox(
    running: Running, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("not_enrolled")
    running.ledger.stations.clear()
    running.desk.record()

    running.sync.wake()

    assert eventually(lambda: running.desk.links[-1].state == "not_enrolled")
    assert running.desk.transports() == ["unsent"]


def test_a_restored_ledger_is_followed_by_running_threads(running: Running) -> None:
    backup = running.ledger.backup()
    for _ in range(5):
        running.desk.record()
    running.sync.wake()
    assert eventually(running.desk.confirmed)

    running.ledger.restore(backup, announced=True)
    running.sync.link_up()

    assert eventually(lambda: len(running.ledger.ids()) == 5 and running.desk.confirmed())
    assert running.desk.balances["DOCK-1", "MUG-BLUE"] == 5


def test_stopping_cuts_a_long_poll_short() -> None:
    made = Running(Pace(poll_s=25, look_s=3_600))
    made.sync.start()
    assert eventually(lambda: 25 in made.wire.polls)

    began = time.monotonic()
    made.sync.stop()

    assert time.monotonic() - began < 2.0
    assert made.wire.closed


def test_stopping_cuts_a_long_back_off_short(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("offline")
    made = Running(Pace())
    made.wire.set_cut(True)
    made.sync.start()
    assert eventually(made.offline)

    began = time.monotonic()
    made.sync.stop()

    assert time.monotonic() - began < 2.0


# ------------------------------------------------------------------ the bell


def test_a_ring_between_two_waits_is_not_missed() -> None:
    bell = Bell()
    bell.ring(Ring.WORK)

    assert bell.wait(0.0, Ring.WORK) is Ring.WORK
    assert bell.wait(0.0, Ring.WORK) is None


def test_a_weaker_ring_waits_until_it_is_heeded() -> None:
    bell = Bell()
    bell.ring(Ring.WORK)

    assert bell.wait(0.01, Ring.LINK_UP) is None
    assert bell.wait(0.0, Ring.WORK) is Ring.WORK


def test_the_end_rings_for_ever() -> None:
    bell = Bell()
    bell.ring(Ring.STOP)
    bell.ring(Ring.WORK)

    assert bell.wait(60.0, Ring.WORK) is Ring.STOP
    assert bell.wait(60.0, Ring.STOP) is Ring.STOP
    assert bell.stopped
