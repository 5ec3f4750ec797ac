"""The window first, the station behind it; both end in order, whatever happens."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.errors import Trouble
from app.station.events import Event, ScreenChanged
from app.station.screen import Tone
from tests.fakes.beeper import FakeBeeper
from tests.fakes.workstation import FakeWorkstation
from tests.support.leaks import ExpectedLogs
from ui.application import FAILED, Extras, Passphrase, Program
from ui.crash import FILE_NAME, CrashHooks
from ui.dressing import Look
from ui.gallery.packing import NEXT
from ui.pages.passphrase import PassphrasePage
from ui.widgets.kit import Kit
from ui.workstation import Workstation

Open = Callable[..., Program]
ROOT = Path(__file__).resolve().parents[2]
SILENT = Extras(sound=FakeBeeper)


@pytest.fixture
def open_program(qtbot: QtBot) -> Iterator[Open]:
    programs: list[Program] = []

    def make(start: Callable[[], Workstation], extras: Extras | None = None) -> Program:
        program = Program(start, Look(theme="light"), extras or SILENT)
        programs.append(program)
        qtbot.addWidget(program.window)
        program.open()
        return program

    yield make
    for program in programs:
        program.close()


def test_the_station_is_started_after_the_first_paint_and_on_another_thread(
    qtbot: QtBot, open_program: Open
) -> None:
    started: list[tuple[bool, str]] = []
    station = FakeWorkstation()
    holder: list[Program] = []

    def start() -> Workstation:
        started.append((holder[0].window._was_painted, threading.current_thread().name))
        return station

    holder.append(program := Program(start, Look(theme="light"), SILENT))
    qtbot.addWidget(program.window)
    assert started == []
    program.open()
    qtbot.waitUntil(lambda: bool(station.listeners))
    program.close()

    painted, thread = started[0]
    assert painted
    assert thread.startswith("start")
    assert station.stopped


def test_the_first_screen_takes_the_place_of_opening_the_book(
    qtbot: QtBot, open_program: Open
) -> None:
    station = FakeWorkstation()
    program = open_program(lambda: station)
    assert program.window.prompt.tone is Tone.BUSY
    qtbot.waitUntil(lambda: bool(station.listeners))

    station.announce(ScreenChanged(NEXT))

    qtbot.waitUntil(lambda: program.window.prompt.tone is Tone.ASK)


def test_a_station_that_cannot_start_is_said_on_the_whole_page(
    qtbot: QtBot, open_program: Open, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("already running")
    sentence = "Packhouse is already running on /data (process 812). Use that window."

    def start() -> Workstation:
        raise Trouble(sentence)

    program = open_program(start)
    qtbot.waitUntil(lambda: program.window.prompt.tone is Tone.ERROR)

    assert sentence in program.window.prompt.accessibleName()
    assert program.exit_code == FAILED


def test_a_hole_in_our_reasoning_at_the_start_is_a_sentence_too(
    qtbot: QtBot, open_program: Open, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("The station could not be started")
    expected_logs.expect("No station")

    def start() -> Workstation:
        raise ZeroDivisionError

    program = open_program(start)
    qtbot.waitUntil(lambda: program.window.prompt.tone is Tone.ERROR)

    assert "Tell IT" in program.window.prompt.accessibleName()


def test_a_window_closed_while_the_book_opens_still_stops_the_station(
    qtbot: QtBot, open_program: Open
) -> None:
    station, inside, go = FakeWorkstation(), threading.Event(), threading.Event()

    def start() -> Workstation:
        inside.set()
        assert go.wait(5)
        return station

    program = open_program(start)
    qtbot.waitUntil(inside.is_set)
    go.set()
    program.close()

    assert station.stopped


def test_a_listener_hears_every_event_beside_the_window(qtbot: QtBot, open_program: Open) -> None:
    station = FakeWorkstation()
    heard: list[Event] = []
    open_program(lambda: station, replace(SILENT, listener=heard.append))
    qtbot.waitUntil(lambda: len(station.listeners) == 2)

    station.announce(ScreenChanged(NEXT))

    assert heard == [ScreenChanged(NEXT)]


def test_every_kind_of_page_is_kept_once_as_a_picture(
    qtbot: QtBot, open_program: Open, tmp_path: Path
) -> None:
    station = FakeWorkstation()
    open_program(lambda: station, replace(SILENT, pictures=tmp_path))
    qtbot.waitUntil(lambda: bool(station.listeners))

    for _ in range(3):
        station.announce(ScreenChanged(NEXT))
        qtbot.wait(5)
    file = tmp_path / "pack-pack-scan_item.png"
    qtbot.waitUntil(file.exists)

    assert len(list(tmp_path.glob("pack-*"))) == 1


def test_an_error_nobody_caught_is_kept_in_a_file_and_said_once(
    qapp: QApplication, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("Nobody caught this")
    told: list[BaseException] = []
    hooks = CrashHooks(tmp_path, told.append)
    hooks.install()
    try:
        error = ValueError("a slot")
        sys.excepthook(ValueError, error, None)
        thread = threading.Thread(target=lambda: 1 / 0, name="sync")
        thread.start()
        thread.join()
    finally:
        hooks.remove()

    assert [type(one) for one in told] == [ValueError, ZeroDivisionError]
    assert (tmp_path / FILE_NAME).exists()
    assert sys.excepthook is sys.__excepthook__


def test_the_window_is_there_before_anything_heavy_is_imported() -> None:
    heavy = ("sqlalchemy", "alembic", "httpx", "cryptography", "miniaudio", "litestar", "barcode")
    code = f"import sys, ui.application; print([m for m in {heavy} if m in sys.modules])"

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert done.stdout.strip() == "[]"


def _needs_one(tried: list[str | None]) -> Callable[[str | None], Workstation]:
    """A station that opens with one passphrase; what was tried is told."""
    station = FakeWorkstation()

    def start(typed: str | None = None) -> Workstation:
        tried.append(typed)
        if typed != "kettle meadow trolley?":
            raise Trouble("The passphrase is not the one of this station. Try again.")
        return station

    return start


@pytest.mark.parametrize("is_new", [False, True])
def test_a_passphrase_is_asked_on_the_page_and_typed_with_the_keyboard_alone(
    qtbot: QtBot, is_new: bool
) -> None:
    tried: list[str | None] = []
    start = _needs_one(tried)
    asked = Passphrase(lambda error: isinstance(error, Trouble), lambda: is_new, start)
    extras = Extras(sound=FakeBeeper, passphrase=asked)
    program = Program(lambda: start(None), Look(theme="light"), extras)
    qtbot.addWidget(program.window)
    program.open()

    def type_into(text: str) -> None:
        qtbot.waitUntil(lambda: isinstance(program.window.overlay, PassphrasePage))
        page = program.window.overlay
        assert isinstance(page, PassphrasePage)
        for line in (page.line, page.again) if is_new else (page.line,):
            line.setFocus()
            QTest.keyClicks(line, text)
        QTest.keyClick(page.line, Qt.Key.Key_Return)

    type_into("12 wrong")
    qtbot.waitUntil(lambda: len(tried) == 2)
    type_into("kettle meadow trolley?")
    qtbot.waitUntil(lambda: len(tried) == 3)
    qtbot.waitUntil(lambda: program.window.overlay is None)
    program.close()

    assert tried == [None, "12 wrong", "kettle meadow trolley?"]


def test_two_different_new_passphrases_are_asked_again(kit: Kit, qtbot: QtBot) -> None:
    entered: list[str] = []
    page = PassphrasePage(kit, "No keyring.", entered.append, lambda: None, twice=True)
    qtbot.addWidget(page)
    page.line.setText("kettle meadow")
    page.again.setText("kettle maedow")

    page.take(page.key_actions[0])

    assert entered == []
    assert page.line.text() == page.again.text() == ""
    assert page.sentence.text() == kit.words.of("ui.passphrase_differs")
