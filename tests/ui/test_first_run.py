"""The first run in the real window: by keys alone, live in language and size, then the station."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
import zxingcpp
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.catalogue import languages
from app.errors import PackhouseError
from app.setup.answers import Answers, Step
from app.setup.scanner_check import TEST_CODE
from app.setup.station import FirstRun
from app.station.events import FooterChanged, ScreenChanged
from app.station.inbox import Do, Intent
from app.station.screen import Wishes
from tests.fakes.beeper import FakeBeeper
from tests.fakes.hands import FakeHands
from tests.fakes.workstation import FakeWorkstation
from tests.ui.conftest import Bench
from ui.application import Extras, Program
from ui.dressing import Look, wished
from ui.gallery.bench import ONLINE
from ui.gallery.packing import NEXT
from ui.gallery.scenes import scenes
from ui.workstation import Workstation

CODE = "4Q7ZK2M9XB"
FINGERPRINT = "41f09c2e" * 4


class FakeDemo(FakeWorkstation):
    """A demo that has started as soon as it is asked to."""

    closed = False

    def start(self) -> Workstation:
        return self

    def press(self, name: str) -> None:
        pass

    def close(self) -> None:
        self.closed = True


class Desk:
    """A program whose first run touches nothing, and the station that comes after it."""

    def __init__(self, qtbot: QtBot, folder: Path, answers: Answers) -> None:
        self.qtbot, self.hands = qtbot, FakeHands(folder)
        self.station, self.demo = FakeWorkstation(), FakeDemo()
        self.first = FirstRun(answers, languages(), self.hands, _never)
        self._started: list[Workstation] = []
        extras = Extras(sound=FakeBeeper, demo=lambda: self.demo)
        self.program = Program(self._start, Look(theme="light"), extras)
        self.program.open()
        self.until("setup.")

    def _start(self) -> Workstation:
        if self._started:
            return self.station
        self._started.append(self.first)
        self.first.start()
        return self.first

    @property
    def now(self) -> str:
        return self.program.window.screen_value.prompt.title.code

    def until(self, title: str) -> None:
        self.qtbot.waitUntil(lambda: self.now.startswith(title))

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.program.window.scan_line, key)

    def type_line(self, line: str) -> None:
        QTest.keyClicks(self.program.window.scan_line, line)
        self.key(Qt.Key.Key_Return)


def _never(_error: PackhouseError) -> bool:
    return False


@pytest.fixture
def sit_down(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(answers: Answers | None = None) -> Desk:
        desks.append(Desk(qtbot, tmp_path, answers or Answers()))
        return desks[-1]

    yield make
    for desk in desks:
        desk.program.close()
        desk.program.window.deleteLater()


def test_by_keys_alone_from_the_language_to_the_station(sit_down: Callable[..., Desk]) -> None:
    desk = sit_down()
    for key, then in ((Qt.Key.Key_F10, "setup.server"),):
        desk.key(key)
        desk.until(then)
    desk.type_line("ledger:8800")
    desk.until("setup.trust")
    desk.type_line(FINGERPRINT)
    desk.until("setup.code")
    desk.type_line(CODE)
    desk.until("setup.station")
    for key, then in (
        (Qt.Key.Key_F10, "setup.scanner"),
        (Qt.Key.Key_1, "setup.scan"),
        (Qt.Key.Key_F6, "setup.scale"),
        (Qt.Key.Key_F6, "setup.printer"),
        (Qt.Key.Key_F6, "setup.sound"),
        (Qt.Key.Key_F10, "setup.done"),
    ):
        desk.key(key)
        desk.until(then)
    desk.qtbot.waitUntil(lambda: bool(desk.station.listeners))
    desk.station.announce(ScreenChanged(NEXT))

    desk.until("pack.")
    assert desk.hands.done[:2] == ["reach https://ledger:8800", "enrol"]


def test_language_size_and_theme_change_at_once(sit_down: Callable[..., Desk]) -> None:
    desk = sit_down()
    before = desk.program.window

    desk.key(Qt.Key.Key_1)
    desk.qtbot.waitUntil(lambda: desk.program.window.prompt.accessibleName().startswith("Sprache"))
    desk.key(Qt.Key.Key_9)
    desk.qtbot.waitUntil(lambda: desk.program.window.kit.theme.name == "dark")

    assert not shiboken6.isValid(before), "two windows would be dressed at every change"
    assert desk.program.window.isVisible()
    assert desk.program.window.scan_line.hasFocus()


def test_the_demo_needs_no_server(sit_down: Callable[..., Desk]) -> None:
    desk = sit_down(Answers(step=Step.SERVER))

    desk.key(Qt.Key.Key_F6)
    desk.qtbot.waitUntil(lambda: bool(desk.demo.listeners))
    desk.demo.announce(ScreenChanged(NEXT))
    desk.until("pack.")
    desk.program.close()

    assert desk.program.window.simulator is not None
    assert desk.demo.closed


def test_a_person_who_wishes_nothing_sees_what_the_station_has() -> None:
    station = Look("dark", "de", 125)

    assert wished(station, None) == wished(station, Wishes()) == station
    assert wished(station, Wishes("en", "contrast", 200)) == Look("contrast", "en", 200)
    assert wished(station, Wishes("tlh", "sepia")) == station


def test_the_code_on_the_screen_is_read_by_a_scanner(bench: Bench, tmp_path: Path) -> None:
    scene = next(scene for scene in scenes() if scene.name == "setup_4_scan")
    assert scene.screen is not None

    bench.show(replace(scene.screen))
    bench.window.grab().save(str(tmp_path / "screen.png"))

    with Image.open(tmp_path / "screen.png") as image:
        (seen,) = zxingcpp.read_barcodes(image.convert("L"))
    assert seen.text == TEST_CODE


def test_whoever_signs_in_gets_their_size_theme_and_volume(sit_down: Callable[..., Desk]) -> None:
    desk = sit_down()
    beeper = desk.program._beeper
    beeper.volume, beeper.muted = 80, False

    for wishes, theme, volume in (
        (Wishes(theme="contrast", volume=20, muted=True), "contrast", 20),
        (None, "light", 80),
    ):
        desk.program.bridge.announce(ScreenChanged(replace(NEXT, wishes=wishes)))
        desk.qtbot.waitUntil(lambda theme=theme: desk.program.window.kit.theme.name == theme)  # type: ignore[misc]
        assert (beeper.volume, beeper.muted) == (volume, wishes is not None)
        beeper_kept = beeper.volume = 60
        desk.program.bridge.announce(ScreenChanged(replace(NEXT, done=1, wishes=wishes)))
        desk.qtbot.waitUntil(lambda: desk.program.window.screen_value.done == 1)
        assert beeper.volume == beeper_kept, "what was changed by hand since then stays"


def test_a_volume_changed_by_hand_is_kept_by_whoever_is_signed_in(bench: Bench) -> None:
    bench.bridge.announce(FooterChanged(replace(ONLINE, person="")))
    QApplication.processEvents()
    bench.window.health.toggle_sound()
    assert bench.station.asked == []
    bench.bridge.announce(FooterChanged(ONLINE))
    QApplication.processEvents()
    bench.window.health.toggle_sound()
    bench.window.health.change_volume(-20)

    volume = str(bench.beeper.volume)
    assert bench.station.asked == [
        Do(Intent.WISH, "muted", "on"),
        Do(Intent.WISH, "volume", volume),
    ]
