"""F12: what the station has recorded, what the ledger has of it, and how the devices are.

The top line says it in words, the numbers below prove it: one question on a reader thread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.device import DeviceChanged
from app.domain.text import text
from app.domain.weight import Reading
from app.errors import PackhouseError
from app.station import entry_facts
from app.station.events import Footer
from app.station.inbox import Do, Intent
from app.station.screen import Screen, Sound
from app.station.views import Health, OutboxRow, Recorded, ScanRow, Sending, Views
from ui.bridge import StationBridge, Visit
from ui.pages.overlay import Overlay, local_key
from ui.sound import VOLUME_MAX, VOLUME_STEP, Beeper
from ui.widgets.fact_list import FactList
from ui.widgets.health_said import (
    book_said,
    device_line,
    printable,
    pulled_said,
    sending_said,
    tally_said,
    top_said,
)
from ui.widgets.health_tables import DeviceRow, DeviceTable, OutboxTable, ScanTape
from ui.widgets.kit import Kit
from ui.widgets.scroll_page import ScrollPage

STEPS = {"Up": -1, "Down": 1}
# What fits on a support call's screen; the export has everything.
ROWS = 200
# Longest frame shown; a scale answers in a dozen bytes.
RAW_BYTES = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything the page asks of the book, read together."""

    health: Health
    outbox: tuple[OutboxRow, ...]
    scans: tuple[ScanRow, ...]
    sending: Sending


def read(views: Views) -> Answer:
    """The question; runs on a reader thread."""
    return Answer(views.health(), views.outbox(ROWS), views.scans(ROWS), views.sending())


class HealthPage(Overlay):
    """Outbox, tally, positions, devices and the scan tape.

    Args:
        kit: Theme and words.
        bridge: The station.
        beeper: For the sound test.
        now: The wall clock.
        close: Goes back to the task.
    """

    def __init__(
        self,
        kit: Kit,
        bridge: StationBridge,
        beeper: Beeper,
        now: Callable[[], datetime],
        close: Callable[[], None],
    ) -> None:
        super().__init__(kit, kit.words.of("health.title"))
        self._bridge, self._beeper, self._now, self._close = bridge, beeper, now, close
        self._visit = Visit()
        self._footer: Footer | None = None
        self._devices: dict[str, DeviceRow] = {}
        self._next_tone = 0
        self.keys = (
            local_key("F10", text("key.sync_now"), self.sync_now, main=True),
            local_key("1", text("key.test_sounds"), self.test_sound),
            local_key("2", text("key.sound_on_off"), self.toggle_sound),
            local_key("3", text("key.softer"), lambda: self.change_volume(-VOLUME_STEP)),
            local_key("4", text("key.louder"), lambda: self.change_volume(VOLUME_STEP)),
            local_key("5", text("key.diagnose"), self.diagnose),
            local_key("6", text("key.test_label"), self.test_label),
            local_key("Enter", text("key.show_record"), self.show_record),
            local_key("Esc", text("key.close"), self._back),
        )
        self.top = kit.label("must-read", wrap=True)
        self.tally = kit.label("body", wrap=True)
        self.positions = kit.label("muted", wrap=True)
        self.sending = kit.label("body", wrap=True)
        self.written = kit.label("section", wrap=True)
        self.outbox = OutboxTable(kit, now)
        self.devices = DeviceTable(kit)
        self.tape = ScanTape(kit, now)
        self.record = FactList(kit)
        self._lay_out()

    def _lay_out(self) -> None:
        gap = self.kit.theme.px("gap")
        inside = QWidget()
        self.area = ScrollPage(inside)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.area)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap)
        for part in (self.top, self.written, self.tally, self.sending):
            column.addWidget(part)
        outbox = self._titled("health.outbox", self.outbox)
        column.addWidget(outbox, 3)
        below = QHBoxLayout()
        below.setSpacing(gap * 2)
        devices = self._titled("health.devices", self.devices)
        tape = self._titled("health.tape", self.tape)
        self._shown = self._titled("health.record", self.record)
        for body, share in ((devices, 5), (tape, 4), (self._shown, 9)):
            below.addWidget(body, share)
        # What a record that is looked at takes the place of.
        self._beside = (self.tally, outbox, devices, tape, self.positions)
        column.addLayout(below, 3)
        column.addWidget(self.positions)

    def _titled(self, code: str, body: QWidget) -> QWidget:
        part = QWidget()
        grid = QGridLayout(part)
        grid.setContentsMargins(0, 0, 0, 0)
        title = self.kit.label("section")
        title.setText(self.kit.words.of(code))
        grid.addWidget(title, 0, 0)
        grid.addWidget(body, 1, 0)
        grid.setRowStretch(1, 1)
        return part

    @override
    def enter(self) -> None:
        self._visit = Visit()
        self._say(self.written, "")
        self._show_record(None)
        self.devices.rows.show_rows(tuple(self._devices.values()))
        self.refresh()

    @override
    def leave(self) -> None:
        self._visit.leave()

    @override
    def show_screen(self, screen: Screen) -> None:
        """The task below changed."""

    @override
    def scroll_page(self, direction: int) -> None:
        # With large text the page itself is longer than the window; then it is what is paged.
        if not self.area.scroll_page(direction):
            self.outbox.scroll_page(direction)

    @override
    def key(self, name: str) -> bool:
        if name in STEPS:
            self.outbox.move_choice(STEPS[name])
            if not self._shown.isHidden():
                self.show_record()
            return True
        return False

    def show_record(self) -> None:
        """The chosen record whole: who, what, from where to where, and the ledger's answer."""
        wanted = self.outbox.chosen
        if wanted:
            self._bridge.ask(
                lambda views: views.recorded(wanted), self._show_record, self._visit, self._failed
            )

    def _show_record(self, found: Recorded | None) -> None:
        """Its facts stand in the place of the tables, until Esc."""
        for part in self._beside:
            part.setVisible(found is None)
        self._shown.setVisible(found is not None)
        if found is not None:
            self.record.show_facts(entry_facts.facts(found.entry, found.name))

    def _back(self) -> None:
        """Esc: from a record to the page, from the page to the task."""
        if self._shown.isHidden():
            self._close()
        else:
            self._show_record(None)

    def refresh(self) -> None:
        """Ask the book again."""
        self._bridge.ask(read, self._show, self._visit, self._failed)

    def show_footer(self, footer: Footer) -> None:
        """What the footer knows goes into the top line."""
        self._footer = footer
        for device in footer.devices:
            self.show_device(device)
        self._show_top()
        if self.isVisible():
            self.refresh()

    def show_device(self, device: DeviceChanged) -> None:
        """A device entered a state."""
        last = self._devices[device.device].last if device.device in self._devices else ""
        self._set_device(DeviceRow(device, last))

    @override
    def show_reading(self, reading: Reading | None) -> None:
        if reading is None or reading.device not in self._devices:
            return
        row = self._devices[reading.device]
        self._set_device(DeviceRow(row.device, printable(reading.raw[:RAW_BYTES])))

    def sync_now(self) -> None:
        """Send what is waiting, now."""
        self.do(Do(Intent.SYNC_NOW))

    def test_label(self) -> None:
        """A label with the station's name; what became of it is said beside the printer."""
        self.do(Do(Intent.TEST_LABEL))
        self._say(self.written, self.kit.words.of("health.label_sent"))

    def diagnose(self) -> None:
        """Write what support asks for; where it lies is said, and put on the clipboard."""
        devices = tuple(device_line(row) for row in self._devices.values())
        self._say(self.written, self.kit.words.of("health.diagnosing"))
        self._bridge.ask(
            lambda views: views.diagnose(devices), self._diagnosed, self._visit, self._unable
        )

    def _diagnosed(self, path: str) -> None:
        QGuiApplication.clipboard().setText(path)
        self._say(self.written, self.kit.words.of("health.diagnosed", path=path))

    @staticmethod
    def _say(label: QLabel, said: str) -> None:
        label.setText(said)
        label.setVisible(bool(said))

    def test_sound(self) -> None:
        """Play the next of the five tones."""
        tones = tuple(Sound)
        self._beeper.play(tones[self._next_tone % len(tones)])
        self._next_tone += 1

    def toggle_sound(self) -> None:
        """Sound off, or on again."""
        self._beeper.muted = not self._beeper.muted
        self._wish("muted", "off" if self._beeper.muted else "on")

    def change_volume(self, by: int) -> None:
        """Softer or louder, and one tone to hear it."""
        self._beeper.volume = min(max(self._beeper.volume + by, VOLUME_STEP), VOLUME_MAX)
        self._beeper.play(Sound.ATTENTION)
        self._wish("volume", str(self._beeper.volume))

    def _wish(self, name: str, value: str) -> None:
        """Whoever is signed in hears it like this at every station start; nobody else does."""
        if self._footer is not None and self._footer.person:
            self.do(Do(Intent.WISH, name, value))

    def _set_device(self, row: DeviceRow) -> None:
        self._devices[row.device.device] = row
        # Ten readings a second are not worth painting while nobody looks.
        if self.isVisible():
            self.devices.rows.show_rows(tuple(self._devices.values()))

    def _show(self, answer: Answer) -> None:
        words, health = self.kit.words, answer.health
        skew = self._footer.skew_ms if self._footer else None
        self.outbox.show_outbox(answer.outbox)
        self.tape.rows.show_rows(answer.scans)
        for table in (self.tape, self.devices):
            table.fit_columns()
        self.tally.setText(tally_said(words, health.tally))
        now = self._now()
        told = (pulled_said(words, health, now), book_said(words, health, skew, now))
        self.positions.setText("\n".join(told))
        self._say(self.sending, sending_said(words, self._footer, answer.sending))
        self._show_top()

    def _show_top(self) -> None:
        self.top.setText(top_said(self.kit.words, self._footer, self._now()))

    def _unable(self, error: PackhouseError) -> None:
        self._say(self.written, self.kit.words.sentence(error.say))

    def _failed(self, error: PackhouseError) -> None:
        self.top.setText(self.kit.words.sentence(error.say))
