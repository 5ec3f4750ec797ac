"""Catches scans of keyboard-wedge scanners before any widget sees them, wherever the focus is.

A scanner that types would otherwise fill a quantity, move a table's row or answer a question. Every
key press goes to a decoder first; it says what was a scan and what was a person typing. Keys on
which it has not decided are held back for a few hundredths of a second, and typed ones are then
sent again from the event loop, never from within the filter (that crashed Qt when tried).

The decoder itself is pure and belongs to the device layer; it is handed in.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from app.domain.scan import Scan

GS = "\x1d"
# What ends a scan, as characters, whatever Qt calls the key: QLineEdit ignores a line feed.
SUFFIXES = {
    Qt.Key.Key_Return.value: "\r",
    Qt.Key.Key_Enter.value: "\r",
    Qt.Key.Key_Tab.value: "\t",
}
MS = 1_000_000
# A delay longer than this is no delay: the event's clock was set back (the machine slept).
JUMP_NS = 5_000 * MS
# More held keys than the longest symbol has characters can only be a stuck decoder: let them go.
HELD_LIMIT = 4_096


class Decoded(Protocol):
    """What the decoder says after a key or a silence."""

    @property
    def scan(self) -> Scan | None:
        """A finished scan, made of the oldest `taken` held keys."""
        ...

    @property
    def taken(self) -> int:
        """How many of the oldest held keys the scan used up, its suffix among them."""
        ...

    @property
    def typed(self) -> int:
        """How many of the oldest held keys, after those taken, a person typed."""
        ...

    @property
    def wait_ms(self) -> int:
        """Ask again after so long a silence; 0 when nothing is held."""
        ...


class KeyDecoder(Protocol):
    """Tells scans from typing by the gaps between keys. Pure: time is handed in."""

    def key(self, character: str, at_ns: int) -> Decoded:
        """One character was typed; carriage return, line feed, tab and GS among them."""
        ...

    def silence(self, at_ns: int) -> Decoded:
        """Nothing came for a while."""
        ...


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key press that waits for the decision, to be sent again if it was typing."""

    key: int
    modifiers: Qt.KeyboardModifier
    text: str

    def event(self) -> QKeyEvent:
        """The same press as a new event."""
        return QKeyEvent(QEvent.Type.KeyPress, self.key, self.modifiers, self.text)


class WedgeFilter(QObject):
    """The filter; install it after every other one, so that it is asked first.

    Args:
        decoder: Tells scans from typing.
        scanned: Called with every scan.
        parent: Owner; usually the window.
    """

    def __init__(
        self, decoder: KeyDecoder, scanned: Callable[[Scan], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._decoder = decoder
        self._scanned = scanned
        self._held: deque[HeldKey] = deque()
        self._typed: deque[HeldKey] = deque()
        self._replaying = False
        self._offset_ns: int | None = None
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setTimerType(Qt.TimerType.PreciseTimer)
        # Keys that piled up while the window was busy come before this second, immediate call: a
        # late timer must not cut a scan in two.
        self._last_call = QTimer(self)
        self._last_call.setSingleShot(True)
        self._last_call.timeout.connect(self._on_silence)
        self._silence.timeout.connect(lambda: self._last_call.start(0))
        self._replay = QTimer(self)
        self._replay.setSingleShot(True)
        self._replay.timeout.connect(self._send_typed)

    def install(self) -> None:
        """Listen to the whole application."""
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._replaying or event.type() != QEvent.Type.KeyPress:
            return False
        if not isinstance(event, QKeyEvent) or not is_first_stop(watched):
            return False
        character = character_of(event)
        if character is None or event.isAutoRepeat():
            # F4 after a typed letter must not overtake it.
            if self._held or self._typed:
                self._flush()
                self._typed.append(held(event))
                self._replay.start(0)
                return True
            return False
        self._last_call.stop()
        at_ns = self._at_ns(event)
        self._held.append(held(event))
        self._decide(self._decoder.key(character, at_ns))
        if len(self._held) > HELD_LIMIT:
            self._flush()
        return True

    def _at_ns(self, event: QKeyEvent) -> int:
        """When the key was pressed, not when a busy window got round to it.

        The event's clock starts anywhere. It is lined up with ours by the least delay seen, and
        never in the middle of a run: the gaps within one are the window system's own.
        """
        stamp, now = event.timestamp() * MS, time.monotonic_ns()
        if stamp == 0:
            return now
        offset = now - stamp
        known = self._offset_ns
        if known is None or (not self._held and (offset < known or offset - known > JUMP_NS)):
            known = self._offset_ns = offset
        return stamp + known

    @Slot()
    def _on_silence(self) -> None:
        self._decide(self._decoder.silence(time.monotonic_ns()))

    def _decide(self, decoded: Decoded) -> None:
        for _ in range(min(decoded.taken, len(self._held))):
            self._held.popleft()
        for _ in range(min(decoded.typed, len(self._held))):
            self._typed.append(self._held.popleft())
        if decoded.scan is not None:
            self._scanned(decoded.scan)
        if self._typed:
            self._replay.start(0)
        if self._held and decoded.wait_ms:
            self._silence.start(decoded.wait_ms)
        else:
            self._silence.stop()

    def _flush(self) -> None:
        """Everything held was typing after all."""
        self._decide(self._decoder.silence(time.monotonic_ns()))
        self._typed.extend(self._held)
        self._held.clear()

    @Slot()
    def _send_typed(self) -> None:
        """Give typed keys to whoever has the focus; runs from the event loop."""
        while self._typed:
            key = self._typed.popleft()
            target = QApplication.focusWidget() or QApplication.activeWindow()
            if target is None:
                continue
            self._replaying = True
            try:
                QApplication.sendEvent(target, key.event())
            finally:
                self._replaying = False


def is_first_stop(watched: QObject) -> bool:
    """Whether this is where a key arrives first; a parent is asked later about the same key."""
    if not isinstance(watched, QWidget):
        return False
    focused = QApplication.focusWidget()
    return watched is focused if focused is not None else watched.isWindow()


def character_of(event: QKeyEvent) -> str | None:
    """The character a scanner may have meant, or None for a key only people press."""
    suffix = SUFFIXES.get(event.key())
    if suffix is not None:
        return "\n" if event.text() == "\n" else suffix
    if event.text() in {"\n", "\r", "\t", GS}:
        return event.text()
    control = Qt.KeyboardModifier.ControlModifier
    if event.modifiers() & control and event.key() == Qt.Key.Key_BracketRight.value:
        return GS
    only = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    alt_gr = Qt.KeyboardModifier.GroupSwitchModifier
    if event.modifiers() & ~(only | alt_gr):
        return None
    typed = event.text()
    return typed if len(typed) == 1 and typed.isprintable() else None


def held(event: QKeyEvent) -> HeldKey:
    """A copy of the press; the event itself dies with the filter call."""
    return HeldKey(event.key(), event.modifiers(), event.text())
