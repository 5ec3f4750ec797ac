"""The footer: link, outbox, devices, sound, station, person and clock; on every page, never hidden.

Each part is an icon and words. Offline is amber and never red: work continues. When the width runs
out it breaks into a second row instead of leaving something out.
"""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.domain.device import DeviceChanged, DeviceKind, DeviceState
from app.domain.weight import Reading
from app.station.events import Footer
from app.station.inbox import LinkState
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.kit import Kit

DEVICE_ICONS: dict[DeviceKind, str] = {
    DeviceKind.SCANNER: "scan-barcode",
    DeviceKind.SCALE: "scale",
    DeviceKind.PRINTER: "printer",
}
DEVICE_TOKENS: dict[DeviceState, str] = {
    DeviceState.READY: "ok",
    DeviceState.OPENING: "muted",
    DeviceState.ABSENT: "muted",
    DeviceState.LOST: "warn",
}
LINK_LOOKS: dict[LinkState, tuple[str, str]] = {
    LinkState.ONLINE: ("wifi", "ok"),
    LinkState.OFFLINE: ("wifi-off", "warn"),
    LinkState.UNPROVEN: ("shield-alert", "err"),
    LinkState.REFUSED: ("shield-alert", "err"),
    LinkState.FORKED: ("shield-alert", "err"),
    LinkState.REVOKED: ("shield-alert", "err"),
    LinkState.NOT_ENROLLED: ("shield-alert", "err"),
    LinkState.TOO_OLD: ("refresh-cw", "warn"),
    LinkState.NOT_SET_UP: ("hourglass", "muted"),
}


class Lamp(QWidget):
    """An icon and words; the words are what a screen reader reads."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._look = ("", "")
        self._icon = QLabel()
        self._words = kit.label("body")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(kit.theme.px("gap") // 2)
        row.addWidget(self._icon)
        row.addWidget(self._words)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def show_state(self, icon: str, token: str, sentence: str) -> None:
        """Show `sentence` with `icon` in the colour `token`; nothing at all when it is empty."""
        self.setVisible(bool(sentence))
        if (icon, token) != self._look:
            self._look = (icon, token)
            self._icon.setVisible(bool(icon))
            if icon:
                self._icon.setPixmap(self._kit.picture(icon, token, self, "button"))
        if sentence != self._words.text():
            self._words.setText(sentence)
            self.setAccessibleName(sentence)
            self.updateGeometry()


class FooterBar(QWidget):
    """All lamps, in a fixed order."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.setObjectName("footer")
        self._kit = kit
        self._value: Footer | None = None
        self._reading: Reading | None = None
        self._devices: dict[DeviceKind, DeviceChanged] = {}
        gap = kit.theme.px("gap")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        left = QWidget()
        flow = FlowLayout(gap * 2, left)
        flow.setContentsMargins(0, 0, 0, 0)
        self.link, self.outbox, self.need_you = Lamp(kit), Lamp(kit), Lamp(kit)
        self.devices = {kind: Lamp(kit) for kind in DeviceKind}
        self.sound, self.place = Lamp(kit), Lamp(kit)
        self.warning, self.runs_out = Lamp(kit), Lamp(kit)
        for lamp in (*self._lamps, self.sound):
            flow.addWidget(lamp)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        left.setSizePolicy(policy)
        self.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(gap * 2, gap // 2, gap * 2, gap // 2)
        row.setSpacing(gap * 2)
        row.addWidget(left, 1)
        row.addWidget(self.place, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def shown(self) -> tuple[str, ...]:
        """What every lamp says, left to right."""
        lamps = (*self._lamps, self.sound, self.place)
        return tuple(lamp.text for lamp in lamps if not lamp.isHidden())

    @property
    def _lamps(self) -> tuple[Lamp, ...]:
        said = (self.link, self.outbox, self.need_you, self.warning, self.runs_out)
        return (*said, *self.devices.values())

    def show_footer(self, footer: Footer, now: datetime) -> None:
        """Show what the station says about itself."""
        self._value = footer
        for device in footer.devices:
            self._devices[device.kind] = device
        self.tick(now)
        for kind in DeviceKind:
            self._show_device(kind)

    def show_device(self, device: DeviceChanged) -> None:
        """A device entered a state."""
        self._devices[device.kind] = device
        if device.kind is DeviceKind.SCALE and device.state is not DeviceState.READY:
            # A weight of before must not be shown beside a lost scale.
            self._reading = None
        self._show_device(device.kind)

    def show_reading(self, reading: Reading) -> None:
        """The live weight stands beside the scale."""
        self._reading = reading
        self._show_device(DeviceKind.SCALE)

    def show_sound(self, *, muted: bool, working: bool) -> None:
        """Whether tones can be heard; silence is said, a working sound is not worth words."""
        words = self._kit.words
        if muted:
            self.sound.show_state("volume-x", "warn", words.of("footer.muted"))
        elif not working:
            self.sound.show_state("volume-x", "warn", words.of("footer.no_sound"))
        else:
            self.sound.show_state("volume-2", "ok", words.of("footer.sound"))

    def tick(self, now: datetime) -> None:
        """Ages and the clock move on."""
        footer = self._value
        if footer is None:
            return
        words = self._kit.words
        icon, token = LINK_LOOKS[footer.link]
        since = words.moment(footer.since, now)
        said = words.of(f"footer.link_{footer.link.value}", since=since)
        self.link.show_state(icon, token, said)
        self._show_outbox(footer, now)
        waiting = words.of("footer.need_you", n=footer.need_you) if footer.need_you else ""
        self.need_you.show_state("hand", "warn", waiting)
        warning = words.say(footer.warning) if footer.warning else ""
        self.warning.show_state("triangle-alert", "warn", warning)
        ending = words.say(footer.runs_out) if footer.runs_out else ""
        self.runs_out.show_state("hourglass", "warn", ending)
        station = words.of("footer.station", station=footer.station) if footer.station else ""
        parts = [station, footer.person]
        clock = words.clock(now.isoformat())
        self.place.show_state("user", "muted", " · ".join(part for part in (*parts, clock) if part))

    def _show_outbox(self, footer: Footer, now: datetime) -> None:
        words = self._kit.words
        if footer.link is LinkState.NOT_SET_UP:
            self.outbox.show_state("cloud-check", "muted", "")
            return
        if footer.outbox:
            age = words.age(footer.oldest_s)
            sentence = words.of("footer.outbox_waiting", n=footer.outbox, age=age)
            token = "muted" if footer.link is LinkState.ONLINE else "warn"
            self.outbox.show_state("cloud-upload", token, sentence)
            return
        age = words.since(footer.last_sync, now)
        said = words.of("footer.outbox_synced", age=age) if age else words.of("footer.outbox_empty")
        self.outbox.show_state("cloud-check", "muted", said)

    def _show_device(self, kind: DeviceKind) -> None:
        device = self._devices.get(kind)
        lamp = self.devices[kind]
        state = DeviceState.ABSENT if device is None else device.state
        sentence = self._kit.words.of(f"device.{kind.value}_{state.value}")
        if kind is DeviceKind.SCALE and state is DeviceState.READY and self._reading is not None:
            sentence = self._scale(self._reading)
        lamp.show_state(DEVICE_ICONS[kind], DEVICE_TOKENS[state], sentence)

    def _scale(self, reading: Reading) -> str:
        words = self._kit.words
        state = words.of(f"device.weight_{reading.state.value}")
        if reading.weight_mg is None:
            return words.of("footer.scale_state", state=state)
        weight = words.weight(reading.weight_mg)
        return words.of("footer.scale_weight", weight=weight, state=state)
