"""A window on a fake station, in the light theme, at nine fifty-two."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.catalogue import Catalogue
from app.station.screen import Screen
from tests.fakes.beeper import FakeBeeper
from tests.fakes.controls import FakeControls
from tests.fakes.workstation import FakeWorkstation
from ui.bridge import StationBridge
from ui.gallery.bench import NOW
from ui.main_window import MainWindow
from ui.text import Words
from ui.theme import Theme
from ui.widgets.kit import Kit

# Said by the offscreen platform for every window with a smallest size.
OFFSCREEN_NOISE = "This plugin does not support propagateSizeHints"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.qt_log_ignore(OFFSCREEN_NOISE))


@dataclass(slots=True)
class Bench:
    """Everything a test of the window touches."""

    window: MainWindow
    bridge: StationBridge
    station: FakeWorkstation
    beeper: FakeBeeper
    controls: FakeControls

    def show(self, screen: Screen) -> None:
        """What the station would announce."""
        self.window.show_screen(screen)


def dressed(theme: str = "light", scale: int = 100, language: str = "en") -> Kit:
    """A kit whose theme the application wears."""
    dress = Theme(theme, scale)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    dress.apply(application)
    return Kit(dress, Words(Catalogue.load(language, strict=True), UTC))


@pytest.fixture
def kit(qapp: QApplication) -> Kit:
    return dressed()


@pytest.fixture
def make_bench(qtbot: QtBot) -> Iterator[Callable[..., Bench]]:
    """Makes windows; ends their readers."""
    bridges: list[StationBridge] = []

    def make(
        *, theme: str = "light", scale: int = 100, language: str = "en", demo: bool = False
    ) -> Bench:
        kit = dressed(theme, scale, language)
        bridge, station = StationBridge(), FakeWorkstation()
        bridges.append(bridge)
        beeper, controls = FakeBeeper(), FakeControls()
        window = MainWindow(kit, bridge, beeper, lambda: NOW, controls if demo else None)
        bridge.setParent(window)
        bridge.attach(station)
        qtbot.addWidget(window)
        window.resize(1280, 800)
        window.show()
        window.activateWindow()
        return Bench(window, bridge, station, beeper, controls)

    yield make
    for bridge in bridges:
        bridge.close()


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()
