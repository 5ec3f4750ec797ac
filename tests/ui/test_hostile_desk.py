"""A desk nobody is careful at: scans, keys and clicks by chance, cables and links that come and go.

Everything is real but the screen: window, station with its threads, devices on pseudo-terminals, a
ledger over HTTP. One seed is one sequence. Nothing may crash, no dialog may open, every scan has a
fate, and at the end the books are equal.
"""

import logging
import os
import string
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.devices.wedge import WedgeDecoder
from app.domain.operation import Kind
from app.station.events import Broken, Event, FooterChanged, Recorded, ScanDecided
from app.station.flow import CARDS
from app.station.inbox import LinkState
from app.station.screen import Page
from tests.fakes.beeper import FakeBeeper
from tests.support import bench, hall
from tests.support.deliveries import DRILL_CODE, JAM_CODE, TRAY_SIX
from tests.support.running import RunningSite
from tests.ui.conftest import dressed
from ui.application import wall_clock
from ui.bridge import StationBridge
from ui.main_window import MainWindow
from ui.wedge_filter import WedgeFilter

SHORT_S, LONG_S = 20.0, 600.0
# From here on chance has come by everything.
LONG_ENOUGH_S = 120.0
# After everything is plugged in again: what waits is sent.
SETTLE_MS = 60_000
BETWEEN_MS = (0, 5, 20, 60)
GOODS = ("2900000000018", "2900000000025", "2900000000049", "2900000000056")
BARCODES = {item.sku: code for item, code in zip(bench.ITEMS, GOODS, strict=True)}
ITEMS = (*GOODS, TRAY_SIX, JAM_CODE, DRILL_CODE)
ORDERS = tuple(f"ORD-{48_213 + n}" for n in range(40))
PAPERS = ("ASN-7001", "ASN-7002", "RMA-1041", "CNT-7", "CNT-8", "TR-5001", "TR-5003", *ORDERS)
PLACES = tuple(f"LOC:{place}" for some in hall.KINDS.values() for place in some)
TASKS = ("RECEIVE", "RETURN", "MOVE", "PICK", "TRANSFER", "COUNT", "EXCEPTIONS", "CLAIMS")
REASONS = ("DAMAGED", "GOOD", "DEFECTIVE", "NOT-FOUND", "LATER", "LOST", "MISCOUNTED", "SENT-MORE")
GS = "\x1d"
# Nothing, an empty box, a packed order, somebody who sits down.
WEIGHTS = (0, 120_000, 3_295_000, 90_000_000)
# Faster, and what is typed is a scan of a keyboard scanner.
TYPING_MS = 80
# Of what is done at the door, or on an error: else nobody gets to any work.
GETTING_ON = 0.5
NAMES = {f"F{n}": getattr(Qt.Key, f"Key_F{n}") for n in range(1, 13)}
NAMES |= {"Esc": Qt.Key.Key_Escape, "Enter": Qt.Key.Key_Return}
NAMED = list(NAMES.values())
NAMED += [Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Tab]
NAMED += [Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Backspace, Qt.Key.Key_Space]


class Vandal:
    """Does one thing after another, by chance.

    Args:
        window: The window.
        site: Station, ledger, devices and line.
        chance: By seed.
    """

    def __init__(self, window: MainWindow, site: RunningSite, chance: Random) -> None:
        self._window, self._site, self._chance = window, site, chance
        desk, link = site.bench, site.link
        self._acts: list[tuple[int, Callable[[], None]]] = [
            (25, lambda: self._scan(self._sensible())),
            (25, self._wanted),
            (12, lambda: self._scan(self._card())),
            (6, self._twice),
            (8, lambda: self._scan(self._garbage())),
            (20, self._printed),
            (15, self._key),
            (6, self._click),
            (2, self._prove),
            (3, lambda: desk.place(chance.choice(WEIGHTS))),
            (1, desk.unplug_scanner),
            (3, desk.plug_scanner),
            *((1, act) for act in (desk.unplug_scale, desk.plug_scale, desk.garbage_scale)),
            *((1, act) for act in (desk.paper_out, desk.printer_off, desk.printer_on)),
            *((1, act) for act in (link.cut, link.restore)),
        ]

    def act(self) -> None:
        """One thing."""
        shown = self._window.screen_value
        if self._chance.random() < GETTING_ON and (shown.locked or shown.page is Page.SIGN_IN):
            (self._printed if shown.locked else self._prove)()
            return
        weights = [weight for weight, _ in self._acts]
        ((_, act),) = self._chance.choices(self._acts, weights)
        act()

    def _scan(self, code: str) -> None:
        self._site.bench.scan(code, self._chance.choice((None, "]C1", "]E0", "]Q3")))

    def _wanted(self) -> None:
        """What the page asks for, where it says so; else what opens some work."""
        shown = self._window.screen_value
        skus = [line.sku for line in shown.lines if line.line == shown.current]
        codes = [BARCODES[sku] for sku in skus if sku in BARCODES]
        self._scan(codes[0] if codes else self._chance.choice(PAPERS))

    def _sensible(self) -> str:
        some = self._chance.choice((ITEMS, ITEMS, ITEMS, PAPERS, PLACES, self._bearing()))
        return self._chance.choice(some)

    def _bearing(self) -> tuple[str, ...]:
        lot = f"L-{self._chance.randrange(4)}"
        return (f"01{JAM_CODE:0>14}17270331{GS}10{lot}", f"01{DRILL_CODE:0>14}21SN{lot}", lot)

    def _card(self) -> str:
        chance = self._chance
        names = [
            *CARDS,
            "UP",
            "DOWN",
            f"QTY-{chance.randrange(1, 12)}",
            f"BOX-{chance.randrange(4)}",
        ]
        names += [f"TASK-{task}" for task in TASKS] + [f"REASON-{reason}" for reason in REASONS]
        return "CMD:" + chance.choice(names)

    def _twice(self) -> None:
        code = self._sensible()
        for _ in range(2):
            self._scan(code)

    def _garbage(self) -> str:
        chance = self._chance
        some = [chr(chance.choice((*range(1, 12), *range(14, 127), 0x1D, 0x7F))) for _ in range(30)]
        half = self._sensible()
        return chance.choice(("".join(some), half[: len(half) // 2], "9" * 3_000, GS * 3, "PHB-X"))

    def _key(self) -> None:
        chance, line = self._chance, self._window.scan_line
        if chance.random() < 0.6:
            QTest.keyClick(line, chance.choice(NAMED))
        else:
            QTest.keyClicks(line, chance.choice(string.digits + "AB-" + string.digits))

    def _printed(self) -> None:
        """One of the keys the page offers, as somebody does who only wants to get on."""
        keys = [one.key for one in self._window.screen_value.actions]
        if keys:
            name = self._chance.choice(keys)
            known = NAMES.get(name)
            if known is None:
                QTest.keyClicks(self._window.scan_line, name)
            else:
                QTest.keyClick(self._window.scan_line, known)

    def _click(self) -> None:
        window = self._window
        x, y = (self._chance.randrange(size) for size in (window.width(), window.height()))
        under = window.childAt(QPoint(x, y)) or window
        QTest.mouseClick(under, Qt.MouseButton.LeftButton, pos=under.mapFrom(window, QPoint(x, y)))

    def _prove(self) -> None:
        """Somebody signs in, or lets another do something."""
        badge, pin = self._chance.choice((hall.CLERK, hall.BOSS, hall.BOSS))
        self._scan(badge)
        QTest.qWait(TYPING_MS)
        for digit in pin:
            QTest.keyClicks(self._window.scan_line, digit)
            QTest.qWait(TYPING_MS)
        QTest.keyClick(self._window.scan_line, Qt.Key.Key_Return)
        QTest.qWait(TYPING_MS)

    def make_peace(self) -> None:
        """Everything is plugged in again, and nobody touches anything."""
        desk = self._site.bench
        for mend in (desk.plug_scanner, desk.plug_scale, desk.printer_on, desk.lift):
            mend()
        self._site.link.restore()


def _wanted(seconds: float) -> float:
    """Two scans a second: fewer, and nothing much was done to the desk."""
    return 2 * seconds


def _decided(told: list[Event]) -> int:
    return sum(isinstance(event, ScanDecided) for event in told)


def play(site: RunningSite, qtbot: QtBot, seed: int, seconds: float) -> list[Event]:
    """One seed, for so long, then until everything is sent; what the station told."""
    told: list[Event] = []
    bridge = StationBridge()
    window = MainWindow(dressed(), bridge, FakeBeeper(), wall_clock)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    wedge = WedgeFilter(WedgeDecoder(), bridge.send, window)
    wedge.install()
    site.station.subscribe(told.append)
    bridge.attach(site.station)
    vandal = Vandal(window, site, Random(seed))
    chance = Random(seed + 1)
    qtbot.waitUntil(lambda: settled(told), timeout=SETTLE_MS)
    until = time.monotonic() + seconds
    while time.monotonic() < until or (
        _decided(told) <= _wanted(seconds) and time.monotonic() < until + LONG_ENOUGH_S
    ):
        vandal.act()
        qtbot.wait(chance.choice(BETWEEN_MS))
        assert QApplication.activeModalWidget() is None
        assert QApplication.activePopupWidget() is None
        assert window.isVisible()
    vandal.make_peace()
    qtbot.waitUntil(lambda: settled(told), timeout=SETTLE_MS)
    bridge.close()
    return told


def settled(told: list[Event]) -> bool:
    """Online, with everything sent."""
    footer = next((e.footer for e in reversed(told) if isinstance(e, FooterChanged)), None)
    return footer is not None and footer.link is LinkState.ONLINE and footer.outbox == 0


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.parametrize(
    "seconds", [SHORT_S, pytest.param(LONG_S, marks=pytest.mark.long)], ids=["short", "long"]
)
def test_nothing_done_at_the_desk_harms_the_books(
    tmp_path: Path, qtbot: QtBot, caplog: pytest.LogCaptureFixture, seconds: float
) -> None:
    # Lost devices and links are warned of, and that is right here; errors are not.
    caplog.set_level(logging.ERROR)
    seed = int(os.environ.get("HOSTILE_SEED", "1"))
    with RunningSite(tmp_path, seed) as site:
        told = play(site, qtbot, seed, seconds)
        site.stop_station()
        wrong = site.differences()

    kinds = Counter(event.kind for event in told if isinstance(event, Recorded))
    decided = [event for event in told if isinstance(event, ScanDecided)]
    assert [event for event in told if isinstance(event, Broken)] == []
    assert hall.own(wrong) == []
    assert len(decided) > _wanted(seconds)
    # It is no use when nobody gets to any work. How far seconds reach depends on the machine: all
    # of it is insisted on where there are minutes.
    assert {event.fate for event in decided} >= {"applied", "refused"}
    assert kinds.total() > 0
    if seconds > LONG_ENOUGH_S:
        assert {event.fate for event in decided} >= {"command", "duplicate"}
        assert kinds[Kind.PACK] > 0
        assert len(kinds) > 2, kinds
