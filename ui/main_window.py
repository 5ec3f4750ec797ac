"""The frame of the window: header, prompt, scan line, page, keys, footer; the same on every page.

It renders the `Screen` the station announced and puts intents into its inbox. No rule lives here:
which keys there are, and whether they may be used, is said by the screen.
"""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.text import text
from app.station.inbox import Do, Intent
from app.station.screen import Action, Page, Prompt, Screen, Sound, Tone
from ui.bridge import StationBridge
from ui.keys import KeyFilter
from ui.pages.pack import PackPage
from ui.pages.page import PageBody
from ui.sound import Beeper
from ui.widgets.action_bar import ActionBar
from ui.widgets.footer import Footer
from ui.widgets.header import Header, ProgressLine
from ui.widgets.kit import Kit
from ui.widgets.message_strip import MessageStrip
from ui.widgets.scan_line import ScanLine
from ui.widgets.scan_prompt import ScanPrompt

# The clock in the footer shows minutes and ages in seconds.
CLOCK_MS = 1_000
# The prompt may take this share of a low window before its texts begin to shrink.
PROMPT_SHARE_PER_CENT = 30

OPENING = Screen(
    page=Page.SIGN_IN,
    title=text("ui.window"),
    prompt=Prompt(Tone.BUSY, "hourglass", text("ui.opening"), detail=text("ui.opening_detail")),
)


class MainWindow(QWidget):
    """The window of a station.

    Args:
        kit: Theme and words.
        bridge: The station.
        beeper: The tones.
        now: The wall clock, for ages and the footer.
    """

    def __init__(
        self, kit: Kit, bridge: StationBridge, beeper: Beeper, now: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle(kit.words.of("ui.window"))
        self._kit, self._bridge, self._beeper, self._now = kit, bridge, beeper, now
        self.screen_value = OPENING
        self.header, self.progress = Header(kit), ProgressLine(kit)
        self.prompt, self.scan_line = ScanPrompt(kit), ScanLine(kit)
        self.strip, self.action_bar, self.footer = MessageStrip(kit), ActionBar(kit), Footer(kit)
        self.pages: dict[Page, PageBody] = {Page.PACK: PackPage(kit)}
        self._stack = QStackedWidget()
        for page in self.pages.values():
            self._stack.addWidget(page)
            page.asked.connect(self._bridge.send)
            page.said.connect(self.strip.say)
        self._lay_out()
        self._connect()
        self._keys = KeyFilter(self, self.press)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._tick)
        self._clock.start(CLOCK_MS)
        self.show_screen(OPENING)

    def _lay_out(self) -> None:
        margin, gap = self._kit.theme.px("margin"), self._kit.theme.px("gap")
        column = QVBoxLayout()
        column.setContentsMargins(margin, gap, margin, gap)
        column.setSpacing(gap)
        for widget in (self.header, self.progress, self.prompt, self.scan_line):
            column.addWidget(widget)
        column.addWidget(self._stack, 1)
        column.addWidget(self.strip)
        column.addWidget(self.action_bar)
        self._middle = QHBoxLayout()
        self._middle.addLayout(column, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(self._middle, 1)
        outer.addWidget(self.footer)

    def _connect(self) -> None:
        self.scan_line.entered.connect(self._typed)
        self.action_bar.pressed.connect(self.take)
        self._bridge.screen_changed.connect(self.show_screen)
        self._bridge.footer_changed.connect(self._show_footer)
        self._bridge.device_changed.connect(self.footer.show_device)
        self._bridge.reading_shown.connect(self.footer.show_reading)
        self._bridge.sounded.connect(self._sound)

    @Slot(object)
    def show_screen(self, screen: Screen) -> None:
        """Render a screen; called on the window's thread."""
        self.screen_value = screen
        self.header.show_screen(screen)
        self.progress.show_progress(screen.done, screen.total)
        self.prompt.show_prompt(screen.prompt)
        self.scan_line.set_hint(screen.scan_hint)
        self.action_bar.show_actions(screen.actions)
        self.strip.clear()
        page = self.pages[screen.page] if screen.page in self.pages else self.pages[Page.PACK]
        page.show_screen(screen)
        self._stack.setCurrentWidget(page)
        self.scan_line.setFocus()

    def press(self, name: str) -> bool:
        """A key of the window; True when it was used."""
        for action in self.screen_value.actions:
            if action.key == name:
                self.take(action)
                return True
        return False

    @Slot(object)
    def take(self, action: Action) -> None:
        """Pass the intent of `action` on, or say why it cannot be taken."""
        if action.enabled:
            self._bridge.send(Do(Intent(action.intent), action.argument))
            return
        self.strip.say(self._kit.words.say(action.why_not))
        self._beeper.play(Sound.ATTENTION)

    @Slot(str)
    def _typed(self, code: str) -> None:
        self._bridge.send(Do(Intent.CODE, code))

    @Slot(object)
    def _sound(self, sound: Sound) -> None:
        self._beeper.play(sound)

    @Slot(object)
    def _show_footer(self, footer: object) -> None:
        self.footer.show_footer(footer, self._now())  # type: ignore[arg-type]

    @Slot()
    def _tick(self) -> None:
        self.footer.tick(self._now())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        wanted = self._kit.theme.px("prompt")
        self.prompt.setFixedHeight(min(wanted, self.height() * PROMPT_SHARE_PER_CENT // 100))
        super().resizeEvent(event)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.scan_line.setFocus()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._clock.stop()
        super().closeEvent(event)
