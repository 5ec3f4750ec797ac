"""Events from any thread arrive on the window's; answers of a page that was left are dropped."""

import threading
from collections.abc import Sequence

from pytestqt.qtbot import QtBot

from app.domain.scan import Scan
from app.errors import PackhouseError, Trouble
from app.station.events import ScreenChanged, Settled, Sounded
from app.station.inbox import Do, Intent, Message
from app.station.screen import Sound
from app.station.views import Health, OutboxRow, Sending, Views
from tests.fakes.workstation import FakeWorkstation
from tests.support.leaks import ExpectedLogs
from ui.bridge import EARLY_LIMIT, StationBridge, Visit
from ui.gallery.book import HEALTH
from ui.gallery.packing import NEXT


class SlowViews:
    """A book that is read when the test says so."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.thread = ""

    def outbox(self, limit: int) -> tuple[OutboxRow, ...]:
        raise Trouble("The disk is full. Free some space.")

    def scans(self, limit: int) -> tuple[()]:
        msg = "a hole in our reasoning"
        raise ValueError(msg)

    def health(self) -> Health:
        self.thread = threading.current_thread().name
        assert self.go.wait(5)
        return HEALTH

    def recorded(self, operation: str) -> None:
        return None

    def sending(self) -> Sending:
        return Sending()

    def diagnose(self, devices: Sequence[str]) -> str:
        return f"{len(devices)} devices"


def attached(views: Views | None = None) -> tuple[StationBridge, FakeWorkstation]:
    bridge, station = StationBridge(), FakeWorkstation()
    if views is not None:
        station.views = views
    bridge.attach(station)
    return bridge, station


def test_an_event_of_another_thread_is_handled_on_the_windows(qtbot: QtBot) -> None:
    bridge, station = attached()
    seen: list[tuple[object, int]] = []
    bridge.screen_changed.connect(lambda screen: seen.append((screen, threading.get_ident())))

    thread = threading.Thread(target=station.announce, args=(ScreenChanged(NEXT),))
    thread.start()
    thread.join()
    assert seen == [], "it must not run on the station's thread"
    qtbot.waitUntil(lambda: bool(seen))

    assert seen == [(NEXT, threading.get_ident())]
    bridge.close()


def test_events_of_many_threads_arrive_all_and_each_threads_in_order(qtbot: QtBot) -> None:
    bridge, station = attached()
    seen: list[str] = []
    bridge.settled.connect(lambda settled: seen.append(settled.operation))

    def announce(name: str) -> None:
        for number in range(200):
            station.announce(Settled(f"{name}-{number:03d}", "posted", ""))

    threads = [threading.Thread(target=announce, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    qtbot.waitUntil(lambda: len(seen) == 800)

    for name in "abcd":
        own = [operation for operation in seen if operation.startswith(name)]
        assert own == sorted(own)
    bridge.close()


def test_what_is_scanned_before_the_book_is_open_goes_in_first_and_in_order(qtbot: QtBot) -> None:
    bridge, station = StationBridge(), FakeWorkstation()
    early: list[Message] = [Scan(b"ORD-48213\r", "ORD-48213"), Do(Intent.NEXT)]
    for message in early:
        bridge.send(message)

    bridge.attach(station)
    bridge.send(Do(Intent.UNDO))

    assert station.inbox == [*early, Do(Intent.UNDO)]
    bridge.close()


def test_what_waits_for_the_book_is_bounded(qtbot: QtBot, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("Dropped an input made before the station was open")
    bridge, station = StationBridge(), FakeWorkstation()

    for number in range(EARLY_LIMIT + 1):
        bridge.send(Do(Intent.CODE, str(number)))
    bridge.attach(station)

    assert len(station.inbox) == EARLY_LIMIT
    bridge.close()


def test_a_question_is_read_on_a_reader_and_answered_on_the_windows_thread(qtbot: QtBot) -> None:
    views = SlowViews()
    bridge, _ = attached(views)
    answers: list[tuple[Health, int]] = []

    bridge.ask(
        lambda book: book.health(),
        lambda health: answers.append((health, threading.get_ident())),
        Visit(),
    )
    views.go.set()
    qtbot.waitUntil(lambda: bool(answers))

    assert views.thread.startswith("reader")
    assert answers == [(HEALTH, threading.get_ident())]
    bridge.close()


def test_the_answer_of_a_page_that_was_left_is_dropped(qtbot: QtBot) -> None:
    views, visit = SlowViews(), Visit()
    bridge, _ = attached(views)
    answers: list[Health] = []

    bridge.ask(lambda book: book.health(), answers.append, visit)
    visit.leave()
    views.go.set()
    bridge.drain()

    assert answers == []
    bridge.close()


def test_a_question_that_fails_is_told_in_a_sentence(
    qtbot: QtBot, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("The disk is full")
    expected_logs.expect("The book could not be read")
    bridge, _ = attached(SlowViews())
    errors: list[PackhouseError] = []

    bridge.ask(lambda book: book.outbox(1), lambda _: None, Visit(), errors.append)
    bridge.drain()
    bridge.ask(lambda book: book.scans(1), lambda _: None, Visit(), errors.append)
    bridge.drain()

    assert [error.say for error in errors] == [
        "The disk is full. Free some space.",
        "The book could not be read. Work goes on; try again.",
    ]
    assert "a hole in our reasoning" in errors[1].detail
    bridge.close()


def test_after_closing_nothing_arrives_any_more(qtbot: QtBot) -> None:
    bridge, station = attached()
    played: list[Sound] = []
    bridge.sounded.connect(played.append)

    station.announce(Sounded(Sound.ACCEPTED))
    bridge.close()
    station.announce(Sounded(Sound.WRONG))
    qtbot.wait(0)

    assert played == []
