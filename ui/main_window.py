"""The frame of the window: header, prompt, scan line, page, keys, footer; the same on every page.

It renders the `Screen` the station announced and puts intents into its inbox. No rule lives here:
which keys there are, and whether they may be used, is said by the screen.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QPaintEvent, QShowEvent
from typing_extensions import override

from app.domain.device import DeviceChanged, DeviceKind, DeviceState
from app.domain.text import Text, text
from app.domain.weight import Reading
from app.station.events import Broken, Footer, ScanDecided
from app.station.inbox import Do, Intent
from app.station.screen import Action, Page, Prompt, Screen, Sound, Tone
from ui.bridge import StationBridge
from ui.keys import KeyFilter
from ui.pages.health import HealthPage
from ui.pages.help import HelpPage
from ui.pages.overlay import Overlay, makes_way
from ui.pages.page import PageBody
from ui.pages.quantity import QuantityPage
from ui.pages.registry import Pages
from ui.pages.sign_in import SignInPage
from ui.pressing import Pressing
from ui.saving import Saving
from ui.sound import Beeper
from ui.widgets.frame import Frame
from ui.widgets.kit import Kit
from ui.widgets.simulator_panel import SimulatorPanel
from ui.workstation import Controls

# Ages in the footer are said in seconds at first.
CLOCK_MS = 1_000
# Fates of a read that was not counted (`app.station.turn.Fate`).
NOT_COUNTED = frozenset({"duplicate", "refused"})


def opening_screen(title: Text, detail: Text | None = None, tone: Tone = Tone.BUSY) -> Screen:
    """What is shown while there is no station yet, or none any more."""
    return Screen(Page.SIGN_IN, text("ui.window"), Prompt(tone, "", title, detail))


class MainWindow(Frame):
    """The window of a station.

    Signals:
        painted: Once, after the window was painted for the first time.
        shown: A screen was rendered.

    Args:
        kit: Theme and words.
        bridge: The station.
        beeper: The tones.
        now: The wall clock, for ages and the footer.
        controls: The simulated bench, in demo and training only.
    """

    painted = Signal()
    shown = Signal()

    def __init__(
        self,
        kit: Kit,
        bridge: StationBridge,
        beeper: Beeper,
        now: Callable[[], datetime],
        controls: Controls | None = None,
    ) -> None:
        super().__init__(kit, SimulatorPanel(kit, controls) if controls is not None else None)
        self._bridge, self.beeper, self._now = bridge, beeper, now
        self.screen_value = opening_screen(text("ui.opening"), text("ui.opening_detail"))
        self.pages = Pages(kit, now, self._join)
        self.help = HelpPage(kit, self.close_overlay)
        self.health = HealthPage(kit, bridge, beeper, now, self.close_overlay)
        self.quantity = QuantityPage(kit, self.close_overlay)
        self._overlay: Overlay | None = None
        self._was_painted = False
        self._ended = False
        self.step_up = SignInPage(kit)
        for page in (self.step_up, self.help, self.health, self.quantity):
            self._join(page)
        self._connect()
        self._saving = Saving(kit, bridge, self.strip)
        self._pressing = Pressing(self)
        # A page with a line of its own gets what is typed before the window's keys.
        self._keys = KeyFilter(
            self, lambda key: not (self._overlay and self._overlay.types(key)) and self.press(key)
        )
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._tick)
        self._clock.start(CLOCK_MS)
        self.show_screen(self.screen_value)
        self._tick()

    def _join(self, page: PageBody) -> None:
        self.stack.addWidget(page)
        page.asked.connect(self._bridge.send)

    def _connect(self) -> None:
        self.scan_line.entered.connect(self._typed)
        self.scan_line.textEdited.connect(self._typing)
        self.action_bar.pressed.connect(self.take)
        self._bridge.screen_changed.connect(self.show_screen)
        self._bridge.footer_changed.connect(self._show_footer)
        self._bridge.device_changed.connect(self._show_device)
        self._bridge.reading_shown.connect(self._show_reading)
        self._bridge.sounded.connect(self._sound)
        self._bridge.scan_decided.connect(self._show_decided)
        self._bridge.broken.connect(self._broken)

    @property
    def page(self) -> PageBody:
        """The page of the task, shown or laid over."""
        return self._page_of(self.screen_value)

    def _page_of(self, screen: Screen) -> PageBody:
        """A step-up stands in the middle of whatever asked for it, until it is answered."""
        steps_up = screen.proof is not None and screen.page is not Page.SIGN_IN
        return self.step_up if steps_up else self.pages[screen.page]

    @property
    def overlay(self) -> Overlay | None:
        """What is laid over the task, if anything."""
        return self._overlay

    @Slot(object)
    def show_screen(self, screen: Screen) -> None:
        """Render a screen; called on the window's thread."""
        before, self.screen_value = self.screen_value, screen
        if self._page_of(before) is not self.page:
            self._page_of(before).leave()
        self.page.show_screen(screen)
        self.progress.show_progress(screen.done, screen.total)
        self.prompt.show_prompt(screen.prompt)
        self.scan_line.set_hint(screen.scan_hint)
        if before.prompt != screen.prompt:
            self.strip.clear()
        if self._overlay is not None and makes_way(self._overlay, before, screen):
            self.close_overlay()
        self._show_frame()
        self.shown.emit()

    def open_overlay(self, overlay: Overlay) -> None:
        """Lay a page of the window's own over the task."""
        self._overlay = overlay
        overlay.show_screen(self.screen_value)
        overlay.enter()
        self._show_frame()

    def close_overlay(self) -> None:
        """Back to the task, exactly as it is."""
        if self._overlay is not None:
            self._overlay.leave()
            self._overlay = None
        self.strip.clear()
        self._show_frame()

    def _show_frame(self) -> None:
        """Header, keys and middle for the task or for what is laid over it."""
        overlay, screen = self._overlay, self.screen_value
        full = overlay is not None and overlay.full
        for part in (self.progress, self.prompt, self.scan_line):
            part.setVisible(not full)
        if overlay is not None and full:
            self.header.show_title(overlay.title)
        else:
            self.header.show_screen(screen)
        self.action_bar.show_actions(overlay.key_actions if overlay else screen.actions)
        self.stack.setCurrentWidget(overlay or self.page)
        (self if full else self.scan_line).setFocus()

    def end(self, sentence: str) -> None:
        """There is no station: say why on the whole page; the only key closes the window."""
        self._ended = True
        title, detail = text("ui.cannot_start"), text("ui.sentence", sentence=sentence)
        screen = opening_screen(title, detail, Tone.ERROR)
        close = Action("Esc", "local", text("key.close_program"), main=True)
        self.show_screen(replace(screen, actions=(close,)))

    def press(self, name: str) -> bool:
        """A key of the window; True when it was used."""
        return self._pressing.press(name)

    def look_up(self) -> None:
        """Over to the search, from wherever one is."""
        self.close_overlay()
        self.scan_line.clear()
        self._bridge.send(Do(Intent.LOOKUP))

    @Slot(object)
    def take(self, action: Action) -> None:
        """Pass the intent of `action` on, or say why it cannot be taken."""
        if self._ended:
            self.close()
        elif self._overlay is not None:
            self._overlay.take(action)
        elif not action.enabled:
            self.strip.say(self.kit.words.say(action.why_not))
            self.beeper.play(Sound.ATTENTION)
        elif action.intent == Intent.QUANTITY and not action.argument:
            self.open_overlay(self.quantity)
        else:
            self._bridge.send(Do(Intent(action.intent), action.argument))

    @Slot(str)
    def _typed(self, code: str) -> None:
        self._bridge.send(Do(Intent.CODE, code))

    @Slot(str)
    def _typing(self, so_far: str) -> None:
        if self.screen_value.as_typed:
            self._bridge.send(Do(Intent.SEARCH, so_far))

    @Slot(object)
    def _sound(self, sound: Sound) -> None:
        self.beeper.play(sound)

    @Slot(object)
    def _show_footer(self, footer: Footer) -> None:
        self.footer.show_footer(footer, self._now())
        self.health.show_footer(footer)

    @Slot(object)
    def _show_device(self, device: DeviceChanged) -> None:
        self.footer.show_device(device)
        self.health.show_device(device)
        if device.kind is DeviceKind.SCALE and device.state is not DeviceState.READY:
            self.page.show_reading(None)

    @Slot(object)
    def _show_reading(self, reading: Reading) -> None:
        for part in (self.footer, self.page, self.health):
            part.show_reading(reading)

    @Slot(object)
    def _show_decided(self, decided: ScanDecided) -> None:
        """A read that was skipped or refused is seen, not only heard; the panel is the task's."""
        prompt = self.screen_value.prompt
        if decided.fate not in NOT_COUNTED or decided.why is None:
            return
        if decided.why not in (prompt.title, prompt.detail, prompt.note):
            self.strip.say(self.kit.words.say(decided.why))

    @Slot(object)
    def _broken(self, broken: Broken) -> None:
        """A fault of ours: said in one sentence; what was recorded is safe."""
        self.strip.say(self.kit.words.sentence(broken.sentence))
        self.beeper.play(Sound.WRONG)

    @Slot()
    def _tick(self) -> None:
        self.footer.tick(self._now())
        self.footer.show_sound(muted=self.beeper.muted, working=self.beeper.working)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self.painted.emit)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.scan_line.setFocus()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._clock.stop()
        super().closeEvent(event)
