"""Names of keys as actions carry them (`F4`, `1`, `Esc`), and the filter that hears them.

Keys are heard for the whole window, whatever has the focus, and before the focused widget: F2 never
opens a cell editor, a digit never searches a table. The filter only passes names on.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

_NAMED: dict[int, str] = {
    Qt.Key.Key_Escape.value: "Esc",
    Qt.Key.Key_Return.value: "Enter",
    Qt.Key.Key_Enter.value: "Enter",
    Qt.Key.Key_Backspace.value: "Backspace",
    Qt.Key.Key_Up.value: "Up",
    Qt.Key.Key_Down.value: "Down",
    Qt.Key.Key_PageUp.value: "PgUp",
    Qt.Key.Key_PageDown.value: "PgDn",
    Qt.Key.Key_Question.value: "?",
    Qt.Key.Key_Space.value: "Space",
} | {getattr(Qt.Key, f"Key_F{number}").value: f"F{number}" for number in range(1, 13)}

_SILENT = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier
# Held down, these repeat; every other key counts once, however long a sleeve lies on it.
_REPEATING = frozenset({"PgUp", "PgDn", "Up", "Down", "Backspace"})
DIGITS = frozenset("0123456789")


def key_name(event: QKeyEvent) -> str | None:
    """The name of the pressed key, or None for one no action can carry."""
    modifiers = event.modifiers() & ~_SILENT
    digit = chr(event.key()) if Qt.Key.Key_0.value <= event.key() <= Qt.Key.Key_9.value else ""
    if modifiers == _CONTROL and digit:
        return f"Ctrl+{digit}"
    if modifiers:
        return None
    return _NAMED.get(event.key()) or (event.text() if event.text() in DIGITS else None)


class KeyFilter(QObject):
    """Hears every key press of one window.

    Args:
        window: Only keys that go to it or its children count.
        heard: Called with the key's name; True when the key was used and goes no further.
    """

    def __init__(self, window: QWidget, heard: Callable[[str], bool]) -> None:
        super().__init__(window)
        self._window = window
        self._heard = heard
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if not isinstance(watched, QWidget) or watched.window() is not self._window:
            return False
        name = key_name(event)
        if name is None or (event.isAutoRepeat() and name not in _REPEATING):
            return False
        return self._heard(name)
