"""The canary for PySide6 6.12.0 on Python 3.11, which loses a reference to None with every call.

After about 5,700 of them the process dies with "none_dealloc: deallocating None", in the middle of
a shift. The lock pins 6.11; this test says so in time when someone lifts the pin. From Python 3.12
on these objects are immortal and the counts stand still.
"""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.support.refcount import references_lost

# A pack screen makes as many within its first half hour.
CALLS = 20_000


class Lamp(QObject):
    """Says whether something is on."""

    switched = Signal(bool)


def _emit_a_signal(_: QLabel) -> Callable[[], object]:
    lamp = Lamp()
    seen: list[bool] = []

    def see(on: bool) -> None:
        seen[:] = [on]

    lamp.switched.connect(see)
    return lambda: lamp.switched.emit(True)


CALLS_TO_QT: dict[str, Callable[[QLabel], Callable[[], object]]] = {
    "setText": lambda label: lambda: label.setText("TURQUOISE-KETTLE"),
    "parent": lambda label: label.parent,
    "repaint": lambda label: label.repaint,
    "processEvents": lambda _: QCoreApplication.processEvents,
    "emit": _emit_a_signal,
}


@pytest.mark.parametrize("name", CALLS_TO_QT)
def test_twenty_thousand_calls_take_no_reference_from_none_or_true(name: str, qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)

    lost = references_lost(CALLS_TO_QT[name](label), CALLS)

    assert lost == {}
