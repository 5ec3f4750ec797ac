"""A scan never reaches a widget, wherever the focus is; what a person types always does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.devices.wedge import WedgeDecoder
from app.domain.scan import Scan
from ui.wedge_filter import GS, WedgeFilter

EAN = "4006381333931"
SUFFIX_KEYS = {"\r": Qt.Key.Key_Return, "\n": Qt.Key.Key_Return, "\t": Qt.Key.Key_Tab}


class Desk(QWidget):
    """A page full of traps: a number, a table, a default button, a field."""

    def __init__(self) -> None:
        super().__init__()
        self.spin, self.line = QSpinBox(), QLineEdit()
        self.spin.setMaximum(99_999_999)
        self.table = QTableWidget(20, 1)
        for row in range(20):
            self.table.setItem(row, 0, QTableWidgetItem(f"{row:02d} row"))
        self.table.setCurrentCell(0, 0)
        self.button = QPushButton("Yes")
        self.button.setDefault(True)
        self.pressed = 0
        self.button.clicked.connect(self._press)
        column = QVBoxLayout(self)
        for part in (self.spin, self.table, self.button, self.line):
            column.addWidget(part)

    def _press(self) -> None:
        self.pressed += 1

    @property
    def untouched(self) -> bool:
        """Whether nothing of the scan got through."""
        editing = self.table.state() == QTableWidget.State.EditingState
        return (
            self.spin.value() == 0
            and self.table.currentRow() == 0
            and not editing
            and self.pressed == 0
            and self.line.text() == ""
        )


class Keyboard:
    """Types with time stamps of its own, as the window system would deliver them."""

    def __init__(self, target: QWidget) -> None:
        self.target = target
        self.at_ms = 1_000

    def type(self, text: str, gap_ms: int) -> None:
        for character in text:
            self.at_ms += gap_ms
            self.press(character)

    def press(self, character: str) -> None:
        modifiers = Qt.KeyboardModifier.NoModifier
        if character == GS:
            key, modifiers = Qt.Key.Key_BracketRight, Qt.KeyboardModifier.ControlModifier
        elif character in SUFFIX_KEYS:
            key = SUFFIX_KEYS[character]
        else:
            key = Qt.Key(ord(character.upper()))
        event = QKeyEvent(QEvent.Type.KeyPress, key.value, modifiers, character)
        event.setTimestamp(self.at_ms)
        QApplication.sendEvent(QApplication.focusWidget() or self.target, event)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    page = Desk()
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    return page


@pytest.fixture
def scans(desk: Desk) -> Iterator[list[Scan]]:
    caught: list[Scan] = []
    wedge = WedgeFilter(WedgeDecoder(), caught.append, desk)
    wedge.install()
    yield caught
    QApplication.instance().removeEventFilter(wedge)  # type: ignore[union-attr]  # the qapp


@pytest.mark.parametrize("trap", ["spin", "table", "button", "line"])
@pytest.mark.parametrize("suffix", ["\r", "\n", "\t"])
def test_a_scan_reaches_no_widget_whatever_has_the_focus(
    qtbot: QtBot, desk: Desk, scans: list[Scan], trap: str, suffix: str
) -> None:
    target: QWidget = getattr(desk, trap)
    target.setFocus()

    Keyboard(target).type(EAN + suffix, gap_ms=4)
    qtbot.wait(80)

    assert [scan.text for scan in scans] == [EAN]
    assert scans[0].terminated
    assert desk.untouched
    assert target.hasFocus(), "a tab suffix moved the focus"


def test_several_codes_of_one_trigger_stay_several(
    qtbot: QtBot, desk: Desk, scans: list[Scan]
) -> None:
    desk.line.setFocus()

    Keyboard(desk.line).type(f"{EAN}\n4012345678901\nORD-48213\n", gap_ms=2)
    qtbot.wait(80)

    assert [scan.text for scan in scans] == [EAN, "4012345678901", "ORD-48213"]
    assert desk.untouched


def test_a_group_separator_survives_although_a_field_would_drop_it(
    qtbot: QtBot, desk: Desk, scans: list[Scan]
) -> None:
    desk.line.setFocus()
    code = f"0104006381333931{GS}10L-2291"

    Keyboard(desk.line).type(code + "\r", gap_ms=3)
    qtbot.wait(80)

    assert [scan.text for scan in scans] == [code]


def test_a_scan_without_a_suffix_ends_by_silence(
    qtbot: QtBot, desk: Desk, scans: list[Scan]
) -> None:
    desk.spin.setFocus()

    Keyboard(desk.spin).type(EAN, gap_ms=3)
    qtbot.waitUntil(lambda: bool(scans))

    assert (scans[0].text, scans[0].terminated) == (EAN, False)
    assert desk.untouched


def test_slow_typing_reaches_the_field_in_order(
    qtbot: QtBot, desk: Desk, scans: list[Scan]
) -> None:
    desk.line.setFocus()

    Keyboard(desk.line).type("ORD-48213", gap_ms=90)

    qtbot.waitUntil(lambda: desk.line.text() == "ORD-48213")
    assert scans == []


def test_enter_after_typing_still_is_enter(qtbot: QtBot, desk: Desk, scans: list[Scan]) -> None:
    desk.line.setFocus()
    entered: list[str] = []
    desk.line.returnPressed.connect(lambda: entered.append(desk.line.text()))

    Keyboard(desk.line).type("42\r", gap_ms=120)

    qtbot.waitUntil(lambda: bool(entered))
    assert entered == ["42"]
    assert scans == []


def test_a_key_no_scanner_sends_does_not_overtake_what_was_typed(
    qtbot: QtBot, desk: Desk, scans: list[Scan]
) -> None:
    desk.line.setFocus()
    keyboard = Keyboard(desk.line)
    keyboard.type("AB", gap_ms=120)
    event = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Home.value, Qt.KeyboardModifier.NoModifier, ""
    )
    QApplication.sendEvent(desk.line, event)
    keyboard.type("C", gap_ms=120)

    qtbot.waitUntil(lambda: desk.line.text() == "CAB")
    assert scans == []


def test_a_busy_window_does_not_cut_a_scan_in_two(
    qtbot: QtBot, desk: Desk, scans: list[Scan]
) -> None:
    """The keys were 4 ms apart; the window got round to the second half 200 ms later."""
    desk.spin.setFocus()
    keyboard = Keyboard(desk.spin)
    keyboard.type(EAN[:6], gap_ms=4)
    import time

    stop = time.monotonic() + 0.2
    while time.monotonic() < stop:
        pass
    keyboard.type(EAN[6:] + "\r", gap_ms=4)
    qtbot.wait(80)

    assert [scan.text for scan in scans] == [EAN]
    assert desk.untouched


def test_the_separators_of_the_settings_reach_the_decoder(tmp_path: Path) -> None:
    from app.settings import load
    from ui.__main__ import wedge_decoder

    load(tmp_path, {"wedge_gs": "^] |"})
    remembered = load(tmp_path, {})
    decoder = wedge_decoder(remembered.wedge_gs)
    decisions = [decoder.key(key, at * 5_000_000) for at, key in enumerate("10AB^]21|7\r")]

    assert decisions[-1].scan is not None
    assert decisions[-1].scan.text == f"10AB{GS}21{GS}7"
