"""Signing in and stepping up in the real window: a badge is never text, a PIN is only dots."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.devices.wedge import WedgeDecoder
from app.domain.scan import Scan
from app.station.inbox import Do, Intent
from app.station.screen import Page, ProofState, ProofView
from tests.ui.conftest import Bench
from tests.ui.test_wedge_filter import Keyboard
from ui.gallery.packing import NEXT
from ui.gallery.scenes import scenes
from ui.pages.sign_in import SignInPage
from ui.wedge_filter import WedgeFilter

pytestmark = pytest.mark.ui
SCENES = {scene.name: scene for scene in scenes()}
DOOR = [name for name in SCENES if name.startswith(("sign_in", "step_up"))]
DRESSES = [("light", 100, "en"), ("dark", 150, "de")]


def show(bench: Bench, name: str) -> SignInPage:
    screen = SCENES[name].screen
    assert screen is not None
    bench.show(screen)
    page = bench.window.page
    assert isinstance(page, SignInPage)
    return page


def test_after_the_badge_the_digits_are_that_persons_pin(bench: Bench) -> None:
    page = show(bench, "sign_in_pin")
    for key in (*"246824", "Enter"):
        bench.window.press(key)

    assert bench.station.asked == [Do(Intent.SIGN_IN_PIN, "246824", "p-anna")]
    assert page.pad.display.text() == "–"


@pytest.mark.parametrize("name", ["sign_in_checking", "sign_in_shut"])
def test_nothing_is_typed_while_a_key_is_tried_or_nobody_may_try(bench: Bench, name: str) -> None:
    page = show(bench, name)
    for key in "1234":
        bench.window.press(key)

    assert page.pad.filled == 0
    assert not page.pad.isVisible()
    assert bench.station.asked == []


def test_half_a_pin_is_forgotten_when_another_badge_is_scanned(bench: Bench) -> None:
    page = show(bench, "sign_in_pin")
    for key in "2468":
        bench.window.press(key)
    screen = SCENES["sign_in_pin"].screen
    assert screen is not None
    bench.show(replace(screen, proof=ProofView(ProofState.PIN, "p-lena", "Lena Kraus")))

    assert page.pad.filled == 0


def test_a_screen_that_counts_seconds_leaves_the_typed_digits_alone(bench: Bench) -> None:
    page = show(bench, "sign_in_pin")
    for key in "2468":
        bench.window.press(key)
    screen = SCENES["sign_in_pin"].screen
    assert screen is not None
    bench.show(replace(screen, prompt=replace(screen.prompt, note=None, detail=None)))

    assert page.pad.filled == 4


def test_a_step_up_lies_over_the_task_and_goes_when_it_is_answered(bench: Bench) -> None:
    show(bench, "step_up_pin")
    assert bench.window.page is bench.window.step_up
    for key in (*"8642", "Esc"):
        bench.window.press(key)
    assert bench.station.asked[-1] == Do(Intent.NO)

    bench.show(NEXT)

    assert bench.window.page is bench.window.pages[Page.PACK]
    assert bench.window.step_up.pad.filled == 0


@pytest.mark.parametrize("code", ["PHB-novak-1234567890", "4006381333931", "2468246824"])
@pytest.mark.parametrize("name", ["sign_in", "sign_in_pin", "step_up_pin"])
def test_a_keyboard_scanner_types_nothing_into_the_pin(
    bench: Bench, qtbot: QtBot, name: str, code: str
) -> None:
    """A10: what a scanner types is a scan, a badge too, wherever the focus is."""
    page = show(bench, name)
    caught: list[Scan] = []
    wedge = WedgeFilter(WedgeDecoder(), caught.append, bench.window)
    wedge.install()
    try:
        bench.window.activateWindow()
        Keyboard(bench.window.scan_line).type(code + "\r", gap_ms=4)
        qtbot.wait(80)
    finally:
        QApplication.instance().removeEventFilter(wedge)  # type: ignore[union-attr]  # the qapp

    assert [scan.text for scan in caught] == [code]
    assert page.pad.filled == 0
    assert bench.window.scan_line.text() == ""
    assert bench.station.asked == []


@pytest.mark.parametrize(
    "name", [name for name in SCENES if name.startswith(("sign_in", "step_up"))]
)
@pytest.mark.parametrize(
    ("theme", "scale", "language"), [("light", 100, "en"), ("dark", 150, "de")]
)
def test_everything_is_said_whole_and_has_a_name(
    make_bench: Callable[..., Bench], name: str, theme: str, scale: int, language: str
) -> None:
    made = make_bench(theme=theme, scale=scale, language=language)
    page = show(made, name)
    QCoreApplication.processEvents()

    assert made.window.width() <= 1920
    for button in page.pad.findChildren(QPushButton):
        assert button.accessibleName()
    assert page.pad.display.accessibleName()
    assert page.people.accessibleName()
