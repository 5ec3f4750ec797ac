"""A damaged book on the page: told in two languages, restored with two keys, never by a scan."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.errors import Damaged
from tests.fakes.beeper import FakeBeeper
from tests.fakes.workstation import FakeWorkstation
from tests.support.leaks import ExpectedLogs
from ui.application import Extras, Program
from ui.dressing import Look
from ui.pages.damaged import DamagedPage
from ui.workstation import Workstation

MADE_AT = "2026-11-20T08:15:00Z"
SENTENCE = "The book /srv/packhouse/book.db is damaged. It is kept as it is."


class Station:
    """One whose book is damaged until it was restored."""

    def __init__(self, backup: str = MADE_AT) -> None:
        self.fake = FakeWorkstation()
        self.backup, self.restored = backup, 0

    def start(self) -> Workstation:
        if not self.restored:
            raise Damaged(SENTENCE, backup=self.backup)
        return self.fake

    def restore(self) -> None:
        self.restored += 1


Open = Callable[..., Program]


@pytest.fixture
def open_program(qtbot: QtBot, expected_logs: ExpectedLogs) -> Iterator[Open]:
    expected_logs.expect("is damaged")
    programs: list[Program] = []

    def make(station: Station, language: str = "en") -> Program:
        extras = replace(Extras(sound=FakeBeeper), restore=station.restore)
        program = Program(station.start, Look(theme="light", language=language), extras)
        programs.append(program)
        qtbot.addWidget(program.window)
        program.open()
        qtbot.waitUntil(lambda: isinstance(program.window.overlay, DamagedPage))
        return program

    yield make
    for program in programs:
        program.close()


def page_of(program: Program) -> DamagedPage:
    page = program.window.overlay
    assert isinstance(page, DamagedPage)
    return page


@pytest.mark.parametrize(
    ("language", "head"),
    [
        ("en", "The book of this station is damaged"),
        ("de", "Das Buch dieser Station ist beschädigt"),
    ],
)
def test_it_is_told_what_is_kept_and_which_backup_there_is(
    open_program: Open, language: str, head: str
) -> None:
    page = page_of(open_program(Station(), language))

    assert page.head.text() == head
    assert page.moment in page.next.text()
    assert [action.key for action in page.key_actions] == ["F5", "Esc"]


def test_two_keys_restore_and_the_station_starts(qtbot: QtBot, open_program: Open) -> None:
    station = Station()
    program = open_program(station)

    QTest.keyClick(program.window, Qt.Key.Key_F5)
    assert station.restored == 0
    QTest.keyClick(program.window, Qt.Key.Key_F8)

    qtbot.waitUntil(lambda: bool(station.fake.listeners))
    assert station.restored == 1
    assert program.window.overlay is None
    assert program.exit_code == 0


def test_no_scan_and_no_enter_restores(qtbot: QtBot, open_program: Open) -> None:
    station = Station()
    program = open_program(station)
    QTest.keyClick(program.window, Qt.Key.Key_F5)

    for code in ("2900000000018", "CMD:YES", "F8"):
        QTest.keyClicks(program.window, code)
        QTest.keyClick(program.window, Qt.Key.Key_Return)

    assert station.restored == 0
    assert [action.key for action in page_of(program).key_actions] == ["F8", "Esc"]


def test_who_thinks_better_of_it_leaves_everything_as_it_is(
    qtbot: QtBot, open_program: Open
) -> None:
    station = Station()
    program = open_program(station)
    QTest.keyClick(program.window, Qt.Key.Key_F5)

    QTest.keyClick(program.window, Qt.Key.Key_Escape)

    assert [action.key for action in page_of(program).key_actions] == ["F5", "Esc"]
    assert station.restored == 0
    QTest.keyClick(program.window, Qt.Key.Key_Escape)
    assert not program.window.isVisible()
    assert program.exit_code != 0


def test_without_a_backup_it_says_whom_to_call(open_program: Open) -> None:
    page = page_of(open_program(Station(backup="")))

    assert "--restore FILE" in page.next.text()
    assert [action.key for action in page.key_actions] == ["Esc"]
