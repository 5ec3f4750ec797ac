"""Two people at the real window with a real station behind it: one has no scanner, one no keyboard.

Both play the same story. A PIN is the one thing that is always typed.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest

from app.contract.messages import Operation, operation_body
from app.domain.scan import Scan
from app.station.cards import card_for
from app.station.events import Event
from app.station.inbox import Intent, Message
from app.station.screen import Action, Screen
from app.station.views import Views
from tests.support.bench import TestBench
from tests.support.people import PINS
from ui.gallery.book import GalleryViews
from ui.main_window import MainWindow

KEYS = {f"F{number}": getattr(Qt.Key, f"Key_F{number}") for number in range(1, 13)}
KEYS |= {"Esc": Qt.Key.Key_Escape, "Enter": Qt.Key.Key_Return, "Down": Qt.Key.Key_Down}
# Half a second passes between two things a hand does.
BETWEEN_MS = 500


class Seated:
    """A test bench as the window's workstation: whatever is put in is answered at once."""

    def __init__(self, bench: TestBench) -> None:
        self.views: Views = GalleryViews()
        self.bench = bench

    def put(self, message: Message) -> None:
        self.bench.clock.pass_ms(BETWEEN_MS)
        self.bench.station.handle([message])

    def subscribe(self, listener: Callable[[Event], None]) -> None:
        self.bench.station.subscribe(listener)

    def stop(self) -> None:
        """The test closes the book."""


class Hand(Protocol):
    """What somebody at the window can do, whatever they hold."""

    bench: TestBench

    def code(self, *codes: str) -> None:
        """Codes on goods, places and papers."""

    def press(self, intent: Intent, argument: str = "") -> None:
        """What one of the keys below does."""

    def number(self, quantity: int) -> None:
        """How many the next scan is, or the last was."""

    def task(self, page: str) -> None:
        """Begin a task of the menu."""

    def below(self) -> None:
        """Choose the next row of the list."""

    def open(self) -> None:
        """Open the row that is chosen."""

    def prove(self, badge: str) -> None:
        """Who somebody is: their badge, and their PIN in digits."""

    def see(self) -> None:
        """Look at the window: it shows what the station announced."""


class _Hand:
    def __init__(self, window: MainWindow, bench: TestBench) -> None:
        self.window, self.bench = window, bench

    @property
    def screen(self) -> Screen:
        """What the window shows."""
        return self.window.screen_value

    def see(self) -> None:
        """What the station announced has come to the window."""
        QCoreApplication.sendPostedEvents()
        assert self.screen == self.bench.screen, "the window shows something else"

    def key(self, name: str) -> None:
        """A key of the keyboard."""
        if name in KEYS:
            QTest.keyClick(self.window.scan_line, KEYS[name])
        else:
            QTest.keyClicks(self.window.scan_line, name)
        self.see()

    def enter_pin(self, badge: str) -> None:
        """Digits and Enter."""
        for digit in PINS[badge]:
            self.key(digit)
        self.key("Enter")


class Keyboard(_Hand):
    """Somebody whose scanner is broken."""

    def code(self, *codes: str) -> None:
        for code in codes:
            QTest.keyClicks(self.window.scan_line, code)
            self.key("Enter")

    def press(self, intent: Intent, argument: str = "") -> None:
        # F2 is the window's own, on every page.
        looking_up = intent is Intent.LOOKUP
        self.key("F2" if looking_up else self._found(intent, argument).key)

    def number(self, quantity: int) -> None:
        if any(one.intent == Intent.QUANTITY for one in self.screen.actions):
            self.press(Intent.QUANTITY)
            assert self.window.overlay is self.window.quantity
        self.code(str(quantity))

    def task(self, page: str) -> None:
        for _ in range(5):
            found = [one for one in self.screen.actions if one.argument == page]
            if found:
                self.key(found[0].key)
                return
            self.press(Intent.TASKS)
        raise AssertionError(f"{page} is in no menu")

    def below(self) -> None:
        self.key("Down")

    def open(self) -> None:
        self.key("Enter")

    def prove(self, badge: str) -> None:
        self.code(badge)
        self.enter_pin(badge)

    def _found(self, intent: Intent, argument: str) -> Action:
        for one in self.screen.actions:
            if one.intent == intent and (not argument or one.argument == argument):
                assert one.enabled, f"{one.key}: {one.why_not}"
                return one
        keys = [(one.key, one.intent, one.argument) for one in self.screen.actions]
        raise AssertionError(f"no key for {intent} {argument} at {self.bench.title}: {keys}")


class Scanner(_Hand):
    """Somebody with gloves on: a scanner, and the command cards."""

    def code(self, *codes: str) -> None:
        for code in codes:
            self._scan(code)

    def press(self, intent: Intent, argument: str = "") -> None:
        card = card_for(intent, argument)
        assert card, f"no card for {intent} {argument}"
        self._scan(card)

    def number(self, quantity: int) -> None:
        self.press(Intent.QUANTITY, str(quantity))

    def task(self, page: str) -> None:
        self.press(Intent.TASK, page)

    def below(self) -> None:
        self._scan("CMD:DOWN")

    def open(self) -> None:
        self._scan("CMD:OPEN")

    def prove(self, badge: str) -> None:
        self._scan(badge)
        self.enter_pin(badge)

    def _scan(self, code: str) -> None:
        at_ns = self.bench.clock.monotonic_ns() + BETWEEN_MS * 1_000_000
        self.window._bridge.send(Scan(code.encode() + b"\r", code, "]C1", at_ns=at_ns))
        self.see()


def recorded(bench: TestBench) -> Sequence[dict[str, object]]:
    """What was recorded, without ids and times: these two people make differ."""
    with bench.book.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT body FROM operation ORDER BY n").scalars().all()
    return [_told(operation_body.decode(row)) for row in rows]


def _told(operation: Operation) -> dict[str, object]:
    reference = operation.reference
    return {
        "kind": operation.kind,
        "lines": [msgspec.structs.asdict(line) for line in operation.lines],
        "about": (reference.document_kind, reference.document) if reference else None,
        "undoes": bool(reference and reference.original),
        "reason": operation.reason,
        "evidence": operation.evidence,
        "who": (operation.actor, operation.role),
    }
