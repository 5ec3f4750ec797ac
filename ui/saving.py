"""“Saving…” while the answer to a scan is late: nobody scans twice because nothing happened.

A scan is answered within a few milliseconds, and its tone comes after its commit. What takes longer
is a slow disk; the scan is in the inbox, and is not lost. A scanner on a line of its own gives its
scans to the station without the window, which hears of them as they go in.
"""

from PySide6.QtCore import QObject, QTimer, Slot

from app.domain.scan import Scan
from app.station.inbox import Do, Intent
from ui.bridge import StationBridge
from ui.widgets.kit import Kit
from ui.widgets.message_strip import MessageStrip

# ux.md 1.3-5: an accepted scan is seen within this time, or it is said that it is being saved.
LATE_MS = 100


class Saving(QObject):
    """Watches what is sent to the station, and what comes back.

    Args:
        kit: Words.
        bridge: The station's.
        strip: Where it is said; it goes with the answer.
    """

    def __init__(self, kit: Kit, bridge: StationBridge, strip: MessageStrip) -> None:
        super().__init__(strip)
        self._said = kit.words.of("ui.saving")
        self._strip = strip
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(LATE_MS)
        self._late.timeout.connect(self._say)
        bridge.sent.connect(self._sent)
        bridge.scan_heard.connect(self._wait)
        for answer in (bridge.screen_changed, bridge.scan_decided, bridge.broken):
            answer.connect(self._answered)

    @Slot(object)
    def _sent(self, message: object) -> None:
        typed = isinstance(message, Do) and message.action is Intent.CODE
        if typed or isinstance(message, Scan):
            self._wait()

    @Slot()
    def _wait(self) -> None:
        if not self._late.isActive():
            self._late.start()

    @Slot()
    def _say(self) -> None:
        self._strip.say(self._said)

    @Slot(object)
    def _answered(self, _answer: object) -> None:
        self._late.stop()
        if self._strip.text == self._said:
            self._strip.clear()
